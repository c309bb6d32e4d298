import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import {
  COMPARISONS,
  type ComparisonOperator,
  MISSING_DATA_TREATMENTS,
  type MissingDataTreatment,
} from './alarm-evaluation.ts';
import { validationFailure } from './errors.ts';
import { type MetricIdentity, parseMetric, type WireDimension, wireDimensions } from './metric.ts';
import { isStatistic, type Statistic } from './statistics.ts';
import { requireUnit } from './units.ts';

/** What PutMetricAlarm sets, under the member names of DescribeAlarms. */
export interface AlarmConfiguration {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled: boolean;
  readonly OKActions: readonly string[];
  readonly AlarmActions: readonly string[];
  readonly InsufficientDataActions: readonly string[];
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly WireDimension[];
  readonly Statistic: Statistic;
  readonly Unit?: string;
  /** Seconds. */
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: ComparisonOperator;
  readonly TreatMissingData?: MissingDataTreatment;
}

const HIGH_RESOLUTION_PERIODS = [10, 20, 30];
const MAX_ACTIONS_PER_STATE = 5;
const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 604_800;

/** Members that ask for an evaluation which the embedded account does not carry out. */
const NOT_SERVED = [
  'Metrics',
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
  'ThresholdMetricId',
  'EvaluationCriteria',
  'EvaluationInterval',
  'WarmUpConfiguration',
  'ActionConfiguration',
] as const;

/** Checks the input of PutMetricAlarm as CloudWatch does. Throws `ValidationError`. */
export function parseAlarm(input: PutMetricAlarmInput): AlarmConfiguration {
  for (const member of NOT_SERVED) {
    if (input[member] !== undefined) {
      throw validationFailure(
        `The embedded account does not serve ${member} in PutMetricAlarm: ` +
          'use one metric with Statistic and Threshold.',
      );
    }
  }
  if (input.EvaluationWindow !== undefined && !('SlidingWindow' in input.EvaluationWindow)) {
    throw validationFailure('The embedded account evaluates sliding windows only.');
  }
  const metric = parseMetric(input.Namespace, input.MetricName, input.Dimensions);
  const period = alarmPeriod(input.Period);
  const evaluationPeriods = count('EvaluationPeriods', input.EvaluationPeriods);
  requireWindow(period, evaluationPeriods);
  requireUnit('Unit', input.Unit, validationFailure);
  const treatMissingData = optionalEnum(
    'treatMissingData',
    input.TreatMissingData,
    MISSING_DATA_TREATMENTS,
  );
  const datapointsToAlarm = atMost(evaluationPeriods, input.DatapointsToAlarm);
  return {
    AlarmName: alarmName(input.AlarmName),
    ...(input.AlarmDescription ? { AlarmDescription: input.AlarmDescription } : {}),
    ActionsEnabled: input.ActionsEnabled ?? true,
    OKActions: actions('OKActions', input.OKActions),
    AlarmActions: actions('AlarmActions', input.AlarmActions),
    InsufficientDataActions: actions('InsufficientDataActions', input.InsufficientDataActions),
    Namespace: metric.namespace,
    MetricName: metric.metricName,
    Dimensions: wireDimensions(metric),
    Statistic: alarmStatistic(input.Statistic),
    ...(input.Unit ? { Unit: input.Unit } : {}),
    Period: period,
    EvaluationPeriods: evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: datapointsToAlarm }),
    Threshold: alarmThreshold(input.Threshold),
    ComparisonOperator: comparisonOperator(input.ComparisonOperator),
    ...(treatMissingData ? { TreatMissingData: treatMissingData } : {}),
  };
}

export function alarmMetric(alarm: AlarmConfiguration): MetricIdentity {
  return {
    namespace: alarm.Namespace,
    metricName: alarm.MetricName,
    dimensions: Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** A high-resolution alarm has a period of less than a minute. */
export function isHighResolution(alarm: AlarmConfiguration): boolean {
  return alarm.Period < 60;
}

/** Alarms on AWS/DynamoDB ignore missing data unless told otherwise; all others miss it. */
export function missingDataTreatment(alarm: AlarmConfiguration): MissingDataTreatment {
  return alarm.TreatMissingData ?? (alarm.Namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing');
}

function alarmName(name: unknown): string {
  if (typeof name !== 'string' || name.length < 1 || name.length > 255) {
    throw validationFailure('AlarmName must be a string of 1 to 255 characters.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused by CloudWatch
  if (/[\u0000-\u001f\u007f]/.test(name)) {
    throw validationFailure('AlarmName must not contain ASCII control characters.');
  }
  return name;
}

function alarmPeriod(period: unknown): number {
  if (
    typeof period !== 'number' ||
    !(HIGH_RESOLUTION_PERIODS.includes(period) || (period > 0 && period % 60 === 0))
  ) {
    throw validationFailure(`Period must be 10, 20, 30 or a multiple of 60, found ${period}.`);
  }
  return period;
}

function requireWindow(period: number, evaluationPeriods: number): void {
  const limit = period < 3600 ? DAY_SECONDS : WEEK_SECONDS;
  if (period * evaluationPeriods > limit) {
    throw validationFailure(
      `Metrics cannot be checked across more than ${limit === DAY_SECONDS ? 'a day' : 'a week'} ` +
        `(EvaluationPeriods * Period must be <= ${limit}).`,
    );
  }
}

function count(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw validationFailure(`${name} must be an integer of at least 1, found ${value}.`);
  }
  return value;
}

function atMost(evaluationPeriods: number, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const datapoints = count('DatapointsToAlarm', value);
  if (datapoints > evaluationPeriods) {
    throw validationFailure(
      `DatapointsToAlarm (${datapoints}) must be less than or equal to EvaluationPeriods ` +
        `(${evaluationPeriods}).`,
    );
  }
  return datapoints;
}

function alarmStatistic(statistic: unknown): Statistic {
  if (!isStatistic(statistic)) {
    throw validationFailure(
      `Value '${statistic}' at 'statistic' failed to satisfy constraint: Member must satisfy ` +
        'enum value set: [Maximum, SampleCount, Sum, Minimum, Average]',
    );
  }
  return statistic;
}

function alarmThreshold(threshold: unknown): number {
  if (typeof threshold !== 'number' || !Number.isFinite(threshold)) {
    throw validationFailure(`Threshold must be a number, found ${threshold}.`);
  }
  return threshold;
}

function comparisonOperator(value: unknown): ComparisonOperator {
  const operator = optionalEnum(
    'comparisonOperator',
    value,
    Object.keys(COMPARISONS) as ComparisonOperator[],
  );
  if (!operator) throw validationFailure('ComparisonOperator must not be null.');
  return operator;
}

function optionalEnum<Value extends string>(
  name: string,
  value: unknown,
  allowed: readonly Value[],
): Value | undefined {
  if (value === undefined || allowed.includes(value as Value)) return value as Value | undefined;
  throw validationFailure(
    `Value '${value}' at '${name}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

function actions(name: string, arns: readonly string[] = []): readonly string[] {
  if (arns.length > MAX_ACTIONS_PER_STATE) {
    throw validationFailure(`${name} must not hold more than ${MAX_ACTIONS_PER_STATE} actions.`);
  }
  for (const arn of arns) {
    if (!/^arn:[\w-]+:[\w-]+:/.test(arn)) throw validationFailure(`Invalid arn syntax: ${arn}`);
  }
  return [...arns];
}
