import { type PeakMinute, spreadOf } from '../control/peaks.ts';
import type { LoadPoint } from '../control/types.ts';

/** How long requests take, and how the peaks of those under way lie above their mean. */
export interface Latency {
  /** Mean time of a request, seconds. */
  readonly seconds: number;
  /** See {@link spreadOf}. */
  readonly spread: number;
}

/** What CloudWatch counts of the same minutes, and the peaks of the requests under way by windows of ten seconds. */
export interface LatencySeries {
  /** Sums of microseconds, and the requests that they are of: in the model, and on the way to it. */
  readonly model: readonly [sums: readonly LoadPoint[], counts: readonly LoadPoint[]];
  readonly overhead: readonly [sums: readonly LoadPoint[], counts: readonly LoadPoint[]];
  /** Requests of one instance, and of all. */
  readonly perInstance: readonly LoadPoint[];
  readonly requests: readonly LoadPoint[];
  readonly peaks: readonly LoadPoint[];
}

/** Which minutes tell. */
export interface LatencyLimits {
  /** Fewer requests tell nothing. */
  readonly fewestRequests: number;
  /** Requests a minute that an instance is meant to carry; with more of them some wait for others. Null: not known. */
  readonly mostPerInstance: number | null;
  /** When the series were read. */
  readonly nowSeconds: number;
}

const MINUTE_SECONDS = 60;
const MICROSECONDS = 1e6;

/** SageMaker may be so late with a minute; before that, one without values may yet get some. */
const LATE_MINUTES = 2;

/** Requests served in a minute, over those that came in it, beyond which some of them had waited. */
const SERVED_RATIO = 1.1;

/** So many minutes whose latencies lie no farther apart than by this factor show that no queue grows. */
const STEADY_MINUTES = 2;
const STEADY_RATIO = 1.5;

/** After so many minutes in all of which instances had more than they are meant to, that is no surge, but how the endpoint is used. */
const USUAL_MINUTES = 15;

/** Part of all requests that the quickest minutes tell the latency by, where in others requests waited. */
const QUICK_PART = 0.1;

/** A mean this many times as long as that of the quickest minutes has a queue in it: usual requests differ by less. */
const QUEUED_RATIO = 2;

/** What the requests of a minute took. */
interface LatencyMinute {
  readonly startSeconds: number;
  readonly requests: number;
  readonly seconds: number;
}

/** The latency that the minutes tell; null where none does. */
export function latencyIn(series: LatencySeries, limits: LatencyLimits): Latency | null {
  const isTelling = tellingMinutes(series, limits);
  const [model, overhead] = [series.model, series.overhead].map((each) =>
    minutesOf(each).filter(({ startSeconds }) => isTelling(startSeconds)),
  ) as [LatencyMinute[], LatencyMinute[]];
  if (requestsIn(model) < limits.fewestRequests) return null;
  const modelSeconds = withoutQueue(model);
  if (!Number.isFinite(modelSeconds) || modelSeconds <= 0) return null;
  const overheadSeconds = withoutQueue(overhead);
  const seconds = modelSeconds + (Number.isFinite(overheadSeconds) ? overheadSeconds : 0);
  const peaks = peakMinutes(series, seconds, isTelling);
  return { seconds, spread: spreadOf(peaks) };
}

/**
 * Those in which no request waited because an instance had more of them than it is meant to carry. In the minute before one
 * with more the surge may have begun, and as long as more are served than come a queue is left. An instance may also carry
 * more than it is meant to: then all minutes are alike.
 */
function tellingMinutes(
  { perInstance, requests, model }: LatencySeries,
  { mostPerInstance, nowSeconds }: LatencyLimits,
): (startSeconds: number) => boolean {
  if (mostPerInstance === null) return () => true;
  const counts = byStart(perInstance);
  const [came, served] = [byStart(requests), byStart(model[1])];
  const busy = perInstance.filter(({ value }) => value > 0).length;
  const isWithin = (startSeconds: number) => (counts.get(startSeconds) ?? 0) <= mostPerInstance;
  const isKnown = (startSeconds: number) =>
    counts.has(startSeconds) || startSeconds <= nowSeconds - (LATE_MINUTES + 1) * MINUTE_SECONDS;
  const isServed = (startSeconds: number) => {
    const count = served.get(startSeconds) ?? 0;
    return count <= SERVED_RATIO * (came.get(startSeconds) ?? count);
  };
  const isQuiet = (startSeconds: number) =>
    isKnown(startSeconds + MINUTE_SECONDS) &&
    isServed(startSeconds) &&
    [-1, 0, 1].every((away) => isWithin(startSeconds + away * MINUTE_SECONDS));
  const isUsual =
    busy >= USUAL_MINUTES && !perInstance.some(({ startSeconds }) => isQuiet(startSeconds));
  return isUsual || isSteady(minutesOf(model), came) ? () => true : isQuiet;
}

/** Whether as many were served as came in each of several minutes, and took as long: then no queue grows, whatever instances have. */
function isSteady(minutes: readonly LatencyMinute[], came: ReadonlyMap<number, number>): boolean {
  const latencies = minutes.map(({ seconds }) => seconds);
  const areAlike = Math.max(...latencies) <= STEADY_RATIO * Math.min(...latencies);
  const areServed = minutes.every(({ startSeconds, requests }) => {
    const ratio = requests / (came.get(startSeconds) ?? requests);
    return Math.max(ratio, 1 / ratio) <= SERVED_RATIO;
  });
  return minutes.length >= STEADY_MINUTES && areAlike && areServed;
}

function minutesOf([sums, counts]: LatencySeries['model']): LatencyMinute[] {
  const requestsAt = byStart(counts);
  return sums.flatMap(({ startSeconds, value }) => {
    const requests = requestsAt.get(startSeconds) ?? 0;
    return requests > 0
      ? [{ startSeconds, requests, seconds: value / requests / MICROSECONDS }]
      : [];
  });
}

const requestsIn = (minutes: readonly LatencyMinute[]) =>
  sum(minutes.map(({ requests }) => requests));

/** NaN without a request. */
function meanOf(minutes: readonly LatencyMinute[]): number {
  return sum(minutes.map(({ requests, seconds }) => requests * seconds)) / requestsIn(minutes);
}

/**
 * Mean latency of all requests, unless many of them waited for others, which is no part of what a request takes: then
 * that of the quickest minutes. An endpoint may be enrolled amid its first surge, and its target be more than it can carry.
 */
function withoutQueue(minutes: readonly LatencyMinute[]): number {
  const mean = meanOf(minutes);
  const quick: LatencyMinute[] = [];
  for (const minute of [...minutes].sort((a, b) => a.seconds - b.seconds)) {
    quick.push(minute);
    if (requestsIn(quick) >= QUICK_PART * requestsIn(minutes)) break;
  }
  const quickest = meanOf(quick);
  return mean > QUEUED_RATIO * quickest ? quickest : mean;
}

/** By Little's law what was under way on average in each minute, beside its peaks. */
function peakMinutes(
  { perInstance, requests, peaks }: LatencySeries,
  latencySeconds: number,
  isTelling: (startSeconds: number) => boolean,
): PeakMinute[] {
  const requestsAt = byStart(requests);
  return perInstance.flatMap(({ startSeconds, value }) => {
    const its = peaks
      .filter((peak) => Math.floor((peak.startSeconds - startSeconds) / MINUTE_SECONDS) === 0)
      .map((peak) => peak.value);
    if (its.length === 0 || !isTelling(startSeconds)) return [];
    const mean = (value * latencySeconds) / MINUTE_SECONDS;
    // Each request counts one over the instances.
    const instances = value > 0 ? (requestsAt.get(startSeconds) ?? value) / value : 1;
    return [{ mean, peak: sum(its) / its.length, instances }];
  });
}

const byStart = (points: readonly LoadPoint[]): ReadonlyMap<number, number> =>
  new Map(points.map(({ startSeconds, value }) => [startSeconds, value]));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
