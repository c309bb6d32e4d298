import {
  DeleteScalingPolicyCommand,
  type StepAdjustment,
  type StepScalingPolicyConfiguration,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import {
  CONCURRENCY,
  INVOCATIONS,
  policies,
  put,
  registered,
  track,
  type World,
} from './autoscaling-policy-calls.ts';
import {
  DIMENSION,
  RESOURCE_ID,
  refusal,
  START_MS,
  sageMakerWorld,
  TARGET,
} from './sagemaker-world.ts';

const STEPS: StepScalingPolicyConfiguration = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }],
};

const step = (world: World, changes: Partial<StepScalingPolicyConfiguration>) =>
  put(world, {
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: { ...STEPS, ...changes },
  });

describe('PutScalingPolicy', () => {
  it('needs a registered target', async () => {
    const world = sageMakerWorld();
    expect(await refusal(track(world, INVOCATIONS))).toBe(
      'ObjectNotFoundException: No scalable target registered for service namespace: sagemaker, ' +
        `resource ID: ${RESOURCE_ID}, scalable dimension: ${DIMENSION}`,
    );
  });

  const specification = { MetricName: 'Busy', Namespace: 'App', Statistic: 'Average' } as const;
  const tracking: [label: string, TargetTrackingScalingPolicyConfiguration, string][] = [
    ['no metric', { TargetValue: 5 }, 'Either PredefinedMetricSpecification or'],
    [
      'two metrics',
      { ...INVOCATIONS, CustomizedMetricSpecification: specification },
      'Only one of PredefinedMetricSpecification',
    ],
    ['a target of 0', { ...INVOCATIONS, TargetValue: 0 }, 'must be greater than 0'],
    ['no target', { ...INVOCATIONS, TargetValue: undefined }, "Value null at 'targetValue'"],
    [
      'a metric of another resource',
      {
        TargetValue: 5,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy',
        },
      },
      `is not available for resource ID ${RESOURCE_ID}`,
    ],
    [
      'a metric of another service',
      {
        TargetValue: 5,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
      },
      'ALBRequestCountPerTarget is not available',
    ],
    [
      'metric math',
      { TargetValue: 5, CustomizedMetricSpecification: { Metrics: [{ Id: 'm' }] } },
      'does not serve metric math',
    ],
    [
      'a metric without statistic',
      {
        TargetValue: 5,
        CustomizedMetricSpecification: { MetricName: 'Busy', Namespace: 'App' },
      },
      "Value null at 'statistic'",
    ],
    ['a negative cooldown', { ...INVOCATIONS, ScaleInCooldown: -1 }, "'scaleInCooldown'"],
  ];
  it.each(tracking)('refuses target tracking with %s', async (_label, configuration, expected) => {
    const world = registered();
    const message = await refusal(track(world, configuration));
    expect(message).toMatch(/^ValidationException: /);
    expect(message).toContain(expected);
    expect(await policies(world)).toEqual([]);
    expect(world.alarms.inputs.size).toBe(0);
  });

  const between = (lower?: number, upper?: number) => ({
    MetricIntervalLowerBound: lower,
    MetricIntervalUpperBound: upper,
    ScalingAdjustment: 1,
  });
  const stepping: [label: string, Partial<StepScalingPolicyConfiguration>, string][] = [
    ['an unknown adjustment', { AdjustmentType: 'Double' as 'ExactCapacity' }, 'enum value set'],
    ['no steps', { StepAdjustments: [] }, 'needs 1 to 20'],
    [
      '21 steps',
      {
        StepAdjustments: Array.from({ length: 21 }, (_, i) =>
          between(i, i < 20 ? i + 1 : undefined),
        ),
      },
      'needs 1 to 20',
    ],
    ['a step without bounds', { StepAdjustments: [between()] }, 'needs MetricIntervalLowerBound'],
    ['bounds the wrong way round', { StepAdjustments: [between(5, 5)] }, 'must be less than'],
    ['a gap', { StepAdjustments: [between(0, 10), between(11)] }, 'gaps'],
    ['an overlap', { StepAdjustments: [between(0, 10), between(9)] }, 'overlap'],
    ['an end above', { StepAdjustments: [between(0, 10)] }, 'no upper bound'],
    ['an end below', { StepAdjustments: [between(-10, 0)] }, 'no lower bound'],
    [
      'a step without an adjustment',
      { StepAdjustments: [{ MetricIntervalLowerBound: 0 } as StepAdjustment] },
      "Value null at 'scalingAdjustment'",
    ],
    [
      'an unknown aggregation',
      { MetricAggregationType: 'Sum' as 'Average' },
      "Value 'Sum' at 'metricAggregationType'",
    ],
    ['a minimum without percent', { MinAdjustmentMagnitude: 2 }, 'PercentChangeInCapacity only'],
  ];
  it.each(stepping)('refuses step scaling with %s', async (_label, configuration, expected) => {
    const world = registered();
    expect(await refusal(step(world, configuration))).toContain(expected);
    expect(await policies(world)).toEqual([]);
  });

  it('takes steps that touch, in any order', async () => {
    const world = registered();
    await step(world, { StepAdjustments: [between(10), between(undefined, -5), between(-5, 10)] });
    expect(await policies(world)).toHaveLength(1);
  });

  it('refuses predictive scaling, a change of type, a second policy on a metric', async () => {
    const world = registered();
    const predictive = put(world, { PolicyType: 'PredictiveScaling' });
    expect(await refusal(predictive)).toContain('PredictiveScaling is not supported');
    await track(world, INVOCATIONS);
    expect(await refusal(step(world, {}))).toContain('which cannot be changed');
    expect(await refusal(track(world, { ...INVOCATIONS, TargetValue: 9 }, 'other'))).toContain(
      'Only one TargetTrackingScaling policy for a given metric',
    );
    await track(world, CONCURRENCY, 'other');
    expect(await policies(world)).toHaveLength(2);
  });

  it('has room for 50 policies and no more', async () => {
    const world = registered();
    const add = (PolicyName: string) =>
      put(world, { PolicyName, StepScalingPolicyConfiguration: STEPS });
    for (let index = 0; index < 50; index += 1) await add(`p${index}`);
    expect(await refusal(add('more'))).toMatch(/^LimitExceededException: /);
    await add('p7');
  });
});

describe('DescribeScalingPolicies', () => {
  it('shows policies as AWS does, with target tracking alarms', async () => {
    const world = sageMakerWorld();
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 20 });
    await world.runTo(5);
    const { PolicyARN, Alarms } = await track(world, INVOCATIONS);
    await put(world, { PolicyName: 'steps', StepScalingPolicyConfiguration: STEPS });
    expect(PolicyARN).toMatch(
      /^arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:[0-9a-f-]{36}:resource\/sagemaker\/endpoint\/Chat\/variant\/main:policyName\/track$/,
    );
    expect(Alarms).toEqual(
      ['AlarmHigh', 'AlarmLow'].map((kind) => ({
        AlarmName: expect.stringContaining(kind),
        AlarmARN: expect.stringMatching(new RegExp(`:alarm:TargetTracking-.*${kind}`)),
      })),
    );
    expect(await policies(world)).toEqual([
      {
        ...TARGET,
        PolicyARN,
        PolicyName: 'track',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: INVOCATIONS,
        Alarms,
        CreationTime: new Date(START_MS + 5000),
      },
      expect.objectContaining({
        PolicyName: 'steps',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: STEPS,
        Alarms: [],
      }),
    ]);
  });

  it('has ten to the page, and no more where more are asked for', async () => {
    const world = registered();
    for (let i = 0; i < 11; i += 1) {
      await put(world, { PolicyName: `p${i}`, StepScalingPolicyConfiguration: STEPS });
    }
    expect(await policies(world)).toHaveLength(10);
    expect(await refusal(policies(world, { MaxResults: 11 }))).toMatch(/^ValidationException: /);
  });

  it.each([
    { label: 'by name', input: { PolicyNames: ['steps'] }, expected: ['steps'] },
    { label: 'by resource', input: { ResourceId: RESOURCE_ID }, expected: ['track', 'steps'] },
    { label: 'of another resource', input: { ResourceId: 'endpoint/x/variant/y' }, expected: [] },
    { label: 'by page', input: { MaxResults: 1 }, expected: ['track'] },
  ])('$label', async ({ input, expected }) => {
    const world = registered();
    await track(world, INVOCATIONS);
    await put(world, { PolicyName: 'steps', StepScalingPolicyConfiguration: STEPS });
    expect((await policies(world, input)).map(({ PolicyName }) => PolicyName)).toEqual(expected);
  });
});

it('DeleteScalingPolicy refuses what does not exist', async () => {
  const world = registered();
  const remove = new DeleteScalingPolicyCommand({ ...TARGET, PolicyName: 'none' });
  expect(await refusal(world.autoScalingClient.send(remove))).toMatch(
    /^ObjectNotFoundException: No scaling policy found for .*, scaling policy name: none$/,
  );
});
