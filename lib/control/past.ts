import type { DemandPoint } from './demand-point.ts';
import { fromDigits, largest, toDigits } from './digits.ts';

/** What recurs is told by the mean demand of so many seconds: coarse enough for chance to even out. */
export const BUCKET_SECONDS = 30;

/** Three hours: what comes every hour must have come twice before it is expected. */
export const MOST_BUCKETS = 360;

/** A period is looked for this often, seconds. */
const SEARCH_SECONDS = 150;

/** Periods that are looked for, buckets: 5 to 90 minutes. What is shorter no instance can follow. */
const PERIODS = { shortest: 10, longest: 180 } as const;

/**
 * Demand recurs where it lies, on average, nearer to that of a period before than this part of its
 * distance from its own mean; noise alone comes to 1.4.
 */
const LARGEST_ERROR = 0.7;

/** Demand that lies nearer to its mean on average than this is flat, instances. */
const LEAST_SPREAD = 0.1;

/** Of periods that fit alike the shortest is the true one: its multiples fit as well. */
const ALIKE = { times: 1.15, plus: 0.01 } as const;

/** Demand of the last hours, and the period in which it recurs. */
export interface Past {
  /** End of the newest whole bucket, epoch seconds; null: nothing is known. */
  readonly untilSeconds: number | null;
  /** Mean demand by bucket, oldest first, two characters each ({@link demandsOf} reads them). */
  readonly buckets: string;
  /** Windows of the bucket under way, and their demand in all. */
  readonly count: number;
  readonly sum: number;
  /** Buckets after which demand comes again; null: it does not. */
  readonly period: number | null;
}

export const NO_PAST: Past = { untilSeconds: null, buckets: '', count: 0, sum: 0, period: null };

/** Demand is kept to a third of a hundredth, and to a five-thousandth of an instance. */
const STEPS = 300;
const SMALLEST = 1 / 16;
const CHARACTERS = 2;

function written(demand: number): string {
  return toDigits(Math.round(STEPS * Math.log1p(Math.max(demand, 0) / SMALLEST)), CHARACTERS);
}

const DEMANDS = Float64Array.from(
  { length: largest(CHARACTERS) + 1 },
  (_, code) => SMALLEST * Math.expm1(code / STEPS),
);

/** Mean demand of the buckets, oldest first, instances. */
export function demandsOf({ buckets }: Past): Float64Array {
  const codes = fromDigits(buckets, CHARACTERS);
  const demands = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i += 1) demands[i] = DEMANDS[codes[i] as number] as number;
  return demands;
}

/** The past with one more window. A bucket without data repeats the one before it. */
export function withWindow(past: Past, { startSeconds, demand }: DemandPoint): Past {
  const bucketStart = Math.floor(startSeconds / BUCKET_SECONDS) * BUCKET_SECONDS;
  const { untilSeconds } = past;
  if (untilSeconds === null || bucketStart - untilSeconds > MOST_BUCKETS * BUCKET_SECONDS) {
    return { ...NO_PAST, untilSeconds: bucketStart, count: 1, sum: demand };
  }
  if (bucketStart <= untilSeconds) {
    return { ...past, count: past.count + 1, sum: past.sum + demand };
  }
  const missing = (bucketStart - untilSeconds) / BUCKET_SECONDS - 1;
  const ended = past.count > 0 ? written(past.sum / past.count) : past.buckets.slice(-CHARACTERS);
  const buckets = (past.buckets + ended.repeat(missing + 1)).slice(-CHARACTERS * MOST_BUCKETS);
  const isDue = bucketStart % SEARCH_SECONDS < BUCKET_SECONDS * (missing + 1);
  const known = { untilSeconds: bucketStart, buckets, count: 1, sum: demand, period: past.period };
  return isDue ? { ...known, period: periodOf(demandsOf(known)) } : known;
}

/**
 * The period in which demand recurs, buckets; null where it does not. Each period is judged by its last
 * two turns at most, so that a load that changes its ways is soon understood.
 */
export function periodOf(demands: Float64Array): number | null {
  const longest = Math.min(PERIODS.longest, Math.floor(demands.length / 2));
  const errors = new Float64Array(longest + 1);
  let least = LARGEST_ERROR;
  for (let period = PERIODS.shortest; period <= longest; period += 1) {
    errors[period] = errorOf(demands, period);
    least = Math.min(least, errors[period] as number);
  }
  if (least === LARGEST_ERROR) return null;
  const alike = Math.min(ALIKE.times * least + ALIKE.plus, LARGEST_ERROR);
  for (let period = PERIODS.shortest; period <= longest; period += 1) {
    if ((errors[period] as number) <= alike) return period;
  }
  return null;
}

/** How far demand lies from that of a period before, against how far from its own mean. */
function errorOf(demands: Float64Array, period: number): number {
  const end = demands.length;
  const from = end - Math.min(2 * period, end - period);
  let mean = 0;
  for (let i = from; i < end; i += 1) mean += demands[i] as number;
  mean /= end - from;
  let missed = 0;
  let spread = 0;
  for (let i = from; i < end; i += 1) {
    missed += Math.abs((demands[i] as number) - (demands[i - period] as number));
    spread += Math.abs((demands[i] as number) - mean);
  }
  const isFlat = spread < LEAST_SPREAD * (end - from);
  return isFlat ? Number.POSITIVE_INFINITY : missed / spread;
}
