import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Signal } from '../../lib/config/signal.ts';
import type { PendingRequest } from '../../lib/control/types.ts';
import { runCycle } from '../../lib/cycle/cycle.ts';
import { spreadSeconds } from '../../lib/cycle/next-look.ts';
import { CONFIG, enrolmentOf, NOW_SECONDS, TARGET, World } from './fakes.ts';

let world: World;
const cycle = () => runCycle(world.runtime(), 'checkout', { cause: 'event' });
const nextLook = { endpointName: 'checkout', cause: 're-check', loop: 7 };

beforeEach(() => {
  world = new World();
});

describe('a surge', () => {
  beforeEach(() => world.setDemand(9));

  it('is answered by one nudge, saved before it is sent, recorded, and looked at again', async () => {
    await cycle();
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
    expect(world.saved[0]?.get(TARGET.resourceId)).toMatchObject({
      baseline: { min: 1, max: 20 },
      before: { min: 1, max: 20 },
      written: { min: 9, max: 20 },
      pending: { capacity: 9, sentAtSeconds: NOW_SECONDS },
    });
    expect(world.kept).toMatchObject([
      { resourceId: TARGET.resourceId, outcome: { status: 'taken' }, wanted: 9 },
    ]);
    expect(world.rechecks).toEqual([
      { recheck: nextLook, delaySeconds: 10 + spreadSeconds(TARGET.endpointName) },
    ]);
  });

  it('is left to the cycle that was first', async () => {
    world.outrun = true;
    await cycle();
    expect(world.nudges).toEqual([]);
    expect(world.kept).toEqual([]);
  });

  it('is decided but not acted on in observe mode', async () => {
    world.record = world.enrolled({}, { ...CONFIG, mode: 'observe' });
    await cycle();
    expect(world.nudges).toEqual([]);
    expect(world.kept).toMatchObject([{ mode: 'observe', outcome: { status: 'dry-run' } }]);
    expect(world.saved[0]?.get(TARGET.resourceId)).toMatchObject({ written: null, pending: null });
  });

  it('keeps the error of a nudge that failed, and looks again', async () => {
    const refusal = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    world.fail('nudge', refusal);
    await cycle();
    expect(world.kept[0]?.outcome).toEqual({
      status: 'failed',
      errorCode: 'ThrottlingException',
      message: 'slow down',
    });
    expect(world.rechecks).toHaveLength(1);
  });

  it('tells of a locked endpoint once, not at every look', async () => {
    world.endpoint = world.withCounts(1, 1, 'Updating');
    await cycle();
    expect(world.kept).toMatchObject([{ outcome: { status: 'refused' } }]);
    const state = world.saved[0]?.get(TARGET.resourceId);
    world.record = world.enrolled(state);
    await cycle();
    expect(world.kept).toHaveLength(1);
    expect(world.nudges).toEqual([]);
  });
});

describe('a quiet target', () => {
  beforeEach(() => {
    world.setDemand(0.2);
    world.record = world.enrolled({
      baseline: { min: 1, max: 20 },
      capacityLog: [[NOW_SECONDS - 2000, 1]],
    });
  });

  it('is neither written nor recorded nor woken again', async () => {
    await cycle();
    world.record = world.enrolled(world.saved.pop()?.get(TARGET.resourceId));
    await cycle();
    expect([world.saved, world.kept, world.nudges, world.rechecks]).toEqual([[], [], [], []]);
  });

  it('is not looked at when its claim is void', async () => {
    world.record = undefined;
    world.fail('endpoints');
    await cycle();
    expect(world.rechecks).toEqual([]);
  });

  it.each([
    ['Creating', 'Updating'],
    ['SystemUpdating', 'RollingBack'],
  ])('takes %s and %s for locked', async (...statuses) => {
    world.setDemand(9);
    for (const status of statuses) {
      world.endpoint = world.withCounts(1, 1, status);
      await cycle();
    }
    expect(world.nudges).toEqual([]);
    expect(world.rechecks).toHaveLength(2);
  });

  it.each([
    ['an endpoint that is gone', () => undefined],
    ['a failed endpoint', () => world.withCounts(1, 1, 'Failed')],
  ])('rests on %s', async (_, endpoint) => {
    world.setDemand(9);
    world.endpoint = endpoint();
    await cycle();
    expect([world.nudges, world.rechecks]).toEqual([[], []]);
  });
});

describe('the owner’s Min', () => {
  const signalOf = (goesBy: 'instance' | 'variant' | 'peaks') => {
    const { signal } = enrolmentOf();
    const alarmScope: Signal['alarmScope'] = goesBy === 'variant' ? 'variant' : 'instance';
    const peaks = { spread: 3, requestsPerSecond: 10 };
    return { signal: signal && { ...signal, alarmScope, ...(goesBy === 'peaks' && { peaks }) } };
  };

  it.each([
    ['another one than the alarm was made with', 'variant', 3, 1],
    ['another one, where the alarm is of one instance', 'instance', 3, 0],
    ['another one, where it is of the busiest of them', 'peaks', 3, 1],
    ['the same', 'variant', 1, 0],
  ] as const)('%s', async (_, goesBy, min, news) => {
    world.setDemand(0.2);
    world.enrolments.entries.set('checkout', { tag: undefined, news: 0, targets: new Map() });
    const baseline = { min: 1, max: 20 };
    world.record = world.enrolled({ baseline }, CONFIG, signalOf(goesBy));
    world.bounds.set(TARGET.resourceId, { min, max: 20 });
    world.endpoint = world.withCounts(min, min);
    await cycle();
    expect(world.enrolments.entries.get('checkout')?.news).toBe(news);
  });
});

describe('a sweep', () => {
  it.each([
    ['the load alone of a target at rest', null, ['Sum']],
    [
      'what is under way, too, where a loop died while a request was pending',
      { capacity: 9, sentAtSeconds: 0 },
      ['Sum', 'Maximum', 'Minimum'],
    ],
  ])('reads %s', async (_, pending, statistics) => {
    world.record = world.enrolled({ pending: pending as PendingRequest | null });
    const runtime = world.runtime();
    const read = vi.spyOn(runtime.load, 'read');
    await runCycle(runtime, 'checkout', { cause: 'sweep' });
    expect(read.mock.calls[0]?.[0].map(({ statistic }) => statistic)).toEqual(statistics);
  });
});

it('waits no longer for its next look than a message can', async () => {
  world.setDemand(0.2);
  world.enrolments.states.clear();
  const runtime = world.runtime();
  const send = vi.spyOn(runtime.rechecks, 'send');
  const fromSeconds = NOW_SECONDS + 900 + 180;
  const prewarms = {
    list: [{ minInstances: 5, fromSeconds, untilSeconds: fromSeconds + 3600, askedAtSeconds: 0 }],
    cancelledAtSeconds: null,
  };
  const record = world.enrolled({ baseline: { min: 1, max: 20 } });
  world.record = { ...record, targets: record.targets.map((each) => ({ ...each, prewarms })) };
  await runCycle(runtime, 'checkout', { cause: 'event' });
  expect(spreadSeconds('checkout')).toBeGreaterThan(0);
  expect(send.mock.calls.map(([, delaySeconds]) => delaySeconds)).toEqual([900]);
});

describe('faults', () => {
  it.each(['endpoints', 'scalableTargets', 'load', 'save', 'keep'])(
    'looks again shortly when %s fails, instead of throwing',
    async (port) => {
      world.setDemand(9);
      world.fail(port);
      await cycle();
      const delaySeconds = 10 + spreadSeconds(`${TARGET.endpointName}/${NOW_SECONDS * 1000}`);
      expect(world.rechecks).toEqual([{ recheck: nextLook, delaySeconds }]);
    },
  );

  it.each(['claim', 'send'])('lets the caller know when %s fails', async (port) => {
    world.setDemand(9);
    world.fail(port);
    await expect(cycle()).rejects.toThrow(`${port} is down`);
  });
});

describe('leases', () => {
  const baseline = { min: 1, max: 20 };
  const raised = { min: 9, max: 20 };
  const until = NOW_SECONDS + CONFIG.leaseSeconds;
  const lease = { untilSeconds: until, restores: baseline };
  /** Put so long ago that its nudge has arrived. */
  const old = { ...lease, untilSeconds: until - 90 };

  /** The lease of each save, and since when nobody is sure of it. */
  const savedLeases = () =>
    world.saved.map((states) => {
      const state = states.get(TARGET.resourceId);
      return [state?.lease, state?.leaseUnsureSinceSeconds];
    });

  it('are put before the nudge', async () => {
    world.setDemand(9);
    await cycle();
    expect(world.writes).toEqual(['putLease', 'nudge']);
    expect(world.leases.get(TARGET.resourceId)).toEqual(lease);
    expect(savedLeases()).toEqual([
      [null, NOW_SECONDS],
      [lease, null],
    ]);
  });

  it('are saved first, though another cycle saved the very same in this moment', async () => {
    world.setDemand(9);
    world.endpoint = world.withCounts(9, 9);
    world.bounds.set(TARGET.resourceId, raised);
    const ending = { ...lease, untilSeconds: NOW_SECONDS + 30 };
    world.record = world.enrolled({ baseline, written: raised, before: baseline, lease: ending });
    await cycle();
    const [others] = world.saved.splice(0);
    world.record = world.enrolled(others?.get(TARGET.resourceId));
    await cycle();
    expect(savedLeases()).toEqual([
      [ending, NOW_SECONDS],
      [lease, null],
    ]);
  });

  it('are no lease when they could not be put: no nudge, and the state says so', async () => {
    world.setDemand(9);
    world.fail('putLease');
    await cycle();
    expect(world.nudges).toEqual([]);
    expect(world.kept[0]?.outcome).toMatchObject({
      status: 'failed',
      message: 'its lease: putLease is down',
    });
    expect(savedLeases()).toEqual([[null, NOW_SECONDS]]);
  });

  it('are deleted at rest, and at rest only', async () => {
    world.setDemand(0.2);
    const held = { baseline, written: baseline, before: raised, lease: old };
    world.record = world.enrolled({ ...held, capacityLog: [[NOW_SECONDS - 2000, 1]] });
    await cycle();
    expect(world.writes).toEqual(['deleteLease']);
    expect(savedLeases()).toEqual([
      [old, NOW_SECONDS],
      [null, null],
    ]);
    expect(world.rechecks).toEqual([]);
  });

  it('are remembered when they could not be deleted', async () => {
    world.setDemand(0.2);
    world.record = world.enrolled({ baseline, written: baseline, before: raised, lease: old });
    world.fail('deleteLease');
    await cycle();
    expect(savedLeases()).toEqual([[old, NOW_SECONDS]]);
  });

  it('tell of their end', async () => {
    world.setDemand(0.2);
    const over = { untilSeconds: NOW_SECONDS - 1, restores: baseline };
    world.record = world.enrolled({ baseline, written: raised, before: raised, lease: over });
    await cycle();
    expect(world.kept[0]?.steps.map(({ reason }) => reason)).toContain('lease-expired');
    expect(world.kept[0]?.steps.map(({ reason }) => reason)).not.toContain('owner-changed-bounds');
  });

  it.each(['observe', 'paused'] as const)('end with the mode %s', async (mode) => {
    world.setDemand(9);
    world.bounds.set(TARGET.resourceId, raised);
    world.record = world.enrolled(
      { baseline, written: raised, before: baseline, lease: old },
      { ...CONFIG, mode },
    );
    await cycle();
    expect(world.nudges).toEqual([baseline]);
    const [state] = [...(world.saved[0]?.values() ?? [])];
    expect(state).toMatchObject({ written: baseline, lease: old });
    world.bounds.set(TARGET.resourceId, baseline);
    world.record = world.enrolled(state, { ...CONFIG, mode });
    await cycle();
    expect(world.writes).toEqual(['nudge', 'deleteLease']);
  });
});

it('does not look at a target whose load cannot be measured', async () => {
  world.setDemand(9);
  world.record = world.enrolled({}, CONFIG, { signal: null });
  world.fail('endpoints');
  await cycle();
  expect([world.nudges, world.rechecks]).toEqual([[], []]);
});
