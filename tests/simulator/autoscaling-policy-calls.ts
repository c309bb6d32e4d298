import {
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { handAlarmWorld, type sageMakerWorld, TARGET } from './sagemaker-world.ts';

export type World = Pick<ReturnType<typeof sageMakerWorld>, 'autoScalingClient' | 'autoScaling'>;

export const INVOCATIONS: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 1500,
  PredefinedMetricSpecification: {
    PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
  },
};

export const CONCURRENCY: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 5,
  PredefinedMetricSpecification: {
    PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  },
};

export const put = ({ autoScalingClient }: World, input: Partial<PutScalingPolicyCommandInput>) =>
  autoScalingClient.send(new PutScalingPolicyCommand({ ...TARGET, PolicyName: 'track', ...input }));

export const track = (
  world: World,
  TargetTrackingScalingPolicyConfiguration: TargetTrackingScalingPolicyConfiguration,
  PolicyName = 'track',
) =>
  put(world, {
    PolicyName,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration,
  });

export const policies = async ({ autoScalingClient }: World, input: object = {}) => {
  const output = await autoScalingClient.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker', ...input }),
  );
  return output.ScalingPolicies ?? [];
};

export function registered() {
  const world = handAlarmWorld();
  world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 20 });
  return world;
}
