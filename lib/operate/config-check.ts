import { allowedValues } from '../config/allowed-values.ts';
import { ConfigError, parseAccountSettings, parseTargetSettings } from '../config/parse.ts';
import { REFERENCE } from '../config/reference.ts';
import { type ResolvedConfig, readDefaults, resolve } from '../config/resolve.ts';
import { accountSettingsSchema, targetSettingsSchema } from '../config/schema.ts';

/** A parameter's text on its way to be written, or as it stands. */
export interface Candidate {
  readonly kind: 'target' | 'defaults';
  readonly text: string;
  /** What to call it. */
  readonly name: string;
  /** What else decides the target's configuration, where it is known. */
  readonly defaults?: string | undefined;
  readonly tag?: string | undefined;
}

/** One thing that is wrong. */
export interface Fault {
  /** `signal.statistic`; empty for the text as a whole. */
  readonly path: string;
  readonly message: string;
  /** Allowed values; null where they do not apply. */
  readonly allowed: string | null;
}

/** What a check found. */
export interface CheckResult {
  readonly faults: readonly Fault[];
  /** What would be in force; null while there are faults. */
  readonly resolved: ResolvedConfig | null;
  /** Of the account's defaults: whether they discover targets. */
  readonly discover: boolean | null;
}

/** A standard parameter holds this much: AWS docs, "Managing parameter tiers". */
const STANDARD_BYTES = 4096;

/** Checks a configuration before it is written: every fault at once, or what would be in force. */
export function checkConfig(candidate: Candidate): CheckResult {
  const { kind, text, name, tag } = candidate;
  const parse = kind === 'defaults' ? parseAccountSettings : parseTargetSettings;
  const faults = [
    ...faultsOf(kind, () => parse(text, name)),
    ...(Buffer.byteLength(text) > STANDARD_BYTES ? [tooLong(text)] : []),
  ];
  if (faults.length > 0) return { faults, resolved: null, discover: null };
  const inputs =
    kind === 'defaults'
      ? { defaults: text, target: '{}' }
      : { defaults: candidate.defaults, tag, target: text };
  const names = { defaults: '/fast-scaler/defaults', tag: 'the tag', target: name };
  let resolved: ResolvedConfig | null = null;
  const together = faultsOf(kind, () => {
    resolved = resolve(inputs, names);
  });
  const discover = kind === 'defaults' ? readDefaults(text, name).discover : null;
  return { faults: together, resolved, discover };
}

function faultsOf(kind: Candidate['kind'], check: () => unknown): Fault[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.issues.length === 0) return [{ path: '', message: error.message, allowed: null }];
    return error.issues.map(({ path, message, code }) => ({
      path: path.join('.'),
      message,
      allowed:
        code === 'unrecognized_keys' && path.length === 0
          ? knownKeys(kind)
          : (allowedValues(path) ?? null),
    }));
  }
}

function knownKeys(kind: Candidate['kind']): string {
  const { shape } = kind === 'defaults' ? accountSettingsSchema : targetSettingsSchema;
  const keys = Object.keys(REFERENCE).filter((key) => Object.hasOwn(shape, key));
  return `the keys ${keys.join(', ')}`;
}

function tooLong(text: string): Fault {
  const message = `${Buffer.byteLength(text)} bytes are too many for a standard parameter`;
  return { path: '', message, allowed: `up to ${STANDARD_BYTES} bytes` };
}
