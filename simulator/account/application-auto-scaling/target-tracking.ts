import type {
  CustomizedMetricSpecification,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { requireUnit } from '../cloudwatch/units.ts';
import { requireMembers } from '../input.ts';
import { validationError } from '../service.ts';
import type { MetricIdentity, Statistic } from './contracts.ts';

/** AlarmLow breaches below this share of the target; AWS says only "usually more than 10% lower". */
const SCALE_IN_MARGIN = 0.9;

/** How many datapoints of how many seconds an alarm wants. */
interface Evaluation {
  readonly statistic: Statistic;
  readonly periodSeconds: number;
  readonly periods: number;
}

/** A metric that a policy tracks, and what its two alarms look at. */
export interface TrackedMetric {
  readonly metric: MetricIdentity;
  readonly unit?: string;
  readonly high: Evaluation;
  readonly low: Evaluation;
}

/** The alarm names of a policy; without `low` the policy never scales in. */
export interface TrackingAlarms {
  readonly high: string;
  readonly low?: string;
}

const VARIANT_ID = /^endpoint\/([^/]+)\/variant\/([^/]+)$/;
const COMPONENT_ID = /^inference-component\/([^/]+)$/;

/** Predefined types of SageMaker: metric name, resource, and alarms of standard or high resolution. */
const PREDEFINED: Readonly<
  Record<string, { metricName: string; id: RegExp; statistic: Statistic; highResolution: boolean }>
> = {
  SageMakerVariantInvocationsPerInstance: {
    metricName: 'InvocationsPerInstance',
    id: VARIANT_ID,
    statistic: 'Sum',
    highResolution: false,
  },
  SageMakerVariantConcurrentRequestsPerModelHighResolution: {
    metricName: 'ConcurrentRequestsPerModel',
    id: VARIANT_ID,
    statistic: 'Maximum',
    highResolution: true,
  },
  SageMakerVariantProvisionedConcurrencyUtilization: {
    metricName: 'ServerlessProvisionedConcurrencyUtilization',
    id: VARIANT_ID,
    statistic: 'Maximum',
    highResolution: false,
  },
  SageMakerInferenceComponentInvocationsPerCopy: {
    metricName: 'InvocationsPerCopy',
    id: COMPONENT_ID,
    statistic: 'Sum',
    highResolution: false,
  },
  SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution: {
    metricName: 'ConcurrentRequestsPerCopy',
    id: COMPONENT_ID,
    statistic: 'Maximum',
    highResolution: true,
  },
};

/** The capacity at which a metric that falls as capacity rises would be at its target. */
export function proportionalCapacity(capacity: number, metric: number, target: number): number {
  // Binary rounding must not make 3 × 1500 ÷ 1500 into 4.
  return Math.max(0, Math.ceil((capacity * metric) / target - 1e-9));
}

/** Reads a policy's configuration. Throws `ValidationException`. */
export function trackedMetric(
  configuration: TargetTrackingScalingPolicyConfiguration,
  resourceId: string,
): TrackedMetric {
  requireMembers(configuration, ['TargetValue']);
  const { TargetValue, PredefinedMetricSpecification, CustomizedMetricSpecification } =
    configuration;
  if (!((TargetValue as number) > 0)) {
    throw validationError(`Target value must be greater than 0, not ${TargetValue}.`);
  }
  if (PredefinedMetricSpecification && CustomizedMetricSpecification) {
    throw validationError(
      'Only one of PredefinedMetricSpecification and CustomizedMetricSpecification can be specified.',
    );
  }
  if (CustomizedMetricSpecification) return customized(CustomizedMetricSpecification);
  if (PredefinedMetricSpecification) {
    return predefined(PredefinedMetricSpecification.PredefinedMetricType, resourceId);
  }
  throw validationError(
    'Either PredefinedMetricSpecification or CustomizedMetricSpecification must be specified.',
  );
}

/** The alarms as Application Auto Scaling puts them into CloudWatch. */
export function trackingAlarms(
  { metric, unit, high, low }: TrackedMetric,
  target: number,
  names: TrackingAlarms,
  policyArn: string,
): PutMetricAlarmInput[] {
  const alarm = (name: string, evaluation: Evaluation): PutMetricAlarmInput => ({
    AlarmName: name,
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policyArn}.`,
    ActionsEnabled: true,
    AlarmActions: [policyArn],
    Namespace: metric.namespace,
    MetricName: metric.metricName,
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: evaluation.statistic,
    ...(unit && { Unit: unit as NonNullable<PutMetricAlarmInput['Unit']> }),
    Period: evaluation.periodSeconds,
    EvaluationPeriods: evaluation.periods,
    Threshold: target,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  const alarms = [alarm(names.high, high)];
  if (names.low !== undefined) {
    alarms.push({
      ...alarm(names.low, low),
      // Rounded where binary arithmetic leaves more digits than the target had.
      Threshold: Number((SCALE_IN_MARGIN * target).toPrecision(12)),
      ComparisonOperator: 'LessThanThreshold',
    });
  }
  return alarms;
}

function predefined(type: string | undefined, resourceId: string): TrackedMetric {
  const known = PREDEFINED[type ?? ''];
  const match = known?.id.exec(resourceId);
  if (!known || !match) {
    throw validationError(
      `Predefined metric type ${type} is not available for resource ID ${resourceId}.`,
    );
  }
  const [, first = '', second = ''] = match;
  const dimensions: Record<string, string> =
    known.id === VARIANT_ID
      ? { EndpointName: first, VariantName: second }
      : { InferenceComponentName: first };
  const { metricName, statistic, highResolution } = known;
  return {
    metric: { namespace: 'AWS/SageMaker', metricName, dimensions },
    high: highResolution ? outwards(statistic, 10) : outwards(statistic, 60),
    low: inwards(statistic),
  };
}

function customized(specification: CustomizedMetricSpecification): TrackedMetric {
  if (specification.Metrics) {
    throw validationError(
      'The embedded account does not serve metric math in target tracking: use one metric.',
    );
  }
  requireMembers(specification, ['MetricName', 'Namespace', 'Statistic']);
  requireUnit('Unit', specification.Unit, validationError);
  const { MetricName, Namespace, Statistic, Unit, Dimensions = [] } = specification;
  const statistic = Statistic as Statistic;
  return {
    metric: {
      namespace: Namespace as string,
      metricName: MetricName as string,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    },
    ...(Unit && { unit: Unit }),
    high: outwards(statistic, 60),
    low: inwards(statistic),
  };
}

/** Scale-out: three datapoints in a row. */
function outwards(statistic: Statistic, periodSeconds: number): Evaluation {
  return { statistic, periodSeconds, periods: 3 };
}

/** Scale-in: fifteen minutes, for high-resolution types too. */
function inwards(statistic: Statistic): Evaluation {
  return { statistic, periodSeconds: 60, periods: 15 };
}
