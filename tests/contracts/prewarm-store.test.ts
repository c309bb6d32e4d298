import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoEnrolmentStore, type EnrolmentStore } from '../../lib/aws/enrolment-store.ts';
import { dynamoPrewarmStore, type PrewarmStore } from '../../lib/aws/prewarm-store.ts';
import { dynamoStateStore } from '../../lib/aws/state-store.ts';
import { NO_PREWARMS, type Prewarms } from '../../lib/prewarm/prewarm.ts';
import { variantTarget } from '../../lib/target.ts';
import { enrolmentOf, TARGET } from '../lib/fakes.ts';
import { TABLES, type TableUnderTest } from './tables.ts';

const OTHER = variantTarget('checkout', 'Shadow');
const one = (minInstances: number) => ({
  minInstances,
  fromSeconds: 10,
  untilSeconds: 20,
  askedAtSeconds: 5,
});
const add =
  (minInstances: number) =>
  ({ list, ...rest }: Prewarms): Prewarms => ({ ...rest, list: [...list, one(minInstances)] });

describe.each(TABLES)('prewarms in %s', (_, start) => {
  let table: TableUnderTest;
  let store: PrewarmStore;
  let enrolments: EnrolmentStore;

  beforeEach(async () => {
    table = await start();
    store = dynamoPrewarmStore(table.client, () => table.tableName);
    enrolments = dynamoEnrolmentStore(table.client, () => table.tableName);
  });
  afterEach(() => table.stop());

  const kept = async () => (await enrolments.read('checkout')).targets[0]?.prewarms;

  it('of a target that is not enrolled are kept nowhere', async () => {
    expect(await store.change(TARGET, add(4))).toBeUndefined();
    await enrolments.enrol(TARGET, enrolmentOf());
    expect(await store.change(OTHER, add(4))).toBeUndefined();
    expect(await kept()).toBeUndefined();
  });

  it('add up, each target’s for itself', async () => {
    await enrolments.enrol(TARGET, enrolmentOf());
    await enrolments.enrol(OTHER, enrolmentOf());
    await store.change(TARGET, add(4));
    expect(await store.change(TARGET, add(5))).toEqual({ ...NO_PREWARMS, list: [one(4), one(5)] });
    const { targets } = await enrolments.read('checkout');
    expect(targets.map(({ prewarms }) => prewarms?.list.length)).toEqual([2, undefined]);
  });

  it('are lost by nobody when two ask at once', async () => {
    await enrolments.enrol(TARGET, enrolmentOf());
    let isFirst = true;
    let between: Promise<unknown> = Promise.resolve();
    const racing = dynamoPrewarmStore(
      {
        send: async (command: never) => {
          const isUpdate = (command as object).constructor.name === 'UpdateItemCommand';
          if (isUpdate && isFirst) {
            isFirst = false;
            between = store.change(TARGET, add(5));
            await between;
          }
          return table.client.send(command);
        },
      } as never,
      () => table.tableName,
    );
    await racing.change(TARGET, add(4));
    expect((await kept())?.list.map(({ minInstances }) => minInstances)).toEqual([5, 4]);
  });

  it('overtake no cycle that is under way', async () => {
    await enrolments.enrol(TARGET, enrolmentOf());
    const states = dynamoStateStore(table.client, () => table.tableName);
    const record = await states.claim('checkout', { cause: 'event' }, 0, 0);
    await store.change(TARGET, add(4));
    expect(record && (await states.save(record, new Map()))).toBe(true);
    expect(await kept()).toEqual({ ...NO_PREWARMS, list: [one(4)] });
  });

  it('go with their target', async () => {
    await enrolments.enrol(TARGET, enrolmentOf());
    await enrolments.enrol(OTHER, enrolmentOf());
    await store.change(TARGET, add(4));
    await enrolments.forget(TARGET);
    await enrolments.enrol(TARGET, enrolmentOf());
    expect(await kept()).toBeUndefined();
  });
});

describe.each(TABLES)('what the account has spent, in %s', (_, start) => {
  let table: TableUnderTest;
  let enrolments: EnrolmentStore;

  beforeEach(async () => {
    table = await start();
    enrolments = dynamoEnrolmentStore(table.client, () => table.tableName);
  });
  afterEach(() => table.stop());

  it('stands beside the endpoints, and is none of them', async () => {
    const spending = { spentInstanceHours: 7.5, maxInstanceHours: 10, atSeconds: 1000 };
    await enrolments.noteAccount(spending);
    expect(await enrolments.fleet()).toEqual({ entries: [], leaving: false, account: spending });
    await enrolments.setLeaving(true);
    expect(await enrolments.fleet()).toMatchObject({ leaving: true, account: spending });
    await enrolments.noteAccount(null);
    expect(await enrolments.fleet()).toEqual({ entries: [], leaving: true, account: null });
  });

  it('is noted on an endpoint for all its targets, and taken away again', async () => {
    await enrolments.noteAccountSpent('checkout', 500);
    expect((await enrolments.read('checkout')).targets).toEqual([]);
    await enrolments.enrol(TARGET, enrolmentOf());
    await enrolments.enrol(OTHER, enrolmentOf());
    const marks = async () =>
      (await enrolments.read('checkout')).targets.map((each) => each.accountSpentUntilSeconds);
    await enrolments.noteAccountSpent('checkout', 500);
    expect(await marks()).toEqual([500, 500]);
    await enrolments.noteAccountSpent('checkout', null);
    expect(await marks()).toEqual([undefined, undefined]);
  });
});
