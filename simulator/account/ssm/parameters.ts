import { AwsError, validationError } from '../service.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';
export type ParameterTier = 'Standard' | 'Advanced';

/** One version of a parameter. */
export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description: string | undefined;
  readonly modifiedAtSeconds: number;
}

export interface PutParameterInput {
  readonly Name?: string;
  readonly Value?: string;
  readonly Type?: string;
  readonly Description?: string;
  readonly Overwrite?: boolean;
  readonly Tier?: string;
  readonly AllowedPattern?: string;
  readonly DataType?: string;
  readonly Tags?: readonly unknown[];
  readonly KeyId?: string;
}

/** Quotas: docs.aws.amazon.com/general/latest/gr/ssm.html, Parameter Store. */
const MAX_VALUE_BYTES: Readonly<Record<ParameterTier, number>> = { Standard: 4096, Advanced: 8192 };
const MAX_VERSIONS = 100;
const TYPES: readonly string[] = ['String', 'StringList', 'SecureString'];
const TIERS: readonly string[] = ['Standard', 'Advanced', 'Intelligent-Tiering'];

/**
 * The next version of a parameter, or its first.
 * Throws ParameterAlreadyExists, HierarchyTypeMismatchException, InvalidAllowedPatternException,
 * ParameterPatternMismatchException or ValidationException.
 */
export function nextVersion(
  current: ParameterVersion | undefined,
  input: PutParameterInput,
  nowSeconds: number,
): ParameterVersion {
  if (current && !input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the ' +
        'request to true.',
    );
  }
  if (input.Overwrite && input.Tags) {
    throw validationError(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with " +
        'tags, please remove overwrite flag.',
    );
  }
  const value = input.Value as string;
  if (value === '') {
    throw validationError(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must " +
        'have length greater than or equal to 1',
    );
  }
  checkPattern(value, input.AllowedPattern);
  return {
    version: (current?.version ?? 0) + 1,
    value,
    type: typeFor(current, input.Type),
    tier: tierFor(current, input.Tier, Buffer.byteLength(value)),
    description: input.Description ?? current?.description,
    modifiedAtSeconds: nowSeconds,
  };
}

/** A parameter's history with one version more, without those that fall off its end. */
export function withVersion(
  history: readonly ParameterVersion[],
  version: ParameterVersion,
): readonly ParameterVersion[] {
  return [...history.slice(1 - MAX_VERSIONS), version];
}

function typeFor(current: ParameterVersion | undefined, type: string | undefined): ParameterType {
  if (type !== undefined && !TYPES.includes(type)) throw enumError('type', type, TYPES);
  if (type === undefined && !current) {
    throw validationError('A parameter type is required when you create a parameter.');
  }
  if (current && type !== undefined && type !== current.type) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `Parameter Store does not support changing the type of a parameter, here from ` +
        `${current.type} to ${type}. Delete it and create it anew.`,
    );
  }
  return (type ?? current?.type) as ParameterType;
}

function tierFor(
  current: ParameterVersion | undefined,
  tier: string | undefined,
  valueBytes: number,
): ParameterTier {
  if (tier !== undefined && !TIERS.includes(tier)) throw enumError('tier', tier, TIERS);
  if (tier === 'Standard' && current?.tier === 'Advanced') {
    throw validationError(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the " +
        'advanced-parameter tier to the standard-parameter tier.',
    );
  }
  const needsAdvanced = tier === 'Intelligent-Tiering' && valueBytes > MAX_VALUE_BYTES.Standard;
  const advanced = current?.tier === 'Advanced' || tier === 'Advanced' || needsAdvanced;
  const chosen = advanced ? 'Advanced' : 'Standard';
  const maxBytes = MAX_VALUE_BYTES[chosen];
  if (valueBytes > maxBytes) {
    throw validationError(
      `${chosen} tier parameters support a maximum parameter value of ${maxBytes} characters.` +
        (advanced
          ? ''
          : ' To create a larger parameter value, upgrade the parameter to use the ' +
            'advanced-parameter tier.'),
    );
  }
  return chosen;
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined || allowed(pattern).test(value)) return;
  throw new AwsError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

function allowed(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The allowedPattern is not a regular expression: ${(cause as Error).message}`,
    );
  }
}

function enumError(member: string, value: string, allowed: readonly string[]): AwsError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}
