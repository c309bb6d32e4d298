import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { MetricRef } from '../config/signal.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';
import type { LoadPoint } from '../control/types.ts';

/** Reads load in ten-second windows. */
export interface LoadReader {
  /**
   * One series a metric, in the order given, oldest window first; windows without data are absent.
   * @param fromSeconds epoch seconds, inclusive
   * @param toSeconds epoch seconds, exclusive
   */
  read(
    metrics: readonly MetricRef[],
    fromSeconds: number,
    toSeconds: number,
  ): Promise<LoadPoint[][]>;
}

export function cloudWatchLoad(client: CloudWatchClient): LoadReader {
  return {
    async read(metrics, fromSeconds, toSeconds) {
      const series = metrics.map((): LoadPoint[] => []);
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new GetMetricDataCommand({
            MetricDataQueries: metrics.map((metric, index) => windowQuery(`m${index}`, metric)),
            StartTime: new Date(fromSeconds * 1000),
            EndTime: new Date(toSeconds * 1000),
            ScanBy: 'TimestampAscending',
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const result of page.MetricDataResults ?? []) {
          const points = series[Number(result.Id?.slice(1))];
          result.Timestamps?.forEach((at, i) => {
            points?.push({ startSeconds: at.getTime() / 1000, value: result.Values?.[i] ?? 0 });
          });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return series;
    },
  };
}

/** Reads a metric in windows, or by the minute; its result is told by the id. */
export function windowQuery(Id: string, metric: MetricRef): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.metricName,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: metric.periodSeconds ?? WINDOW_SECONDS,
      Stat: metric.statistic,
    },
  };
}
