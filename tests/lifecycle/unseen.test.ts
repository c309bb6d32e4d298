import { expect, it } from 'vitest';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };
const METRIC = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };

it('a load that is no longer published holds a raised floor for a quarter of an hour', async () => {
  const world = await LifecycleWorld.create();
  world.addEndpoint({ hasPolicy: false });
  const { clock, cloudWatch } = world.parts;
  let orders: number | null = 10;
  clock.every(clock.nowMs + 10_000, 10_000, () => {
    if (orders === null) return;
    const bin = { sum: orders, minimum: 1, maximum: 1, sampleCount: orders };
    cloudWatch.recordBin(METRIC, clock.nowMs - 10_000, 10, bin);
  });
  const signal = { ...METRIC, statistic: 'Sum' };
  await world.apply(CHECKOUT, { signal, targetPerInstance: 600 });
  await world.run(600);
  orders = 900;
  await world.run(400);
  expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  orders = null;
  await world.run(840);
  expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  await world.run(240);
  expect([world.bounds(CHECKOUT), world.lease(CHECKOUT)]).toEqual([OWNERS, undefined]);
  // Missing is not zero: what runs stays.
  const { ProductionVariants } = world.parts.sageMaker.describeEndpoint({
    EndpointName: CHECKOUT.endpointName,
  });
  expect(ProductionVariants?.[0]?.DesiredInstanceCount).toBeGreaterThanOrEqual(9);
  const looks = world.countOf('SendMessage');
  await world.run(600);
  expect(world.countOf('SendMessage')).toBe(looks);
});
