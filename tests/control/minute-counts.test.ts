import { describe, expect, it } from 'vitest';
import { byCounts } from '../../lib/control/minute-counts.ts';
import type { PeakDemand } from '../../lib/control/peaks.ts';

/** An instance is meant to carry ten requests a minute; four are in service. */
const PER_MINUTE = 10;
const FOUR = [[0, 4]] as const;

/** Minutes of six windows, each with what peaks told; a queue is written as a negative number. */
const told = (...minutes: readonly (readonly number[])[]): PeakDemand[] =>
  minutes.flatMap((windows, minute) =>
    windows.map((demand, i) => ({
      startSeconds: 600 + 60 * minute + 10 * i,
      demand: Math.abs(demand),
      isQueued: demand < 0,
    })),
  );

const all = (demand: number) => new Array<number>(6).fill(demand);

/** What was counted of the minutes from the first on; null: nothing yet. */
const counted = (...values: readonly (number | null)[]) =>
  values.flatMap((value, minute) =>
    value === null ? [] : [{ startSeconds: 600 + 60 * minute, value }],
  );

const means = (points: readonly PeakDemand[], counts: ReturnType<typeof counted>) => {
  const demands = byCounts(points, counts, PER_MINUTE, FOUR).map(({ demand }) => demand);
  return Array.from({ length: demands.length / 6 }, (_, minute) => {
    const windows = demands.slice(6 * minute, 6 * minute + 6);
    return Number((windows.reduce((sum, demand) => sum + demand, 0) / 6).toFixed(3));
  });
};

describe('demand by peaks and by what was counted', () => {
  it.each([
    ['is that of peaks where nothing was counted', [all(3), all(2)], [null], [3, 2]],
    ['of a minute is what was counted in it', [all(3)], [10], [1]],
    ['of a minute without load is next to none', [all(3)], [0], [3 / 20]],
    ['since then is higher or lower by as much', [all(3), all(6)], [10], [1, 2]],
    ['by as much as in five minutes together', [all(4), all(2), all(6)], [10, 20], [1, 2, 3]],
    [
      'and no more than five: the first of six does not tell of the present',
      [all(9), all(2), all(2), all(2), all(2), all(2), all(2)],
      [10, 10, 10, 10, 10, 10],
      [1, 1, 1, 1, 1, 1, 1],
    ],
    ['is that of peaks where these are none', [all(0), all(2)], [10], [0, 2]],
  ])('%s', (_, minutes, values, expected) => {
    expect(means(told(...minutes), counted(...values))).toEqual(expected);
  });

  it('keeps the shape of a minute', () => {
    const points = told([1, 2, 3, 4, 5, 3]);
    const demands = byCounts(points, counted(15), PER_MINUTE, FOUR).map(({ demand }) => demand);
    expect(demands).toEqual([0.5, 1, 1.5, 2, 2.5, 1.5]);
  });

  it('goes by no minute of which windows are missing', () => {
    const points = told(all(3)).slice(0, 3);
    const demands = byCounts(points, counted(10), PER_MINUTE, FOUR).map(({ demand }) => demand);
    expect(demands).toEqual([3, 3, 3]);
    const more = byCounts(told(all(3)).slice(0, 4), counted(10), PER_MINUTE, FOUR);
    expect(more.map(({ demand }) => demand)).toEqual([1, 1, 1, 1]);
  });
});

describe('a queue', () => {
  it.each([
    ['of a minute in which more came than four carry stands as it is told', [all(-8)], [41], [8]],
    ['of one in which no more came was of chance', [all(-8)], [40], [4]],
    [
      'of the minute after one with more may be left of it',
      [all(-8), all(-8), all(-8)],
      [41, 20, 20],
      [8, 8, 2],
    ],
    ['of a minute is no less than what was counted', [all(-5)], [70], [7]],
    ['is no less than what was counted last, while it stands', [all(-5), all(-5)], [70], [7, 7]],
    ['is what it is told as, once it shrinks', [all(-5), all(-4)], [70], [7, 4]],
    ['that is not counted yet stands as it is told', [all(2), all(-8)], [10], [1, 8]],
    [
      'that is no longer than those of chance may be of chance too',
      [all(-8), all(-10)],
      [40],
      [4, 5],
    ],
    ['beyond three times the capacity is none of chance', [all(-90), all(-15)], [40], [30, 5]],
    ['and a longer one stands', [all(-90), all(-15.1)], [40], [30, 15.1]],
    ['that is longer stands', [all(-8), all(-10.1)], [40], [4, 10.1]],
  ])('%s', (_, minutes, values, expected) => {
    expect(means(told(...minutes), counted(...values))).toEqual(expected);
  });
});
