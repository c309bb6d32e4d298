import { type DemandPoint, quantile, typicalStep, WINDOW_SECONDS } from './demand.ts';

/** How many typical steps a rise must exceed to count as a surge and not as noise. */
const SIGNIFICANT_STEPS = 4;

/** The same for a load that is few requests: counts of independent requests scatter by their root. */
const SIGNIFICANT_ROOTS = 4;

/** A rise below this many instances is never a surge. */
const SMALLEST_SURGE = 0.25;

/** Demand up to this many times the capacity is left to the rules in use: jumping at every peak costs more. */
const SURGE_RATIO = 1.6;

/** A first window over capacity says little about where a ramp ends unless it is this many times over. */
const DECISIVE_RATIO = 3;

/** Windows that are compared with those before them to tell a surge. */
const FRESH_WINDOWS = 3;
const EARLIER_WINDOWS = 12;

/** The capacity that a surge asks for. */
export interface Surge {
  /** Whole instances; zero when there is none. */
  readonly capacity: number;
  /** True when one more window will show much better where the ramp ends. */
  readonly stillSteepening: boolean;
}

const NO_SURGE: Surge = { capacity: 0, stillSteepening: false };

/**
 * A rise far above the capacity asked for that is no noise. While demand rises it is carried on to the
 * present, because the newest window's middle already lies two windows back; once it stands, it is
 * taken as it is until the memory of the rules in use has seen it too.
 *
 * @param points oldest first
 * @param capacity instances asked for at present
 * @param ageSeconds how long ago the newest window ended
 * @param demandOfOne instances that one request in a window comes to
 */
export function surge(
  points: readonly DemandPoint[],
  capacity: number,
  ageSeconds: number,
  demandOfOne: number,
): Surge {
  const demands = points.slice(-FRESH_WINDOWS - EARLIER_WINDOWS).map((point) => point.demand);
  const latest = demands.at(-1) ?? 0;
  const previous = demands.at(-2) ?? 0;
  if (latest <= SURGE_RATIO * capacity) return NO_SURGE;
  const earlier = demands.slice(0, -FRESH_WINDOWS);
  const noise = Math.max(
    SIGNIFICANT_STEPS * typicalStep(demands.slice(0, -1)),
    SIGNIFICANT_ROOTS * Math.sqrt(latest * demandOfOne),
    SMALLEST_SURGE,
  );
  const rise = latest - previous;
  if (rise > noise) {
    const windowsSince = 0.5 + ageSeconds / WINDOW_SECONDS;
    return {
      capacity: wholeInstances(latest + rise * windowsSince),
      stillSteepening: previous <= capacity && latest < DECISIVE_RATIO * capacity,
    };
  }
  const standing = quantile(demands.slice(-FRESH_WINDOWS), 0.5);
  const isNew = standing > SURGE_RATIO * capacity && standing - quantile(earlier, 0.5) > noise;
  return isNew ? { capacity: wholeInstances(standing), stillSteepening: false } : NO_SURGE;
}

/** Whole instances for a demand; a hair over a whole number is arithmetic, not demand. */
export function wholeInstances(demand: number): number {
  return Math.max(0, Math.ceil(demand - 1e-6));
}
