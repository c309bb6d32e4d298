import { describe, expect, it } from 'vitest';
import { Cooldowns } from '../../simulator/account/application-auto-scaling/cooldown.ts';
import { METRIC, type Setup, trackedWorld } from './autoscaling-tracked-world.ts';
import { TARGET } from './sagemaker-world.ts';

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
