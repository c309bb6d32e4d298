import type { EnrolmentStore } from '../aws/enrolment-store.ts';

/** What pacing works with. */
export interface PacerRuntime {
  readonly enrolments: EnrolmentStore;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * Milliseconds between two calls, for calls with a quota of their own. The rest of each is left to
 * everybody else in the account. CloudWatch takes three a second of the first two (its service
 * quotas); for the others AWS publishes no figure. A whole enrolment or release has a line too: what
 * it reads has quotas as well, nine a second for DescribeAlarms.
 */
const GAP_MS = {
  enrolment: 400,
  PutMetricAlarm: 400,
  DeleteAlarms: 400,
  GetAlarmMuteRule: 250,
  ListTags: 250,
} as const;

/** What is paced. */
export type PacedCall = keyof typeof GAP_MS;

/**
 * Waits for this call's turn. All functions of the service stand in the same line, however many of
 * them run at once.
 * @returns false when the turn would come after `latestMs`: the call must be left to somebody later
 */
export async function turn(
  { enrolments, now, sleep }: PacerRuntime,
  call: PacedCall,
  latestMs: number,
): Promise<boolean> {
  const atMs = await enrolments.reserve(call, GAP_MS[call], now(), latestMs);
  if (atMs === undefined) return false;
  const waitMs = atMs - now();
  if (waitMs > 0) await sleep(waitMs);
  return true;
}
