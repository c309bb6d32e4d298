import type { Mode } from '../control/types.ts';
import type { SignalView } from './signal-words.ts';

/**
 * `error`: it does not work. `warning`: it works worse than it could, or will fail one day. `hint`:
 * worth knowing.
 */
export type Severity = 'error' | 'warning' | 'hint';

/** Every code that a finding may have. */
export const FINDING_CODES = [
  'stack-missing',
  'stack-leaving',
  'sweep-missing',
  'caller-permission',
  'defaults-invalid',
  'not-enrolled',
  'config-invalid',
  'no-endpoint',
  'no-target',
  'no-signal',
  'unsupported',
  'silent-signal',
  'late-signal',
  'coarse-signal',
  'endpoint-state',
  'not-taken-up',
  'paused',
  'observed',
  'muted',
  'scaling-suspended',
  'alarm-missing',
  'backstop-missing',
  'not-looked-at',
  'lease-overdue',
  'service-permission',
  'change-failed',
  'slow-metrics',
  'burstable',
  'no-room',
  'min-zero',
  'min-one',
  'capacity-unused',
  'quota',
  'no-policy',
  'short-cooldown',
] as const;

/** One of {@link FINDING_CODES}. */
export type FindingCode = (typeof FINDING_CODES)[number];

/** Something that the doctor found, with the exact command or setting that mends it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly what: string;
  readonly fix: string;
}

/** How a target is enrolled; `unknown`: it is, but what enrols it may not be read. */
export type EnrolledBy = 'parameter' | 'tag' | 'discovery' | 'unknown' | null;

/** What the doctor found about one target. */
export interface TargetReport {
  readonly target: string;
  readonly enrolledBy: EnrolledBy;
  /** Null: not enrolled, or its configuration is not valid. */
  readonly mode: Mode | null;
  /** What measures its load, or would if it were enrolled. */
  readonly signal: SignalView | null;
  readonly findings: readonly Finding[];
}

/** An endpoint of which SageMaker shows no variant, so that nobody knows what could be scaled. */
export interface EndpointReport {
  readonly endpoint: string;
  readonly status: string;
  readonly finding: Finding;
}

/** What the doctor found. */
export interface DoctorReport {
  /** About the stack and the account. */
  readonly account: readonly Finding[];
  readonly withoutVariants: readonly EndpointReport[];
  readonly targets: readonly TargetReport[];
}

/** Everything that the doctor found, in the order of its report. */
export function allFindings({ account, withoutVariants, targets }: DoctorReport): Finding[] {
  return [
    ...account,
    ...withoutVariants.map(({ finding }) => finding),
    ...targets.flatMap(({ findings }) => findings),
  ];
}

/** The severest of some findings; undefined without any. */
export function worst(findings: readonly Finding[]): Severity | undefined {
  const order: readonly Severity[] = ['error', 'warning', 'hint'];
  return order.find((each) => findings.some(({ severity }) => severity === each));
}

/** True when something in the report needs somebody's attention. */
export function needsAttention(report: DoctorReport): boolean {
  return allFindings(report).some(({ severity }) => severity !== 'hint');
}
