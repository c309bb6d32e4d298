import type { Bounds, TargetState } from './types.ts';

/** What the observed bounds say about who wrote them last. */
export interface Adoption {
  readonly baseline: Bounds;
  /** True when somebody other than the scaler set a bound. */
  readonly ownerChanged: boolean;
  /** True when the scaler's last write never took hold. */
  readonly writeLost: boolean;
}

/**
 * Tells the owner's bounds from the scaler's own. Min and Max have no version in Application Auto
 * Scaling, so the only evidence is the number itself: a bound that is neither what the scaler wrote
 * nor what stood there before is the owner's, and becomes the baseline. The two bounds are judged
 * apart, since an owner often sets only one of them.
 */
export function adoptBounds(state: TargetState, observed: Bounds): Adoption {
  const { baseline, written, before } = state;
  if (!baseline || !written) {
    const ownerChanged = baseline !== null && !sameBounds(baseline, observed);
    return { baseline: observed, ownerChanged, writeLost: false };
  }
  if (sameBounds(observed, written)) return { baseline, ownerChanged: false, writeLost: false };
  if (before && sameBounds(observed, before)) {
    return { baseline, ownerChanged: false, writeLost: true };
  }
  const min = observed.min === written.min ? baseline.min : observed.min;
  const max = observed.max === written.max ? baseline.max : observed.max;
  return { baseline: { min: Math.min(min, max), max }, ownerChanged: true, writeLost: false };
}

export function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.min === b.min && a.max === b.max;
}

/** Moves `value` into `bounds`. */
export function clamp(value: number, bounds: Bounds): number {
  return Math.min(Math.max(value, bounds.min), bounds.max);
}
