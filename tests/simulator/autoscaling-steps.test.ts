import type { StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import {
  findStep,
  steppedCapacity,
} from '../../simulator/account/application-auto-scaling/step-scaling.ts';
import { policyMarkers } from '../../simulator/run/markers.ts';
import { handAlarmWorld, START_MS, TARGET } from './sagemaker-world.ts';

describe('the step for a difference from the threshold', () => {
  const out = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
    { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
  ];
  const inwards = [
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: -10, ScalingAdjustment: -10 },
    { MetricIntervalUpperBound: -20, ScalingAdjustment: -30 },
  ];
  it.each([
    { steps: out, difference: 0, isBelow: false, expected: 0 },
    { steps: out, difference: 9.9, isBelow: false, expected: 0 },
    { steps: out, difference: 10, isBelow: false, expected: 10 },
    { steps: out, difference: 19.9, isBelow: false, expected: 10 },
    { steps: out, difference: 20, isBelow: false, expected: 30 },
    { steps: out, difference: -1, isBelow: false, expected: undefined },
    { steps: inwards, difference: 0, isBelow: true, expected: 0 },
    { steps: inwards, difference: -9.9, isBelow: true, expected: 0 },
    { steps: inwards, difference: -10, isBelow: true, expected: -10 },
    { steps: inwards, difference: -19.9, isBelow: true, expected: -10 },
    { steps: inwards, difference: -20, isBelow: true, expected: -30 },
    { steps: inwards, difference: 1, isBelow: true, expected: undefined },
  ])('$difference: $expected', ({ steps, difference, isBelow, expected }) => {
    expect(findStep(steps, difference, isBelow)?.ScalingAdjustment).toBe(expected);
  });
});

describe('the capacity that a step leads to', () => {
  const percent = { AdjustmentType: 'PercentChangeInCapacity' } as const;
  it.each([
    { configuration: { AdjustmentType: 'ChangeInCapacity' }, by: 5, from: 3, expected: 8 },
    { configuration: { AdjustmentType: 'ChangeInCapacity' }, by: -2, from: 3, expected: 1 },
    { configuration: { AdjustmentType: 'ExactCapacity' }, by: 5, from: 3, expected: 5 },
    { configuration: percent, by: 10, from: 10, expected: 11 },
    { configuration: percent, by: 30, from: 11, expected: 14 },
    { configuration: percent, by: 10, from: 127, expected: 139 },
    { configuration: percent, by: 10, from: 6, expected: 7 },
    { configuration: percent, by: -10, from: 6, expected: 5 },
    { configuration: percent, by: -10, from: 14, expected: 13 },
    { configuration: percent, by: -30, from: 13, expected: 10 },
    { configuration: percent, by: 0, from: 13, expected: 13 },
    { configuration: { ...percent, MinAdjustmentMagnitude: 2 }, by: 25, from: 4, expected: 6 },
    { configuration: { ...percent, MinAdjustmentMagnitude: 2 }, by: -25, from: 4, expected: 2 },
    { configuration: { ...percent, MinAdjustmentMagnitude: 2 }, by: 25, from: 12, expected: 15 },
  ] as const)('$configuration.AdjustmentType $by of $from: $expected', (row) => {
    expect(steppedCapacity(row.configuration, row.by, row.from)).toBe(row.expected);
  });
});

/** A step policy on ten instances, called by an alarm of the owner's at a threshold of 50. */
function stepWorld(
  configuration: Partial<StepScalingPolicyConfiguration> = {},
  alarm: Partial<PutMetricAlarmInput> = {},
) {
  const world = handAlarmWorld({ instances: 10, model: { leadTimeSeconds: 100 } });
  world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 2, MaxCapacity: 30 });
  const { PolicyARN } = world.autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'steps',
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [
        { MetricIntervalUpperBound: -20, ScalingAdjustment: -3 },
        { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
        { MetricIntervalLowerBound: 20, ScalingAdjustment: 3 },
      ],
      ...configuration,
    },
  });
  world.alarms.putMetricAlarm({
    AlarmName: 'mine',
    AlarmActions: [PolicyARN],
    Namespace: 'App',
    MetricName: 'Busy',
    Dimensions: [],
    Statistic: 'Average',
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 50,
    ComparisonOperator: 'GreaterThanThreshold',
    ...alarm,
  });
  return {
    ...world,
    at: (...values: number[]) => {
      world.alarms.setMetric('Busy', ...values);
      world.alarms.fire('mine');
    },
    desired: () => world.state()[2],
    reasons: () =>
      world.autoScaling
        .describeScalingActivities({ ...TARGET, IncludeNotScaledActivities: true })
        .ScalingActivities.flatMap(({ NotScaledReasons }) => NotScaledReasons ?? []),
  };
}

describe('a step scaling policy', () => {
  it.each([
    { label: 'a small breach', value: 60, desired: 12 },
    { label: 'a large breach', value: 70, desired: 13 },
    { label: 'a little below', value: 45, desired: 9 },
    { label: 'far below', value: 30, desired: 7 },
  ])('$label: 10 instances become $desired', ({ value, desired }) => {
    const world = stepWorld();
    world.at(value);
    expect(world.state()).toEqual(['Updating', 10, desired]);
  });

  it('is marked by its own name, and as out or in once an activity went before', async () => {
    const world = stepWorld();
    const pass = async (value: number) => {
      world.at(value);
      await world.runTo(world.clock.nowSeconds - START_MS / 1000 + 400);
    };
    for (const value of [30, 60, 45]) await pass(value);
    expect(policyMarkers(world, TARGET.ResourceId, 0)).toMatchObject([
      { kind: 'notice', title: 'Policy steps: 7 instances' },
      { kind: 'scale-out', title: 'Policy steps: 9 instances' },
      { kind: 'scale-in', title: 'Policy steps: 8 instances' },
    ]);
  });

  it.each([
    { type: 'Average', desired: 12 },
    { type: 'Maximum', desired: 13 },
    { type: 'Minimum', desired: 9 },
  ] as const)('takes the $type of the datapoints that the alarm looks at', ({ type, desired }) => {
    const world = stepWorld({ MetricAggregationType: type }, { EvaluationPeriods: 3 });
    world.at(999, 45, 60, 75);
    expect(world.desired()).toBe(desired);
  });

  it('during its cooldown adds only what a larger step has more', async () => {
    const world = stepWorld();
    world.at(60);
    await world.runTo(100);
    world.at(60);
    expect(world.desired()).toBe(12);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: 12 }]);
    world.at(70);
    expect(world.desired()).toBe(13);
  });

  it('goes on adding once the cooldown is over, while the breach lasts', async () => {
    const world = stepWorld({ Cooldown: 60 });
    world.at(60);
    await world.runTo(160);
    world.at(60);
    expect(world.desired()).toBe(14);
  });

  it.each([
    { label: 'before', second: 359.999, desired: 7 },
    { label: 'at', second: 360, desired: 4 },
  ])('scales in again only from the end of its cooldown: $label', async ({ second, desired }) => {
    const world = stepWorld();
    world.at(10);
    await world.runTo(second);
    world.at(10);
    expect(world.desired()).toBe(desired);
  });

  it('stays within the bounds', async () => {
    const world = stepWorld({
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [
        { MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
        { MetricIntervalLowerBound: 0, ScalingAdjustment: 90 },
      ],
      Cooldown: 0,
    });
    world.at(60);
    expect(world.desired()).toBe(30);
    await world.runTo(200);
    world.at(60);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 30 }]);
    world.at(40);
    expect(world.desired()).toBe(2);
    await world.runTo(400);
    world.at(40);
    expect(world.reasons()[0]).toEqual({ Code: 'AlreadyAtMinCapacity', MinCapacity: 2 });
  });

  it('is refused while the endpoint is Updating', () => {
    const world = stepWorld();
    world.at(60);
    world.at(70);
    expect(world.desired()).toBe(12);
    expect(world.reasons()).toEqual([{ Code: 'TargetServicePutResourceAsUnscalable' }]);
  });

  it('is not held back by a target tracking policy that is not ready to scale in', () => {
    const world = stepWorld();
    world.autoScaling.putScalingPolicy({
      ...TARGET,
      PolicyName: 'track',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 5,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
        },
      },
    });
    world.at(10);
    expect(world.desired()).toBe(7);
  });

  it('does nothing without a step or without a datapoint', () => {
    const steps = [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }];
    const world = stepWorld({ StepAdjustments: steps });
    world.at(40);
    world.at();
    expect(world.state()).toEqual(['InService', 10, 10]);
    expect(world.reasons()).toEqual([]);
  });
});
