import type { LoadReader } from '../aws/load.ts';
import { countedBeside, type Signal, type UnderWayRef, underWayBeside } from '../config/signal.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';
import { LOOKBACK_SECONDS } from '../control/learn.ts';
import type { LoadPoint, UnderWay } from '../control/types.ts';
import { overTheirWindows } from './by-the-minute.ts';

/** Period at which SageMaker publishes its count where nothing else was set, seconds. */
const WITNESS_PERIOD_SECONDS = 60;

/** A witness that is silent for longer says nothing about now, seconds. */
const WITNESS_LAG_SECONDS = 300;

/** Every instance publishes its part of a minute within so many seconds of its end. */
const PUBLISHED_SECONDS = 60;

/** What was read of one target. */
export interface Reading {
  /** Oldest window first. */
  readonly load: LoadPoint[];
  /** Requests of all instances by the minute, where the load is peaks. */
  readonly counts: LoadPoint[];
  /** Null where nobody asked, or the signal does not count requests. */
  readonly underWay: UnderWay | null;
  /** Whether the metric has one value a minute, so that a surge is seen late by up to a minute and more. */
  readonly isByTheMinute: boolean;
}

/**
 * The recent load of every signal, in one reading.
 * @param withUnderWay whether to read the requests under way too, which costs two metrics a target
 * @param knownByTheMinute of which signals an earlier look found so
 */
export async function readLoads(
  reader: LoadReader,
  signals: readonly Signal[],
  nowSeconds: number,
  withUnderWay: boolean,
  knownByTheMinute: readonly boolean[] = [],
): Promise<Reading[]> {
  const witnesses = signals.flatMap(({ witness }) => (witness ? [witness] : []));
  const counted = signals.flatMap((signal) => countedBeside(signal) ?? []);
  const refs = signals.map((signal) => (withUnderWay ? underWayBeside(signal) : undefined));
  const beside = refs.flatMap((ref) =>
    ref ? [ref.metric, ...(ref.fewest ? [ref.fewest] : [])] : [],
  );
  const series = await reader.read(
    [...signals.map(({ load }) => load), ...witnesses, ...beside, ...counted],
    nowSeconds - LOOKBACK_SECONDS,
    nowSeconds,
  );
  let next = signals.length;
  let nextBeside = next + witnesses.length;
  let nextCounted = nextBeside + beside.length;
  return signals.map((signal, i) => {
    const { witness, settleSeconds = 0 } = signal;
    const { statistic } = signal.load;
    const readableUntil = nowSeconds - settleSeconds;
    // The window under way can be read too, and holds a part of its load.
    const isOver = ({ startSeconds }: LoadPoint) => startSeconds + WINDOW_SECONDS <= readableUntil;
    const ref = refs[i];
    const underWay = ref
      ? underWayOf(
          ref,
          (series[nextBeside++] ?? []).filter(isOver),
          ref.fewest ? (series[nextBeside++] ?? []) : [],
        )
      : null;
    const counts = countedBeside(signal)
      ? wholeMinutes(series[nextCounted++] ?? [], nowSeconds)
      : [];
    const points = series[i] ?? [];
    if (witness) {
      const load = withCalm(points.filter(isOver), series[next++] ?? [], readableUntil);
      return { load, underWay, counts, isByTheMinute: false };
    }
    // A mean or a highest value is none the greater for the length of its time.
    const whole =
      statistic === 'Sum'
        ? overTheirWindows(points, readableUntil, knownByTheMinute[i])
        : { points, isByTheMinute: false };
    const { isByTheMinute } = whole;
    return { load: whole.points.filter(isOver), underWay, counts, isByTheMinute };
  });
}

/** Minutes that are whole, whichever of the instances publishes last. */
function wholeMinutes(counts: readonly LoadPoint[], nowSeconds: number): LoadPoint[] {
  const latest = nowSeconds - WITNESS_PERIOD_SECONDS - PUBLISHED_SECONDS;
  return counts.filter(({ startSeconds }) => startSeconds <= latest);
}

function underWayOf(
  { scope, requestsPerUnit }: UnderWayRef,
  points: readonly LoadPoint[],
  fewest: readonly LoadPoint[],
): UnderWay {
  const fewestAt = new Map(fewest.map(({ startSeconds, value }) => [startSeconds, value]));
  return {
    scope,
    points: points.map(({ startSeconds, value }) => {
      const least = fewestAt.get(startSeconds);
      const point = { startSeconds, value: value * requestsPerUnit };
      return least === undefined ? point : { ...point, fewest: least * requestsPerUnit };
    }),
  };
}

/**
 * Callers that end, or that Lambda froze, publish no zeros. A window without data is taken for calm
 * where SageMaker counted no invocation in its minute; and, when the newest minute that it tells of
 * is such a one and later than all data, up to now: SageMaker's count is a minute or two late, and
 * load would show in the callers' own within seconds.
 */
export function withCalm(
  points: readonly LoadPoint[],
  invocations: readonly LoadPoint[],
  nowSeconds: number,
): LoadPoint[] {
  const first = points[0];
  const newest = points.at(-1);
  if (!first || !newest) return [];
  const counts = new Map(invocations.map(({ startSeconds, value }) => [startSeconds, value]));
  const silentFrom = newest.startSeconds + WINDOW_SECONDS;
  const latest = invocations.at(-1);
  const isCalm =
    latest?.value === 0 &&
    latest.startSeconds >= silentFrom &&
    nowSeconds - latest.startSeconds <= WITNESS_LAG_SECONDS;
  const calmFrom = isCalm ? latest.startSeconds : Number.POSITIVE_INFINITY;
  const known = new Map(points.map((point) => [point.startSeconds, point]));
  const filled: LoadPoint[] = [];
  for (let at = first.startSeconds; at + WINDOW_SECONDS <= nowSeconds; at += WINDOW_SECONDS) {
    const point = known.get(at);
    const minute = Math.floor(at / WITNESS_PERIOD_SECONDS) * WITNESS_PERIOD_SECONDS;
    if (point) filled.push(point);
    else if (counts.get(minute) === 0 || at >= calmFrom) {
      filled.push({ startSeconds: at, value: 0 });
    }
  }
  return filled;
}
