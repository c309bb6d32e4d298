import type { SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };
const NAMES = {
  ServiceNamespace: 'sagemaker' as const,
  ResourceId: CHECKOUT.resourceId,
  ScalableDimension: CHECKOUT.scalableDimension,
};
const NONE = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};
const KINDS = Object.keys(NONE) as (keyof typeof NONE)[];
let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint();
  await world.apply(CHECKOUT);
  await world.run(300);
});

const suspend = (SuspendedState: SuspendedState) =>
  world.parts.autoScaling.registerScalableTarget({ ...NAMES, SuspendedState });

const suspendedState = () =>
  world.parts.autoScaling.describeScalableTargets({
    ServiceNamespace: 'sagemaker',
    ResourceIds: [CHECKOUT.resourceId],
  }).ScalableTargets[0]?.SuspendedState;

const bounds = () => world.bounds(CHECKOUT);

async function surge(): Promise<void> {
  world.setDemand(9);
  await world.run(120);
  expect(bounds()?.min).toBeGreaterThanOrEqual(9);
}

/** Lines of the notifications that tell of suspended scaling. */
function told(): string[] {
  return world.parts.sns.published.flatMap(({ attributes, message }) =>
    attributes.kind === 'scaling-suspended' ? [message] : [],
  );
}

describe.each(KINDS)('while %s', (kind) => {
  it('nothing is nudged, so that nothing is left behind when the stack dies', async () => {
    suspend({ [kind]: true });
    await world.run(60);
    const nudges = world.countOf('RegisterScalableTarget');
    world.setDemand(9);
    await world.run(120);
    expect([world.countOf('RegisterScalableTarget'), world.lease(CHECKOUT)]).toEqual([
      nudges,
      undefined,
    ]);
    world.deployment.kill();
    world.setDemand(0);
    await world.run(4 * 3600);
    expect(bounds()).toEqual(OWNERS);
  });

  it('a floor of before is given back by the scaler itself, and its lease is deleted', async () => {
    await surge();
    suspend({ [kind]: true });
    await world.run(70);
    expect(bounds()).toEqual(OWNERS);
    await world.run(180);
    expect(world.lease(CHECKOUT)).toBeUndefined();
    // What the owner suspended stays so: a nudge says nothing of it.
    expect(suspendedState()).toEqual({ ...NONE, [kind]: true });
    expect(bounds()).toEqual(OWNERS);
  });

  it('it goes on by itself within a minute of being resumed', async () => {
    suspend({ [kind]: true });
    await world.run(600);
    world.setDemand(9);
    await world.run(60);
    expect(bounds()).toEqual(OWNERS);
    suspend({ [kind]: false });
    await world.run(70);
    expect(bounds()?.min).toBeGreaterThanOrEqual(9);
    expect(world.lease(CHECKOUT)).toBeDefined();
  });
});

it('an owner’s edit while scaling is suspended is what the scaler goes on from', async () => {
  await surge();
  suspend({ ScheduledScalingSuspended: true });
  await world.run(70);
  world.register(CHECKOUT, { min: 2, max: 6 });
  await world.run(300);
  expect(bounds()).toEqual({ min: 2, max: 6 });
  suspend(NONE);
  world.setDemand(0);
  await world.run(1800);
  expect(bounds()).toEqual({ min: 2, max: 6 });
});

it('is told once while it lasts, and again once it was resumed in between', async () => {
  suspend({ DynamicScalingOutSuspended: true, ScheduledScalingSuspended: true });
  await world.run(2 * 3600);
  const [line = '', ...more] = told();
  expect(more).toEqual([]);
  expect(line).toContain('scale-out by policies and scheduled scaling are suspended');
  expect(line).toMatch(/register-scalable-target .*ScheduledScalingSuspended=false/);
  suspend(NONE);
  await world.run(600);
  suspend({ ScheduledScalingSuspended: true });
  await world.run(120);
  expect(told()).toHaveLength(2);
});

it.each(['observe', 'paused'])('is not told of a target in mode %s', async (mode) => {
  await world.apply(CHECKOUT, { mode });
  suspend({ ScheduledScalingSuspended: true });
  await world.run(300);
  expect(told()).toEqual([]);
});
