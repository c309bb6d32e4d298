import { clamp } from './bounds.ts';
import { WINDOW_SECONDS } from './demand-point.ts';
import type { RecentDemand } from './recent.ts';
import type { ControlConfig, TargetState } from './types.ts';

/** A reversal is forgotten after this long without another, seconds. */
const REVERSAL_MEMORY_SECONDS = 1800;

/** Shortest and longest span that the lead time may set for demand to count as gone, seconds. */
const QUIET_BOUNDS = { min: 60, max: 180 };

/** Longest span whose peak is looked at, seconds. */
export const LONGEST_SPAN_SECONDS = 2400;

/** Part of the windows of a span that must have data before capacity is given back on it. */
const COVERAGE = 0.8;

/** Reversals beyond this many lengthen the guarded span no further. */
const MOST_REVERSALS = 3;

/**
 * Changes in an hour from which on nothing is given back until the oldest is an hour old. Capacity that is
 * kept needs no scale-out either, so an hour sees a dozen at the most, but for a load that only grows.
 */
const RESTLESS_CHANGES = 11;

/** The same where a turn of a recurring load is over: one every ten minutes is a dozen changes. */
const RESTLESS_TURNS = 12;

/** Lead time to reckon with: the learned one, else the configured one. Seconds. */
export function leadTimeSeconds(state: TargetState, config: ControlConfig): number {
  return state.learnedLeadTimeSeconds ?? config.leadTimeSeconds;
}

/**
 * After reversals the peak of a span must be carried before capacity goes: one lead time for the
 * first, twice that for every further one. Returns the capacity to keep, never more than `desired`.
 */
export function guardScaleIn(
  wanted: number,
  recent: RecentDemand,
  state: TargetState,
  config: ControlConfig,
  nowSeconds: number,
  desired: number,
): number {
  const reversals = Math.min(activeReversals(state, nowSeconds), MOST_REVERSALS);
  if (reversals === 0 || wanted >= desired) return wanted;
  const span = leadTimeSeconds(state, config) * 2 ** (reversals - 1);
  const peak = Math.ceil(recent.quantile(Math.min(span, LONGEST_SPAN_SECONDS), 1));
  return Math.max(wanted, Math.min(peak, desired));
}

/**
 * True when the owner's minimum has carried every window for as long as instances take to start (or
 * as the owner set): then nothing speaks for keeping more, whatever the rules in use remember.
 */
export function isGone(recent: RecentDemand, state: TargetState, config: ControlConfig): boolean {
  const span = quietSeconds(state, config);
  const min = state.baseline?.min ?? 0;
  return isCovered(recent, span) && recent.quantile(span, 1) <= min;
}

/** How long nothing may be used for it to count as gone. */
export function quietSeconds(state: TargetState, config: ControlConfig): number {
  return config.scaleInStableSeconds ?? clamp(leadTimeSeconds(state, config), QUIET_BOUNDS);
}

/** Reversals still remembered at `nowSeconds`: one is forgotten per quiet memory span. */
export function activeReversals(state: TargetState, nowSeconds: number): number {
  if (state.lastReversalAtSeconds === null) return 0;
  const quietSpans = Math.floor(
    (nowSeconds - state.lastReversalAtSeconds) / REVERSAL_MEMORY_SECONDS,
  );
  return Math.max(0, state.reversals - quietSpans);
}

/** Changes of capacity within the last hour, epoch seconds. */
export function changesOfHour({ changedAtSeconds }: TargetState, nowSeconds: number): number[] {
  return changedAtSeconds.filter((atSeconds) => nowSeconds - atSeconds < 3600);
}

/**
 * Whether capacity changed so often in the last hour that nothing is given back for now.
 * @param isAhead whether it is a recurring load whose turn is over
 */
export function isRestless(state: TargetState, nowSeconds: number, isAhead: boolean): boolean {
  const most = isAhead ? RESTLESS_TURNS : RESTLESS_CHANGES;
  return changesOfHour(state, nowSeconds).length >= most;
}

/** True when `since` lies less than `spacingSeconds` back. */
export function isWithin(
  since: number | null,
  spacingSeconds: number,
  nowSeconds: number,
): boolean {
  return since !== null && nowSeconds - since < spacingSeconds;
}

/** A scale-out this soon after a scale-in means that the scale-in was a mistake. */
export function isReversal(state: TargetState, config: ControlConfig, nowSeconds: number): boolean {
  return isWithin(state.lastScaleInAtSeconds, 2 * leadTimeSeconds(state, config), nowSeconds);
}

/** Whether a span has enough data for capacity to be given back on it. */
function isCovered(recent: RecentDemand, seconds: number): boolean {
  return recent.count(seconds) >= (COVERAGE * seconds) / WINDOW_SECONDS;
}
