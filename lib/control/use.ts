import { bandOf, bandsFor, partUsed, widthOf } from './bands.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';

/**
 * How far back use is remembered: the spans over which a window's weight falls to 1/e, in seconds for each
 * point of the risk price. Whether something is used for more than 1/p of the time takes a few times p
 * windows to tell.
 */
export const MEMORIES = [5, 20, 60] as const;

/** No memory is longer, whatever the price, seconds. */
const LONGEST_MEMORY_SECONDS = 3600;

/** The spans over which a window's weight falls to 1/e, by memory, seconds. */
export function memorySeconds(memory: number, riskPrice: number): number {
  return Math.min(
    Math.max((MEMORIES[memory] as number) * riskPrice, WINDOW_SECONDS),
    LONGEST_MEMORY_SECONDS,
  );
}

/** Weight of the newest window. */
function weightOfNewest(memory: number, riskPrice: number): number {
  return 1 - Math.exp(-WINDOW_SECONDS / memorySeconds(memory, riskPrice));
}

/** Part of the weight of a long past that half of a memory's span has: less tells of no calm. */
const COVERED_WEIGHT = 1 - Math.exp(-0.5);

/** Two minutes: fewer windows tell of no calm either, however short the memory. */
const FEWEST_WINDOWS = 12;

/** How much each band of levels was used of late. */
export interface Use {
  /** Start of the newest window counted in. */
  readonly untilSeconds: number;
  /** Weight of all windows counted in, by memory: it tends to 1. */
  readonly weight: readonly number[];
  /** Part used, weighted and summed, by memory and band. */
  readonly used: readonly (readonly number[])[];
}

export const NO_USE: Use = {
  untilSeconds: -1,
  weight: MEMORIES.map(() => 0),
  used: MEMORIES.map(() => []),
};

/** Counts a window in. Bands that demand reaches for the first time were unused until then. */
export function remember(use: Use, { startSeconds, demand }: DemandPoint, riskPrice: number): Use {
  const bands = Math.max(use.used[0]?.length ?? 0, bandsFor(demand));
  const parts = Array.from({ length: bands }, (_, band) => partUsed(band, demand));
  const weights = MEMORIES.map((_, memory) => weightOfNewest(memory, riskPrice));
  const blend = (old: number, now: number, m: number) => old + (weights[m] as number) * (now - old);
  return {
    untilSeconds: startSeconds,
    weight: use.weight.map((weight, m) => blend(weight, 1, m)),
    used: use.used.map((used, m) => parts.map((part, band) => blend(used[band] ?? 0, part, m))),
  };
}

/** Part of the remembered time in which a band was used, 0 to 1. */
export function useOfBand(use: Use, memory: number, band: number): number {
  const weight = use.weight[memory] as number;
  return weight === 0 ? 0 : (use.used[memory]?.[band] ?? 0) / weight;
}

/**
 * Whether there is data for at least half of a memory's span, and for two minutes.
 * @param windows that were counted in
 */
export function isCovered({ weight }: Use, memory: number, windows: number): boolean {
  return windows >= FEWEST_WINDOWS && (weight[memory] as number) >= COVERED_WEIGHT;
}

/**
 * How much the recent load used each level. What is remembered reaches back further than the load
 * that is read, but tells the levels of a wide band not apart; there the load itself is asked.
 */
export class RecentUse {
  readonly #use: Use;
  readonly #points: readonly DemandPoint[];
  readonly #riskPrice: number;

  /** @param points oldest first; those that `use` has not counted in yet are added to it */
  constructor(use: Use, points: readonly DemandPoint[], riskPrice: number) {
    this.#points = points;
    this.#riskPrice = riskPrice;
    this.#use = points
      .filter(({ startSeconds }) => startSeconds > use.untilSeconds)
      .reduce((known, point) => remember(known, point, riskPrice), use);
  }

  /** Part of the remembered time in which a level was used, 0 to 1; zero without a window. */
  ofLevel(memory: number, level: number): number {
    const band = bandOf(level);
    return widthOf(band) === 1 ? useOfBand(this.#use, memory, band) : this.#inPoints(memory, level);
  }

  #inPoints(memory: number, level: number): number {
    const keep = 1 - weightOfNewest(memory, this.#riskPrice);
    let weight = 1;
    let used = 0;
    let total = 0;
    for (let i = this.#points.length - 1; i >= 0; i -= 1) {
      const { demand } = this.#points[i] as DemandPoint;
      used += weight * Math.min(Math.max(demand - level, 0), 1);
      total += weight;
      weight *= keep;
    }
    return total === 0 ? 0 : used / total;
  }

  /** Whether enough is known to give anything back. */
  covers(memory: number): boolean {
    return isCovered(this.#use, memory, this.#points.length);
  }
}
