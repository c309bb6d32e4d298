// AWS list prices in us-east-1, US dollars, as of November 2026; without free tiers and discounts.
import type { UsageName } from '../simulator/scale/usage.ts';

/** What one unit of something costs. */
export interface Price {
  readonly what: string;
  /** Unit in which AWS writes its price, and how many counted units that is. */
  readonly per: string;
  readonly units: number;
  readonly dollars: number;
  readonly source: string;
}

const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const MILLION = 1_000_000;

/** AWS counts a month as 730 hours. */
export const HOURS_A_MONTH = 730;

/** Memory of a function in serverless.yml, GB; `arm64`. */
export const FUNCTION_GB = 0.25;

/** Prices of what is counted. */
export const PRICES: Readonly<Record<UsageName, Price>> = {
  metricHours: {
    what: 'CloudWatch: custom metrics',
    per: 'metric and month, by the hours in which it is written',
    units: HOURS_A_MONTH,
    dollars: 0.3,
    source: CLOUDWATCH,
  },
  metricsRead: {
    what: 'CloudWatch: metrics read (GetMetricData)',
    per: '1000 metrics',
    units: 1000,
    dollars: 0.01,
    source: CLOUDWATCH,
  },
  cloudWatchCalls: {
    what: 'CloudWatch: other calls',
    per: '1000 requests',
    units: 1000,
    dollars: 0.01,
    source: CLOUDWATCH,
  },
  logBytes: {
    what: 'CloudWatch: logs written',
    per: 'GB',
    units: 1e9,
    dollars: 0.5,
    source: CLOUDWATCH,
  },
  writeUnits: {
    what: 'DynamoDB: writes',
    per: 'million units of 1 KB',
    units: MILLION,
    dollars: 0.625,
    source: DYNAMODB,
  },
  readUnits: {
    what: 'DynamoDB: reads',
    per: 'million units of 4 KB',
    units: MILLION,
    dollars: 0.125,
    source: DYNAMODB,
  },
  queueRequests: {
    what: 'SQS: requests',
    per: 'million requests',
    units: MILLION,
    dollars: 0.4,
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  functionSeconds: {
    what: 'Lambda: running time',
    per: 'GB-second (arm64)',
    units: 1 / FUNCTION_GB,
    dollars: 0.0000133334,
    source: LAMBDA,
  },
  invocations: {
    what: 'Lambda: invocations',
    per: 'million requests',
    units: MILLION,
    dollars: 0.2,
    source: LAMBDA,
  },
  events: {
    what: 'EventBridge: events of its own (those of AWS are free)',
    per: 'million events',
    units: MILLION,
    dollars: 1,
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  notifications: {
    what: 'SNS: notifications published',
    per: 'million requests',
    units: MILLION,
    dollars: 0.5,
    source: 'https://aws.amazon.com/sns/pricing/',
  },
};

/** Prices of what stands there for the whole month. */
export const STANDING = {
  highResolutionAlarm: {
    what: 'CloudWatch: the ten-second alarm',
    per: 'alarm and month',
    units: 1,
    dollars: 0.3,
    source: CLOUDWATCH,
  },
  alarm: {
    what: 'CloudWatch: alarms of the stack on itself',
    per: 'alarm and month',
    units: 1,
    dollars: 0.1,
    source: CLOUDWATCH,
  },
  dashboard: {
    what: 'CloudWatch: the dashboard',
    per: 'dashboard and month',
    units: 1,
    dollars: 3,
    source: CLOUDWATCH,
  },
  key: {
    what: 'KMS: the key of the topic',
    per: 'key and month',
    units: 1,
    dollars: 1,
    source: 'https://aws.amazon.com/kms/pricing/',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** What the service scales, to compare: one ml.g5.xlarge for real-time inference, dollars an hour. */
export const INSTANCE_HOUR = {
  type: 'ml.g5.xlarge',
  dollars: 1.408,
  source: 'https://aws.amazon.com/sagemaker/ai/pricing/',
};
