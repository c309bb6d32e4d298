import { beforeEach, describe, expect, it } from 'vitest';
import type { TargetState } from '../../lib/control/types.ts';
import { runCycle } from '../../lib/cycle/cycle.ts';
import { noted } from '../../lib/notify/notices.ts';
import { CONFIG, NOW_SECONDS, TARGET, World } from './fakes.ts';

let world: World;

/** A cycle in a process of its own: all it knows of earlier ones comes out of the table. */
async function cycle(atSeconds = 0): Promise<void> {
  world.nowMs = (NOW_SECONDS + atSeconds) * 1000;
  world.setDemand(30);
  const saved = world.saved.at(-1)?.get(TARGET.resourceId);
  if (saved) {
    const state = JSON.parse(JSON.stringify(saved)) as TargetState;
    world.record = world.enrolled(state, world.record?.targets[0]?.enrolment.config);
    if (state.written) world.bounds.set(TARGET.resourceId, state.written);
  }
  await runCycle(world.runtime(), 'checkout', { cause: 'event' });
}

const kinds = () => world.published.map(({ attributes }) => attributes.kind);

beforeEach(() => {
  world = new World();
  world.endpoint = world.withCounts(20, 20);
});

describe('demand above the owner’s Max', () => {
  it('is told once, however often functions start anew', async () => {
    for (let at = 0; at < 1200; at += 10) await cycle(at);
    expect(kinds()).toEqual(['scaled-to-ceiling']);
    expect(world.published[0]?.body.split('\n')[0]).toMatch(
      /^checkout\/AllTraffic needs \d+ instances, and your MaxCapacity is 20: .* --max-capacity \d+$/,
    );
  });

  it('is noted before it is told, and as told after', async () => {
    await cycle();
    const books = world.saved.map((states) => states.get(TARGET.resourceId)?.notices);
    expect(books).toMatchObject([
      { 'scaled-to-ceiling': { toldAtSeconds: null, untold: { digest: 'max 20' } } },
      { 'scaled-to-ceiling': { toldAtSeconds: NOW_SECONDS, untold: null } },
    ]);
  });

  it('is left to the cycle that was first', async () => {
    world.outrun = true;
    await cycle();
    expect(world.published).toEqual([]);
  });

  it.each(['observe', 'paused'] as const)('is nobody’s business in mode %s', async (mode) => {
    world.record = world.enrolled({}, { ...CONFIG, mode });
    await cycle();
    expect(world.published).toEqual([]);
  });

  it('is not told while only a guess exceeds it', async () => {
    world.endpoint = world.withCounts(1, 1);
    world.setDemand(1);
    const [newest, previous] = [world.load.at(-1), world.load.at(-2)];
    Object.assign(newest ?? {}, { value: 180 });
    Object.assign(previous ?? {}, { value: 80 });
    await runCycle(world.runtime(), 'checkout', { cause: 'event' });
    expect(world.kept[0]?.steps.map(({ reason }) => reason)).toContain('owner-maximum');
    expect(world.published).toEqual([]);
  });
});

describe('a topic that takes nothing', () => {
  it('fails no cycle, and hears of it when it is back', async () => {
    world.fail('publish');
    for (let at = 0; at < 50; at += 10) await cycle(at);
    expect(world.published).toEqual([]);
    expect(world.rechecks).toHaveLength(5);
    world.failing.clear();
    for (let at = 50; at < 300; at += 10) await cycle(at);
    expect(kinds()).toEqual(['scaled-to-ceiling']);
  });

  it('hears of a thing that is over by then', async () => {
    world.fail('publish');
    await cycle();
    world.failing.clear();
    const [{ notices }] = [...(world.saved.at(-1)?.values() ?? [])] as [TargetState];
    const { due } = noted(notices as never, [], NOW_SECONDS + 60);
    expect(due).toMatchObject([{ kind: 'scaled-to-ceiling' }]);
  });

  it('comes last: the next look is asked for first', async () => {
    const order: string[] = [];
    const runtime = world.runtime();
    world.setDemand(30);
    await runCycle(
      {
        ...runtime,
        rechecks: { ...runtime.rechecks, send: async () => void order.push('wake-up') },
        notifications: {
          ...runtime.notifications,
          publish: async () => void order.push('publish'),
        },
      },
      'checkout',
      { cause: 'event' },
    );
    expect(order).toEqual(['wake-up', 'publish']);
  });

  it('is told though the wake-up could not be sent', async () => {
    world.fail('send');
    await expect(cycle()).rejects.toThrow('send is down');
    expect(kinds()).toEqual(['scaled-to-ceiling']);
  });
});

describe('other trouble', () => {
  const baseline = { min: 1, max: 20 };
  const raised = { min: 9, max: 20 };

  it.each([
    ['59', -59, []],
    ['60', -60, []],
    ['61', -61, ['lease-overdue']],
  ])('a lease that should have ended %s s ago', async (_, untilSeconds, expected) => {
    world.setDemand(9);
    world.endpoint = world.withCounts(9, 9);
    world.bounds.set(TARGET.resourceId, raised);
    world.fail('putLease');
    const lease = { untilSeconds: NOW_SECONDS + untilSeconds, restores: baseline };
    world.record = world.enrolled({ baseline, written: raised, before: baseline, lease });
    await runCycle(world.runtime(), 'checkout', { cause: 'event' });
    expect(kinds()).toEqual(expected);
  });

  it.each([
    ['Failed', ['endpoint-not-scalable']],
    ['OutOfService', ['endpoint-not-scalable']],
    ['UpdateRollbackFailed', ['endpoint-not-scalable']],
    ['Deleting', []],
    ['Updating', []],
  ])('an endpoint that is %s', async (status, expected) => {
    world.endpoint = world.withCounts(1, 1, status);
    world.setDemand(1);
    await runCycle(world.runtime(), 'checkout', { cause: 'event' });
    expect(kinds()).toEqual(expected);
  });

  it('the owner’s edit', async () => {
    world.setDemand(1);
    world.endpoint = world.withCounts(2, 2);
    world.bounds.set(TARGET.resourceId, { min: 2, max: 12 });
    world.record = world.enrolled({ baseline, written: raised, before: baseline });
    await runCycle(world.runtime(), 'checkout', { cause: 'event' });
    expect(kinds()).toEqual(['owner-edit-adopted']);
    expect(world.published[0]?.body).toMatch(
      /^checkout\/AllTraffic: somebody set MinCapacity 2 and MaxCapacity 12 \(before: 1 and 20\)/,
    );
  });
});

describe('decisions', () => {
  beforeEach(() => {
    world.endpoint = world.withCounts(1, 1);
    world.setDemand(9);
  });
  const once = () => runCycle(world.runtime(), 'checkout', { cause: 'event' });

  it('that were taken become events', async () => {
    await once();
    expect(world.events).toMatchObject([
      { change: 'scale-out', boundsBefore: { min: 1, max: 20 }, boundsAfter: { min: 9, max: 20 } },
    ]);
  });

  it.each([
    ['refused', () => Object.assign(world, { endpoint: world.withCounts(1, 1, 'Updating') })],
    ['failed', () => world.fail('nudge')],
    [
      'only observed',
      () => Object.assign(world, { record: world.enrolled({}, { ...CONFIG, mode: 'observe' }) }),
    ],
  ])('that were %s do not', async (_, arrange) => {
    arrange();
    await once();
    expect(world.kept).toHaveLength(1);
    expect(world.events).toEqual([]);
  });

  it('are taken and recorded though no event can be put', async () => {
    world.fail('events');
    await once();
    expect(world.nudges).toHaveLength(1);
    expect(world.kept).toMatchObject([{ outcome: { status: 'taken' } }]);
    expect(world.rechecks).toHaveLength(1);
  });

  it('say what they were made from', async () => {
    await once();
    expect(world.kept[0]?.inputs).toEqual({
      newestWindowSeconds: NOW_SECONDS - 20,
      endpointStatus: 'InService',
      baseline: { min: 1, max: 20 },
      lease: null,
      pending: null,
      refusal: null,
      leadTimeSeconds: 180,
      targetPerInstance: 60,
      riskPrice: 3,
    });
  });
});
