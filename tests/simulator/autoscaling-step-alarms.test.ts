import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { START_MS, sageMakerWorld, TARGET } from './sagemaker-world.ts';

const BUSY = { namespace: 'App', metricName: 'Busy', dimensions: {} };
const FIRST_BREACH_SECOND = 3660;

/** A step policy to four instances, and an alarm of the owner's on a metric that rises at 01:01. */
function steppedWorld(alarm: Partial<PutMetricAlarmInput>) {
  const world = sageMakerWorld({
    cloudWatch: { phaseMs: (_name, intervalMs) => (intervalMs < 60_000 ? 5000 : 15_000) },
  });
  const { autoScaling, cloudWatch, clock } = world;
  autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 9 });
  const { PolicyARN } = autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'steps',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 4 }],
    },
  });
  cloudWatch.putMetricAlarm({
    AlarmName: 'mine',
    AlarmActions: [PolicyARN],
    Namespace: 'App',
    MetricName: 'Busy',
    Statistic: 'Sum',
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: 'GreaterThanThreshold',
    ...alarm,
  });
  const tick = (second: number) => {
    const value = second >= FIRST_BREACH_SECOND ? 101 : 0;
    const bin = { sum: value, minimum: value, maximum: value, sampleCount: 1 };
    cloudWatch.recordBin(BUSY, START_MS + second * 1000, 10, bin, 'Count');
    clock.at(START_MS + (second + 10) * 1000, () => tick(second + 10));
  };
  tick(0);
  const state = () => cloudWatch.describeAlarm('mine')?.StateValue;
  return { ...world, alarmState: state };
}

describe('a breach that set off the alarm finds its step at once', () => {
  it.each([
    { label: 'of five minutes that end with any minute', alarm: { Period: 300 }, at: 3735 },
    { label: 'of an hour', alarm: { Period: 3600 }, at: 3735 },
    {
      label: 'in one minute out of three',
      alarm: { Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 1, Threshold: 300 },
      at: 3735,
    },
    { label: 'of ten seconds', alarm: { Period: 10 }, at: 3685 },
    { label: 'in its unit', alarm: { Period: 300, Unit: 'Count' }, at: 3735 },
  ] as const)('$label', async ({ alarm, at }) => {
    const world = steppedWorld(alarm);
    await world.runTo(at - 0.001);
    expect([world.alarmState(), ...world.state()]).toEqual(['OK', 'InService', 2, 2]);
    await world.runTo(at);
    expect([world.alarmState(), ...world.state()]).toEqual(['ALARM', 'Updating', 2, 4]);
  });
});

it('a step policy shows the alarms that call it, from whichever state', async () => {
  const world = steppedWorld({ Period: 60 });
  const { autoScaling, cloudWatch } = world;
  const policy = () =>
    autoScaling.describeScalingPolicies({ ServiceNamespace: 'sagemaker' }).ScalingPolicies[0];
  const other = {
    Namespace: 'App',
    MetricName: 'Busy',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
  } as const;
  const arn = policy()?.PolicyARN as string;
  cloudWatch.putMetricAlarm({ ...other, AlarmName: 'calm', OKActions: [arn] });
  cloudWatch.putMetricAlarm({ ...other, AlarmName: 'of another', AlarmActions: [`${arn}2`] });
  const alarm = (name: string) => ({
    AlarmName: name,
    AlarmARN: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`,
  });
  expect(policy()?.Alarms).toEqual([alarm('calm'), alarm('mine')]);
  cloudWatch.deleteAlarms(['calm', 'mine']);
  expect(policy()?.Alarms).toEqual([]);
});

it('a tracking policy in one unit sees nothing of the others', async () => {
  const world = sageMakerWorld();
  const { autoScaling, cloudWatch, clock } = world;
  autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 50 });
  autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'track',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 50,
      CustomizedMetricSpecification: {
        Namespace: 'App',
        MetricName: 'Busy',
        Statistic: 'Average',
        Unit: 'Percent',
      },
    },
  });
  const tick = (minute: number) => {
    const startMs = START_MS + minute * 60_000;
    for (const [unit, value] of [
      ['Percent', 75],
      ['Count', 1000],
    ] as const) {
      const bin = { sum: value, minimum: value, maximum: value, sampleCount: 1 };
      cloudWatch.recordBin(BUSY, startMs, 60, bin, unit);
    }
    clock.at(startMs + 60_000, () => tick(minute + 1));
  };
  tick(0);
  await world.runTo(360);
  expect(world.state()[2]).toBe(3);
});
