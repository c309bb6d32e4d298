import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoNoticeStore, type NoticeStore } from '../../lib/aws/notice-store.ts';
import { TABLES, type TableUnderTest } from './tables.ts';

const BOOK = {
  'configuration-invalid': {
    digest: 'a',
    toldAtSeconds: null,
    triedAtSeconds: 0,
    absentSinceSeconds: null,
    untold: null,
  },
};
const LATER = 2_000_000_000;

describe.each(TABLES)('notices in %s', (_, start) => {
  let table: TableUnderTest;
  let store: NoticeStore;

  beforeEach(async () => {
    table = await start();
    store = dynamoNoticeStore(table.client, () => table.tableName);
  });

  afterEach(() => table.stop());

  it('begin empty', async () => {
    expect(await store.read('x')).toEqual({ book: {}, version: 0 });
  });

  it('are kept by subject', async () => {
    expect(await store.save('x', { book: BOOK, version: 0 }, LATER)).toBe(true);
    expect(await store.read('x')).toEqual({ book: BOOK, version: 1 });
    expect(await store.read('y')).toEqual({ book: {}, version: 0 });
  });

  it('are written by the first of two, and by the next who has read', async () => {
    const saves = [1, 2, 3].map(() => store.save('x', { book: BOOK, version: 0 }, LATER));
    expect((await Promise.all(saves)).filter(Boolean)).toHaveLength(1);
    expect(await store.save('x', { book: {}, version: 1 }, LATER)).toBe(true);
    expect(await store.read('x')).toEqual({ book: {}, version: 2 });
  });
});
