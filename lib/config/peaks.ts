/**
 * SageMaker publishes the requests under way as the peak of ten seconds in the busiest instance. For requests that come by
 * themselves that lies a few roots of the mean above the mean: ten times as high at light load, a third at heavy load. A mean that
 * is taken for such a peak has the first request look like an overload.
 */

/** Roots of the mean; peaks of ten seconds of requests that come by themselves lie no higher, whatever else was measured. */
const MOST_SPREAD = 4;

/** Requests under way in one instance over a minute: their mean, and the mean of its peaks of ten seconds. */
export interface PeakMinute {
  readonly mean: number;
  readonly peak: number;
}

/** How many roots of the mean the peaks lie above it, in the middle one of minutes with load; zero without one. */
export function spreadOf(minutes: readonly PeakMinute[]): number {
  const spreads = minutes
    .filter(({ mean }) => mean > 0)
    .map(({ mean, peak }) => (peak - mean) / Math.sqrt(mean))
    .sort((a, b) => a - b);
  const middle = spreads[Math.floor(spreads.length / 2)] ?? 0;
  return Math.min(Math.max(middle, 0), MOST_SPREAD);
}

/** The peak that goes with a mean. */
export function peakOf(mean: number, spread: number): number {
  return mean + spread * Math.sqrt(mean);
}

/** The mean that goes with a peak, the reverse of {@link peakOf}. */
export function meanOfPeak(peak: number, spread: number): number {
  const root = (Math.sqrt(spread * spread + 4 * peak) - spread) / 2;
  return root * root;
}
