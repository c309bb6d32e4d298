/**
 * Levels are counted from 0: level k is the instance that serves demand between k and k + 1. From
 * {@link FIRST_WIDE_LEVEL} on, neighbouring levels are kept together in bands a fifth as wide as
 * they are high, so that a thousand instances need 40 figures and not a thousand.
 */
const FIRST_WIDE_LEVEL = 16;
const BAND_FRACTION = 5;

/**
 * More instances are never asked for, whatever demand says: quotas lie far below, and a metric that is
 * a million times too high must not cost a million times the work.
 */
export const MOST_INSTANCES = 10_000;

/** Lowest level of every band, ascending; band b holds the levels from edge b up to edge b + 1. */
const EDGES: readonly number[] = edges();

function edges(): number[] {
  const list: number[] = [];
  for (let level = 0; level <= MOST_INSTANCES; ) {
    list.push(level);
    level += level < FIRST_WIDE_LEVEL ? 1 : Math.floor(level / BAND_FRACTION);
  }
  return list;
}

export const MOST_BANDS = EDGES.length - 1;

/** Bands that a demand reaches into, in whole or in part. */
export function bandsFor(demand: number): number {
  const above = EDGES.findIndex((edge) => edge >= demand);
  return above < 0 ? MOST_BANDS : Math.min(above, MOST_BANDS);
}

export function lowestLevel(band: number): number {
  return EDGES[band] as number;
}

/** Instances in a band. */
export function widthOf(band: number): number {
  return lowestLevel(band + 1) - lowestLevel(band);
}

/** Middle of a band, instances. */
export function middleOf(band: number): number {
  return (lowestLevel(band) + lowestLevel(band + 1)) / 2;
}

/** The band that holds a level. */
export function bandOf(level: number): number {
  if (level < FIRST_WIDE_LEVEL) return level;
  let band = FIRST_WIDE_LEVEL;
  while (band < MOST_BANDS - 1 && lowestLevel(band + 1) <= level) band += 1;
  return band;
}

/** Part of a band that a demand uses, 0 to 1. */
export function partUsed(band: number, demand: number): number {
  return Math.min(Math.max((demand - lowestLevel(band)) / widthOf(band), 0), 1);
}

/** Bands whose middle lies within this share of a band's own are its neighbours. */
const NEIGHBOURHOOD = 0.3;

/** First and last of the neighbours of every band. */
const NEIGHBOURS: readonly (readonly [first: number, last: number])[] = EDGES.slice(
  0,
  MOST_BANDS,
).map((_, band) => {
  const middle = middleOf(band);
  const isNear = (other: number) => Math.abs(middleOf(other) - middle) <= NEIGHBOURHOOD * middle;
  const near = EDGES.slice(0, MOST_BANDS).flatMap((_, other) => (isNear(other) ? other : []));
  return [near[0] as number, near.at(-1) as number];
});

/**
 * What a band and its neighbours come to.
 * @param values by band, per instance
 */
export function sumAround(values: readonly number[], band: number): number {
  const [first, last] = NEIGHBOURS[band] as readonly [number, number];
  let sum = 0;
  for (let other = first; other <= last && other < values.length; other += 1) {
    sum += (values[other] as number) * widthOf(other);
  }
  return sum;
}

/** Instances of a band and its neighbours, of which there are `bands` in all. */
export function widthAround(band: number, bands: number): number {
  const [first, last] = NEIGHBOURS[band] as readonly [number, number];
  return lowestLevel(Math.min(last + 1, bands)) - lowestLevel(first);
}
