import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runCycle } from '../../lib/cycle/cycle.ts';
import { CONFIG, NOW_SECONDS, TARGET, World } from './fakes.ts';

const { resourceId } = TARGET;
const baseline = { min: 1, max: 20 };
const raised = { min: 9, max: 20 };
const lease = { untilSeconds: NOW_SECONDS + 600, restores: baseline };

let world: World;

beforeEach(() => {
  world = new World();
  world.setDemand(0.2);
});

it.each([
  ['is not kept where it was deleted', null, []],
  [
    'is kept where it could not be',
    'deleteLease',
    [{ status: 'failed', errorCode: 'Error', message: 'its lease: deleteLease is down' }],
  ],
])('a decision of nothing but the end of a lease %s', async (_, port, outcomes) => {
  const capacityLog = [[NOW_SECONDS - 2000, 1]] as const;
  world.record = world.enrolled({ baseline, written: baseline, lease, capacityLog });
  if (port) world.fail(port);
  await runCycle(world.runtime(), 'checkout', { cause: 'event' });
  expect(world.kept.map(({ outcome }) => outcome)).toEqual(outcomes);
});

describe('a sweep', () => {
  const ALL = ['Sum', 'Maximum', 'Minimum'];
  it.each([
    ['holds nothing', {}, ['Sum']],
    ['holds a lease', { lease }, ALL],
    ['may hold one', { leaseUnsureSinceSeconds: NOW_SECONDS - 600 }, ALL],
  ])('reads of a target that %s', async (_, state, statistics) => {
    world.record = world.enrolled({ baseline, written: baseline, ...state });
    const runtime = world.runtime();
    const read = vi.spyOn(runtime.load, 'read');
    await runCycle(runtime, 'checkout', { cause: 'sweep' });
    expect(read.mock.calls[0]?.[0].map(({ statistic }) => statistic)).toEqual(statistics);
  });
});

it.each([
  ['gives the owner’s bounds back while it holds a lease', lease, [baseline]],
  ['is left alone where it holds none', null, []],
])('a target whose load cannot be measured any more %s', async (_, held, nudges) => {
  world.setDemand(9);
  world.endpoint = world.withCounts(9, 9);
  world.bounds.set(resourceId, raised);
  const state = { baseline, written: raised, before: baseline, lease: held };
  world.record = world.enrolled(state, CONFIG, { signal: null });
  await runCycle(world.runtime(), 'checkout', { cause: 'event' });
  expect(world.nudges).toEqual(nudges);
});
