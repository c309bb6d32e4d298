import { describe, expect, it } from 'vitest';
import { reachOfOverload } from '../../lib/control/in-use.ts';
import { costText } from '../../lib/control/kept.ts';
import { JUMPING, RULES } from '../../lib/control/rules.ts';
import { standingOverload } from '../../lib/control/size.ts';
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

describe('how far it raises capacity', () => {
  const BANDS = 10;
  const LEAD_TIME_SECONDS = 240;
  const NEVER_JUMPS = 1;

  /** Each level goes by a rule that does not jump, and jumping has cost so many windows more. */
  function learned(loss: (level: number) => number, jumping: readonly number[] = JUMPING): Tuning {
    const fresh = tuned(null, points(steady(1)), {
      riskPrice: 10,
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
