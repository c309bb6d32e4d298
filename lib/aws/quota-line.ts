import type { ItemTable } from './item-table.ts';

/** A line that moves at a fixed pace, in which all functions stand together. */
export interface QuotaLine {
  /**
   * Reserves the next free slot.
   * @returns when it may be used, epoch milliseconds; undefined when that is later than `latestMs`
   */
  reserve(
    line: string,
    gapMs: number,
    nowMs: number,
    latestMs: number,
  ): Promise<number | undefined>;
}

export function quotaLine(table: ItemTable): QuotaLine {
  return {
    async reserve(line, gapMs, nowMs, latestMs) {
      // Whose time is over gets no slot, though one is free.
      if (nowMs > latestMs) return undefined;
      const key = { pk: { S: 'line' }, sk: { S: line } };
      const number = (value: number) => ({ N: String(value) });
      // The line is free: it begins anew with this slot.
      const first = await table.update({
        key,
        expression: 'SET nextMs = :next',
        values: { ':next': number(nowMs + gapMs), ':now': number(nowMs) },
        condition: 'attribute_not_exists(nextMs) OR nextMs <= :now',
      });
      if (first) return nowMs;
      // The next free slot only ever moves on, so what refuses this is that it comes too late.
      const queued = await table.update({
        key,
        expression: 'SET nextMs = nextMs + :gap',
        values: { ':gap': number(gapMs), ':now': number(nowMs), ':latest': number(latestMs) },
        condition: 'nextMs > :now AND nextMs <= :latest',
      });
      return queued && Number(queued.nextMs?.N) - gapMs;
    },
  };
}
