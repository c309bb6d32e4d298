import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoEnrolmentStore, type EnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import { dynamoStateStore, type StateStore } from '../../lib/aws/state-store.ts';
import { runCycle } from '../../lib/cycle/cycle.ts';
import { CONFIG, enrolmentOf, TARGET, World } from '../lib/fakes.ts';
import { TABLES, type TableUnderTest } from './tables.ts';

describe.each(TABLES)('cycles at once, state in %s', (_, start) => {
  let table: TableUnderTest;
  let store: StateStore;
  let enrolments: EnrolmentStore;
  let world: World;

  beforeEach(async () => {
    table = await start();
    world = new World();
    world.setDemand(9);
    store = dynamoStateStore(table.client, () => table.tableName);
    enrolments = dynamoEnrolmentStore(table.client, () => table.tableName);
    await enrolments.enrol(TARGET, enrolmentOf());
  });
  afterEach(() => table.stop());

  const cycle = () => runCycle({ ...world.runtime(), store }, 'checkout', { cause: 'event' });

  it.each([2, 5])('%i of them nudge once', async (count) => {
    await Promise.all(Array.from({ length: count }, cycle));
    expect(world.nudges).toEqual([{ min: 9, max: 20 }]);
  });

  it('leave one loop: only the re-check of the latest claim goes on', async () => {
    await Promise.all([cycle(), cycle(), cycle()]);
    const loops = world.rechecks.map(({ recheck }) => recheck.loop as number);
    expect(new Set(loops).size).toBe(3);
    const claims = await Promise.all(
      loops.map((loop) => store.claim('checkout', { cause: 're-check', loop }, world.nowMs, 0)),
    );
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  });

  it('a re-check delivered again takes up the loop of its cycle that died', async () => {
    const first = await store.claim('checkout', { cause: 'event' }, world.nowMs, 0);
    const recheck = { cause: 're-check', loop: first?.loop as number } as const;
    const died = await store.claim('checkout', recheck, world.nowMs, 0);
    const again = await store.claim('checkout', recheck, world.nowMs, 0);
    expect([died?.loop, again?.loop]).toEqual([recheck.loop + 1, recheck.loop + 2]);
  });

  it.each([
    ['not while the loop is alive', 30_001, false],
    ['once it is overdue', 30_000, true],
  ])('a sweep steps in %s', async (_, overdueInMs, stepsIn) => {
    await store.claim('checkout', { cause: 'event' }, world.nowMs, world.nowMs + overdueInMs);
    const sweep = await store.claim('checkout', { cause: 'sweep' }, world.nowMs + 30_000, 0);
    expect(sweep !== undefined).toBe(stepsIn);
  });

  it.each([
    ['not right after another claim', 4999, false],
    ['once that is old', 5000, true],
  ])('a surge is looked at %s', async (_, laterMs, isTaken) => {
    const claim = (cause: 'event' | 'surge', atMs: number) =>
      store.claim('checkout', { cause }, world.nowMs + atMs, world.nowMs + atMs + 30_000);
    await claim('event', 0);
    expect((await claim('surge', laterMs)) !== undefined).toBe(isTaken);
  });

  it('a surge of an endpoint that was never looked at is looked at', async () => {
    expect(await store.claim('checkout', { cause: 'surge' }, 0, 30_000)).toBeDefined();
  });

  it('a flood of surges makes one look in five seconds', async () => {
    const surge = () => runCycle({ ...world.runtime(), store }, 'checkout', { cause: 'surge' });
    for (let second = 0; second < 10; second += 1) {
      await Promise.all(Array.from({ length: 10 }, surge));
      world.nowMs += 1000;
    }
    expect(world.rechecks).toHaveLength(2);
  });

  it('nothing is enrolled after the last release', async () => {
    await enrolments.forget(TARGET);
    expect(await store.claim('checkout', { cause: 'event' }, world.nowMs, 0)).toBeUndefined();
    expect(await store.claim('unheard-of', { cause: 'event' }, world.nowMs, 0)).toBeUndefined();
  });

  it('the state comes back as it was saved', async () => {
    await cycle();
    const record = await store.claim('checkout', { cause: 'event' }, world.nowMs, 0);
    expect(record?.targets).toMatchObject([
      { target: TARGET, enrolment: { config: CONFIG }, state: { written: { min: 9, max: 20 } } },
    ]);
  });
});
