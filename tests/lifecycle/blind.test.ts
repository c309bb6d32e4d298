import { beforeEach, describe, expect, it } from 'vitest';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };
const METRIC = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };
const ORDERS = { signal: { ...METRIC, statistic: 'Sum' }, targetPerInstance: 600 };
const HALF_AN_HOUR = 1800;
let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

/** First lines of the notifications of the kind. */
const told = () =>
  world.parts.sns.published.flatMap(({ attributes, message }) =>
    attributes.kind === 'blind' ? message.split('\n')[0] : [],
  );

describe('a target without a signal', () => {
  beforeEach(() => world.addEndpoint({ hasPolicy: false }));

  it('is told of once, after half an hour, and again once it was mended', async () => {
    await world.apply(CHECKOUT);
    await world.run(HALF_AN_HOUR - 60);
    expect(told()).toEqual([]);
    await world.run(180);
    expect(told()).toEqual([
      expect.stringMatching(/^checkout\/AllTraffic .*Set "targetPerInstance" in \/fast-scaler/),
    ]);
    await world.run(2 * 3600);
    expect(told()).toHaveLength(1);
    await world.apply(CHECKOUT, { targetPerInstance: 1500 });
    await world.run(600);
    await world.apply(CHECKOUT);
    // What could be measured before is measured so.
    await world.run(2 * HALF_AN_HOUR);
    expect(told()).toHaveLength(1);
    await world.deleteParameter(CHECKOUT);
    await world.run(120);
    await world.apply(CHECKOUT);
    await world.run(HALF_AN_HOUR + 120);
    expect(told()).toHaveLength(2);
  });

  it.each(['observe', 'paused'])('is not told of in mode %s', async (mode) => {
    await world.apply(CHECKOUT, { mode });
    await world.run(2 * HALF_AN_HOUR);
    expect(told()).toEqual([]);
  });
});

it('what is in the way is told as it is by then, not as it was half an hour before', async () => {
  world.addEndpoint({ hasPolicy: false, isEnhanced: false });
  await world.apply(CHECKOUT);
  await world.run(HALF_AN_HOUR - 300);
  await world.apply(CHECKOUT, { signal: 'invocations', targetPerInstance: 1500 });
  await world.run(600);
  expect(told()).toEqual([expect.stringContaining('they are published every 60 s')]);
  expect(told()[0]).not.toContain('"targetPerInstance"');
});

it('what is in the way after that is told too, and once', async () => {
  world.addEndpoint({ hasPolicy: false, isEnhanced: false });
  await world.apply(CHECKOUT);
  await world.run(HALF_AN_HOUR + 300);
  expect(told()).toEqual([expect.stringContaining('Set "targetPerInstance"')]);
  // As it was told, and another thing besides: what is set now cannot be measured either.
  await world.apply(CHECKOUT, { signal: 'invocations', targetPerInstance: 1500 });
  await world.run(HALF_AN_HOUR);
  expect(told()).toHaveLength(1);
  await world.run(3 * 3600);
  expect(told()).toEqual([
    expect.stringContaining('Set "targetPerInstance"'),
    expect.stringContaining('they are published every 60 s'),
  ]);
});

describe('a scalable target that is deregistered', () => {
  beforeEach(async () => {
    world.addEndpoint();
    await world.apply(CHECKOUT);
    await world.run(120);
    world.deregister(CHECKOUT);
  });

  it('and comes back with the deployment is not told of', async () => {
    await world.run(1200);
    world.register(CHECKOUT, OWNERS);
    await world.run(2 * HALF_AN_HOUR);
    expect(told()).toEqual([]);
  });

  it('and stays away is told of once, with the command that registers it', async () => {
    await world.run(6 * 3600);
    expect(told()).toEqual([expect.stringMatching(/deregistered.*--min-capacity 1 /)]);
  });
});

describe('a metric of the owner’s', () => {
  let orders: number | null;

  beforeEach(async () => {
    orders = null;
    world.addEndpoint();
    const { clock, cloudWatch } = world.parts;
    clock.every(clock.nowMs + 10_000, 10_000, () => {
      if (orders === null) return;
      const bin = { sum: orders, minimum: 1, maximum: 1, sampleCount: orders };
      cloudWatch.recordBin(METRIC, clock.nowMs - 10_000, 10, bin);
    });
    await world.apply(CHECKOUT, ORDERS);
  });

  async function surge(): Promise<void> {
    orders = 10;
    await world.run(600);
    orders = 900;
    await world.run(400);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  }

  it('that falls silent under a raised floor is told of once, and again after it spoke', async () => {
    await surge();
    orders = null;
    await world.run(3 * 3600);
    expect(told()).toEqual([expect.stringContaining('the metric Shop Orders has no data')]);
    await surge();
    orders = null;
    await world.run(HALF_AN_HOUR);
    expect(told()).toHaveLength(2);
  });

  it('that says nothing where there is no load is calm', async () => {
    await world.run(2 * 3600);
    orders = 10;
    await world.run(600);
    orders = null;
    await world.run(2 * 3600);
    expect(told()).toEqual([]);
  });
});

it('an endpoint that does not exist has no load to be seen', async () => {
  await world.apply(CHECKOUT, { targetPerInstance: 1500 });
  await world.run(3 * 3600);
  expect(told()).toEqual([]);
});
