import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';

/** Tells whether a Lambda function runs. */
export interface FunctionInvocations {
  /** Invocations in the last `seconds` as CloudWatch counts them; null without any datapoint. */
  count(functionName: string, seconds: number, nowSeconds: number): Promise<number | null>;
}

export function functionInvocations(client: CloudWatchClient): FunctionInvocations {
  return {
    async count(functionName, seconds, nowSeconds) {
      const lastMinute = Math.floor(nowSeconds / 60) * 60;
      const { MetricDataResults } = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: [
            {
              Id: 'invocations',
              MetricStat: {
                Metric: {
                  Namespace: 'AWS/Lambda',
                  MetricName: 'Invocations',
                  Dimensions: [{ Name: 'FunctionName', Value: functionName }],
                },
                Period: 60,
                Stat: 'Sum',
              },
            },
          ],
          StartTime: new Date((lastMinute - seconds) * 1000),
          EndTime: new Date(lastMinute * 1000),
        }),
      );
      const values = MetricDataResults?.[0]?.Values ?? [];
      return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
    },
  };
}
