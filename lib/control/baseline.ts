import { type Bounds, sameBounds } from './bounds.ts';
import type { TargetState, Write } from './types.ts';

/**
 * How long a call that changes something may be on its way, seconds: as long as a function may run,
 * and as far as the clocks of two of them may be apart.
 */
export const UNDER_WAY_SECONDS = 90;

/**
 * How long reads may go on showing what stood before a change, seconds. Application Auto Scaling names no
 * bound; a floor that shows after it was forgotten would be the owner's Min for good.
 */
export const STALE_SECONDS = 900;

/** What the observed bounds say about who wrote them last. */
export interface Adoption {
  readonly baseline: Bounds;
  /** True when somebody other than the scaler set a bound. */
  readonly ownerChanged: boolean;
  /** True when the scaler's last write never took hold. */
  readonly writeLost: boolean;
  /** True when the lease ran out and its scheduled action brought the owner's bounds back. */
  readonly leaseExpired: boolean;
}

/**
 * Tells the owner's bounds from the scaler's own. Min and Max have no version in Application Auto
 * Scaling, so the only evidence is the number itself: a bound that is neither what the scaler wrote
 * (last, or a moment ago: two cycles may have met) nor what stood there before is the owner's, and
 * becomes the baseline. The two bounds are judged apart, since an owner often sets only one of them.
 */
export function adoptBounds(state: TargetState, observed: Bounds, nowSeconds: number): Adoption {
  const { baseline, written, before, writes, lease } = state;
  const nothing = { ownerChanged: false, writeLost: false, leaseExpired: false };
  if (!baseline || (!written && writes.length === 0)) {
    const ownerChanged = baseline !== null && !sameBounds(baseline, observed);
    return { ...nothing, baseline: observed, ownerChanged };
  }
  if (written && sameBounds(observed, written)) return { ...nothing, baseline };
  const writeLost = before !== null && sameBounds(observed, before);
  if (sameBounds(observed, baseline)) {
    const leaseExpired = lease !== null && lease.untilSeconds <= nowSeconds;
    return { ...nothing, baseline, writeLost: writeLost && !leaseExpired, leaseExpired };
  }
  if (writeLost) return { ...nothing, baseline, writeLost };
  const isOurs = (bound: 'min' | 'max') =>
    observed[bound] === written?.[bound] ||
    observed[bound] === before?.[bound] ||
    writes.some(({ bounds }) => observed[bound] === bounds[bound]);
  const min = isOurs('min') ? baseline.min : observed.min;
  const max = isOurs('max') ? baseline.max : observed.max;
  const ownerChanged = !isOurs('min') || !isOurs('max');
  return {
    ...nothing,
    baseline: { min: Math.min(min, max), max },
    ownerChanged,
    writeLost: !ownerChanged,
  };
}

/**
 * What to remember of the bounds once they were judged. Where they are not what the scaler wrote,
 * they still hold what it wrote earlier (a floor that stands while the owner changed Max), so they
 * count as written and not as the owner's. A write that was seen to stand, or an earlier one, is forgotten
 * once it must have arrived; one that never was is remembered for as long as reads may be stale. Once the
 * last one was seen to stand, what stood before it can come back by the owner's hand only.
 */
export function standing(
  { written, before, writes }: TargetState,
  baseline: Bounds,
  observed: Bounds,
  nowSeconds: number,
): Pick<TargetState, 'baseline' | 'written' | 'before' | 'writes'> {
  const isYoungerThan = (limitSeconds: number, { atSeconds }: Write) =>
    nowSeconds - atSeconds < limitSeconds;
  const seen = writes.findLastIndex(({ bounds }) => sameBounds(bounds, observed));
  const kept = writes.filter((write, index) =>
    isYoungerThan(index > seen ? STALE_SECONDS : UNDER_WAY_SECONDS, write),
  );
  const isAsWritten = written === null || sameBounds(observed, written);
  if (!isAsWritten) return { baseline, written: observed, before: null, writes: kept };
  const isLate = writes.some((write) => isYoungerThan(UNDER_WAY_SECONDS, write));
  return { baseline, written, before: isLate ? before : null, writes: kept };
}

/** What to remember of bounds that are about to be sent. */
export function writing(
  { writes }: TargetState,
  bounds: Bounds,
  observed: Bounds | null,
  nowSeconds: number,
): Pick<TargetState, 'written' | 'before' | 'writes'> {
  return {
    written: bounds,
    before: observed,
    writes: [
      ...writes.filter((earlier) => !sameBounds(earlier.bounds, bounds)),
      { bounds, atSeconds: nowSeconds },
    ],
  };
}

/** The owner's bounds, which in the middle of a surge are not those that stand; undefined: none stand. */
export function ownersBounds(
  state: TargetState | undefined,
  observed: Bounds | undefined,
  nowSeconds: number,
): Bounds | undefined {
  return state && observed ? adoptBounds(state, observed, nowSeconds).baseline : observed;
}

/** What to remember of a target that is registered no more: neither whose bounds it had, nor what was asked for. */
export function withoutBounds(state: TargetState): TargetState {
  return {
    ...state,
    baseline: null,
    written: null,
    before: null,
    pending: null,
    lease: null,
    leaseUnsureSinceSeconds: null,
  };
}
