import type { RateLimit } from '../account/rate-limits.ts';

/** A published ceiling on the rate of calls of one account in one region. */
export interface RateQuota extends RateLimit {
  readonly name: string;
  readonly source: string;
}

const CLOUDWATCH =
  'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';
const SSM = 'https://docs.aws.amazon.com/general/latest/gr/ssm.html';
const EVENTBRIDGE = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const DYNAMODB =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';
const SNS = 'https://docs.aws.amazon.com/general/latest/gr/sns.html';

const cloudWatch = (operation: string, perSecond: number): RateQuota => ({
  name: operation,
  service: 'cloudwatch',
  operations: [operation],
  perSecond,
  source: CLOUDWATCH,
});

const byAutoScaling = (operation: string, tokens: number) => [
  { service: 'application-auto-scaling', operation, tokens },
];

/** Every quota on calls of the service for which AWS publishes a figure; defaults, not raised. */
export const RATE_QUOTAS: readonly RateQuota[] = [
  // A target-tracking policy has two alarms.
  { ...cloudWatch('PutMetricAlarm', 3), behind: byAutoScaling('PutScalingPolicy', 2) },
  cloudWatch('DeleteAlarms', 3),
  // AWS does not say how many calls the alarms of a page of policies take; one at least.
  { ...cloudWatch('DescribeAlarms', 9), behind: byAutoScaling('DescribeScalingPolicies', 1) },
  cloudWatch('ListMetrics', 25),
  cloudWatch('GetMetricData', 500),
  {
    ...cloudWatch('GetMetricData', 180_000),
    name: 'GetMetricData, datapoints of the last 3 h',
    weight: datapoints,
  },
  {
    name: 'GetParameter, GetParametersByPath',
    service: 'ssm',
    operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'],
    perSecond: 40,
    source: SSM,
  },
  {
    // The least of all regions; us-east-1 has 10 000.
    name: 'PutEvents',
    service: 'eventbridge',
    operations: ['PutEvents'],
    perSecond: 400,
    source: EVENTBRIDGE,
  },
  {
    // What one partition takes, as if the table had but one.
    name: 'writes of up to 1 KB',
    service: 'dynamodb',
    operations: ['UpdateItem', 'PutItem', 'DeleteItem'],
    perSecond: 1000,
    source: DYNAMODB,
  },
  {
    name: 'reads of up to 4 KB',
    service: 'dynamodb',
    operations: ['GetItem', 'Query'],
    perSecond: 3000,
    source: DYNAMODB,
  },
  {
    // The least of all regions; us-east-1 has 30 000.
    name: 'Publish',
    service: 'sns',
    operations: ['Publish'],
    perSecond: 300,
    source: SNS,
  },
];

/** Datapoints that a GetMetricData call asks for. */
function datapoints({ StartTime, EndTime, MetricDataQueries }: Readonly<Record<string, unknown>>) {
  const seconds = Number(EndTime) - Number(StartTime);
  const queries = MetricDataQueries as readonly {
    readonly MetricStat?: { readonly Period?: number };
  }[];
  return queries.reduce((sum, { MetricStat }) => sum + seconds / (MetricStat?.Period ?? 60), 0);
}
