import type { Finding } from './finding.ts';

/**
 * Runs a read that the caller may not be allowed to make: then what depends on it stays unknown.
 * @param action the IAM action, for the finding
 * @param consequence what is not known without it
 */
export type Attempt = <T>(
  action: string,
  consequence: string,
  read: () => Promise<T>,
) => Promise<T | undefined>;

/** Tells of each denied action once. */
export function attempts(report: (finding: Finding) => void): Attempt {
  const denied = new Set<string>();
  return async (action, consequence, read) => {
    try {
      return await read();
    } catch (error) {
      if (isTableMissing(error)) return undefined;
      if (!isDenied(error)) throw error;
      if (!denied.has(action)) {
        denied.add(action);
        report({
          code: 'caller-permission',
          severity: 'warning',
          what: `You may not call ${action}: ${consequence}.`,
          fix: `Allow ${action} to the identity that "aws sts get-caller-identity" names.`,
        });
      }
      return undefined;
    }
  };
}

/** True for the answer of any AWS service that the caller is not allowed to make a call. */
export function isDenied(error: unknown): boolean {
  return (
    error instanceof Error && /^(AccessDenied|UnauthorizedOperation|NotAuthorized)/.test(error.name)
  );
}

/** True for DynamoDB's answer that there is no such table. */
export function isTableMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}
