import { attributeOf, compareStrings, type Item, itemSizeBytes } from './attribute-values.ts';

/** Names of the key attributes; both are strings. */
export interface KeySchema {
  readonly hash: string;
  readonly range?: string;
}

/** Values of the key attributes; `sort` is empty in a table without a range key. */
export interface Key {
  readonly hash: string;
  readonly sort: string;
}

export interface Row {
  readonly sort: string;
  readonly item: Item;
  readonly sizeBytes: number;
}

/** Sort keys from the first for which `from` holds up to the first for which `to` holds. */
export interface SortKeyRange {
  from(sort: string): boolean;
  to(sort: string): boolean;
}

/** Expired items are looked for after as many writes as there are items, but not before this many. */
const MIN_WRITES_PER_SWEEP = 1000;

/**
 * Items by hash key, each partition in the order of its sort keys. Items for which `isExpired`
 * holds are gone for every reader and are dropped in passing.
 */
export class Table {
  readonly name: string;
  readonly key: KeySchema;
  readonly createdAtSeconds: number;
  timeToLiveAttribute: string | undefined;
  readonly #partitions = new Map<string, Row[]>();
  readonly #isExpired: (item: Item, attribute: string) => boolean;
  #itemCount = 0;
  #sizeBytes = 0;
  #writesSinceSweep = 0;

  constructor(
    name: string,
    key: KeySchema,
    createdAtSeconds: number,
    isExpired: (item: Item, timeToLiveAttribute: string) => boolean,
  ) {
    this.name = name;
    this.key = key;
    this.createdAtSeconds = createdAtSeconds;
    this.#isExpired = isExpired;
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(key: Key): Item | undefined {
    const rows = this.#partitions.get(key.hash);
    const row = rows?.[indexFrom(rows, key.sort)];
    if (row?.sort !== key.sort || this.#isGone(row)) return undefined;
    return row.item;
  }

  put(key: Key, item: Item): void {
    this.#sweepNowAndThen();
    const rows = this.#partitions.get(key.hash) ?? [];
    if (rows.length === 0) this.#partitions.set(key.hash, rows);
    const row: Row = { sort: key.sort, item, sizeBytes: itemSizeBytes(item) };
    const index = indexFrom(rows, key.sort);
    const replaced = rows[index]?.sort === key.sort;
    const [old] = rows.splice(index, replaced ? 1 : 0, row);
    this.#itemCount += replaced ? 0 : 1;
    this.#sizeBytes += row.sizeBytes - (old?.sizeBytes ?? 0);
  }

  delete(key: Key): void {
    const rows = this.#partitions.get(key.hash);
    const index = rows ? indexFrom(rows, key.sort) : 0;
    if (rows?.[index]?.sort !== key.sort) return;
    const [old] = rows.splice(index, 1);
    if (rows.length === 0) this.#partitions.delete(key.hash);
    this.#itemCount -= 1;
    this.#sizeBytes -= old?.sizeBytes ?? 0;
  }

  /** Rows of a partition within `range`, in ascending or descending order of sort key. */
  *rows(hash: string, range: SortKeyRange, ascending: boolean): Generator<Row> {
    const rows = this.#partitions.get(hash) ?? [];
    const from = firstIndex(rows, range.from);
    const to = firstIndex(rows, range.to);
    const step = ascending ? 1 : -1;
    for (let i = ascending ? from : to - 1; i >= from && i < to; i += step) {
      const row = rows[i] as Row;
      if (!this.#isGone(row)) yield row;
    }
  }

  #isGone(row: Row): boolean {
    return (
      this.timeToLiveAttribute !== undefined && this.#isExpired(row.item, this.timeToLiveAttribute)
    );
  }

  /** Spreads the cost of looking at every item over as many writes. */
  #sweepNowAndThen(): void {
    this.#writesSinceSweep += 1;
    if (this.timeToLiveAttribute === undefined) return;
    if (this.#writesSinceSweep < Math.max(MIN_WRITES_PER_SWEEP, this.#itemCount)) return;
    this.#writesSinceSweep = 0;
    for (const [hash, rows] of this.#partitions) {
      const gone = rows.filter((row) => this.#isGone(row));
      for (const { sort } of gone) this.delete({ hash, sort });
    }
  }
}

/** The key attributes of a stored item, in the form of a `LastEvaluatedKey`. */
export function keyAttributes(schema: KeySchema, item: Item): Item {
  const names = schema.range === undefined ? [schema.hash] : [schema.hash, schema.range];
  return Object.fromEntries(names.map((name) => [name, attributeOf(item, name)])) as Item;
}

function indexFrom(rows: readonly Row[], sort: string): number {
  const last = rows.at(-1);
  // Records are mostly written in the order of their keys.
  if (!last || compareStrings(last.sort, sort) < 0) return rows.length;
  return firstIndex(rows, (other) => compareStrings(other, sort) >= 0);
}

/** Index of the first row whose sort key passes a test that no earlier row passes. */
function firstIndex(rows: readonly Row[], test: (sort: string) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test((rows[middle] as Row).sort)) high = middle;
    else low = middle + 1;
  }
  return low;
}
