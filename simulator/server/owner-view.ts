import type { AlarmView } from '../account/cloudwatch/cloudwatch.ts';
import type { AccountParts } from '../account/create-account.ts';
import type { AlarmNow } from './feed.ts';

const TARGET = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

const INVOCATIONS = 'SageMakerVariantInvocationsPerInstance';

/** The alarms of every endpoint that has some, by their dimension `EndpointName`. */
export function alarmsByEndpoint({
  cloudWatch,
}: Pick<AccountParts, 'cloudWatch'>): Map<string, AlarmNow[]> {
  const byEndpoint = new Map<string, AlarmNow[]>();
  for (const { AlarmName, StateValue, Dimensions } of cloudWatch.alarms()) {
    const endpointName = dimension(Dimensions, 'EndpointName');
    if (endpointName === undefined) continue;
    const alarms = byEndpoint.get(endpointName) ?? [];
    alarms.push({ name: AlarmName, state: StateValue });
    byEndpoint.set(endpointName, alarms);
  }
  return byEndpoint;
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

/** Invocations a minute that a target-tracking policy of the variant aims at; undefined: none does. */
export function targetPerInstance(
  { autoScaling }: Pick<AccountParts, 'autoScaling'>,
  resourceId: string,
): number | undefined {
  const { ScalingPolicies } = autoScaling.describeScalingPolicies({
    ...TARGET,
    ResourceId: resourceId,
  });
  for (const policy of ScalingPolicies) {
    if (!('TargetTrackingScalingPolicyConfiguration' in policy)) continue;
    const { PredefinedMetricSpecification, TargetValue } =
      policy.TargetTrackingScalingPolicyConfiguration;
    if (PredefinedMetricSpecification?.PredefinedMetricType === INVOCATIONS) return TargetValue;
  }
  return undefined;
}

function dimension(dimensions: AlarmView['Dimensions'], name: string): string | undefined {
  return dimensions?.find(({ Name }) => Name === name)?.Value;
}
