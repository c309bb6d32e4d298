import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { CLIENT_METRICS, isInvocations, type MetricRef } from '../config/signal.ts';
import type { ScalableTarget } from '../target.ts';
import { windowQuery } from './load.ts';

/** What enrolment measures, to choose a signal and to see whether it says anything. */
export interface Measurements {
  /** Mean time of a request over the last hour, seconds; null without a request. */
  latencySeconds(target: ScalableTarget, nowSeconds: number): Promise<number | null>;
  /** Which of the client library's metrics callers of the target publish. */
  countedByCallers(target: ScalableTarget): Promise<CallerCounts>;
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
}

const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;
const MICROSECONDS = 1e6;

const dimensionsOf = ({ endpointName, variantName }: ScalableTarget) => [
  { Name: 'EndpointName', Value: endpointName },
  { Name: 'VariantName', Value: variantName },
];

/** A metric of SageMaker's, by the minute. */
const byTheMinute = (
  target: ScalableTarget,
  Id: string,
  MetricName: string,
  Stat: string,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions: dimensionsOf(target) },
    Period: MINUTE_SECONDS,
    Stat,
  },
});

/** Values by the id of their query. */
async function valuesOf(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  fromSeconds: number,
  toSeconds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, number[]>();
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
    for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
      values.set(Id, [...(values.get(Id) ?? []), ...Values]);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return values;
}

const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);

export function cloudWatchMeasurements(client: CloudWatchClient): Measurements {
  return {
    async latencySeconds(target, nowSeconds) {
      // A mean of minutes would let one quiet, slow minute weigh as much as a busy one.
      const queries = ['ModelLatency', 'OverheadLatency'].flatMap((name, i) => [
        byTheMinute(target, `sum${i}`, name, 'Sum'),
        byTheMinute(target, `count${i}`, name, 'SampleCount'),
      ]);
      const lastMinute = Math.floor(nowSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
      const values = await valuesOf(client, queries, lastMinute - HOUR_SECONDS, lastMinute);
      const mean = (i: number) => sum(values.get(`sum${i}`)) / sum(values.get(`count${i}`));
      const [model, overhead] = [mean(0), mean(1)];
      if (!Number.isFinite(model) || model <= 0) return null;
      return (model + (Number.isFinite(overhead) ? overhead : 0)) / MICROSECONDS;
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
      const values = await valuesOf(client, queries, from, nowSeconds);
      const counted = values.get('counted') ?? [];
      return {
        invocations: isThatCount ? null : sum(counted),
        busyMinutes: counted.filter((value) => value > 0).length,
        isSignalSeen: (values.get('signal') ?? []).length > 0,
      };
    },

    async countedByCallers(target) {
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
      return {
        arrivals: isPublished(CLIENT_METRICS.arrivals),
        busy: isPublished(CLIENT_METRICS.busy),
      };
    },
  };
}
