import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cooldowns } from '../../simulator/account/application-auto-scaling/cooldown.ts';
import { proportionalCapacity } from '../../simulator/account/application-auto-scaling/target-tracking.ts';
import { handAlarmWorld, TARGET, type WorldOptions } from './sagemaker-world.ts';

const METRIC = 'ConcurrentRequestsPerModel';

interface Setup extends WorldOptions {
  readonly min?: number;
  readonly max?: number;
  readonly policy?: Partial<TargetTrackingScalingPolicyConfiguration>;
}

/** A target tracked at 5 concurrent requests; alarms fire by hand, at :05 past a minute. */
async function trackedWorld({ min = 1, max = 50, policy, ...options }: Setup = {}) {
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

describe('proportional capacity', () => {
  it.each([
    { capacity: 2, metric: 12, target: 5, expected: 5 },
    { capacity: 5, metric: 4.4, target: 5, expected: 5 },
    { capacity: 5, metric: 3.9, target: 5, expected: 4 },
    { capacity: 4, metric: 5, target: 5, expected: 4 },
    { capacity: 4, metric: 5.01, target: 5, expected: 5 },
    { capacity: 10, metric: 1.1, target: 1.1, expected: 10 },
    { capacity: 3, metric: 0, target: 5, expected: 0 },
  ])('$capacity at $metric of $target: $expected', ({ capacity, metric, target, expected }) => {
    expect(proportionalCapacity(capacity, metric, target)).toBe(expected);
  });

  it('never leaves the metric above its target', () => {
    const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), positive, positive, (n, metric, target) => {
        const next = proportionalCapacity(n, metric, target);
        expect((n * metric) / next).toBeLessThanOrEqual(target * (1 + 1e-6));
      }),
    );
  });
});

describe('scale-out', () => {
  it('asks for the proportional capacity in one step', async () => {
    const world = await trackedWorld();
    world.high(12);
    expect(world.state()).toEqual(['Updating', 2, 5]);
    expect(world.activities()).toMatchObject([
      {
        Cause: `monitor alarm ${world.alarms.named('AlarmHigh')} in state ALARM triggered policy track`,
        Description: 'Setting desired instance count to 5.',
        StatusCode: 'InProgress',
      },
    ]);
  });

  it('uses the newest datapoint', async () => {
    const world = await trackedWorld();
    world.alarms.setMetric(METRIC, 40, 30, 12);
    world.alarms.fire(world.alarms.named('AlarmHigh'));
    expect(world.desired()).toBe(5);
  });

  it('stops at the maximum, and says so when it is there', async () => {
    const world = await trackedWorld({ max: 4 });
    world.high(12);
    expect(world.desired()).toBe(4);
    await world.runTo(1805);
    world.high(12);
    expect(world.desired()).toBe(4);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 4 }]);
  });

  it('does nothing when the datapoint has fallen to the target meanwhile', async () => {
    const world = await trackedWorld();
    world.high(5);
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: 2 }]);
  });

  it('does nothing without a datapoint', async () => {
    const world = await trackedWorld();
    world.alarms.fire(world.alarms.named('AlarmHigh'));
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect(world.activities()).toEqual([]);
  });

  it('is refused while the endpoint is Updating, and tried again at the next action', async () => {
    const world = await trackedWorld();
    world.high(12);
    await world.runTo(1215);
    world.high(30);
    expect(world.desired()).toBe(5);
    expect(world.reasons()).toEqual([{ Code: 'TargetServicePutResourceAsUnscalable' }]);
    expect(world.activities(false)).toHaveLength(1);
    await world.runTo(1385);
    expect(world.state()).toEqual(['InService', 5, 5]);
    world.high(30);
    expect(world.desired()).toBe(12);
  });

  it('that the quota refuses fails, and starts no cooldown', async () => {
    const world = await trackedWorld({ plant: { instanceQuota: { 'ml.g5.xlarge': 4 } } });
    world.high(12);
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect(world.activities()).toMatchObject([{ StatusCode: 'Failed' }]);
    world.high(10);
    expect(world.desired()).toBe(4);
  });

  it('is suspended where the target says so', async () => {
    const world = await trackedWorld();
    const SuspendedState = { DynamicScalingOutSuspended: true };
    world.autoScaling.registerScalableTarget({ ...TARGET, SuspendedState });
    world.high(12);
    expect(world.desired()).toBe(2);
    const resumed = { DynamicScalingOutSuspended: false };
    world.autoScaling.registerScalableTarget({ ...TARGET, SuspendedState: resumed });
    world.high(12);
    expect(world.desired()).toBe(5);
  });
});

describe('the scale-out cooldown', () => {
  // A scale-out from 2 to 5, asked for at 1205 s, complete at 1385 s: cooldown until 1685 s.
  const scaledOut = async (policy = {}) => {
    const world = await trackedWorld({ policy });
    world.high(12);
    await world.runTo(1385);
    return world;
  };

  it('counts what has been added: the same breach adds no more', async () => {
    const world = await scaledOut();
    world.high(12);
    expect(world.desired()).toBe(5);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: 5 }]);
  });

  it('lets a larger scale-out pass, for the difference', async () => {
    const world = await scaledOut();
    world.high(20);
    expect(world.desired()).toBe(8);
  });

  it('counts from the first capacity also for a third scale-out', async () => {
    const world = await scaledOut();
    world.high(20);
    await world.runTo(1600);
    world.high(20);
    expect(world.desired()).toBe(8);
    world.high(25);
    expect(world.desired()).toBe(10);
  });

  it.each([
    { label: 'a millisecond before its end', second: 1684.999, desired: 5 },
    { label: 'at its end', second: 1685, desired: 12 },
  ])('$label', async ({ second, desired }) => {
    const world = await scaledOut();
    await world.runTo(second);
    world.high(12);
    expect(world.desired()).toBe(desired);
  });

  it('is as long as the policy says', async () => {
    const world = await scaledOut({ ScaleOutCooldown: 10 });
    await world.runTo(1394.999);
    world.high(12);
    expect(world.desired()).toBe(5);
    await world.runTo(1395);
    world.high(12);
    expect(world.desired()).toBe(12);
  });

  it('neither is started nor heeded by a change of bounds', async () => {
    const world = await trackedWorld();
    const nudge = (MinCapacity: number) =>
      world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity });
    nudge(4);
    await world.runTo(1385);
    world.high(10);
    expect(world.desired()).toBe(8);
    await world.runTo(1565);
    nudge(9);
    expect(world.desired()).toBe(9);
  });

  it('does not hold back a scale-in', async () => {
    const world = await scaledOut();
    world.low(2);
    expect(world.desired()).toBe(2);
  });
});

describe('scale-in', () => {
  const five = (setup: Setup = {}) => trackedWorld({ instances: 5, ...setup });

  it.each([
    { metric: 3.9, desired: 4 },
    { metric: 3, desired: 3 },
    { metric: 0.1, desired: 1 },
    { metric: 0, desired: 1 },
  ])('at $metric goes from 5 to $desired', async ({ metric, desired }) => {
    const world = await five();
    world.low(metric);
    expect(world.state()).toEqual(['Updating', 5, desired]);
  });

  it('is left when one instance less would breach again', async () => {
    const world = await five();
    world.low(4.4);
    expect(world.state()).toEqual(['InService', 5, 5]);
    expect(world.reasons()).toEqual([{ Code: 'AutoScalingAnticipatedFlapping' }]);
    expect(world.activities(false)).toEqual([]);
    expect(world.activities()).toMatchObject([
      { Description: 'Attempting to scale due to alarm triggered', StatusCode: 'Failed' },
    ]);
  });

  it('stops at the minimum, and says so when it is there', async () => {
    const world = await five({ min: 3 });
    world.low(0);
    expect(world.desired()).toBe(3);
    await world.runTo(2000);
    world.low(0);
    expect(world.reasons()).toEqual([{ Code: 'AlreadyAtMinCapacity', MinCapacity: 3 }]);
  });

  it.each([
    { label: 'default, before its end', policy: {}, second: 1564.999, desired: 4 },
    { label: 'default, at its end', policy: {}, second: 1565, desired: 2 },
    { label: '100 s, before', policy: { ScaleInCooldown: 100 }, second: 1364.999, desired: 4 },
    { label: '100 s, at its end', policy: { ScaleInCooldown: 100 }, second: 1365, desired: 2 },
  ])('has a cooldown from its completion: $label', async ({ policy, second, desired }) => {
    const world = await five({ policy });
    // Asked for at 1205 s, complete at 1265 s.
    world.low(3.9);
    await world.runTo(second);
    world.low(2);
    expect(world.desired()).toBe(desired);
  });

  it('has a cooldown that a scale-out ends at once', async () => {
    const world = await five();
    world.low(2);
    await world.runTo(1265);
    world.high(10);
    expect(world.desired()).toBe(4);
    await world.runTo(1445);
    world.low(2);
    expect(world.desired()).toBe(2);
  });

  it('is refused while the endpoint is Updating', async () => {
    const world = await five();
    world.sageMaker.maintainEndpoint('Chat', 100);
    world.low(1);
    expect(world.reasons()).toEqual([{ Code: 'TargetServicePutResourceAsUnscalable' }]);
    await world.runTo(1305);
    world.low(1);
    expect(world.desired()).toBe(1);
  });

  it('is suspended where the target says so', async () => {
    const world = await five();
    const SuspendedState = { DynamicScalingInSuspended: true };
    world.autoScaling.registerScalableTarget({ ...TARGET, SuspendedState });
    world.low(1);
    expect(world.state()).toEqual(['InService', 5, 5]);
  });
});

describe('several policies', () => {
  const second = (
    world: { autoScaling: Awaited<ReturnType<typeof five>>['autoScaling'] },
    low = true,
  ) =>
    world.autoScaling.putScalingPolicy({
      ...TARGET,
      PolicyName: 'gpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        CustomizedMetricSpecification: {
          Namespace: 'App',
          MetricName: 'Busy',
          Statistic: 'Average',
        },
        DisableScaleIn: !low,
      },
    });
  const five = () => trackedWorld({ instances: 5 });
  /** The alarms of the first policy by kind, and those of the second. */
  const pair = async (low = true) => {
    const world = await five();
    const [high = '', lowName = ''] = [...world.alarms.inputs.keys()];
    second(world, low);
    const [, , otherHigh = '', otherLow = ''] = [...world.alarms.inputs.keys()];
    return { world, high, low: lowName, otherHigh, otherLow };
  };

  it('out when any wants it', async () => {
    const { world, otherHigh } = await pair();
    world.alarms.setMetric(METRIC, 1);
    world.alarms.setMetric('Busy', 84);
    world.alarms.fire(otherHigh);
    expect(world.desired()).toBe(6);
  });

  it('out to the largest of those that want it, whichever is called first', async () => {
    const { world, high, otherHigh } = await pair();
    world.alarms.setMetric(METRIC, 10);
    world.alarms.setMetric('Busy', 84);
    world.alarms.setState(high, 'ALARM');
    world.alarms.fire(otherHigh);
    expect(world.desired()).toBe(10);
  });

  it('in only when all want it, and to the largest', async () => {
    const { world, low, otherLow } = await pair();
    world.alarms.setMetric(METRIC, 0);
    world.alarms.setMetric('Busy', 30);
    world.alarms.fire(low);
    expect(world.state()).toEqual(['InService', 5, 5]);
    world.alarms.setState(otherLow, 'INSUFFICIENT_DATA');
    world.alarms.fire(low);
    expect(world.state()).toEqual(['InService', 5, 5]);
    world.alarms.setState(otherLow, 'ALARM');
    world.alarms.fire(low);
    expect(world.desired()).toBe(3);
  });

  it('in without asking one whose scale-in is disabled', async () => {
    const { world, low, otherLow } = await pair(false);
    expect(otherLow).toBe('');
    world.alarms.setMetric(METRIC, 2);
    world.alarms.setMetric('Busy', 84);
    world.alarms.fire(low);
    expect(world.desired()).toBe(2);
  });
});

describe('Cooldowns', () => {
  it('forget what a scale-out counted from once capacity has been scaled in', () => {
    const cooldowns = new Cooldowns();
    cooldowns.scaleOutBegins(0, 2, 300)(100_000);
    expect(cooldowns.scaleOutBase(200_000, 5)).toBe(2);
    cooldowns.scaleInEnded(250_000, 300);
    expect(cooldowns.scaleOutBase(260_000, 4)).toBe(4);
  });
});
