import { beforeEach, describe, expect, it } from 'vitest';
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

it('enrolled amid its first surge is measured without the queue once there is none', async () => {
  await world.run(300);
  await world.apply(CHECKOUT);
  expect(await target()).toBe(0);
  world.setDemand(9);
  let amid = 0;
  while (amid === 0 && world.nowSeconds < 1200) {
    await world.run(60);
    amid = await target();
  }
  await world.run(1500);
  expect(amid).toBeGreaterThan(100);
  expect(await target()).toBeLessThan(15);
});
