/**
 * How long a target counts as muted after it was found so, seconds. Each sweep renews it; it lasts half a minute
 * longer than that takes, so that a late sweep leaves no gap.
 */
export const MUTED_SECONDS = 90;

/**
 * Until when a target is muted whose alarm told so, epoch seconds. Its owner may lift the mute before its time,
 * which no event tells, so that the sweep has to find it again.
 */
export function mutedUntil(windowEndSeconds: number, nowSeconds: number): number {
  return Math.min(windowEndSeconds, nowSeconds + MUTED_SECONDS);
}
