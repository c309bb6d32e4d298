import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoEnrolmentStore, type EnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import { dynamoStateStore } from '../../lib/aws/state-store.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import { variantTarget } from '../../lib/target.ts';
import { enrolmentOf, TARGET } from '../lib/fakes.ts';
import { TABLES, type TableUnderTest } from './tables.ts';

const OTHER = variantTarget('checkout', 'Shadow');
const CONVERGENCE = { fingerprint: 'f', dueAtSeconds: 7 };

describe.each(TABLES)('enrolments in %s', (_, start) => {
  let table: TableUnderTest;
  let store: EnrolmentStore;

  beforeEach(async () => {
    table = await start();
    store = dynamoEnrolmentStore(table.client, () => table.tableName);
  });
  afterEach(() => table.stop());

  const enrol = async (target = TARGET) => {
    await store.enrol(target, enrolmentOf());
    await store.converged(target, CONVERGENCE, 'checkout-1');
  };
  const entries = async () => (await store.fleet()).entries;

  it('come back as they were stored', async () => {
    await enrol();
    const { targets, refusals } = await store.read('checkout');
    expect(targets).toEqual([{ target: TARGET, enrolment: enrolmentOf(), state: INITIAL_STATE }]);
    expect(refusals.size).toBe(0);
    expect(await entries()).toEqual([
      {
        endpointName: 'checkout',
        tag: undefined,
        news: 0,
        targets: new Map([[TARGET.resourceId, CONVERGENCE]]),
      },
    ]);
  });

  it('are refused beside what is in force, until the next good one', async () => {
    await enrol();
    const refusal = { message: 'no', atSeconds: 1 };
    await store.refuse(TARGET, refusal);
    const refused = await store.read('checkout');
    expect(refused.targets).toHaveLength(1);
    expect(refused.refusals.get(TARGET.resourceId)).toEqual(refusal);
    await enrol();
    expect((await store.read('checkout')).refusals.size).toBe(0);
  });

  it('know of a mute until they are forgotten, and it overtakes no cycle', async () => {
    await enrol();
    const states = dynamoStateStore(table.client, () => table.tableName);
    const record = await states.claim('checkout', { cause: 'event' }, 0, 0);
    await store.noteMute(TARGET, 1234.5);
    await store.noteMute(OTHER, 1234.5);
    expect((await store.read('checkout')).targets).toMatchObject([{ mutedUntilSeconds: 1235 }]);
    if (!record) throw new Error('nothing was claimed');
    expect(await states.save(record, new Map())).toBe(true);
    await enrol(OTHER);
    await store.forget(TARGET);
    await enrol();
    const { targets } = await store.read('checkout');
    expect(targets.map(({ mutedUntilSeconds }) => mutedUntilSeconds)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('overtake a cycle that has not saved yet', async () => {
    await enrol();
    const states = dynamoStateStore(table.client, () => table.tableName);
    const record = await states.claim('checkout', { cause: 'event' }, 0, 0);
    await store.enrol(TARGET, { ...enrolmentOf(), signal: null });
    if (!record) throw new Error('nothing was claimed');
    expect(await states.save(record, new Map())).toBe(false);
  });

  it('are forgotten one by one, with their state', async () => {
    await enrol();
    await enrol(OTHER);
    const states = dynamoStateStore(table.client, () => table.tableName);
    const record = await states.claim('checkout', { cause: 'event' }, 0, 0);
    if (!record) throw new Error('nothing was claimed');
    const state = { ...INITIAL_STATE, baseline: { min: 1, max: 2 } };
    await states.save(
      record,
      new Map([
        [TARGET.resourceId, state],
        [OTHER.resourceId, state],
      ]),
    );
    await store.forget(TARGET);
    expect((await store.read('checkout')).targets).toEqual([
      { target: OTHER, enrolment: enrolmentOf(), state },
    ]);
    await store.forget(OTHER);
    expect((await store.read('checkout')).version).toBe(0);
    expect(await entries()).toEqual([]);
    await enrol();
    expect((await store.read('checkout')).targets[0]?.state).toEqual(INITIAL_STATE);
  });

  it('are claimed by no cycle where they were only refused', async () => {
    await store.refuse(TARGET, { message: 'no', atSeconds: 1 });
    const states = dynamoStateStore(table.client, () => table.tableName);
    expect(await states.claim('checkout', { cause: 'event' }, 0, 0)).toBeUndefined();
  });

  it('leave nothing of their endpoint, though they were refused', async () => {
    await enrol();
    await store.refuse(TARGET, { message: 'no', atSeconds: 1 });
    await store.forget(TARGET);
    const { version, refusals } = await store.read('checkout');
    expect([version, refusals.size]).toEqual([0, 0]);
  });

  it.each([
    ['the same version', 0, true],
    ['an older version', 1, false],
  ])('are forgotten as of %s, or not at all', async (_, saves, isForgotten) => {
    await enrol();
    const states = dynamoStateStore(table.client, () => table.tableName);
    const { version } = await store.read('checkout');
    for (let save = 0; save < saves; save += 1) {
      const record = await states.claim('checkout', { cause: 'event' }, 0, 0);
      if (!record) throw new Error('nothing was claimed');
      await states.save(record, new Map([[TARGET.resourceId, INITIAL_STATE]]));
    }
    const isSame = (record: { version: number }) => record.version === version;
    expect(await store.forget(TARGET, isSame)).toBe(isForgotten);
    expect((await store.read('checkout')).targets).toHaveLength(isForgotten ? 0 : 1);
    expect((await entries()).flatMap(({ targets }) => [...targets.keys()])).toEqual(
      isForgotten ? [] : [TARGET.resourceId],
    );
  });

  it('count what is new of their endpoint, whoever is worked out again meanwhile; of one that is not known, nothing', async () => {
    await enrol();
    await store.outdate('checkout');
    await store.outdate('unheard-of');
    expect(await entries()).toMatchObject([{ endpointName: 'checkout', news: 1 }]);
    await store.converged(TARGET, { fingerprint: '', dueAtSeconds: 0 }, undefined);
    await store.outdate('checkout');
    expect(await entries()).toMatchObject([{ news: 2 }]);
    expect((await store.entry('checkout')).entry.news).toBe(2);
  });

  it('keep the tag of an endpoint until it has neither tag nor targets', async () => {
    await enrol();
    await store.noteTag('checkout', 'act');
    await store.forget(TARGET);
    expect(await entries()).toMatchObject([{ tag: 'act' }]);
    await store.noteTag('checkout', undefined);
    expect(await entries()).toEqual([]);
    await store.noteTag('checkout', undefined);
    expect(await entries()).toEqual([]);
  });

  it.each([
    ['the same configuration', { isGone: false, endpointConfigName: 'checkout-1' }, 0],
    ['another configuration', { isGone: false, endpointConfigName: 'checkout-2' }, 1],
    ['its end', { isGone: true }, 1],
    ['nothing', { isGone: false }, 0],
  ])('are outdated by news of the endpoint: %s', async (_, told, news) => {
    await enrol();
    await store.noteNews({ endpointName: 'checkout', ...told });
    expect(await entries()).toMatchObject([{ news }]);
  });

  it('learn of a tag by news, and nothing of an endpoint that is nobody’s', async () => {
    await store.noteNews({ endpointName: 'other', isGone: true });
    await store.noteNews({ endpointName: 'other', isGone: false, endpointConfigName: 'c' });
    expect(await entries()).toEqual([]);
    const news = { endpointName: 'checkout', isGone: false, tag: 'observe' };
    await store.noteNews(news);
    await store.noteNews(news);
    expect(await entries()).toMatchObject([{ endpointName: 'checkout', tag: 'observe' }]);
    expect((await store.entry('checkout')).entry.tag).toBe('observe');
  });

  it('end with the stack', async () => {
    expect(await store.entry('checkout')).toMatchObject({ leaving: false });
    await store.setLeaving(true);
    expect(await store.entry('checkout')).toMatchObject({ leaving: true });
    expect(await store.fleet()).toEqual({ entries: [], leaving: true, account: null });
    await store.setLeaving(false);
    expect(await store.fleet()).toEqual({ entries: [], leaving: false, account: null });
  });

  it('cannot end where the table went first, which is told', async () => {
    const gone = dynamoEnrolmentStore(table.client, () => 'gone');
    expect([await store.setLeaving(true), await gone.setLeaving(true)]).toEqual([true, false]);
    await expect(gone.setLeaving(false)).rejects.toThrow();
  });

  it('stand in line, each at its time and none too late', async () => {
    const slots = await Promise.all(
      Array.from({ length: 4 }, () => store.reserve('calls', 400, 1000, 1800)),
    );
    expect(slots.sort()).toEqual([1000, 1400, 1800, undefined]);
    expect(await store.reserve('calls', 400, 2200, 2200)).toBe(2200);
    expect(await store.reserve('calls', 400, 9000, 9000)).toBe(9000);
    // A line that is free gives nothing to whose time is over.
    expect(await store.reserve('calls', 400, 20_000, 19_999)).toBeUndefined();
    expect(await store.reserve('calls', 400, 20_000, 20_000)).toBe(20_000);
  });
});
