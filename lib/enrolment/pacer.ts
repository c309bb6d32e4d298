import type { EnrolmentStore } from '../aws/enrolment-store.ts';

/** What pacing works with. */
export interface PacerRuntime {
  readonly enrolments: EnrolmentStore;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Calls that have a quota of their own (CloudWatch service quotas: 3 a second each). */
export type PacedCall = 'PutMetricAlarm' | 'DeleteAlarms';

/** 2.5 calls a second: the rest is left to everybody else in the account. */
const GAP_MS = 400;

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
  const atMs = await enrolments.reserve(call, GAP_MS, now(), latestMs);
  if (atMs === undefined) return false;
  const waitMs = atMs - now();
  if (waitMs > 0) await sleep(waitMs);
  return true;
}
