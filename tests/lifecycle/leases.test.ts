import { beforeEach, describe, expect, it } from 'vitest';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNER = { min: 1, max: 20 };
const LEASE_SECONDS = 300;
let world: LifecycleWorld;

const bounds = () => world.bounds(CHECKOUT);
const decisions = async () => {
  const records = await world.deployment.decisions('checkout');
  return records.flatMap(({ steps }) => steps.map(({ reason }) => reason));
};

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint();
  await world.run(300);
  await world.enrol(CHECKOUT, { leaseSeconds: LEASE_SECONDS });
  await world.run(300);
  world.setDemand(9);
  await world.run(60);
  expect(bounds()?.min).toBeGreaterThanOrEqual(9);
});

describe('in the middle of a surge', () => {
  it('the floor stands under a lease, put before the first nudge and renewed', async () => {
    expect(world.lease(CHECKOUT)).toBeDefined();
    const operations = world.calls.map(({ operation }) => operation);
    const put = operations.indexOf('PutScheduledAction');
    expect(put).toBeGreaterThan(0);
    expect(operations.indexOf('RegisterScalableTarget')).toBeGreaterThan(put);
    await world.run(3 * LEASE_SECONDS);
    expect(bounds()?.min).toBeGreaterThanOrEqual(9);
    expect(await decisions()).not.toContain('lease-expired');
  });

  it('a killed stack gives the baseline back within the lease', async () => {
    world.deployment.kill();
    await world.run(LEASE_SECONDS);
    expect(bounds()).toEqual(OWNER);
  });

  it('a target registered again becomes the baseline', async () => {
    world.deregister(CHECKOUT);
    await world.run(5);
    world.register(CHECKOUT, { min: 2, max: 12 });
    world.putOwnersPolicy(CHECKOUT);
    await world.run(30);
    expect(bounds()?.max).toBe(12);
    world.setDemand(0);
    await world.run(1800);
    expect(bounds()).toEqual({ min: 2, max: 12 });
    expect(world.leftovers(CHECKOUT)).toEqual(['alarm']);
  });

  it('a deregistered target is waited for and not made again', async () => {
    world.deregister(CHECKOUT);
    await world.run(600);
    expect(bounds()).toBeUndefined();
  });

  it('the owner’s edit of one bound becomes the baseline and the floor stays', async () => {
    world.register(CHECKOUT, { max: 30 });
    await world.run(30);
    expect(bounds()?.max).toBe(30);
    expect(bounds()?.min).toBeGreaterThanOrEqual(9);
    await world.run(60);
    expect(bounds()?.min).toBeGreaterThanOrEqual(9);
    world.setDemand(0);
    await world.run(1800);
    expect(bounds()).toEqual({ min: 1, max: 30 });
  });

  it('an apply that sets the baseline again takes nothing away, and is no new baseline', async () => {
    world.register(CHECKOUT, OWNER);
    await world.run(300);
    expect(world.parts.plant.variant('checkout', 'AllTraffic').instances.desired).toBeGreaterThan(
      8,
    );
    expect(await decisions()).not.toContain('owner-changed-bounds');
    expect(await decisions()).not.toContain('lease-expired');
  });

  it('the owner’s scheduled action counts', async () => {
    world.schedule(CHECKOUT, 30, { min: 3, max: 15 });
    await world.run(60);
    expect(bounds()?.max).toBe(15);
    expect(await decisions()).toContain('owner-changed-bounds');
    world.deployment.kill();
    await world.run(LEASE_SECONDS);
    expect(bounds()).toEqual({ min: 3, max: 15 });
  });

  it.each(['paused', 'observe'])('mode %s gives the baseline back', async (mode) => {
    await world.enrol(CHECKOUT, { mode });
    await world.run(20);
    expect(bounds()).toEqual(OWNER);
    expect(world.leftovers(CHECKOUT)).toEqual(['alarm']);
    const nudges = world.countOf('RegisterScalableTarget');
    await world.run(300);
    expect(world.countOf('RegisterScalableTarget')).toBe(nudges);
  });

  it.each([
    ['the parameter is deleted', async () => world.deleteParameter(CHECKOUT)],
    ['the stack is deleted', async () => void (await world.deployment.remove())],
  ])('everything is as before when %s', async (_, leave) => {
    await leave();
    await world.run(10);
    expect(bounds()).toEqual(OWNER);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
    expect(world.policies(CHECKOUT)).toEqual(['target-tracking-invocations-1700000000']);
    await world.run(900);
    expect(bounds()).toEqual(OWNER);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });

  it('the endpoint’s end takes everything along', async () => {
    await world.run(600);
    world.parts.sageMaker.deleteEndpoint({ EndpointName: 'checkout' });
    await world.run(300);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });
});

it('a muted alarm pauses its target for the window', async () => {
  world.setDemand(0);
  await world.run(1800);
  expect(bounds()).toEqual(OWNER);
  const nudges = world.countOf('RegisterScalableTarget');
  const end = new Date((world.parts.clock.nowSeconds + 80) * 1000).toISOString();
  world.parts.bus.emit({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [],
    detail: {
      alarmName: `fast-scaler/${CHECKOUT.resourceId}/high`,
      state: { value: 'ALARM' },
      muteDetail: { muteWindowEnd: end.replace('Z', '+0000') },
    },
  });
  world.setDemand(9);
  await world.run(75);
  expect(world.countOf('RegisterScalableTarget')).toBe(nudges);
  await world.run(120);
  expect(bounds()?.min).toBeGreaterThanOrEqual(9);
});

it('a mute rule that begins in the middle of a surge is noticed, and its end too', async () => {
  const { account, cloudWatch, clock } = world.parts;
  const minute = Math.ceil(clock.nowSeconds / 60) * 60;
  await account.perform(cloudWatch, 'PutAlarmMuteRule', {
    Name: 'maintenance',
    Rule: {
      Schedule: {
        Expression: `at(${new Date(minute * 1000).toISOString().slice(0, 16)})`,
        Duration: 'PT10M',
      },
    },
    MuteTargets: { AlarmNames: [`fast-scaler/${CHECKOUT.resourceId}/high`] },
  });
  await clock.runUntil(minute * 1000);
  await world.run(80);
  expect(bounds()).toEqual(OWNER);
  const nudges = world.countOf('RegisterScalableTarget');
  await world.run(500);
  expect(world.countOf('RegisterScalableTarget')).toBe(nudges);
  expect(bounds()).toEqual(OWNER);
  await world.run(20 + 90 + 60 + 20);
  expect(bounds()?.min).toBeGreaterThanOrEqual(9);
});

it('a failed goodbye is told to CloudFormation, with the reason', async () => {
  world.parts.account.intercept(({ operation }) => {
    if (operation === 'DeleteAlarms') throw new Error('down');
  });
  const answer = await world.deployment.remove();
  expect(answer.Status).toBe('FAILED');
  expect(answer.Reason).toContain(CHECKOUT.resourceId);
});

describe('a stack that takes over from one that died', () => {
  const LARGE = { min: 1, max: 60 };

  it.each([
    ['load goes on to rise', 50],
    ['load stays', 9],
    ['load is gone', 0],
  ])('knows nothing of it, and finds the owner’s bounds by the lease: %s', async (_, demand) => {
    world.register(CHECKOUT, LARGE);
    await world.run(300);
    const floor = bounds()?.min ?? 0;
    expect(floor).toBeLessThan(50);
    await world.deployAnew();
    world.setDemand(demand);
    await world.apply(CHECKOUT, { leaseSeconds: LEASE_SECONDS });
    await world.run(200);
    world.setDemand(0);
    await world.run(1800);
    expect(bounds()).toEqual(LARGE);
    expect(world.leftovers(CHECKOUT)).toEqual(['alarm']);
    expect(await decisions()).not.toContain('owner-changed-bounds');
  });

  it('before it sets anything', async () => {
    const threshold = world.alarmThreshold(CHECKOUT);
    await world.deployAnew();
    await world.apply(CHECKOUT, { leaseSeconds: LEASE_SECONDS });
    // The alarm goes by the owner's Min.
    expect(world.alarmThreshold(CHECKOUT)).toBe(threshold);
    expect(world.countOf('PutMetricAlarm')).toBe(1);
  });

  it('and goes by what stands once the lease has ended', async () => {
    await world.deployAnew();
    await world.run(LEASE_SECONDS);
    world.register(CHECKOUT, { min: 4, max: 12 });
    await world.apply(CHECKOUT, { leaseSeconds: LEASE_SECONDS });
    world.setDemand(0);
    await world.run(1800);
    expect(bounds()).toEqual({ min: 4, max: 12 });
  });

  it('though the endpoint may not be scaled any more: it has the owner’s bounds, released or not', async () => {
    const { sageMaker } = world.parts;
    Object.assign(sageMaker.operations, {
      DescribeEndpoint: (input: { EndpointName: string }) => ({
        ...sageMaker.describeEndpoint(input),
        AsyncInferenceConfig: { OutputConfig: {} },
      }),
    });
    await world.deployAnew();
    await world.apply(CHECKOUT, { leaseSeconds: LEASE_SECONDS });
    expect(bounds()).toEqual(OWNER);
    await world.deleteParameter(CHECKOUT);
    await world.run(30);
    expect(bounds()).toEqual(OWNER);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });

  it.each<[string, (() => Promise<void>)?]>([
    ['enrolled it'],
    ['could: it is refused', () => world.enrol(CHECKOUT, '{"typo": 1}')],
  ])('leaves the lease to AWS where the target is released before it %s', async (_, spoil) => {
    await spoil?.();
    await world.deployAnew();
    if (spoil) await world.run(70);
    await world.deleteParameter(CHECKOUT);
    expect(bounds()?.min).toBeGreaterThanOrEqual(9);
    await world.run(LEASE_SECONDS);
    expect(bounds()).toEqual(OWNER);
    expect(world.leftovers(CHECKOUT)).not.toContain('alarm');
  });
});
