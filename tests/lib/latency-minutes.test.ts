import { describe, expect, it } from 'vitest';
import { latencyIn } from '../../lib/aws/latency-minutes.ts';
import type { LoadPoint } from '../../lib/control/types.ts';

/** An instance is meant to carry a hundred requests a minute. */
const MOST = 100;
const NOW_SECONDS = 3600;

interface Minute {
  readonly minute: number;
  /** Requests that came, and that were served; the same where it is left out. */
  readonly came: number;
  readonly served?: number;
  /** Mean latency. */
  readonly seconds: number;
  readonly instances?: number;
}

/** What is measured at minute 60; `mostPerInstance` is a hundred unless given. */
function measured(minutes: readonly Minute[], mostPerInstance: number | null = MOST) {
  const points = (value: (minute: Minute) => number): LoadPoint[] =>
    minutes.map((each) => ({ startSeconds: 60 * each.minute, value: value(each) }));
  const servedIn = ({ came, served = came }: Minute) => served;
  const series = {
    model: [points((each) => servedIn(each) * each.seconds * 1e6), points(servedIn)] as const,
    overhead: [[], []] as const,
    perInstance: points(({ came, instances = 1 }) => came / instances),
    requests: points(({ came }) => came),
    peaks: [],
  };
  const limits = { fewestRequests: 1, mostPerInstance, nowSeconds: NOW_SECONDS };
  return latencyIn(series, limits)?.seconds ?? null;
}

const QUIET = { came: 50, seconds: 0.2 };
const SURGE = { came: 900, seconds: 40 };

/** Minutes of a surge, whose first requests had not waited yet. */
const surge = (length: number): Minute[] =>
  Array.from({ length }, (_, i) => ({ ...SURGE, ...(i === 0 && { seconds: 20 }), minute: 40 + i }));

/** Minutes of twice as many as is meant, of these latencies. */
const carried = (...latencies: readonly number[]): Minute[] =>
  latencies.map((seconds, i) => ({ came: 200, seconds, minute: 40 + i }));

describe('the latency, where it is known what an instance is meant to carry', () => {
  it.each<[string, Minute[], number | null]>([
    ['is that of minutes with no more', [{ ...QUIET, minute: 10, came: 100 }], 0.2],
    ['is unknown in one with more', [{ ...QUIET, minute: 10, came: 101 }], null],
    [
      'goes by the requests of one instance',
      [{ ...QUIET, minute: 10, came: 300, instances: 3 }],
      0.2,
    ],
    [
      'leaves out the minutes before and after one with more',
      [
        { came: 60, seconds: 0.35, minute: 10 },
        { ...SURGE, minute: 11 },
        { came: 60, seconds: 0.35, minute: 12 },
        { ...QUIET, minute: 13 },
      ],
      0.2,
    ],
    [
      'leaves out a minute in which more were served than came',
      [
        { came: 50, served: 56, seconds: 0.35, minute: 20 },
        { ...QUIET, minute: 21 },
      ],
      0.2,
    ],
    [
      'has in it a minute in which about as many were',
      [{ came: 50, served: 55, seconds: 0.3, minute: 20 }],
      0.3,
    ],
    ['waits for the minute after the newest', [{ ...QUIET, minute: 57 }], null],
    ['no longer than SageMaker can be late with it', [{ ...QUIET, minute: 56 }], 0.2],
    ['is unknown amid a surge', surge(14), null],
    ['is that of all where a surge lasts for a quarter of an hour', surge(15), (20 + 14 * 40) / 15],
    ['but not where there was another minute', [{ ...QUIET, minute: 10 }, ...surge(15)], 0.2],
    ['is that of instances that carry more, where all minutes are alike', carried(0.2, 0.3), 0.25],
    ['is unknown where they are not', carried(0.2, 0.301), null],
    ['is unknown where there was one', carried(0.2), null],
    [
      'is unknown where more came than were served, though all waited as long',
      carried(59, 59).map((each) => ({ ...each, served: 150 })),
      null,
    ],
  ])('%s', (_, minutes, expected) => {
    const seconds = measured(minutes);
    if (expected === null) expect(seconds).toBeNull();
    else expect(seconds).toBeCloseTo(expected, 9);
  });

  it('is that of every minute where that is not known', () => {
    expect(measured([{ ...SURGE, minute: 58 }], null)).toBeCloseTo(40, 9);
  });
});
