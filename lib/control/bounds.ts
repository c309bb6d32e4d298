/** Bounds of a scalable target: the two numbers that a nudge sets together. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.min === b.min && a.max === b.max;
}

/** Moves `value` into `bounds`. */
export function clamp(value: number, bounds: Bounds): number {
  return Math.min(Math.max(value, bounds.min), bounds.max);
}
