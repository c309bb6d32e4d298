/** Load over time: requests that arrive in each second from second 0. */
export interface Load {
  readonly name: string;
  readonly arrivals: Float64Array;
}

/** Fewer seconds with requests may lie evenly apart by chance. */
const FEWEST_EVEN = 10;

/** What to tell of a load that looks like one with rows of minutes; undefined for any other. */
export function spacingNote({ name, arrivals }: Load): string | undefined {
  const spacing = evenSpacing(arrivals);
  if (spacing <= 1) return undefined;
  return (
    `${name}: requests come every ${spacing} s only, and all within one second. If each row counts ` +
    `the requests of ${spacing} s, spread them over its seconds.`
  );
}

/** The greatest number of seconds of which all requests lie a multiple apart. */
function evenSpacing(arrivals: Float64Array): number {
  let spacing = 0;
  let found = 0;
  let before = 0;
  for (let second = 0; second < arrivals.length && spacing !== 1; second += 1) {
    if (arrivals[second] === 0) continue;
    if (found > 0) spacing = greatestDivisor(spacing, second - before);
    before = second;
    found += 1;
  }
  return found < FEWEST_EVEN ? 1 : spacing;
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

/** The highest mean over 60 s of `arrivals`, requests a minute (over the whole load if it is shorter). */
export function peakPerMinute(arrivals: Float64Array): number {
  const span = Math.min(60, arrivals.length);
  let sum = 0;
  let peak = 0;
  for (let second = 0; second < arrivals.length; second += 1) {
    sum +=
      (arrivals[second] as number) - (second >= span ? (arrivals[second - span] as number) : 0);
    if (second >= span - 1) peak = Math.max(peak, sum);
  }
  return (peak * 60) / span;
}
