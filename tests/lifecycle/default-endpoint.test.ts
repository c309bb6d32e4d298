import { beforeEach, describe, expect, it } from 'vitest';
import { variantTarget } from '../../lib/target.ts';
import { shownIn } from './shown.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

/** As every endpoint is until its owner asks for enhanced metrics: SageMaker counts its invocations by the minute. */
let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint({ isEnhanced: false });
});

const minimum = () => world.bounds(CHECKOUT)?.min ?? 0;

/** Of an instance, in peaks of the requests under way. */
const target = async () =>
  (await shownIn(world, CHECKOUT)).enrolment?.signal?.targetPerInstance ?? 0;

describe('an endpoint without enhanced metrics', () => {
  beforeEach(async () => {
    world.setDemand(0.5);
    await world.run(900);
    await world.apply(CHECKOUT);
    await world.run(60);
    expect(minimum()).toBe(1);
  });

  it('gets about what a surge needs at once, and not what its queue would fill', async () => {
    world.setDemand(6);
    await world.run(40);
    expect(minimum()).toBeGreaterThanOrEqual(6);
    // The requests that wait by then would fill hundreds of instances at once, and Max is twenty.
    await world.run(400);
    expect(minimum()).toBeGreaterThanOrEqual(6);
    await world.run(300);
    expect(minimum()).toBeLessThanOrEqual(9);
    world.setDemand(0);
    await world.run(300);
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 20 });
  });

  it('is left alone at a load that it carries, however its peaks lie', async () => {
    world.setDemand(0.7);
    await world.run(1800);
    expect(minimum()).toBe(1);
    expect(world.countOf('RegisterScalableTarget')).toBe(0);
  });
});

describe('one that never had a request', () => {
  beforeEach(async () => {
    await world.run(300);
    await world.apply(CHECKOUT);
    expect(await target()).toBe(1500);
  });

  it('answers its first surge within a minute, and keeps what it needs', async () => {
    world.setDemand(9);
    await world.run(55);
    expect(minimum()).toBeGreaterThanOrEqual(9);
    await world.run(1200);
    expect(minimum()).toBeGreaterThanOrEqual(9);
    expect(minimum()).toBeLessThanOrEqual(12);
    expect(await target()).toBeLessThan(15);
    world.setDemand(0);
    await world.run(1200);
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 20 });
  });

  it('is left alone by a first load that it carries', async () => {
    world.setDemand(0.7);
    await world.run(1800);
    expect(world.countOf('RegisterScalableTarget')).toBe(0);
    expect(await target()).toBeLessThan(15);
  });

  it('is not looked into again and again as long as nobody calls it', async () => {
    const before = world.countOf('ListMetrics');
    await world.run(1800);
    expect(world.countOf('ListMetrics') - before).toBeLessThanOrEqual(7);
  });
});

it('enrolled amid its first surge is measured without the queue once there is none', async () => {
  await world.run(300);
  world.setDemand(9);
  await world.run(180);
  await world.apply(CHECKOUT);
  const amid = await target();
  await world.run(1500);
  expect(amid).toBeGreaterThan(100);
  expect(await target()).toBeLessThan(15);
});

it.each([
  ['by the minute', false],
  ['every ten seconds', true],
])('goes by concurrency where that is wanted, its requests counted %s', async (_, isEnhanced) => {
  const other = 'other';
  world.addEndpoint({ endpointName: other, isEnhanced });
  const OTHER = variantTarget(other, 'AllTraffic');
  world.setDemand(0.5, other);
  await world.run(900);
  await world.apply(OTHER, { signal: 'concurrency', targetPerInstance: 12 });
  world.setDemand(4, other);
  await world.run(60);
  expect(world.bounds(OTHER)?.min).toBeGreaterThanOrEqual(4);
  await world.run(1200);
  expect(world.bounds(OTHER)?.min).toBeGreaterThanOrEqual(4);
  expect(world.bounds(OTHER)?.min).toBeLessThanOrEqual(7);
});
