import { expect, it } from 'vitest';
import type { HistoryColumns } from '../../lib/aws/metric-history.ts';
import { readHistory } from '../../lib/operate/history.ts';
import { variantTarget } from '../../lib/target.ts';

const NOW_SECONDS = Date.UTC(2026, 0, 20, 18) / 1000;
const DAY_SECONDS = 86_400;

/** Reads from a CloudWatch whose minutes count up, with one for every minute that it was asked for. */
async function read(days: number) {
  const starts: number[] = [];
  const history = {
    endpointId: async () => 'checkout',
    minutes: async (_target: unknown, fromSeconds: number, toSeconds: number) => {
      starts.push(fromSeconds);
      const length = (toSeconds - fromSeconds) / 60;
      const column = Array.from({ length }, (_, i) => fromSeconds / 60 + i);
      return {
        invocations: column,
        perInstance: column,
        concurrency: column,
        latencyMicroseconds: column,
      } satisfies HistoryColumns;
    },
  };
  const runtime = { now: () => NOW_SECONDS * 1000, sleep: async () => {}, history };
  const target = variantTarget('checkout', 'AllTraffic');
  const kept = new Set<string>();
  const cache = {
    read: () => undefined,
    write: (_id: string, _target: unknown, day: string) => kept.add(day),
  };
  const { fromSeconds, columns } = await readHistory(runtime, target, 'checkout', days, cache);
  return { fromSeconds, minutes: columns.invocations, starts, kept: [...kept] };
}

it.each([1, 14, 15])(
  'reads every minute of %i days, none from before they are kept',
  async (days) => {
    const { fromSeconds, minutes, starts } = await read(days);
    expect(Math.min(...starts)).toBeGreaterThan(NOW_SECONDS - 15 * DAY_SECONDS);
    expect(minutes).toEqual(minutes.map((_, i) => fromSeconds / 60 + i));
    expect(minutes.length).toBeGreaterThan(days * 1440 - 10);
  },
);

it('keeps no day of which it could not read all', async () => {
  expect((await read(15)).kept).toHaveLength(14);
  expect((await read(14)).kept).toHaveLength(14);
});
