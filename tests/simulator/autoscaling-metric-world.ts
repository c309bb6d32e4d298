import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { START_MS, sageMakerWorld, TARGET, type WorldOptions } from './sagemaker-world.ts';

// The whole account at work: load, metrics, alarms, policies, endpoint. Metrics are visible 10 s
// after their period; alarms are evaluated 15 s past each minute, or 5 s past each ten seconds.

export const INVOCATIONS: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 1500,
  PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
};

export interface Setup extends WorldOptions {
  readonly policy: TargetTrackingScalingPolicyConfiguration;
  /** Requests a second from each second on, in order. */
  readonly load: readonly (readonly [fromSecond: number, perSecond: number])[];
  readonly max?: number;
}

/** A tracked endpoint under load; `changes` lists when which capacity was asked for. */
export async function tracked({ policy, load, max = 20, ...options }: Setup, untilSecond: number) {
  const world = sageMakerWorld({
    model: { instanceThroughputPerSecond: 40 },
    cloudWatch: { phaseMs: (_name, intervalMs) => (intervalMs < 60_000 ? 5000 : 15_000) },
    ...options,
  });
  world.plant.setLoad('Chat', 'main', (second) => {
    const elapsed = second - START_MS / 1000;
    return load.findLast(([from]) => from <= elapsed)?.[1] ?? 0;
  });
  world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: max });
  world.autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'track',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: policy,
  });
  const changes = () =>
    world.autoScaling
      .describeScalingActivities(TARGET)
      .ScalingActivities.toReversed()
      .map(({ StartTime, Description }) => [
        // To the millisecond: epoch seconds leave binary rounding below it.
        Math.round(1000 * StartTime - START_MS) / 1000,
        Number(/to (\d+)/.exec(Description)?.[1]),
      ]);
  await world.runTo(untilSecond);
  return { ...world, changes };
}
