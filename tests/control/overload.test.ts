import { describe, expect, it } from 'vitest';
import {
  reachOfDrop,
  reachOfJump,
  reachOfOverload,
  reachOfTurn,
} from '../../lib/control/in-use.ts';
import { costText } from '../../lib/control/kept.ts';
import { JUMPING, RULES } from '../../lib/control/rules.ts';
import { standingOverload, surge } from '../../lib/control/size.ts';
import type { Tuning } from '../../lib/control/types.ts';
import { steady, tuned } from './fixtures.ts';

const points = (demands: readonly number[]) =>
  demands.map((demand, i) => ({ startSeconds: 10 * i, demand }));

describe('an overload that stands', () => {
  it.each([
    ['asks for the least of five windows', [1, 20, 18.4, 21, 20, 19.2], 4, 19],
    ['is none before the fifth', [1, 20, 20, 20, 20], 4, 0],
    ['nor of four windows in all', [20, 20, 20, 20], 4, 0],
    ['nor up to 1.6 times the capacity', steady(6.4, 9), 4, 0],
    ['but above', steady(6.5, 9), 4, 7],
  ])('%s', (_, demands, capacity, expected) => {
    expect(standingOverload(points(demands), capacity)).toBe(expected);
  });
});

describe('a surge that rises no more', () => {
  const asked = (earlier: number, fresh: readonly number[]) =>
    surge(points([...steady(earlier, 12), ...fresh]), 10, 10, 0.1, 240).capacity;

  it.each([
    ['is taken as it stands', 5, [16.1, 16.1, 16.5], 17],
    ['is none where it stands at 1.6 times the capacity', 5, [16, 16, 16.5], 0],
    ['is none where one window alone is above that', 5, [12, 12, 16.5], 0],
    ['is none where as much was there before, but for noise', 11.2, [16.1, 16.1, 16.5], 0],
    ['is one where less was', 10.8, [16.1, 16.1, 16.5], 17],
  ])('%s', (_, earlier, fresh, expected) => {
    expect(asked(earlier, fresh)).toBe(expected);
  });
});

describe('a surge behind a gap in the data', () => {
  it.each([
    ['is carried on as it rose where there is none', 0, 38],
    ['by half of that where it took twice as long', 1, 30],
    ['by nearly nothing where it took five minutes', 29, 22],
  ])('%s', (_, missing, expected) => {
    const before = points(steady(9, 12));
    const newest = { startSeconds: 120 + 10 * missing, demand: 20.5 };
    expect(surge([...before, newest], 10, 10, 0.1, 240).capacity).toBe(expected);
  });
});

describe('how far it raises capacity', () => {
  const BANDS = 10;
  const LEAD_TIME_SECONDS = 240;
  const NEVER_JUMPS = 1;

  /** Each level goes by a rule that does not jump, and jumping has cost so many windows more. */
  function learned(loss: (level: number) => number, jumping: readonly number[] = JUMPING): Tuning {
    const fresh = tuned(null, points(steady(1)), {
      riskPrice: 10,
      targetPerInstance: 1500,
      leadTimeSeconds: LEAD_TIME_SECONDS,
      quietSeconds: 60,
      capacity: BANDS,
    });
    const levels = Array.from({ length: BANDS }, (_, level) => level);
    return {
      ...fresh,
      chosen: levels.map(() => NEVER_JUMPS),
      costs: RULES.map((_, rule) =>
        costText(levels.map((level) => (jumping.includes(rule) ? loss(level) : 0))),
      ),
    };
  }

  it.each<[string, Tuning, number]>([
    ['all the way where jumping cost six lead times', learned(() => 144), 8],
    ['not at all where it cost more', learned(() => 144.1), 2],
    ['all the way where another way to jump cost less', learned(() => 144.1, JUMPING.slice(1)), 8],
    [
      'up to the first level that has one around it where it did',
      learned((level) => (level < 6 ? 0 : 1000)),
      5,
    ],
  ])('%s', (_, tuning, expected) => {
    expect(reachOfOverload(tuning, 2, 8, LEAD_TIME_SECONDS)).toBe(expected);
  });

  it.each([
    [120, 8],
    [120.1, 2],
  ])('goes by twenty minutes where lead times are short: %s windows', (loss, expected) => {
    expect(
      reachOfOverload(
        learned(() => loss),
        2,
        8,
        60,
      ),
    ).toBe(expected);
  });

  it('is all the way where the rule in use jumps, whatever that cost', () => {
    const [first] = JUMPING;
    const tuning = learned(() => 1000);
    const jumps = { ...tuning, chosen: tuning.chosen.map(() => first as number) };
    expect(reachOfOverload(jumps, 2, 8, LEAD_TIME_SECONDS)).toBe(8);
  });

  it.each([
    ['all the way where every level’s rule jumps', 14, 14, 20, 14],
    ['up to the first level whose rule does not, if that is half of it', 8, 14, 20, 8],
    ['not at all if it is less, which would lock the endpoint for little', 7, 14, 20, 2],
    ['but up to it if that is half of what is allowed', 7, 14, 12, 7],
    ['never down', 14, 1, 20, 2],
  ])('goes by the rules in use while the surge is new: %s', (_, levels, asked, most, expected) => {
    const [jumping] = JUMPING;
    const chosen = Array.from({ length: 14 }, (__, level) =>
      level < levels ? (jumping as number) : NEVER_JUMPS,
    );
    expect(reachOfJump({ ...learned(() => 0), chosen }, 2, asked, most)).toBe(expected);
  });

  it('and above all that was ever used', () => {
    expect(
      reachOfOverload(
        learned(() => 0),
        2,
        40,
        LEAD_TIME_SECONDS,
      ),
    ).toBe(40);
  });

  it('never lowers it', () => {
    expect(
      reachOfOverload(
        learned(() => 0),
        5,
        0,
        LEAD_TIME_SECONDS,
      ),
    ).toBe(5);
  });
});

const DROPS = 0;
const NEVER_DROPS = 1;

describe('how far a load that recurs gives capacity back', () => {
  const met = (bandsAhead: number): Tuning => ({
    ...tuned(null, points(steady(1)), {
      riskPrice: 10,
      targetPerInstance: 1500,
      leadTimeSeconds: 240,
      quietSeconds: 60,
      capacity: 10,
    }),
    bandsAhead,
  });

  it.each([
    ['through all levels that its turns ask for', 5, 5, 1, 1],
    ['not from a level above', 5, 6, 1, 6],
    ['no lower than what must stay', 5, 5, 2, 2],
    ['not at all where nothing recurs', 0, 5, 1, 5],
  ])('%s', (_, bandsAhead, capacity, least, expected) => {
    expect(reachOfTurn(met(bandsAhead), capacity, least)).toBe(expected);
  });

  it.each([
    ['to what must stay where every level’s rule drops', null, 1],
    ['to the first level whose rule does not', 4, 5],
  ])('and so far calm does: %s', (_, held, expected) => {
    const tuning = met(0);
    const chosen = tuning.chosen.map((__, level) => (level === held ? NEVER_DROPS : DROPS));
    expect(reachOfDrop({ ...tuning, chosen }, 8, 1)).toBe(expected);
  });
});
