import { type Random, seededRandom } from '../plant/random.ts';
import { WINDOW_SECONDS } from './workload.ts';

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** A gap up to this long is bridged; a longer one ends a stretch. Minutes. */
export const BRIDGED_MINUTES = 5;

/** A stretch shorter than this is left out: the rules would hardly be warm. Minutes. */
export const SHORTEST_STRETCH_MINUTES = 60;

/** What to take a minute without data for: `skip` knows nothing of it, `zero` means no load. */
export type GapReading = 'skip' | 'zero';

/** Minutes that follow one another, all with a value. */
export interface Stretch {
  /** Minutes from the start of the history. */
  readonly fromMinute: number;
  readonly values: readonly number[];
}

/** What of a history can be replayed, and what is missing. */
export interface Coverage {
  readonly stretches: readonly Stretch[];
  readonly minutes: number;
  /** Minutes in stretches, bridged ones included. */
  readonly covered: number;
  readonly missing: number;
  readonly bridged: number;
  readonly longestGap: number;
}

/**
 * Cuts a history at its gaps. A gap is not zero load: up to five minutes it is bridged by a straight
 * line, and beyond that nobody knows.
 */
export function coverageOf(minutes: readonly (number | null)[], gaps: GapReading): Coverage {
  const known = gaps === 'zero' ? minutes.map((value) => value ?? 0) : minutes;
  const stretches: Stretch[] = [];
  let [bridged, longestGap] = [0, 0];
  let values: number[] = [];
  let fromMinute = 0;
  const end = () => {
    if (values.length >= SHORTEST_STRETCH_MINUTES) stretches.push({ fromMinute, values });
    values = [];
  };
  for (let minute = 0; minute < known.length; ) {
    const value = known[minute] ?? null;
    if (value !== null) {
      if (values.length === 0) fromMinute = minute;
      values.push(value);
      minute += 1;
      continue;
    }
    let after = minute;
    while (after < known.length && (known[after] ?? null) === null) after += 1;
    const gap = after - minute;
    longestGap = Math.max(longestGap, gap);
    const before = values.at(-1);
    const next = known[after] ?? null;
    if (before !== undefined && next !== null && gap <= BRIDGED_MINUTES) {
      bridged += gap;
      for (let i = 1; i <= gap; i += 1) values.push(before + ((next - before) * i) / (gap + 1));
    } else {
      end();
    }
    minute = after;
  }
  end();
  const missing = minutes.filter((value) => value === null).length;
  const covered = stretches.reduce((sum, stretch) => sum + stretch.values.length, 0);
  return { stretches, minutes: minutes.length, covered, missing, bridged, longestGap };
}

/**
 * Requests in windows of ten seconds, from requests a minute: each request falls into any window of
 * its minute with the same chance, the same for the same seed. Where in the minute they really came,
 * nobody wrote down.
 */
export function spreadRequests(perMinute: readonly number[], seed: number): Float64Array {
  const random = seededRandom(seed);
  const windows = new Float64Array(perMinute.length * WINDOWS_PER_MINUTE);
  perMinute.forEach((total, minute) => {
    let left = Math.round(total);
    for (let i = 0; i < WINDOWS_PER_MINUTE; i += 1) {
      const count = binomial(left, 1 / (WINDOWS_PER_MINUTE - i), random);
      windows[minute * WINDOWS_PER_MINUTE + i] = count;
      left -= count;
    }
  });
  return windows;
}

/** A level that is the same in every window of its minute, in requests that make as much demand. */
export function holdLevel(perMinute: readonly number[]): Float64Array {
  return Float64Array.from({ length: perMinute.length * WINDOWS_PER_MINUTE }, (_, window) => {
    return (perMinute[Math.floor(window / WINDOWS_PER_MINUTE)] as number) / WINDOWS_PER_MINUTE;
  });
}

/** Below this many, coins are tossed one by one; above it the normal law is as good. */
const TOSSED = 60;

function binomial(count: number, chance: number, random: Random): number {
  if (chance >= 1) return count;
  if (count <= TOSSED) {
    let hits = 0;
    for (let i = 0; i < count; i += 1) hits += random() < chance ? 1 : 0;
    return hits;
  }
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drawn = count * chance + Math.sqrt(count * chance * (1 - chance)) * normal;
  return Math.min(count, Math.max(0, Math.round(drawn)));
}
