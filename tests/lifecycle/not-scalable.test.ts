import { beforeEach, describe, expect, it } from 'vitest';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };
let world: LifecycleWorld;

/** From now on the endpoint is in this state; null: in the one that it would be in. */
function becomes(status: string | null) {
  const { sageMaker } = world.parts;
  Object.assign(sageMaker.operations, {
    DescribeEndpoint: (input: { EndpointName: string }) => ({
      ...sageMaker.describeEndpoint(input),
      ...(status && { EndpointStatus: status }),
    }),
  });
}

const told = (words: string) =>
  world.parts.sns.published.filter(({ message }) => message.includes(words));

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint();
  world.setDemand(0.4);
  await world.run(300);
  await world.apply(CHECKOUT);
  await world.run(300);
});

describe('an endpoint whose rollback failed in the middle of a surge', () => {
  beforeEach(async () => {
    world.setDemand(9);
    await world.run(300);
    becomes('UpdateRollbackFailed');
  });

  it('keeps its floor for a quarter of an hour, and is left alone then', async () => {
    await world.run(480);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
    await world.run(720);
    expect([world.bounds(CHECKOUT), world.lease(CHECKOUT)]).toEqual([OWNERS, undefined]);
    const nudges = world.countOf('RegisterScalableTarget');
    await world.run(3600);
    expect(world.countOf('RegisterScalableTarget')).toBe(nudges);
  });

  it('is scaled again once it can be', async () => {
    await world.run(1200);
    becomes(null);
    world.setDemand(15);
    await world.run(120);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(15);
    world.setDemand(0);
    await world.run(3600);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
  });
});

it('bounds that its owner sets while a failed endpoint rests are kept to, and told', async () => {
  const edited = { min: 3, max: 30 };
  becomes('Failed');
  await world.run(120);
  world.register(CHECKOUT, edited);
  await world.run(300);
  expect([world.bounds(CHECKOUT), world.lease(CHECKOUT)]).toEqual([edited, undefined]);
  expect(told('somebody set MinCapacity 3 and MaxCapacity 30')).toHaveLength(1);
  world.deployment.kill();
  await world.run(3600);
  expect(world.bounds(CHECKOUT)).toEqual(edited);
});
