import type { AlarmView } from '../account/cloudwatch/cloudwatch.ts';
import type { AccountParts } from '../account/create-account.ts';
import { STEP_SECONDS } from '../run/recorder.ts';
import type { AlarmNow, LoadUnit, VariantName } from './feed.ts';

const TARGET = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

/** The load that an instance is meant to carry. */
export interface InstanceTarget {
  readonly unit: LoadUnit;
  readonly value: number;
}

const TRACKED: Readonly<Record<string, LoadUnit>> = {
  SageMakerVariantInvocationsPerInstance: 'invocations',
  SageMakerVariantConcurrentRequestsPerModelHighResolution: 'concurrency',
};

/** The alarms on a variant. One without a `VariantName` is on all variants of its endpoint. */
export function alarmsOf({
  cloudWatch,
}: Pick<AccountParts, 'cloudWatch'>): (variant: VariantName) => AlarmNow[] {
  const all = cloudWatch.alarms().map(({ AlarmName, StateValue, Dimensions }) => ({
    alarm: { name: AlarmName, state: StateValue },
    endpointName: dimension(Dimensions, 'EndpointName'),
    variantName: dimension(Dimensions, 'VariantName'),
  }));
  return (variant) =>
    all
      .filter(
        ({ endpointName, variantName = variant.variantName }) =>
          endpointName === variant.endpointName && variantName === variant.variantName,
      )
      .map(({ alarm }) => alarm);
}

/** Min and Max of a variant's scalable target; undefined: it is none. */
export function boundsOf(
  { autoScaling }: Pick<AccountParts, 'autoScaling'>,
  resourceId: string,
): { readonly min: number; readonly max: number } | undefined {
  const [target] = autoScaling.describeScalableTargets({
    ...TARGET,
    ResourceIds: [resourceId],
  }).ScalableTargets;
  return target && { min: target.MinCapacity, max: target.MaxCapacity };
}

/** What a target-tracking policy of the variant aims at; undefined: none does, or at a metric of its own. */
export function trackedTarget(
  { autoScaling }: Pick<AccountParts, 'autoScaling'>,
  resourceId: string,
): InstanceTarget | undefined {
  const { ScalingPolicies } = autoScaling.describeScalingPolicies({
    ...TARGET,
    ResourceId: resourceId,
  });
  for (const policy of ScalingPolicies) {
    if (!('TargetTrackingScalingPolicyConfiguration' in policy)) continue;
    const { PredefinedMetricSpecification, TargetValue } =
      policy.TargetTrackingScalingPolicyConfiguration;
    const unit = TRACKED[PredefinedMetricSpecification?.PredefinedMetricType ?? ''];
    if (unit && TargetValue !== undefined) return { unit, value: TargetValue };
  }
  return undefined;
}

/** Instances that the load of a step needs. */
export function demandOf(
  { arrived, mostConcurrency }: { readonly arrived: number; readonly mostConcurrency: number },
  { unit, value }: InstanceTarget,
): number {
  return unit === 'concurrency' ? mostConcurrency / value : (60 * arrived) / STEP_SECONDS / value;
}

function dimension(dimensions: AlarmView['Dimensions'], name: string): string | undefined {
  return dimensions?.find(({ Name }) => Name === name)?.Value;
}
