import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proportionalCapacity } from '../../simulator/account/application-auto-scaling/target-tracking.ts';
import { METRIC, trackedWorld } from './autoscaling-tracked-world.ts';
import { TARGET } from './sagemaker-world.ts';

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
