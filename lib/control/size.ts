import { type DemandPoint, quantile, typicalStep, WINDOW_SECONDS } from './demand.ts';
import type { Reason } from './reasons.ts';

/** How many typical steps a rise must exceed to count as growth and not as noise. */
const SIGNIFICANT_STEPS = 4;

/** A rise below this many instances is never growth. */
const SMALLEST_GROWTH = 0.25;

/** A first window over capacity says little about where a ramp ends unless it is this many times over. */
const DECISIVE_RATIO = 3;

/** The capacity that demand asks for, before any bounds. */
export interface Sizing {
  /** Whole instances. */
  readonly capacity: number;
  readonly reason: Extract<
    Reason,
    'demand-measured' | 'demand-growing' | 'recent-peak-needs-capacity'
  >;
  /** True when one more window will show much better where the ramp ends. */
  readonly stillSteepening: boolean;
}

/**
 * Sizes capacity for `points` (oldest first, at least one).
 *
 * Two opinions, the larger wins. The recent peak: the capacity that is short in 1/riskPrice of the
 * windows, since at that share one more instance costs as much as it saves (the newsvendor's
 * critical ratio). Growth: a rise that is no noise is carried on to the present, because the newest
 * window's middle already lies two windows back.
 *
 * @param capacity instances asked for at present
 * @param ageSeconds how long ago the newest window ended
 */
export function size(
  points: readonly DemandPoint[],
  riskPrice: number,
  capacity: number,
  ageSeconds: number,
): Sizing {
  const demands = points.map((point) => point.demand);
  const latest = demands.at(-1) ?? 0;
  const previous = demands.at(-2) ?? 0;
  const peak = wholeInstances(quantile(demands, 1 - 1 / riskPrice));
  const rise = latest - previous;
  const noise = Math.max(SIGNIFICANT_STEPS * typicalStep(demands.slice(0, -1)), SMALLEST_GROWTH);
  if (rise > noise && latest > capacity) {
    const windowsSince = 0.5 + ageSeconds / WINDOW_SECONDS;
    const grown = wholeInstances(latest + rise * windowsSince);
    if (grown > peak) {
      return {
        capacity: grown,
        reason: 'demand-growing',
        stillSteepening: previous <= capacity && latest < DECISIVE_RATIO * capacity,
      };
    }
  }
  return {
    capacity: peak,
    reason: peak > wholeInstances(latest) ? 'recent-peak-needs-capacity' : 'demand-measured',
    stillSteepening: false,
  };
}

/** Whole instances for a demand; a hair over a whole number is arithmetic, not demand. */
export function wholeInstances(demand: number): number {
  return Math.max(0, Math.ceil(demand - 1e-6));
}
