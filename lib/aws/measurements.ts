import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { CLIENT_METRICS, isInvocations, type MetricRef, signalOf } from '../config/signal.ts';
import type { LoadPoint } from '../control/types.ts';
import type { ScalableTarget } from '../target.ts';
import { type Latency, type LatencySeries, latencyIn } from './latency-minutes.ts';
import { windowQuery } from './load.ts';

/** What enrolment measures, to choose a signal and to see whether it says anything. */
export interface Measurements {
  /**
   * The latency of the last hour; null where no minute of it tells one.
   * @param mostPerInstance requests a minute, with more of which an instance is overloaded; null: not known
   * @param since only of whole minutes from then on, and null for fewer requests than enough
   */
  latency(
    target: ScalableTarget,
    nowSeconds: number,
    mostPerInstance: number | null,
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

/** Points by the id of their query. */
async function pointsOf(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  fromSeconds: number,
  toSeconds: number,
): Promise<ReadonlyMap<string, readonly LoadPoint[]>> {
  const points = new Map<string, LoadPoint[]>();
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

type Series = Awaited<ReturnType<typeof pointsOf>>;

const pointsIn = (points: Series, id: string) => points.get(id) ?? [];

const valuesIn = (points: Series, id: string) => pointsIn(points, id).map(({ value }) => value);

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
    async latency(target, nowSeconds, mostPerInstance, since) {
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
      const [model, overhead] = [0, 1].map(
        (i) => [pointsIn(points, `sum${i}`), pointsIn(points, `count${i}`)] as const,
      ) as [LatencySeries['model'], LatencySeries['overhead']];
      const [perInstance, requests, peaks] = ['perInstance', 'requests', 'peaks'].map((id) =>
        pointsIn(points, id),
      ) as [LoadPoint[], LoadPoint[], LoadPoint[]];
      const series = { model, overhead, perInstance, requests, peaks };
      const fewestRequests = since?.enough ?? 1;
      return latencyIn(series, { fewestRequests, mostPerInstance, nowSeconds });
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
