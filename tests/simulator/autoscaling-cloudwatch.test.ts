import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { START_MS, sageMakerWorld, TARGET, type WorldOptions } from './sagemaker-world.ts';

// The whole account at work: load, metrics, alarms, policies, endpoint. Metrics are visible 10 s
// after their period; alarms are evaluated 15 s past each minute, or 5 s past each ten seconds.

const INVOCATIONS: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 1500,
  PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
};
const CONCURRENCY: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 5,
  PredefinedMetricSpecification: {
    PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  },
};

interface Setup extends WorldOptions {
  readonly policy: TargetTrackingScalingPolicyConfiguration;
  /** Requests a second from each second on, in order. */
  readonly load: readonly (readonly [fromSecond: number, perSecond: number])[];
  readonly max?: number;
}

/** A tracked endpoint under load; `changes` lists when which capacity was asked for. */
async function tracked({ policy, load, max = 20, ...options }: Setup, untilSecond: number) {
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

describe('standard target tracking goes out', () => {
  // Two instances at 1,500 a minute each: 50 requests a second are the target, 45 nine tenths of it.
  it.each([
    {
      label: 'after three minutes above',
      load: [
        [0, 45],
        [600, 60],
        [780, 45],
      ],
      changes: [[795, 3]],
    },
    {
      label: 'not after two',
      load: [
        [0, 45],
        [600, 60],
        [720, 45],
      ],
      changes: [],
    },
    {
      label: 'not at the target itself',
      load: [
        [0, 45],
        [600, 50],
      ],
      changes: [],
    },
    {
      label: 'not when one of three is at the target',
      load: [
        [0, 45],
        [600, 60],
        [660, 50],
        [720, 60],
        [780, 45],
      ],
      changes: [],
    },
    {
      label: 'just above',
      load: [
        [0, 45],
        [600, 50.1],
        [780, 45],
      ],
      changes: [[795, 3]],
    },
  ] as const)('$label', async ({ load, changes }) => {
    const world = await tracked({ policy: INVOCATIONS, load }, 1500);
    expect(world.changes().filter(([second = 0]) => second < 1100)).toEqual(changes);
  });
});

describe('a minute that is still filling does not count', () => {
  // Bins of 10 s are visible 10 s after they end: at 780 s the newest minute has five of its six.
  it.each([
    { label: 'however large it is already', perSecond: 120, phaseMs: 0, changes: [[840, 5]] },
    { label: 'and hides no excess of a tenth', perSecond: 55, phaseMs: 0, changes: [[840, 3]] },
    {
      label: 'until 1 ms before it is full',
      perSecond: 55,
      phaseMs: 9999,
      changes: [[849.999, 3]],
    },
    { label: 'and counts once it is', perSecond: 55, phaseMs: 10_000, changes: [[790, 3]] },
  ])('$label', async ({ perSecond, phaseMs, changes }) => {
    const world = await tracked(
      {
        policy: INVOCATIONS,
        load: [
          [0, 45],
          [600, perSecond],
        ],
        metricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
        cloudWatch: { phaseMs: () => phaseMs },
      },
      900,
    );
    expect(world.changes()).toEqual(changes);
  });
});

describe('standard target tracking goes in', () => {
  // Four instances: 90 requests a second are nine tenths of the target, 60 need three instances.
  it.each([
    {
      label: 'after fifteen minutes below',
      load: [
        [0, 95],
        [600, 60],
      ],
      changes: [[1515, 3]],
    },
    {
      label: 'not after fourteen',
      load: [
        [0, 95],
        [600, 60],
        [1440, 95],
      ],
      changes: [],
    },
    {
      label: 'not at nine tenths itself',
      load: [
        [0, 95],
        [600, 90],
      ],
      changes: [],
    },
    {
      label: 'not when three would breach again',
      load: [
        [0, 95],
        [600, 80],
      ],
      changes: [],
    },
  ] as const)('$label', async ({ load, changes }) => {
    const world = await tracked({ policy: INVOCATIONS, load, instances: 4 }, 1700);
    expect(world.changes()).toEqual(changes);
  });
});

describe('high-resolution target tracking', () => {
  // 0.5 s of service: concurrency is half the rate, here of two instances.
  it('goes out after three times ten seconds', async () => {
    const load = [
      [0, 16],
      [600, 24],
    ] as const;
    const world = await tracked({ policy: CONCURRENCY, load }, 700);
    // The third period ends at 630 s and is visible at 640 s.
    expect(world.changes()).toEqual([[645, 3]]);
  });

  it('does not go out after two', async () => {
    const load = [
      [0, 16],
      [600, 24],
      [620, 16],
    ] as const;
    const world = await tracked({ policy: CONCURRENCY, load }, 1200);
    expect(world.changes()).toEqual([]);
  });

  it('goes in no sooner than the standard one', async () => {
    const load = [
      [0, 38],
      [600, 20],
    ] as const;
    const world = await tracked({ policy: CONCURRENCY, load, instances: 4 }, 1600);
    expect(world.changes()).toEqual([[1515, 2]]);
  });
});

it('a scale-out that EC2 cannot fulfil is tried again by the next action of the alarm', async () => {
  let refusals = 1;
  const world = await tracked(
    {
      policy: INVOCATIONS,
      load: [
        [0, 45],
        [600, 60],
      ],
      plant: {
        insufficientCapacity: () => (refusals-- > 0 ? { forSeconds: 400 } : undefined),
      },
    },
    1500,
  );
  // Asked for at 795 s, given up at 1195 s; the alarm is evaluated at 15 s past each minute.
  expect(world.changes()).toEqual([
    [795, 3],
    [1215, 3],
  ]);
  const reasons = world.autoScaling
    .describeScalingActivities({ ...TARGET, IncludeNotScaledActivities: true })
    .ScalingActivities.flatMap(({ NotScaledReasons }) => NotScaledReasons ?? [])
    .map(({ Code }) => Code);
  // Six times at 855 … 1155 s, while the endpoint is held, and twice during the second scale-out.
  expect(reasons.filter((code) => code === 'TargetServicePutResourceAsUnscalable')).toHaveLength(8);
});

describe('a rise in the scale-out cooldown is answered by what exceeds the capacity asked for', () => {
  // Out to five at 795 s, in service at 975 s: cooldown until 1275 s. 125 requests a second are what
  // five instances carry; the first minute that all five served whole is visible at 1090 s.
  it.each([
    { label: 'not at what five carry', perSecond: 125, changes: [[795, 5]] },
    {
      label: 'just above, as soon as a datapoint shows it',
      perSecond: 125.1,
      changes: [
        [795, 5],
        [1095, 6],
      ],
    },
    {
      label: 'far above, by all of it',
      perSecond: 300,
      changes: [
        [795, 5],
        [1095, 12],
      ],
    },
  ] as const)('$label', async ({ perSecond, changes }) => {
    const load = [
      [0, 45],
      [600, 120],
      [960, perSecond],
    ] as const;
    const world = await tracked({ policy: INVOCATIONS, load }, 1270);
    expect(world.changes()).toEqual(changes);
  });
});

describe('a surge and its end as in the well-known complaint', () => {
  const load = [
    [0, 10],
    [600, 20_000 / 60],
    [1800, 0],
  ] as const;
  const policy = { ...INVOCATIONS, ScaleOutCooldown: 10, ScaleInCooldown: 100 };

  it('is answered after minutes, and after a quarter of an hour', async () => {
    const world = await tracked({ policy, load, instances: 1, max: 14 }, 5000);
    expect(world.changes()).toEqual([
      [795, 14],
      [2715, 1],
    ]);
    expect(world.state()).toEqual(['InService', 1, 1]);
  });

  // The minute in which 14 instances joined still shows 6,071 requests per instance.
  it.each([
    ['ignored', [[795, 14]]],
    [
      'used',
      [
        [795, 14],
        [1035, 50],
      ],
    ],
  ] as const)(
    'with a short cooldown and the metric of the old capacity %s',
    async (metricsOfOldCapacity, changes) => {
      const autoScaling = { metricsOfOldCapacity };
      const world = await tracked({ policy, load, instances: 1, max: 50, autoScaling }, 1500);
      expect(world.changes()).toEqual(changes);
    },
  );

  it('with the default cooldown, which counts from the capacity before', async () => {
    const { ScaleOutCooldown: _, ...patient } = policy;
    const autoScaling = { metricsOfOldCapacity: 'used' } as const;
    const setup = { policy: patient, load, instances: 1, max: 50, autoScaling };
    const world = await tracked(setup, 1500);
    expect(world.changes()).toEqual([[795, 14]]);
  });
});

it('a step policy on an alarm of ten seconds acts through the same way', async () => {
  const world = sageMakerWorld({
    metricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
    cloudWatch: { phaseMs: () => 5000 },
  });
  world.plant.setLoad('Chat', 'main', (second) => (second < START_MS / 1000 + 60 ? 5 : 15));
  world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 9 });
  const { PolicyARN } = world.autoScaling.putScalingPolicy({
    ...TARGET,
    PolicyName: 'steps',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 40, ScalingAdjustment: 4 },
        { MetricIntervalLowerBound: 40, ScalingAdjustment: 6 },
      ],
    },
  });
  world.cloudWatch.putMetricAlarm({
    AlarmName: 'mine',
    AlarmActions: [PolicyARN],
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocations',
    Dimensions: [
      { Name: 'EndpointName', Value: 'Chat' },
      { Name: 'VariantName', Value: 'main' },
    ],
    Statistic: 'Sum',
    Period: 10,
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  await world.runTo(84.999);
  expect(world.state()).toEqual(['InService', 2, 2]);
  // 150 requests in the period from 60 to 70 s, visible at 80 s.
  await world.runTo(85);
  expect(world.state()).toEqual(['Updating', 2, 6]);
});

it('deregistering a target takes its alarms out of CloudWatch', async () => {
  const world = await tracked({ policy: INVOCATIONS, load: [] }, 10);
  const [policy] = world.autoScaling.describeScalingPolicies({
    ServiceNamespace: 'sagemaker',
  }).ScalingPolicies;
  const names = policy?.Alarms.map(({ AlarmName }) => AlarmName) ?? [];
  expect(names.map((name) => world.cloudWatch.describeAlarm(name)?.Period)).toEqual([60, 60]);
  world.autoScaling.deregisterScalableTarget(TARGET);
  expect(names.map((name) => world.cloudWatch.describeAlarm(name))).toEqual([undefined, undefined]);
});
