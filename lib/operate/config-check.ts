import { allowedValues } from '../config/allowed-values.ts';
import {
  ConfigError,
  parseAccountSettings,
  parseTag,
  parseTargetSettings,
} from '../config/parse.ts';
import { REFERENCE } from '../config/reference.ts';
import {
  type ConfigSource,
  type ResolvedConfig,
  readDefaults,
  resolve,
} from '../config/resolve.ts';
import {
  type AccountSettings,
  accountSettingsSchema,
  targetSettingsSchema,
} from '../config/schema.ts';
import { withLeadTimePrior } from '../enrolment/lead-time-prior.ts';
import { DEFAULTS_PARAMETER } from '../enrolment/parameter-name.ts';
import type { InstanceKind } from '../enrolment/types.ts';

/** A parameter's text on its way to be written, or as it stands. */
export interface Candidate {
  readonly kind: 'target' | 'defaults';
  readonly text: string;
  /** What to call it. */
  readonly name: string;
  /** What else decides the target's configuration, where it is known. */
  readonly defaults?: string | undefined;
  readonly tag?: string | undefined;
  /** What the target runs on, where that is known. */
  readonly instance?: InstanceKind | undefined;
}

/** One thing that is wrong. */
export interface Fault {
  /** `signal.statistic`; empty for the text as a whole. */
  readonly path: string;
  readonly message: string;
  /** Allowed values; null where they do not apply. */
  readonly allowed: string | null;
  /** What else it lies in, which keeps the candidate from being resolved; absent for the candidate. */
  readonly where?: string;
}

/** What of the account's defaults concerns the account itself. */
type OfAccount = Required<Pick<AccountSettings, 'discover' | 'accountMaxInstanceHoursPerDay'>>;

/** What a check found. */
export interface CheckResult {
  readonly faults: readonly Fault[];
  /** What would be in force; null while there are faults. */
  readonly resolved: ResolvedConfig | null;
  /** Null for a target, and while there are faults. */
  readonly account: {
    readonly settings: OfAccount;
    readonly sources: Readonly<Record<keyof OfAccount, ConfigSource>>;
  } | null;
}

/** A standard parameter holds this much: AWS docs, "Managing parameter tiers". */
const STANDARD_BYTES = 4096;

const BYTE_ORDER_MARK = '\ufeff';

/** What to call the tag, which has a fault of its own. */
const TAG = 'the tag';

/** Checks a configuration before it is written: every fault at once, or what would be in force. */
export function checkConfig(candidate: Candidate): CheckResult {
  const { kind, text, name } = candidate;
  const parse = kind === 'defaults' ? parseAccountSettings : parseTargetSettings;
  const error = attempt(() => parse(text, name));
  const own = [
    ...(text.startsWith(BYTE_ORDER_MARK) ? [marked()] : faultsOf(kind, error)),
    ...(Buffer.byteLength(text) > STANDARD_BYTES ? [tooLong(text)] : []),
  ].map((fault) => (kind === 'target' ? misplaced(fault, text) : fault));
  const other = faultsElsewhere(candidate);
  const { faults: together, resolved } = resolvedFrom(
    { ...candidate, text: error ? JSON.stringify(error.valid) : text },
    other,
  );
  const faults = [...own, ...together, ...other];
  if (faults.length > 0) return { faults, resolved: null, account: null };
  return { faults, resolved, account: kind === 'defaults' ? ofAccount(text, name) : null };
}

function ofAccount(text: string, name: string): CheckResult['account'] {
  const { discover, maxInstanceHoursPerDay: accountMaxInstanceHoursPerDay } = readDefaults(
    text,
    name,
  );
  const written = parseAccountSettings(text, name);
  const sourceOf = (key: keyof OfAccount) => (key in written ? 'defaults' : 'built-in');
  return {
    settings: { discover, accountMaxInstanceHoursPerDay },
    sources: {
      discover: sourceOf('discover'),
      accountMaxInstanceHoursPerDay: sourceOf('accountMaxInstanceHoursPerDay'),
    },
  };
}

/** Whether the account's parameter is one that is taken. */
export function areDefaultsValid(text: string | undefined): boolean {
  return attempt(() => readDefaults(text, DEFAULTS_PARAMETER)) === undefined;
}

/** Faults of what is resolved together with the candidate. */
function faultsElsewhere({ kind, defaults, tag }: Candidate): Fault[] {
  if (kind === 'defaults') return [];
  const ofDefaults = attempt(() => readDefaults(defaults, DEFAULTS_PARAMETER));
  const ofTag = attempt(() => (tag === undefined ? {} : parseTag(tag, TAG)));
  return [
    ...faultsOf('defaults', ofDefaults).map((fault) => ({ ...fault, where: DEFAULTS_PARAMETER })),
    ...faultsOf('target', ofTag).map((fault) => ({ ...fault, where: TAG })),
  ];
}

/** What the candidate comes to, with whatever of the rest can be used. */
function resolvedFrom(
  { kind, text, name, defaults, tag, instance }: Candidate,
  elsewhere: readonly Fault[],
): { readonly faults: readonly Fault[]; readonly resolved: ResolvedConfig | null } {
  const usable = (where: string, value: string | undefined) =>
    elsewhere.some((fault) => fault.where === where) ? undefined : value;
  const inputs =
    kind === 'defaults'
      ? { defaults: text, target: '{}' }
      : {
          defaults: usable(DEFAULTS_PARAMETER, defaults),
          tag: usable(TAG, tag),
          target: text,
        };
  let resolved: ResolvedConfig | null = null;
  const error = attempt(() => {
    resolved = withLeadTimePrior(
      resolve(inputs, { defaults: DEFAULTS_PARAMETER, tag: TAG, target: name }),
      instance?.type,
    );
  });
  return { faults: faultsOf(kind, error), resolved };
}

/** The faults that `check` throws; undefined when it finds none. */
function attempt(check: () => unknown): ConfigError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function faultsOf(kind: Candidate['kind'], error: ConfigError | undefined): Fault[] {
  if (!error) return [];
  if (error.issues.length === 0) return [{ path: '', message: error.message, allowed: null }];
  return error.issues.map(({ path, message, code }) => ({
    path: path.join('.'),
    message,
    allowed:
      code === 'unrecognized_keys' && path.length === 0
        ? knownKeys(kind)
        : (EXAMPLES[String(path.at(-1))] ?? allowedValues(path) ?? null),
  }));
}

/** Values whose form a schema cannot tell. */
const EXAMPLES: Readonly<Record<string, string>> = {
  cron: 'minute, hour, day of the month, month, day of the week, such as 0 8 * * 1-5',
  timeZone: 'an IANA time zone, such as Europe/Berlin',
};

/** A key that only the account's parameter knows is in the wrong place rather than misspelt. */
function misplaced(fault: Fault, text: string): Fault {
  if (fault.path !== '' || !fault.message.startsWith('Unrecognized key')) return fault;
  const keys = Object.keys(JSON.parse(text)).filter(
    (key) =>
      Object.hasOwn(accountSettingsSchema.shape, key) &&
      !Object.hasOwn(targetSettingsSchema.shape, key),
  );
  if (keys.length === 0) return fault;
  const belong = keys.length === 1 ? 'belongs' : 'belong';
  const message = `${fault.message}; ${keys.join(' and ')} ${belong} in ${DEFAULTS_PARAMETER} only, which --defaults checks`;
  return { ...fault, message };
}

function schemaOf(kind: Candidate['kind']) {
  return kind === 'defaults' ? accountSettingsSchema : targetSettingsSchema;
}

function knownKeys(kind: Candidate['kind']): string {
  const { shape } = schemaOf(kind);
  const keys = Object.keys(REFERENCE).filter((key) => Object.hasOwn(shape, key));
  return `the keys ${keys.join(', ')}`;
}

/** The parser's own words show the mark, which cannot be seen. */
function marked(): Fault {
  const message = 'not JSON: it begins with a byte order mark; save it as UTF-8 without one';
  return { path: '', message, allowed: null };
}

function tooLong(text: string): Fault {
  const message = `${Buffer.byteLength(text)} bytes are too many for a standard parameter`;
  return { path: '', message, allowed: `up to ${STANDARD_BYTES} bytes` };
}
