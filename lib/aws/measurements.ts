import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { CLIENT_METRICS, isInvocations, type MetricRef, signalOf } from '../config/signal.ts';
import { type PeakMinute, spreadOf } from '../control/peaks.ts';
import type { ScalableTarget } from '../target.ts';
import { windowQuery } from './load.ts';

/** What enrolment measures, to choose a signal and to see whether it says anything. */
export interface Measurements {
  /**
   * The latency of the last hour; null without a request.
   * @param since only of whole minutes from then on, and null for fewer requests than enough
   */
  latency(
    target: ScalableTarget,
    nowSeconds: number,
    since?: { readonly seconds: number; readonly enough: number },
  ): Promise<Latency | null>;
  /** Which of the client library's metrics callers of the target publish, and how much of the load that is. */
  countedByCallers(target: ScalableTarget, nowSeconds: number): Promise<CallerCounts>;
  /**
   * The load of the last whole minutes by another count of SageMaker's than the signal's metric, and whether that metric
   * has had any value since.
   */
  countedBeside(
    target: ScalableTarget,
    metric: MetricRef,
    minutes: number,
    nowSeconds: number,
  ): Promise<CountedLoad>;
}

/** How long requests take, and how the peaks of those under way lie above their mean. */
export interface Latency {
  /** Mean time of a request, seconds. */
  readonly seconds: number;
  /** See {@link spreadOf}. */
  readonly spread: number;
}

/** Load as SageMaker counts it by the minute, beside a signal's metric. */
export interface CountedLoad {
  /** Null beside invocations themselves: then the requests under way are what is read. */
  readonly invocations: number | null;
  /** Minutes in which there were any, or requests under way. */
  readonly busyMinutes: number;
  readonly isSignalSeen: boolean;
}

/** What callers count. */
export interface CallerCounts {
  readonly arrivals: boolean;
  readonly busy: boolean;
  /** Requests of the same minutes, as callers and as SageMaker count them; absent where nothing is published. */
  readonly compared?: { readonly byCallers: number; readonly bySageMaker: number };
}

const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;
const MICROSECONDS = 1e6;

/** Minutes over which callers' count is held against SageMaker's, and how late the latter can be, minutes. */
const COMPARED_MINUTES = 15;
const LATE_MINUTES = 2;

const dimensionsOf = ({ endpointName, variantName }: ScalableTarget) => [
  { Name: 'EndpointName', Value: endpointName },
  { Name: 'VariantName', Value: variantName },
];

/** A metric of SageMaker's, or of another namespace, by the minute. */
const byTheMinute = (
  target: ScalableTarget,
  Id: string,
  MetricName: string,
  Stat: string,
  Namespace = 'AWS/SageMaker',
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace, MetricName, Dimensions: dimensionsOf(target) },
    Period: MINUTE_SECONDS,
    Stat,
  },
});

interface Point {
  readonly startSeconds: number;
  readonly value: number;
}

/** Points by the id of their query. */
async function pointsOf(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  fromSeconds: number,
  toSeconds: number,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const points = new Map<string, Point[]>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [...queries],
        StartTime: new Date(fromSeconds * 1000),
        EndTime: new Date(toSeconds * 1000),
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    for (const { Id = '', Values = [], Timestamps = [] } of page.MetricDataResults ?? []) {
      const more = Values.map((value, i) => ({
        startSeconds: (Timestamps[i]?.getTime() ?? 0) / 1000,
        value,
      }));
      points.set(Id, [...(points.get(Id) ?? []), ...more]);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return points;
}

/** What the requests of a minute took. */
interface LatencyMinute {
  readonly requests: number;
  readonly seconds: number;
}

/** Part of all requests that the quickest minutes tell the latency by, where in others requests waited. */
const QUICK_PART = 0.1;

/** A mean this many times as long as that of the quickest minutes has a queue in it: usual requests differ by less. */
const QUEUED_RATIO = 2;

function minutesOf(points: Series, i: number): LatencyMinute[] {
  const counts = byStart(points, `count${i}`);
  return (points.get(`sum${i}`) ?? []).flatMap(({ startSeconds, value }) => {
    const requests = counts.get(startSeconds) ?? 0;
    return requests > 0 ? [{ requests, seconds: value / requests / MICROSECONDS }] : [];
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
 * that of the quickest minutes. An endpoint may be enrolled amid its first surge.
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

type Series = Awaited<ReturnType<typeof pointsOf>>;

const byStart = (points: Series, id: string): ReadonlyMap<number, number> =>
  new Map((points.get(id) ?? []).map(({ startSeconds, value }) => [startSeconds, value]));

const valuesIn = (points: Series, id: string) => (points.get(id) ?? []).map(({ value }) => value);

/** By Little's law what was under way on average in each minute, beside its peaks. */
function peakMinutes(points: Series, latencySeconds: number): PeakMinute[] {
  const requests = byStart(points, 'requests');
  return (points.get('perInstance') ?? []).flatMap(({ startSeconds, value }) => {
    const peaks = (points.get('peaks') ?? [])
      .filter((peak) => Math.floor((peak.startSeconds - startSeconds) / MINUTE_SECONDS) === 0)
      .map((peak) => peak.value);
    if (peaks.length === 0) return [];
    const mean = (value * latencySeconds) / MINUTE_SECONDS;
    // Each request counts one over the instances.
    const instances = value > 0 ? (requests.get(startSeconds) ?? value) / value : 1;
    return [{ mean, peak: sum(peaks) / peaks.length, instances }];
  });
}

/**
 * What callers and SageMaker counted in the same minutes: from the first whole one in which callers published, up to those that
 * SageMaker may yet be late with. Callers that fell silent count nothing.
 */
async function comparedCounts(
  client: CloudWatchClient,
  target: ScalableTarget,
  nowSeconds: number,
): Promise<{ byCallers: number; bySageMaker: number }> {
  const lastMinute = Math.floor(nowSeconds / MINUTE_SECONDS - LATE_MINUTES) * MINUTE_SECONDS;
  const from = lastMinute - COMPARED_MINUTES * MINUTE_SECONDS;
  const queries = [
    byTheMinute(target, 'callers', CLIENT_METRICS.arrivals, 'Sum', CLIENT_METRICS.namespace),
    byTheMinute(target, 'sagemaker', 'Invocations', 'Sum'),
  ];
  const points = await pointsOf(client, queries, from, lastMinute);
  const begun = Math.min(...(points.get('callers') ?? []).map(({ startSeconds }) => startSeconds));
  // They may have begun in the middle of that minute, unless it is the first that was asked for. None at all: all of it counts.
  const first = Number.isFinite(begun) && begun > from ? begun + MINUTE_SECONDS : from;
  const total = (id: string) =>
    (points.get(id) ?? []).reduce(
      (sum, { startSeconds, value }) => sum + (startSeconds >= first ? value : 0),
      0,
    );
  return { byCallers: total('callers'), bySageMaker: total('sagemaker') };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function cloudWatchMeasurements(client: CloudWatchClient): Measurements {
  return {
    async latency(target, nowSeconds, since) {
      // A mean of minutes would let one quiet, slow minute weigh as much as a busy one.
      const queries = [
        ...['ModelLatency', 'OverheadLatency'].flatMap((name, i) => [
          byTheMinute(target, `sum${i}`, name, 'Sum'),
          byTheMinute(target, `count${i}`, name, 'SampleCount'),
        ]),
        byTheMinute(target, 'perInstance', 'InvocationsPerInstance', 'Sum'),
        byTheMinute(target, 'requests', 'InvocationsPerInstance', 'SampleCount'),
        windowQuery('peaks', signalOf(target, 'concurrency', 1).load),
      ];
      const lastMinute = Math.floor(nowSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
      const firstWhole = Math.ceil((since?.seconds ?? 0) / MINUTE_SECONDS) * MINUTE_SECONDS;
      const from = Math.max(lastMinute - HOUR_SECONDS, firstWhole);
      if (from >= lastMinute) return null;
      const points = await pointsOf(client, queries, from, lastMinute);
      const [model, overhead] = [minutesOf(points, 0), minutesOf(points, 1)];
      if (since && requestsIn(model) < since.enough) return null;
      const modelSeconds = withoutQueue(model);
      if (!Number.isFinite(modelSeconds) || modelSeconds <= 0) return null;
      const overheadSeconds = withoutQueue(overhead);
      const seconds = modelSeconds + (Number.isFinite(overheadSeconds) ? overheadSeconds : 0);
      return { seconds, spread: spreadOf(peakMinutes(points, seconds)) };
    },

    async countedBeside(target, metric, minutes, nowSeconds) {
      const isThatCount = isInvocations(metric);
      const queries = [
        isThatCount
          ? byTheMinute(target, 'counted', 'ConcurrentRequestsPerModel', 'Maximum')
          : byTheMinute(target, 'counted', 'Invocations', 'Sum'),
        windowQuery('signal', metric),
      ];
      const lastMinute = Math.floor(nowSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
      const from = lastMinute - minutes * MINUTE_SECONDS;
      const points = await pointsOf(client, queries, from, nowSeconds);
      const counted = valuesIn(points, 'counted');
      return {
        invocations: isThatCount ? null : sum(counted),
        busyMinutes: counted.filter((value) => value > 0).length,
        isSignalSeen: valuesIn(points, 'signal').length > 0,
      };
    },

    async countedByCallers(target, nowSeconds) {
      const { Metrics } = await client.send(
        new ListMetricsCommand({
          Namespace: CLIENT_METRICS.namespace,
          Dimensions: dimensionsOf(target),
          // A metric that nobody publishes any more is listed for two weeks otherwise.
          RecentlyActive: 'PT3H',
        }),
      );
      const isPublished = (name: string) =>
        (Metrics ?? []).some(
          ({ MetricName, Dimensions }) => MetricName === name && Dimensions?.length === 2,
        );
      const arrivals = isPublished(CLIENT_METRICS.arrivals);
      return {
        arrivals,
        busy: isPublished(CLIENT_METRICS.busy),
        ...(arrivals && { compared: await comparedCounts(client, target, nowSeconds) }),
      };
    },
  };
}
