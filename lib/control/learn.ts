import { logCapacity } from './capacity-log.ts';
import { WINDOW_SECONDS } from './demand-point.ts';
import { LONGEST_SPAN_SECONDS } from './guards.ts';
import type { CapacityReading, LoadPoint, TargetState } from './types.ts';

/** How much of the load is read back and how long the capacity log reaches, seconds. */
export const LOOKBACK_SECONDS = LONGEST_SPAN_SECONDS + 300;

/** Weight of a newly measured lead time against what was learned before. */
const LEAD_TIME_WEIGHT = 0.3;

/** No instance takes longer: one that did waited for something else, such as a deployment. Seconds. */
const LONGEST_LEAD_TIME_SECONDS = 3600;

/**
 * While somebody looks, the windows that were scored are saved every five minutes: ones that are older by as
 * much again tell that nobody saw when an instance came, seconds.
 */
const UNWATCHED_SECONDS = 600;

/** A metric later than this is not late but missing, seconds. */
const LONGEST_METRIC_LAG_SECONDS = 30;

/** A request that the endpoint does not show after this long was not accepted, seconds. */
const ACCEPTANCE_SECONDS = 5;

/**
 * The state with what serves at present. Known also of a target that nothing is decided for: the load of
 * one instance tells of demand only with the count of its own time, and a pause that ends looks back.
 */
export function seenCapacity(
  state: TargetState,
  { inService, scalable }: CapacityReading,
  nowSeconds: number,
): TargetState {
  if (!scalable) return state;
  const keepFromSeconds = nowSeconds - LOOKBACK_SECONDS;
  const capacityLog = logCapacity(state.capacityLog, inService, nowSeconds, keepFromSeconds);
  return { ...state, capacityLog };
}

/** What a look at capacity teaches: whether a request arrived, was lost, and how long it took. */
export function learnCapacity(
  state: TargetState,
  capacity: CapacityReading,
  nowSeconds: number,
): { readonly state: TargetState; readonly requestLost: boolean } {
  const { pending } = state;
  const learned = seenCapacity(state, capacity, nowSeconds);
  if (!pending || capacity.locked) return { state: learned, requestLost: false };
  if (capacity.inService < pending.capacity) {
    const requestLost = cameToNothing(state, capacity, nowSeconds);
    return { state: requestLost ? { ...learned, pending: null } : learned, requestLost };
  }
  const measured = Math.min(nowSeconds - pending.sentAtSeconds, LONGEST_LEAD_TIME_SECONDS);
  const scoredUntilSeconds = state.tuning?.scoredUntilSeconds ?? nowSeconds;
  const isUnwatched = nowSeconds - scoredUntilSeconds > UNWATCHED_SECONDS;
  const arrived = { ...learned, pending: null };
  // Not above zero is what the clock of another instance says than that of the one that sent it.
  if (measured <= 0 || isUnwatched) return { state: arrived, requestLost: false };
  const previous = state.learnedLeadTimeSeconds;
  const learnedLeadTimeSeconds =
    previous === null ? measured : previous + LEAD_TIME_WEIGHT * (measured - previous);
  return { state: { ...arrived, learnedLeadTimeSeconds }, requestLost: false };
}

/** True when the endpoint takes changes and does not have what was last asked for. */
export function cameToNothing(
  { pending }: TargetState,
  { locked, scalable, inService }: CapacityReading,
  nowSeconds: number,
): boolean {
  if (!pending || locked || !scalable || inService >= pending.capacity) return false;
  return nowSeconds - pending.sentAtSeconds >= ACCEPTANCE_SECONDS;
}

/**
 * What a look at the load teaches about the metric's lag: a window seen earlier than believed
 * shortens it at once, an expected window that is not there yet lengthens it by a second.
 */
export function learnMetricLag(
  state: TargetState,
  newest: LoadPoint | undefined,
  nowSeconds: number,
): TargetState {
  if (!newest) return state;
  const ageSeconds = nowSeconds - (newest.startSeconds + WINDOW_SECONDS);
  const lag = state.metricLagSeconds;
  if (ageSeconds < 0) return state;
  if (ageSeconds < lag) return { ...state, metricLagSeconds: Math.floor(ageSeconds) };
  const isLate = ageSeconds >= WINDOW_SECONDS + lag + 1 && ageSeconds <= 2 * WINDOW_SECONDS + lag;
  return isLate
    ? { ...state, metricLagSeconds: Math.min(lag + 1, LONGEST_METRIC_LAG_SECONDS) }
    : state;
}

/** The next moment at which a new window should be readable, at least two seconds from now. */
export function nextWindowReadableAt(state: TargetState, nowSeconds: number): number {
  const earliest = nowSeconds + 2;
  const windows = Math.ceil((earliest - state.metricLagSeconds) / WINDOW_SECONDS);
  return windows * WINDOW_SECONDS + state.metricLagSeconds;
}
