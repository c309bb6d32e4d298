import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../simulator/account/service.ts';
import { shownIn } from './shown.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

/** AWS refuses the next calls of an operation. */
function refuse(operation: string, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  world.parts.account.intercept((call) => {
    if (call.operation !== operation || left <= 0) return;
    left -= 1;
    throw new AwsError('ThrottlingException', 'Rate exceeded');
  });
}

async function changeTags(operation: 'AddTags' | 'DeleteTags', input: object): Promise<void> {
  const { sageMaker, account } = world.parts;
  const { EndpointArn } = sageMaker.describeEndpoint({ EndpointName: 'checkout' });
  await account.perform(sageMaker, operation, { ResourceArn: EndpointArn, ...input });
}

const tag = () => changeTags('AddTags', { Tags: [{ Key: 'fast-scaler', Value: 'act' }] });
const untag = () => changeTags('DeleteTags', { TagKeys: ['fast-scaler'] });

/** Lets time go by until something of `operation` was called. */
async function untilCalled(operation: string): Promise<void> {
  const before = world.countOf(operation);
  for (let second = 0; world.countOf(operation) === before; second += 1) {
    expect(second).toBeLessThan(900);
    await world.run(1);
  }
}

describe('a target whose last step of enrolment never succeeds', () => {
  beforeEach(async () => {
    world.addEndpoint({ hasPolicy: false });
    world.setDemand(0.5);
    await world.run(300);
    refuse('PutScalingPolicy');
    await world.apply(CHECKOUT, { targetPerInstance: 1500 });
    world.setDemand(9);
    await world.run(120);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  });

  it('is let go of with the stack', async () => {
    expect((await world.deployment.remove()).Status).toBe('SUCCESS');
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 20 });
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });

  it('is let go of by the sweep, where the event of its parameter’s end is lost', async () => {
    Object.assign(world.parts.ssm.operations, {
      GetParametersByPath: () => ({ Parameters: [] }),
      GetParameter: () => {
        throw new AwsError('ParameterNotFound', 'gone');
      },
    });
    await world.run(180);
    expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 20 });
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });
});

it('a release that a restored tag overtakes leaves nothing half done', async () => {
  world.addEndpoint({ tag: 'act' });
  world.setDemand(0.5);
  await world.run(1960);
  world.setDemand(3);
  await world.run(60);
  expect(world.alarmThreshold(CHECKOUT)).toBeDefined();
  await untag();
  refuse('DeleteAlarms', 3);
  await untilCalled('DeleteAlarms');
  await world.run(3);
  await tag();
  world.setDemand(1);
  await world.run(200);
  expect((await shownIn(world, CHECKOUT)).enrolment?.signal).not.toBeNull();
  world.setDemand(12);
  await world.run(180);
  expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(12);
});

it.each([60, 180, 300])(
  'moves from its parameter to a tag that nobody has read yet, %i s later',
  async (second) => {
    world.addEndpoint();
    await world.apply(CHECKOUT, { mode: 'act' });
    world.setDemand(3);
    await world.run(1500 + second);
    const before = world.bounds(CHECKOUT);
    expect(before?.min).toBeGreaterThanOrEqual(3);
    await tag();
    await world.run(5);
    await world.deleteParameter(CHECKOUT);
    await world.run(10);
    expect(world.bounds(CHECKOUT)).toEqual(before);
    expect(world.alarmThreshold(CHECKOUT)).toBeDefined();
  },
);
