/**
 * One way of reading demand: out to the capacity that a share of the recent windows did not exceed,
 * in to the capacity that a (usually larger) share of another span did not exceed.
 */
export interface Setting {
  readonly outQuantile: number;
  readonly outSeconds: number;
  readonly outFactor: number;
  readonly inQuantile: number;
  readonly inSeconds: number;
  readonly inFactor: number;
}

type Row = readonly [
  outQuantile: number,
  outSeconds: number,
  outFactor: number,
  inQuantile: number,
  inSeconds: number,
  inFactor: number,
];

/**
 * Candidates by risk price, the best single one first. Each list is a greedy cover: of the settings
 * tried at random on recorded loads, the next is the one that most lowers the mean regret of the best
 * of the list on each load, over lead times of 60, 180 and 480 s.
 */
const CANDIDATES: Readonly<Record<number, readonly Row[]>> = {
  3: [
    [0.6, 300, 1, 0.7, 180, 1],
    [0.5, 2400, 1, 1, 300, 1.1],
    [0.6, 300, 0.85, 0.7, 30, 1.35],
    [0.5, 600, 1, 0.8, 30, 0.85],
    [0.9, 120, 0.85, 0.9, 30, 1.2],
    [0.7, 2400, 1, 0.9, 30, 1.35],
    [0.8, 180, 0.85, 0.7, 60, 1],
    [0.6, 180, 0.85, 0.5, 30, 1.35],
    [0.5, 2400, 1, 0.5, 600, 1.35],
    [0.9, 120, 0.85, 0.95, 60, 1],
    [0.6, 2400, 0.85, 0.7, 2400, 1],
    [0.5, 2400, 1.5, 0.7, 60, 1.2],
  ],
  10: [
    [0.8, 600, 1.1, 0.5, 180, 1],
    [0.9, 300, 1, 1, 30, 1],
    [0.5, 300, 1.1, 0.95, 300, 1.35],
    [0.5, 30, 1, 0.6, 180, 1.2],
    [0.8, 2400, 1.1, 0.9, 180, 0.85],
    [0.8, 300, 1, 1, 180, 0.85],
    [0.9, 30, 1, 0.8, 300, 1.2],
    [0.9, 120, 1, 0.8, 30, 1.2],
    [0.95, 120, 0.85, 0.95, 120, 1],
    [0.6, 300, 1.2, 0.6, 180, 1.2],
    [0.8, 1200, 1, 0.95, 300, 1.2],
    [0.7, 180, 1, 0.9, 300, 1],
  ],
  30: [
    [1, 1200, 1, 0.95, 180, 1],
    [0.95, 300, 1, 1, 600, 0.85],
    [0.9, 1200, 1.2, 1, 1200, 1.2],
    [0.9, 300, 1.1, 0.7, 1200, 0.85],
    [0.95, 1200, 1.2, 0.6, 60, 1],
    [1, 60, 1.2, 1, 300, 1],
    [0.7, 600, 1.5, 1, 1200, 0.85],
    [0.7, 600, 1.2, 0.9, 1200, 0.85],
    [0.95, 300, 1, 1, 30, 1.2],
    [1, 30, 1, 1, 2400, 0.85],
    [0.5, 120, 1.2, 1, 1200, 1.35],
    [0.5, 60, 1.2, 1, 600, 1.1],
  ],
};

/** Longest span that a setting looks at, seconds. */
export const LONGEST_SPAN_SECONDS = 2400;

const LISTS = new Map(
  Object.entries(CANDIDATES).map(([price, rows]) => [Number(price), rows.map(setting)] as const),
);

/** The candidates whose risk price is nearest by ratio. */
export function candidatesFor(riskPrice: number): readonly Setting[] {
  const distance = (price: number) => Math.abs(Math.log(price / riskPrice));
  const nearest = [...LISTS.keys()].reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return LISTS.get(nearest) as readonly Setting[];
}

function setting(row: Row): Setting {
  const [outQuantile, outSeconds, outFactor, inQuantile, inSeconds, inFactor] = row;
  return { outQuantile, outSeconds, outFactor, inQuantile, inSeconds, inFactor };
}
