import { type Bounds, sameBounds } from './bounds.ts';
import type { Context } from './context.ts';
import { floorReason } from './limits.ts';
import type { Proposal } from './types.ts';

/**
 * Bounds for a look that moves no capacity: a ceiling goes to where it belongs (the owner's Max, or
 * what a window or the budget leaves of it, but never below what stands), a raised floor stays while
 * it is needed and goes when capacity no longer rests on it, or when nobody sees the load any more
 * that it was raised for: then the owner's scaling policy decides.
 */
export function heldBounds(
  { config, state, bounds, observation, limits, note }: Context,
  wanted: number,
  isUnseen = false,
): Proposal | null {
  const baseline = state.baseline as Bounds;
  const { desired, locked } = observation.capacity;
  const max = Math.max(limits.bounds.max, Math.min(desired, baseline.max));
  // A request that was just sent is not shown for some seconds, in which nothing rests on its floor.
  const isUnused = !locked && !state.pending && bounds.min > desired;
  const kept = isUnused ? Math.min(desired, wanted) : bounds.min;
  const floor = Math.max(baseline.min, Math.min(limits.bounds.min, desired));
  const min = Math.max(floor, isUnseen ? baseline.min : kept);
  const held: Bounds = { min: Math.min(min, max), max };
  if (sameBounds(held, bounds)) return null;
  // Whoever only observes would say the same at every look.
  if (config.mode !== 'act') return null;
  if (held.max !== bounds.max) {
    const isOwners = held.max === baseline.max;
    const reason = isOwners ? 'ceiling-returned' : (limits.refusal ?? 'schedule-ceiling');
    note('ceiling', bounds.max, held.max, reason);
  }
  if (held.min < bounds.min) {
    note('floor', bounds.min, held.min, held.min < kept ? 'load-unseen' : 'floor-lowered');
  }
  if (held.min > bounds.min) {
    const reason = limits.atLeast ? floorReason(limits.atLeast) : 'floor-raised';
    note('floor', bounds.min, held.min, reason);
  }
  return { bounds: held, direction: 'none', from: desired };
}
