import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ahead } from '../../lib/control/ahead.ts';
import { decide } from '../../lib/control/decide.ts';
import { isRestless } from '../../lib/control/guards.ts';
import { lookAhead, ruleOf } from '../../lib/control/in-use.ts';
import { demandsOf, MOST_BUCKETS, NO_PAST, periodOf, withWindow } from '../../lib/control/past.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import { seededRandom } from '../../simulator/plant/random.ts';
import { CONFIG, stateWith, tuned } from './fixtures.ts';

const points = (demands: readonly number[], fromSeconds = 0) =>
  demands.map((demand, i) => ({ startSeconds: fromSeconds + 10 * i, demand }));

const pastOf = (demands: readonly number[], fromSeconds = 0) =>
  points(demands, fromSeconds).reduce(withWindow, NO_PAST);

/** Eight instances for ten minutes, then next to none for twenty; three windows a bucket. */
const turn = (window: number) => (window % 180 < 60 ? 8 : 0.3);
const turns = (count: number) => Array.from({ length: 180 * count }, (_, i) => turn(i));

describe('the past', () => {
  it('keeps the mean of each half minute that is over', () => {
    const { untilSeconds, buckets, count, sum } = pastOf([3, 6, 9, 1, 1, 1, 7]);
    expect(demandsOf({ ...NO_PAST, buckets })).toHaveLength(2);
    expect([...demandsOf({ ...NO_PAST, buckets })].map((demand) => demand.toFixed(1))).toEqual([
      '6.0',
      '1.0',
    ]);
    expect([untilSeconds, count, sum]).toEqual([60, 1, 7]);
  });

  it('knows demand to less than half a hundredth, and to a thousandth of an instance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9999, noNaN: true }), (demand) => {
        const [kept] = demandsOf(pastOf([demand, demand, demand, 0]));
        expect(Math.abs((kept as number) - demand)).toBeLessThanOrEqual(0.005 * demand + 0.001);
      }),
    );
  });

  it('takes a time without data for like the time before', () => {
    const past = [...points([4, 4, 4]), { startSeconds: 120, demand: 9 }].reduce(
      withWindow,
      NO_PAST,
    );
    expect([...demandsOf(past)].map(Math.round)).toEqual([4, 4, 4, 4]);
  });

  it.each([
    ['three hours', 3 * MOST_BUCKETS + 3, MOST_BUCKETS],
    ['no more', 3 * MOST_BUCKETS + 30, MOST_BUCKETS],
  ])('reaches back %s', (_, windows, buckets) => {
    expect(demandsOf(pastOf(Array.from({ length: windows }, () => 1)))).toHaveLength(buckets);
  });

  it('begins anew after a longer gap', () => {
    const past = withWindow(pastOf(turns(3)), { startSeconds: 100_000, demand: 2 });
    expect(past).toEqual({ ...NO_PAST, untilSeconds: 99_990, count: 1, sum: 2 });
  });
});

describe('the period', () => {
  const random = seededRandom(3);
  const every = (period: number, length: number) =>
    Float64Array.from({ length }, (_, i) => (i % period < period / 3 ? 8 : 1));

  it.each([
    ['of five minutes, the shortest', every(10, 60), 10],
    ['of half an hour', every(60, 240), 60],
    ['of an hour and a half, the longest', every(180, 360), 180],
    ['with noise', every(60, 240).map((demand) => demand * (0.8 + 0.4 * random())), 60],
    ['not of four minutes, but of twice that', every(8, 120), 16],
    ['not before it came twice', every(60, 90), null],
    ['not of noise', new Float64Array(300).map(() => 5 + 4 * random()), null],
    ['not of a flat load', new Float64Array(300).fill(3), null],
    [
      'not of a ripple of less than a tenth of an instance',
      every(10, 300).map((d) => 3 + d / 100),
      null,
    ],
    ['not of a steady rise', new Float64Array(300).map((_, i) => i / 10), null],
    ['of nothing at all', new Float64Array(0), null],
  ])('%s', (_, demands, expected) => {
    expect(periodOf(demands)).toBe(expected);
  });
});

describe('the next turn', () => {
  const input = {
    riskPrice: 10,
    leadTimeSeconds: 180,
    scaleInLockSeconds: 60,
    changeCostSeconds: 30,
  };
  const past = pastOf(turns(5));
  const end = past.untilSeconds as number;
  const at = (seconds: number, changes: Partial<typeof input> = {}) =>
    Ahead.of(past, end + seconds, { ...input, ...changes })?.outlook(5);

  it.each([
    ['right after a turn’s rise', 0, { ask: true, keep: true }],
    ['early in the quiet time: the next is twenty minutes away', 660, { ask: false, keep: false }],
    ['just more than the lead time and half a minute ahead', 1590, { ask: false }],
    ['the lead time and half a minute ahead', 1620, { ask: true }],
  ])('%s', (_, seconds, expected) => {
    expect(at(seconds)).toMatchObject(expected);
  });

  it('tells how long until it must be asked for', () => {
    expect(at(900)?.askInSeconds).toBe(720);
    expect(Ahead.of(past, end + 900, input)?.outlook(12).askInSeconds).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('comes with others when it would otherwise have to wait for them', () => {
    expect(at(1500)).toMatchObject({ ask: false, join: true });
    expect(at(1200)).toMatchObject({ ask: false, join: false });
  });

  it('is kept through a quiet time that is shorter than what asking again costs', () => {
    expect(at(660, { leadTimeSeconds: 1200 })).toMatchObject({ keep: true });
  });

  it('is not there where the load does not recur', () => {
    expect(Ahead.of(pastOf(turns(1)), 1800, input)).toBeUndefined();
  });
});

describe('the look before the next turn', () => {
  const seen = points(turns(8));
  const tuning = tuned(null, seen, {
    riskPrice: 10,
    targetPerInstance: CONFIG.targetPerInstance,
    leadTimeSeconds: 180,
    quietSeconds: 180,
    capacity: 2,
  });
  const bounds = { min: 2, max: 2 };

  /** Seconds to the next look, at a second of a turn whose load the owner’s Max leaves no room for. */
  const lookAt = (second: number) => {
    const nowSeconds = 1800 * 8 + second;
    const later = points(turns(1), 1800 * 8);
    const load = [...seen, ...later]
      .filter(({ startSeconds }) => startSeconds + 20 <= nowSeconds)
      .slice(-270)
      .map(({ startSeconds, demand }) => ({ startSeconds, value: 10 * demand }));
    const { nextLookAtSeconds, proposal } = decide({
      nowSeconds,
      config: { ...CONFIG, riskPrice: 10 },
      state: stateWith({ baseline: bounds, tuning }),
      observation: {
        load,
        capacity: { inService: 2, desired: 2, locked: false, scalable: true },
        bounds,
      },
    });
    expect(proposal).toBeNull();
    return nextLookAtSeconds === null ? null : nextLookAtSeconds - nowSeconds;
  };

  it('is foreseen', () => {
    expect(lookAt(1200)).toBeGreaterThan(300);
  });

  it('is no look without end where a limit stands in the turn’s way', () => {
    const waits = Array.from({ length: 10 }, (_, i) => lookAt(1500 + 30 * i));
    expect(waits).toContain(null);
    expect(Math.min(...waits.filter((wait) => wait !== null))).toBeGreaterThan(0);
  });
});

describe('the limit of changes in an hour', () => {
  it.each([
    ['a change more where a turn is over', 11, true, false],
    ['but no more than a dozen', 12, true, true],
    ['one less otherwise', 11, false, true],
    ['of which ten are below', 10, false, false],
  ])('%s', (_, count, isAhead, expected) => {
    const changedAtSeconds = Array.from({ length: count }, (__, i) => 300 * i);
    const state = { ...INITIAL_STATE, changedAtSeconds };
    expect(isRestless(state, 3599, isAhead)).toBe(expected);
  });
});

describe('rules for a recurring load', () => {
  const input = {
    riskPrice: 10,
    targetPerInstance: 1500,
    leadTimeSeconds: 180,
    quietSeconds: 180,
    capacity: 1,
  };
  const random = seededRandom(5);

  it('are in use once that would have been cheaper', () => {
    const tuning = tuned(null, points(turns(8)), input);
    expect(tuning.past.period).toBe(60);
    expect([0, 5, 7].map((level) => ruleOf(tuning, level).recurs)).toEqual([true, true, true]);
  });

  it('are not where the load does not recur', () => {
    const noise = Array.from({ length: 1440 }, () => 4 + 4 * random());
    expect(tuned(null, points(noise), input).bandsAhead).toBe(0);
  });

  it('are given up when the load stops recurring', () => {
    const after = Array.from({ length: 1080 }, () => 4 + 4 * random());
    expect(tuned(null, points([...turns(8), ...after]), input).bandsAhead).toBe(0);
  });
});

it('the next turn is reckoned with every window that is there, also those that no rule has seen', () => {
  const input = { riskPrice: 10, targetPerInstance: 1500, leadTimeSeconds: 240 };
  const demands = turns(2);
  // By the 316th window it is seen to recur.
  for (let count = 314; count < 320; count += 1) {
    const seen = points(demands.slice(0, count));
    const tuning = tuned(null, seen, { ...input, quietSeconds: 60, capacity: 8 });
    const { startSeconds: untilSeconds } = seen[count - 1] as (typeof seen)[number];
    const whole = {
      ...tuning,
      past: pastOf(demands.slice(0, count)),
      use: { ...tuning.use, untilSeconds },
    };
    const outlook = (ahead: ReturnType<typeof lookAhead>) => [1, 7].map((at) => ahead?.outlook(at));
    expect(outlook(lookAhead(tuning, seen, input))).toEqual(outlook(lookAhead(whole, [], input)));
  }
});
