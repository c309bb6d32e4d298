import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { CLIENT_METRICS } from '../config/signal.ts';
import type { ScalableTarget } from '../target.ts';

/** What enrolment measures to choose a signal. */
export interface Measurements {
  /** Mean time of a request over the last hour, seconds; null without a request. */
  latencySeconds(target: ScalableTarget, nowSeconds: number): Promise<number | null>;
  /** Which of the client library's metrics callers of the target publish. */
  countedByCallers(target: ScalableTarget): Promise<CallerCounts>;
}

/** What callers count. */
export interface CallerCounts {
  readonly arrivals: boolean;
  readonly busy: boolean;
}

const HOUR_SECONDS = 3600;
const MICROSECONDS = 1e6;

const dimensionsOf = ({ endpointName, variantName }: ScalableTarget) => [
  { Name: 'EndpointName', Value: endpointName },
  { Name: 'VariantName', Value: variantName },
];

export function cloudWatchMeasurements(client: CloudWatchClient): Measurements {
  return {
    async latencySeconds(target, nowSeconds) {
      const query = (Id: string, MetricName: string, Stat: string) => ({
        Id,
        MetricStat: {
          Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions: dimensionsOf(target) },
          Period: 60,
          Stat,
        },
      });
      // A mean of minutes would let one quiet, slow minute weigh as much as a busy one.
      const queries = ['ModelLatency', 'OverheadLatency'].flatMap((name, i) => [
        query(`sum${i}`, name, 'Sum'),
        query(`count${i}`, name, 'SampleCount'),
      ]);
      const totals = new Map<string, number>();
      const lastMinute = Math.floor(nowSeconds / 60) * 60;
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries: queries,
            StartTime: new Date((lastMinute - HOUR_SECONDS) * 1000),
            EndTime: new Date(lastMinute * 1000),
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const { Id = '', Values = [] } of page.MetricDataResults ?? []) {
          totals.set(
            Id,
            Values.reduce((sum, value) => sum + value, totals.get(Id) ?? 0),
          );
        }
        NextToken = page.NextToken;
      } while (NextToken);
      const mean = (i: number) => (totals.get(`sum${i}`) ?? 0) / (totals.get(`count${i}`) ?? 0);
      const [model, overhead] = [mean(0), mean(1)];
      if (!Number.isFinite(model) || model <= 0) return null;
      return (model + (Number.isFinite(overhead) ? overhead : 0)) / MICROSECONDS;
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
