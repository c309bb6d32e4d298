import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { handAlarmWorld, TARGET, type WorldOptions } from './sagemaker-world.ts';

export const METRIC = 'ConcurrentRequestsPerModel';

export interface Setup extends WorldOptions {
  readonly min?: number;
  readonly max?: number;
  readonly policy?: Partial<TargetTrackingScalingPolicyConfiguration>;
}

/** A target tracked at 5 concurrent requests; alarms fire by hand, at :05 past a minute. */
export async function trackedWorld({ min = 1, max = 50, policy, ...options }: Setup = {}) {
  const world = handAlarmWorld(options);
  world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: min, MaxCapacity: max });
  world.autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'track',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 5,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
      },
      ...policy,
    },
  });
  const { alarms } = world;
  await world.runTo(1205);
  return {
    ...world,
    high: (metric: number) => {
      alarms.setMetric(METRIC, metric);
      alarms.setState(alarms.named('AlarmLow'), 'OK');
      alarms.fire(alarms.named('AlarmHigh'));
    },
    low: (metric: number) => {
      alarms.setMetric(METRIC, metric);
      alarms.setState(alarms.named('AlarmHigh'), 'OK');
      alarms.fire(alarms.named('AlarmLow'));
    },
    desired: () => world.state()[2],
    activities: (IncludeNotScaledActivities = true) =>
      world.autoScaling.describeScalingActivities({ ...TARGET, IncludeNotScaledActivities })
        .ScalingActivities,
    /** Codes of why nothing happened, newest first. */
    reasons() {
      return this.activities().flatMap(({ NotScaledReasons }) => NotScaledReasons ?? []);
    },
  };
}
