import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadPoint } from '../../lib/control/types.ts';
import { overTheirWindows } from '../../lib/cycle/by-the-minute.ts';

const point = (startSeconds: number, value: number): LoadPoint => ({ startSeconds, value });
const starts = (points: readonly LoadPoint[]) => points.map(({ startSeconds }) => startSeconds);

const total = (load: readonly LoadPoint[]) => load.reduce((sum, { value }) => sum + value, 0);

/** So many values of 60, one a minute. */
const minutes = (count: number, fromSeconds = 0) =>
  Array.from({ length: count }, (_, i) => point(fromSeconds + 60 * i, 60));

/** So many windows of 10, on end. */
const windows = (count: number, fromSeconds = 0) =>
  Array.from({ length: count }, (_, i) => point(fromSeconds + 10 * i, 10));

const LATER = 10_000;

/** Calls of a monitor, once a minute, and then load. */
const surge = [...minutes(5), ...windows(3, 300)];

describe('a metric that is kept by the minute', () => {
  it.each<[string, LoadPoint[], LoadPoint[], boolean]>([
    ['six values on end are spread', minutes(6), windows(36), true],
    ['five are believed to be ten seconds of load', minutes(5), minutes(5), false],
    [
      'six with another between them, too',
      [...minutes(3), point(150, 1), ...minutes(3, 180)],
      [...minutes(3), point(150, 1), ...minutes(3, 180)],
      false,
    ],
    [
      'minutes without a value are not made up',
      [...minutes(3), ...minutes(3, 300)],
      [...windows(18), ...windows(18, 300)],
      true,
    ],
    [
      'from a moment on is told from then on',
      [...windows(12), ...minutes(6, 120)],
      [...windows(12), ...windows(36, 120)],
      true,
    ],
    [
      'up to a moment is spread up to it',
      [...minutes(6), ...windows(3, 370)],
      [...windows(36), ...windows(3, 370)],
      false,
    ],
    [
      'up to a moment is spread up to it, though the first window after it begins a minute',
      [...minutes(6), ...windows(3, 360)],
      [...windows(36), ...windows(3, 360)],
      false,
    ],
    ['six with windows in the minute of the last are none', surge, surge, false],
    ['nothing stays nothing', [], [], false],
  ])('%s', (_, sums, points, isByTheMinute) => {
    expect(overTheirWindows(sums, LATER)).toEqual({ points, isByTheMinute });
  });

  it.each([
    ['may still grow: it is left out', 359, 30],
    ['is over: it counts', 360, 36],
  ])('its last minute %s', (_, readableUntil, count) => {
    expect(overTheirWindows(minutes(6), readableUntil).points).toHaveLength(count);
  });

  it.each<[string, LoadPoint[], LoadPoint[], boolean]>([
    ['its first value is spread', minutes(1), windows(6), true],
    ['nothing says nothing else', [], [], true],
    ['a finer one ends it', [...minutes(2), point(130, 1)], [...minutes(2), point(130, 1)], false],
    [
      'finer ones a while ago do, too',
      [point(10, 1), ...minutes(2, 60)],
      [point(10, 1), ...minutes(2, 60)],
      false,
    ],
  ])('is known as one: %s', (_, sums, points, isByTheMinute) => {
    expect(overTheirWindows(sums, LATER, true)).toEqual({ points, isByTheMinute });
  });

  it('counts as much as before, in windows that follow on each other', () => {
    const values = fc.array(fc.nat(1000), { minLength: 6, maxLength: 45 });
    fc.assert(
      fc.property(values, (counted) => {
        const sums = counted.map((value, i) => point(60 * i, value));
        const { points } = overTheirWindows(sums, LATER);
        expect(total(points)).toBeCloseTo(total(sums), 6);
        expect(starts(points)).toEqual(starts(windows(6 * counted.length)));
      }),
    );
  });
});

it('no load is counted twice or lost, whatever is published when', () => {
  const slots = fc.array(fc.oneof(fc.constant(null), fc.nat(1000)), { maxLength: 120 });
  fc.assert(
    fc.property(fc.nat(8), slots, (count, values) => {
      const from = 60 * count;
      const finer = values.flatMap((value, i) =>
        value === null ? [] : [point(from + 10 * i, value)],
      );
      const sums = [...minutes(count), ...finer];
      const { points } = overTheirWindows(sums, LATER);
      const at = starts(points);
      expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
      expect(total(points)).toBeCloseTo(total(sums), 6);
    }),
  );
});

it('a metric with a value in every window is left as it is', () => {
  const series = fc.array(fc.nat(1000), { maxLength: 270 });
  fc.assert(
    fc.property(series, fc.nat(5), (values, offset) => {
      const sums = values.map((value, i) => point(10 * (offset + i), value));
      expect(overTheirWindows(sums, LATER)).toEqual({ points: sums, isByTheMinute: false });
    }),
  );
});
