import type { AccountParts } from '../account/create-account.ts';

/** The endpoint of a simulated run, and the owner's autoscaling of it. */
export interface OwnedEndpoint {
  readonly endpointName: string;
  readonly variantName: string;
  readonly initialInstanceCount: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Target of the owner's policy, invocations a minute. */
  readonly targetPerInstance: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  /** How often SageMaker counts invocations. Default 10, which takes enhanced metrics. */
  readonly invocationsEverySeconds?: 10 | 60;
}

/** Cooldowns of the policy in the question. */
export const QUESTION_COOLDOWNS = {
  scaleOutCooldownSeconds: 10,
  scaleInCooldownSeconds: 100,
} as const;

/** Makes the endpoint, its scalable target and its target-tracking policy, as an owner would. */
export function createEndpoint(
  { sageMaker, autoScaling }: AccountParts,
  endpoint: OwnedEndpoint,
): { resourceId: string } {
  const { endpointName, variantName } = endpoint;
  const configName = `${endpointName}-config`;
  sageMaker.createModel({
    ModelName: 'model',
    ExecutionRoleArn: 'arn:aws:iam::123456789012:role/m',
  });
  sageMaker.createEndpointConfig({
    EndpointConfigName: configName,
    ProductionVariants: [
      {
        VariantName: variantName,
        ModelName: 'model',
        InstanceType: 'ml.g5.xlarge',
        InitialInstanceCount: endpoint.initialInstanceCount,
      },
    ],
    ...(endpoint.invocationsEverySeconds !== 60 && {
      MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
    }),
  });
  sageMaker.createEndpoint({ EndpointName: endpointName, EndpointConfigName: configName });
  const target = {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpointName}/variant/${variantName}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
  autoScaling.registerScalableTarget({
    ...target,
    MinCapacity: endpoint.minCapacity,
    MaxCapacity: endpoint.maxCapacity,
  });
  autoScaling.putScalingPolicy({
    ...target,
    PolicyName: 'target-tracking-invocations',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: endpoint.targetPerInstance,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
      },
      ScaleOutCooldown: endpoint.scaleOutCooldownSeconds,
      ScaleInCooldown: endpoint.scaleInCooldownSeconds,
    },
  });
  return { resourceId: target.ResourceId };
}
