import { AwsError, validationError } from '../service.ts';

/** Limits of a parameter name: AWS docs, "Creating Parameter Store parameters", and PutParameter. */
const MAX_LEVELS = 15;
const MAX_NAME_LENGTH = 1011;

/**
 * Refuses a name that PutParameter refuses: ValidationException, AccessDeniedException,
 * HierarchyLevelLimitExceededException.
 */
export function checkName(name: string): void {
  if (!/^[a-zA-Z0-9_./-]+$/.test(name) || name.endsWith('/') || name.includes('//')) {
    throw validationError(
      `Parameter name: can't be "${name}". Only a mix of letters, numbers and the following ` +
        "4 symbols .-_/ are allowed, and each '/' must stand before a name.",
    );
  }
  if (name.length > MAX_NAME_LENGTH) {
    throw validationError(
      `Parameter name: has ${name.length} characters, the most are ${MAX_NAME_LENGTH}.`,
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw validationError(
      `Parameter name must be a fully qualified name. "${name}" has levels but does not begin ` +
        "with '/'.",
    );
  }
  if (/^\/aws[^/]*\//i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw validationError(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). ' +
        `"${name}" must be renamed.`,
    );
  }
  const levels = name.split('/').filter(Boolean).length;
  if (levels > MAX_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A parameter hierarchy has at most ${MAX_LEVELS} levels; "${name}" has ${levels}.`,
    );
  }
}

/** Splits `name:3` into its name and version. Labels are not served. */
export function splitSelector(nameOrArn: string): { name: string; version?: number } {
  const plain = nameOrArn.replace(/^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(?=\/)/, '');
  const [, name = plain, version] = /^(.*):(\d+)$/.exec(plain) ?? [];
  return version === undefined ? { name: plain } : { name, version: Number(version) };
}

/** Whether a parameter lies under a path: one level below it, or at any depth. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  if (!name.startsWith(prefix)) return false;
  return recursive || !name.slice(prefix.length).includes('/');
}

/** An ARN has one slash between `parameter` and the name, whether or not the name begins with one. */
export function parameterArn(name: string, region: string, accountId: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}
