import { describe, expect, it } from 'vitest';
import {
  FORECASTS,
  forecastToFollow,
  learnPattern,
  type Pattern,
  type PatternInput,
  patternWindows,
} from '../../lib/control/pattern.ts';
import { SLOT_SECONDS } from '../../lib/control/slots.ts';
import { DAY_SECONDS, type Demand, INPUT, live, played, TODAY } from './pattern-days.ts';

/** Floors that are asked for at some hour of day `day`. */
function floorAt(pattern: Pattern, day: number, hour: number): number {
  const now = day * DAY_SECONDS + hour * 3600;
  const asked = patternWindows(pattern, now, INPUT).filter(
    ({ fromSeconds, untilSeconds }) =>
      fromSeconds - INPUT.leadTimeSeconds <= now && untilSeconds > now,
  );
  return Math.max(0, ...asked.map(({ atLeast }) => atLeast as number));
}

const office: Demand = (_, hour) => (hour >= 8 && hour < 18 ? 9.5 : 0.5);

const weekdays: Demand = (day, hour) => (day % 7 < 5 ? office(day, hour) : 0.5);

describe('what is remembered of a slot', () => {
  const slot = (demands: readonly number[]) => {
    const points = demands.map((demand, i) => ({ startSeconds: TODAY + 10 * i, demand }));
    const last = { startSeconds: TODAY + SLOT_SECONDS - 10, demand: 0 };
    return learnPattern(null, [...points, last], [], INPUT)?.days;
  };
  const mixed = (high: number, low: number) => [
    ...new Array(high).fill(2.5),
    ...new Array(low).fill(0.5),
  ];

  it.each([
    ['level load', new Array(89).fill(3), ['3']],
    ['a level that is used in part', new Array(89).fill(3.5), ['4']],
    ['a level used for 19 of 90 windows is worth having at price 10', mixed(19, 70), ['2']],
    ['one used for 18 of 90 is not', mixed(18, 71), ['1']],
    ['nothing', new Array(89).fill(0), ['0']],
    ['72 of 90 windows with data are enough', new Array(71).fill(3), ['3']],
    ['71 are not', new Array(70).fill(3), ['-']],
  ])('%s', (_, demands, days) => {
    expect(slot(demands)).toEqual(days);
  });

  it('waits for the slot to be over', () => {
    const points = Array.from({ length: 89 }, (_, i) => ({
      startSeconds: TODAY + 10 * i,
      demand: 3,
    }));
    expect(learnPattern(null, points, [], INPUT)?.days).toEqual(['']);
  });

  it('keeps a gap as unknown', () => {
    const first = live(office, 1);
    const at = DAY_SECONDS + 3600;
    const points = [{ startSeconds: at, demand: 1 }];
    const windows = [{ startSeconds: at, demand: 1, held: 1, serving: 1 }];
    const { days } = learnPattern(first, points, windows, INPUT) as Pattern;
    expect(days).toEqual([first.days[0], '----']);
  });
});

describe('a rise that comes every day', () => {
  it.each([
    ['is not expected on the fourth day, when one day was judged', 3, 0],
    ['is expected on the fifth', 4, 10],
    ['and on the eighth', 7, 10],
  ])('%s', (_, day, expected) => {
    const pattern = live(office, day);
    const rising = live(office, day + 1 / 3, { pattern, day, input: INPUT });
    expect(floorAt(rising, day, 8)).toBe(expected);
  });

  it('is asked for a lead time and a spacing ahead, and no sooner', () => {
    const pattern = live(office, 4 + 7 / 24);
    const [before, rise] = patternWindows(pattern, 4 * DAY_SECONDS + 7.75 * 3600, INPUT);
    expect(before).toMatchObject({ atLeast: 1 });
    expect(rise).toEqual({
      source: 'pattern',
      fromSeconds: 4 * DAY_SECONDS + 8 * 3600 - 20,
      untilSeconds: 4 * DAY_SECONDS + 8.25 * 3600,
      atLeast: 10,
      atMost: null,
    });
  });

  it('is given up on a day of another kind, and expected again when days are as usual', () => {
    const friday = live(weekdays, 5);
    expect(floorAt(friday, 5, 8)).toBe(10);
    const saturday = live(weekdays, 5.5, { pattern: friday, day: 5, input: INPUT });
    expect(floorAt(saturday, 5, 12)).toBe(0);
    const wednesday = live(weekdays, 9, { pattern: friday, day: 5, input: INPUT });
    expect(floorAt(wednesday, 9, 8)).toBe(10);
  });

  it('knows weekends by the week before', () => {
    const pattern = live(weekdays, 12);
    const lastWeek = FORECASTS.length - 1;
    const gained = pattern.gains[lastWeek]?.filter((gain) => gain !== null) as number[];
    expect(gained).toHaveLength(5);
    expect(Math.min(...gained)).toBeGreaterThan(0);
  });

  it.each([
    [
      'that comes at another hour each day',
      (day: number, hour: number) => office(day, (hour + 7 * day) % 24),
    ],
    ['of a load that is always the same', () => 4.5],
    ['of no load', () => 0],
  ])('is not made up %s', (_, demand) => {
    for (let days = 1; days <= 9; days += 1) {
      expect(forecastToFollow(live(demand, days))).toBeNull();
    }
  });

  it('is worked out the same whether windows come at once or one by one', () => {
    const before = live(office, 4);
    const points = Array.from({ length: 270 }, (_, i) => ({
      startSeconds: 4 * DAY_SECONDS + 10 * i,
      demand: 2,
    }));
    const windows = played(points, () => 1);
    const atOnce = learnPattern(before, points, windows, INPUT);
    let oneByOne: Pattern | null = before;
    for (let end = 1; end <= points.length; end += 1) {
      oneByOne = learnPattern(oneByOne, points.slice(0, end), windows.slice(end - 1, end), INPUT);
    }
    expect(oneByOne).toEqual(atOnce);
    expect(learnPattern(atOnce, points, windows, INPUT)).toEqual(atOnce);
  });
});

describe('what was remembered', () => {
  const pattern = live(office, 5);
  const at = 5 * DAY_SECONDS;
  const after = (input: PatternInput, gapDays = 0) => {
    const startSeconds = at + gapDays * DAY_SECONDS;
    const window = { startSeconds, demand: 1, held: 1, serving: 1 };
    return learnPattern(pattern, [window], [window], input)?.days.length;
  };

  it.each<[string, Partial<PatternInput>, number, number]>([
    ['stays', {}, 0, 6],
    ['is void at another price', { riskPrice: 11 }, 0, 1],
    ['stays when an instance carries a quarter more', { targetPerInstance: 75 }, 0, 6],
    ['is void when it carries more than that', { targetPerInstance: 75.1 }, 0, 1],
    ['stays when it carries a fifth less', { targetPerInstance: 48 }, 0, 6],
    ['is void when it carries less than that', { targetPerInstance: 47.9 }, 0, 1],
    ['survives six days without a look', {}, 6, 8],
    ['does not survive eight', {}, 7, 1],
  ])('%s', (_, changes, gapDays, days) => {
    expect(after({ ...INPUT, ...changes }, gapDays)).toBe(days);
  });

  it('stays while there is no load to read', () => {
    expect(learnPattern(pattern, [], [], INPUT)).toBe(pattern);
  });
});
