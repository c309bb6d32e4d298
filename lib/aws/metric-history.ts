import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { ScalableTarget } from '../target.ts';
import { isEndpointMissing } from './endpoints.ts';

/** One-minute metrics of a variant that SageMaker publishes by itself. */
const METRICS = {
  invocations: ['Invocations', 'Sum'],
  perInstance: ['InvocationsPerInstance', 'Sum'],
  concurrency: ['ConcurrentRequestsPerModel', 'Maximum'],
  latencyMicroseconds: ['ModelLatency', 'Average'],
} as const;

export type HistoryMetric = keyof typeof METRICS;
export const HISTORY_METRICS = Object.keys(METRICS) as HistoryMetric[];

/** Values minute by minute; null where CloudWatch has none. */
export type HistoryColumns = Readonly<Record<HistoryMetric, readonly (number | null)[]>>;

const MINUTE_SECONDS = 60;

/** How long CloudWatch keeps data of one minute (AWS docs, "Metrics retention"). */
export const MINUTES_KEPT_DAYS = 15;

/** Reads what CloudWatch still knows of a variant. */
export interface MetricHistory {
  /**
   * What no other endpoint has: an emulated account and the next one give the same ARN to different
   * endpoints, with different histories. Undefined when there is no such endpoint.
   */
  endpointId(endpointName: string): Promise<string | undefined>;
  /**
   * One value a minute from `fromSeconds` on; both ends on whole minutes.
   * @param toSeconds epoch seconds, exclusive
   */
  minutes(target: ScalableTarget, fromSeconds: number, toSeconds: number): Promise<HistoryColumns>;
}

export function cloudWatchHistory(
  cloudWatch: CloudWatchClient,
  sageMaker: SageMakerClient,
): MetricHistory {
  return {
    async endpointId(endpointName) {
      try {
        const { EndpointArn, CreationTime } = await sageMaker.send(
          new DescribeEndpointCommand({ EndpointName: endpointName }),
        );
        return `${EndpointArn} ${CreationTime?.toISOString()}`;
      } catch (error) {
        if (isEndpointMissing(error)) return undefined;
        throw error;
      }
    },

    async minutes({ endpointName, variantName }, fromSeconds, toSeconds) {
      const count = (toSeconds - fromSeconds) / MINUTE_SECONDS;
      const columns = Object.fromEntries(
        HISTORY_METRICS.map((name) => [name, new Array<number | null>(count).fill(null)]),
      ) as Record<HistoryMetric, (number | null)[]>;
      let NextToken: string | undefined;
      do {
        const page = await cloudWatch.send(
          new GetMetricDataCommand({
            MetricDataQueries: HISTORY_METRICS.map((name) => ({
              Id: name,
              MetricStat: {
                Metric: {
                  Namespace: 'AWS/SageMaker',
                  MetricName: METRICS[name][0],
                  Dimensions: [
                    { Name: 'EndpointName', Value: endpointName },
                    { Name: 'VariantName', Value: variantName },
                  ],
                },
                Period: MINUTE_SECONDS,
                Stat: METRICS[name][1],
              },
            })),
            StartTime: new Date(fromSeconds * 1000),
            EndTime: new Date(toSeconds * 1000),
            ScanBy: 'TimestampAscending',
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const { Id, Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
          const column = columns[Id as HistoryMetric];
          Timestamps.forEach((at, i) => {
            const minute = (at.getTime() / 1000 - fromSeconds) / MINUTE_SECONDS;
            if (column && minute in column) column[minute] = Values[i] ?? null;
          });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return columns;
    },
  };
}
