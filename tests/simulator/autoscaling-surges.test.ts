import { describe, expect, it } from 'vitest';
import { INVOCATIONS, tracked } from './autoscaling-metric-world.ts';
import { alarmInput } from './cloudwatch-world.ts';
import { START_MS, sageMakerWorld, TARGET } from './sagemaker-world.ts';

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
  world.cloudWatch.putMetricAlarm(
    alarmInput({
      AlarmName: 'mine',
      AlarmActions: [PolicyARN],
      Dimensions: [
        { Name: 'EndpointName', Value: 'Chat' },
        { Name: 'VariantName', Value: 'main' },
      ],
    }),
  );
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
