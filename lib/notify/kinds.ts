/** How urgent a notification is: to know, to look into, to act on. */
export type Severity = 'info' | 'warning' | 'critical';

interface KindRule {
  readonly severity: Severity;
  /** Words of the subject line. */
  readonly title: string;
  /** Told again after this long while it lasts, seconds. */
  readonly repeatSeconds: number;
  /** Least time between two notifications of the kind about one target, seconds. */
  readonly gapSeconds: number;
  /** How long it must be gone before its return is news, seconds. */
  readonly clearSeconds: number;
  /** True for what happens at a moment instead of lasting. */
  readonly isMomentary?: boolean;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** What lasts until somebody does something about it, and is no more urgent the next day. */
const NEVER_AGAIN = Number.POSITIVE_INFINITY;

/** Everything that the service tells its owner by itself. Kinds are added, never renamed. */
export const KINDS = {
  'scaled-to-ceiling': {
    severity: 'warning',
    title: 'at the ceiling',
    repeatSeconds: DAY,
    gapSeconds: 30 * MINUTE,
    clearSeconds: 30 * MINUTE,
  },
  'quota-refused': {
    severity: 'critical',
    title: 'quota refused',
    repeatSeconds: DAY,
    gapSeconds: HOUR,
    clearSeconds: 10 * MINUTE,
  },
  'insufficient-capacity': {
    severity: 'critical',
    title: 'insufficient capacity',
    repeatSeconds: DAY,
    gapSeconds: HOUR,
    clearSeconds: 10 * MINUTE,
  },
  'request-failed': {
    severity: 'critical',
    title: 'request failed',
    repeatSeconds: DAY,
    gapSeconds: HOUR,
    clearSeconds: 10 * MINUTE,
  },
  'configuration-invalid': {
    severity: 'critical',
    title: 'configuration invalid',
    repeatSeconds: DAY,
    gapSeconds: 10 * MINUTE,
    clearSeconds: 0,
  },
  'lease-overdue': {
    severity: 'critical',
    title: 'lease overdue',
    repeatSeconds: HOUR,
    gapSeconds: 10 * MINUTE,
    clearSeconds: 5 * MINUTE,
  },
  'endpoint-not-scalable': {
    severity: 'critical',
    title: 'endpoint not scalable',
    repeatSeconds: DAY,
    gapSeconds: 10 * MINUTE,
    clearSeconds: 5 * MINUTE,
  },
  'owner-edit-adopted': {
    severity: 'info',
    title: 'owner’s edit adopted',
    repeatSeconds: DAY,
    gapSeconds: MINUTE,
    clearSeconds: 5 * MINUTE,
    isMomentary: true,
  },
  'budget-near': {
    severity: 'warning',
    title: 'budget nearly spent',
    repeatSeconds: DAY,
    gapSeconds: MINUTE,
    clearSeconds: DAY,
  },
  'budget-spent': {
    severity: 'critical',
    title: 'budget spent',
    repeatSeconds: DAY,
    gapSeconds: MINUTE,
    clearSeconds: DAY,
  },
  'account-budget-near': {
    severity: 'warning',
    title: 'account budget nearly spent',
    repeatSeconds: DAY,
    gapSeconds: MINUTE,
    clearSeconds: DAY,
  },
  'account-budget-spent': {
    severity: 'critical',
    title: 'account budget spent',
    repeatSeconds: DAY,
    gapSeconds: MINUTE,
    clearSeconds: DAY,
  },
  'scaling-suspended': {
    severity: 'warning',
    title: 'scaling suspended',
    repeatSeconds: NEVER_AGAIN,
    gapSeconds: 10 * MINUTE,
    clearSeconds: 5 * MINUTE,
  },
  blind: {
    severity: 'warning',
    title: 'not scaled',
    repeatSeconds: NEVER_AGAIN,
    gapSeconds: HOUR,
    clearSeconds: 5 * MINUTE,
  },
} as const satisfies Readonly<Record<string, KindRule>>;

export type Kind = keyof typeof KINDS;

export function ruleOf(kind: Kind): KindRule {
  return KINDS[kind];
}

/** Whether this version has heard of a kind that stands in the table. */
export function isKnown(kind: string): kind is Kind {
  return Object.hasOwn(KINDS, kind);
}
