import { beforeEach, describe, expect, it } from 'vitest';
import { LEAD_TIME_SECONDS, OWNER, ScenarioWorld, TARGET } from './world.ts';

const SURGE_AT = 600;
let world: ScenarioWorld;

beforeEach(async () => {
  world = await ScenarioWorld.create();
});

/** The endpoint takes a change of somebody else's just before the scaler's first nudge arrives. */
function lockAtFirstNudge(): void {
  let isFirst = true;
  world.parts.account.intercept(({ operation }) => {
    if (operation !== 'RegisterScalableTarget' || !isFirst) return;
    isFirst = false;
    world.parts.sageMaker.updateEndpointWeightsAndCapacities({
      EndpointName: TARGET.endpointName,
      DesiredWeightsAndCapacities: [{ VariantName: TARGET.variantName, DesiredInstanceCount: 2 }],
    });
  });
}

describe('enrolment', () => {
  it('makes the alarm and comes to rest', async () => {
    await world.runTo(300);
    const alarm = world.parts.cloudWatch.describeAlarm(`fast-scaler/${TARGET.resourceId}/high`);
    expect(alarm).toMatchObject({ StateValue: 'OK', Period: 10, Threshold: 200 });
    expect(world.timesOf('SendMessage')).toHaveLength(1);
    expect(world.timesOf('RegisterScalableTarget')).toEqual([]);
  });

  it('ends with the parameter, in the middle of a surge: bounds back, alarm gone', async () => {
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    expect(world.bounds.min).toBeGreaterThanOrEqual(9);
    await world.deleteParameter();
    await world.runTo(SURGE_AT + 65);
    expect(world.bounds).toEqual(OWNER);
    await world.runTo(SURGE_AT + 1200);
    expect(world.bounds).toEqual(OWNER);
    expect(
      world.parts.cloudWatch.describeAlarm(`fast-scaler/${TARGET.resourceId}/high`),
    ).toBeUndefined();
  });
});

describe('a surge', () => {
  it('raises the floor, and everything is as before when it is over', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 900, 0);
    await world.runTo(SURGE_AT + 40);
    expect(world.bounds).toMatchObject({ max: OWNER.max });
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
    await world.runTo(SURGE_AT + 1300);
    expect(world.bounds).toEqual(OWNER);
    expect(world.capacity).toEqual({ inService: 1, desired: 1 });
    const before = world.timesOf('SendMessage').length;
    await world.runTo(SURGE_AT + 2000);
    expect(world.timesOf('SendMessage')).toHaveLength(before);
    expect(world.deployment.failures).toEqual([]);
  });

  it('gives a lowered ceiling back within two looks', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 900, 0);
    // From the first lowering to the return: the times between which the ceiling stood below the owner's.
    const spells: { loweredAtMs: number; backAtMs?: number }[] = [];
    world.parts.autoScaling.onBoundsChange(({ atMs, max }) => {
      const last = spells.at(-1);
      const isLow = last !== undefined && last.backAtMs === undefined;
      if (max < OWNER.max && !isLow) spells.push({ loweredAtMs: atMs });
      else if (max >= OWNER.max && isLow) last.backAtMs = atMs;
    });
    await world.runTo(SURGE_AT + 1300);
    expect(spells.length).toBeGreaterThan(0);
    for (const { loweredAtMs, backAtMs = Number.POSITIVE_INFINITY } of spells) {
      expect(backAtMs - loweredAtMs).toBeLessThan(20_000);
    }
    expect(world.bounds.max).toBe(OWNER.max);
  });

  it('keeps the owner’s edit made in the middle of it', async () => {
    world.setDemand(SURGE_AT, 9);
    world.setDemand(SURGE_AT + 600, 0);
    await world.runTo(SURGE_AT + 300);
    world.registerAsOwner(2, 12);
    await world.runTo(SURGE_AT + 1200);
    expect(world.bounds).toEqual({ min: 2, max: 12 });
    expect(world.capacity).toEqual({ inService: 2, desired: 2 });
  });
});

describe('a nudge lost to an endpoint that is updating', () => {
  it('is sent again when the endpoint is in service', async () => {
    lockAtFirstNudge();
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    expect(world.endpointStatus).toBe('Updating');
    expect(world.capacity.desired).toBe(2);
    const [lostAt] = world.timesOf('RegisterScalableTarget') as [number];
    await world.runTo(lostAt + LEAD_TIME_SECONDS + 2);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });

  it('is sent again at the next look when the event is lost too', async () => {
    lockAtFirstNudge();
    world.parts.bus.interceptDelivery((event) => (event.source === 'aws.sagemaker' ? [] : [0]));
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 60);
    const [lostAt] = world.timesOf('RegisterScalableTarget') as [number];
    await world.runTo(lostAt + LEAD_TIME_SECONDS + 12);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });
});

describe('wake-ups', () => {
  it('five times over leave one hot loop', async () => {
    world.parts.bus.interceptDelivery(() => [0, 0, 500, 1500, 4000]);
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 600);
    const late = world.timesOf('SendMessage').filter((at) => at >= SURGE_AT + 400);
    expect(late.length).toBeGreaterThanOrEqual(19);
    expect(late.length).toBeLessThanOrEqual(21);
  });

  it('that never come are made up for by the sweep within a minute', async () => {
    world.parts.bus.interceptDelivery((event) => (event.source === 'aws.cloudwatch' ? [] : [0]));
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 20 + 60 + 10);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });

  it('cost five calls when nothing changes', async () => {
    world.setDemand(SURGE_AT, 9);
    await world.runTo(SURGE_AT + 702);
    const from = world.calls.length;
    const looks = world.timesOf('DescribeEndpoint').length;
    // One look lies between two sweeps.
    await world.runTo(SURGE_AT + 712);
    expect(world.timesOf('DescribeEndpoint').length - looks).toBe(1);
    expect(world.calls.slice(from).map(({ name }) => name)).toEqual([
      'UpdateItem',
      'DescribeEndpoint',
      'DescribeScalableTargets',
      'GetMetricData',
      'SendMessage',
    ]);
  });
});
