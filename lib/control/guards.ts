import { clamp } from './baseline.ts';
import type { ControlConfig, TargetState } from './types.ts';

/** A reversal is forgotten after this long without another, seconds. */
const REVERSAL_MEMORY_SECONDS = 1800;

/** Shortest and longest span that the lead time may set for the stable span, seconds. */
const STABLE_BOUNDS = { min: 60, max: 600 };

/** The guard against flapping doubles the stable time with each reversal, this often at most. */
const MAX_DOUBLINGS = 3;

/** Lead time to reckon with: the learned one, else the configured one. Seconds. */
export function leadTimeSeconds(state: TargetState, config: ControlConfig): number {
  return state.learnedLeadTimeSeconds ?? config.leadTimeSeconds;
}

/**
 * How long demand must have stayed lower before capacity follows. As long as the lead time unless
 * set: giving back an instance that must be started again costs at least that. Doubled for every
 * recent reversal.
 */
export function stableSeconds(
  state: TargetState,
  config: ControlConfig,
  nowSeconds: number,
): { readonly base: number; readonly widened: number } {
  const base = config.scaleInStableSeconds ?? clamp(leadTimeSeconds(state, config), STABLE_BOUNDS);
  const doublings = Math.min(activeReversals(state, nowSeconds), MAX_DOUBLINGS);
  return { base, widened: base * 2 ** doublings };
}

/** Reversals still remembered at `nowSeconds`: one is forgotten per quiet memory span. */
export function activeReversals(state: TargetState, nowSeconds: number): number {
  if (state.lastReversalAtSeconds === null) return 0;
  const quietSpans = Math.floor(
    (nowSeconds - state.lastReversalAtSeconds) / REVERSAL_MEMORY_SECONDS,
  );
  return Math.max(0, state.reversals - quietSpans);
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
