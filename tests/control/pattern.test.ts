import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import type { DemandPoint } from '../../lib/control/demand.ts';
import {
  FORECASTS,
  forecastToFollow,
  learnPattern,
  MOST_DAYS,
  type Pattern,
  type PatternInput,
  patternWindows,
} from '../../lib/control/pattern.ts';
import type { PlayedWindow } from '../../lib/control/shadows.ts';
import { SLOT_SECONDS, SLOTS_PER_DAY } from '../../lib/control/slots.ts';
import { isWorthSaving } from '../../lib/control/state.ts';
import { CONFIG, NOW, observed, stateWith, tuned } from './fixtures.ts';

const DAY_SECONDS = 86_400;
/** NOW is eight o'clock UTC. */
const TODAY = NOW - 8 * 3600;
const EIGHT = (8 * 3600) / SLOT_SECONDS;

const INPUT: PatternInput = {
  riskPrice: 10,
  targetPerInstance: 60,
  leadTimeSeconds: 180,
  spacingSeconds: 20,
  bounds: { min: 1, max: 20 },
};

/** Instances at a moment of the day, days counted from the start of what is lived through. */
type Demand = (day: number, hour: number) => number;

/** What capacity comes to when it follows demand a lead time late. */
function played(points: readonly DemandPoint[], demandAt: (seconds: number) => number) {
  return points.map(({ startSeconds, demand }): PlayedWindow => {
    const earlier = Math.ceil(demandAt(startSeconds - INPUT.leadTimeSeconds));
    return { startSeconds, demand, held: Math.max(earlier, Math.ceil(demand)), serving: earlier };
  });
}

/** Lives from midnight on, a quarter of an hour at a time. */
function live(
  demand: Demand,
  days: number,
  from = { pattern: null as Pattern | null, day: 0, input: INPUT },
): Pattern {
  const demandAt = (seconds: number) =>
    demand(Math.floor(seconds / DAY_SECONDS), (((seconds / 3600) % 24) + 24) % 24);
  let pattern = from.pattern;
  for (let at = from.day * DAY_SECONDS; at < days * DAY_SECONDS; at += SLOT_SECONDS) {
    const points = Array.from({ length: SLOT_SECONDS / 10 }, (_, i) => ({
      startSeconds: at + 10 * i,
      demand: demandAt(at + 10 * i),
    }));
    pattern = learnPattern(pattern, points, played(points, demandAt), from.input);
  }
  return pattern as Pattern;
}

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

/** A pattern whose first forecast came to these gains on the last days, the one under way last. */
function judged(gains: readonly (number | null)[], cost = 1000): Pattern {
  const none = gains.map(() => null);
  return {
    riskPrice: CONFIG.riskPrice,
    targetPerInstance: CONFIG.targetPerInstance,
    daySeconds: TODAY,
    days: gains.map(() => '4'.repeat(SLOTS_PER_DAY)),
    scoredUntilSeconds: NOW - 20,
    costs: gains.map(() => cost),
    gains: FORECASTS.map((_, i) => (i === 0 ? gains : none)),
  };
}

describe('a forecast is followed', () => {
  it.each<[string, (number | null)[], number | null]>([
    ['when two days gained alike', [null, null, 100, 100, 0], 0],
    ['and not when it was one', [null, null, 100, 0], null],
    ['but then when today has gained more than a tenth of it, too', [null, null, 100, 10.1], 0],
    ['and not for a tenth', [null, null, 100, 10], null],
    ['not before three days are over', [null, 100, 100], null],
    ['when it gained more than a hundredth of what was paid', [10.1, 10.1, 10, 10], 0],
    ['and not for a hundredth', [10, 10, 10, 10], null],
    ['when five days of a week outweigh its weekend', [90, 90, 90, 90, 90, -90, -90, 0], 0],
    ['and not when four do', [90, 90, 90, 90, -90, -90, 0], null],
    ['not when it was never judged before today', [null, null, null, 50], null],
    ['until it has lost today what it gains on a day', [100, 100, 100, -100], 0],
    ['and not beyond', [100, 100, 100, -100.1], null],
    ['until it has lost a fiftieth of a day, where it gains less', [16, 20, 16, 16, 16, -20], 0],
    ['and not beyond that', [16, 20, 16, 16, 16, -20.1], null],
  ])('%s', (_, gains, expected) => {
    expect(forecastToFollow(judged(gains))).toBe(expected);
  });

  it('is the one that gained most', () => {
    const pattern = judged([null, null, 100, 0]);
    const gains = [100, 120, 110].map((gain) => [null, gain, gain, 0]);
    expect(forecastToFollow({ ...pattern, gains })).toBe(1);
  });
});

describe('size', () => {
  it('takes less than 1.2 KB, and leaves the state below 8 KB, at a thousand instances', () => {
    const random = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), {
      numRuns: 1000,
      seed: 1,
    });
    const demand: Demand = (day, hour) =>
      1000 * (random[Math.floor(day * 97 + hour * 360) % 1000] as number);
    const input = { ...INPUT, bounds: { min: 1, max: 10_000 } };
    const pattern = live(demand, 9, { pattern: null, day: 0, input });
    expect(pattern.days).toHaveLength(MOST_DAYS + 1);
    expect(JSON.stringify(pattern).length).toBeLessThan(1229);
    const points = random.map((share, i) => ({ startSeconds: 10 * i, demand: 1000 * share }));
    const tuning = tuned(null, points, { ...INPUT, quietSeconds: 180, capacity: 1000 });
    expect(JSON.stringify(stateWith({ pattern, tuning })).length).toBeLessThan(8192 - 512);
  });
});

describe('decide()', () => {
  const following = judged([100, 100, 100, 0]);
  const at = (bands: string): Pattern => ({
    ...following,
    days: following.days.map(() => bands.repeat(SLOTS_PER_DAY)),
  });
  const situation = fc.record({
    demands: fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 60 }),
    bands: fc.constantFrom('0', '1', '5', 'A', 'J', '-'),
    min: fc.integer({ min: 0, max: 8 }),
    max: fc.integer({ min: 8, max: 12 }),
    desired: fc.integer({ min: 0, max: 8 }),
    locked: fc.boolean(),
    atMost: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
    isSpent: fc.boolean(),
  });

  type Situation = typeof situation extends fc.Arbitrary<infer S> ? S : never;

  const decideWith = (s: Situation, dailyPattern: boolean) => {
    const owner = { min: s.min, max: s.max };
    const capacity = { desired: s.desired, inService: s.desired, locked: s.locked };
    const [fromSeconds, untilSeconds] = [NOW - 60, NOW + 600];
    return decide({
      nowSeconds: NOW,
      config: { ...CONFIG, dailyPattern },
      state: stateWith({ baseline: owner, pattern: at(s.bands) }),
      observation: observed(s.demands, capacity, owner),
      windows: [{ source: 'schedule', fromSeconds, untilSeconds, atLeast: null, atMost: s.atMost }],
      budget: { maxInstanceSeconds: null, isAccountSpent: s.isSpent },
    });
  };

  it('never wants less for a pattern, nor more than is allowed', () => {
    let raised = 0;
    fc.assert(
      fc.property(situation, (s) => {
        const on = decideWith(s, true);
        const off = decideWith(s, false);
        const [wanted, otherwise] = [on.wanted ?? s.desired, off.wanted ?? s.desired];
        expect(wanted).toBeGreaterThanOrEqual(otherwise);
        if (wanted > otherwise) {
          raised += 1;
          expect(s.isSpent).toBe(false);
          expect(wanted).toBeLessThanOrEqual(Math.max(s.min, Math.min(s.max, s.atMost ?? s.max)));
          expect(on.steps.map(({ reason }) => reason)).toContain('pattern-floor');
        }
        expect(on.state.refusedFor).toBe(
          wanted > otherwise ? on.state.refusedFor : off.state.refusedFor,
        );
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect(raised).toBeGreaterThan(100);
  });

  const usual: Situation = {
    demands: new Array(60).fill(0.5),
    bands: '5',
    min: 1,
    max: 12,
    desired: 1,
    locked: false,
    atMost: null,
    isSpent: false,
  };

  it('tells the step with its numbers, and asks for the instances', () => {
    const { steps, proposal } = decideWith(usual, true);
    expect(steps).toContainEqual({
      name: 'windows',
      before: 1,
      after: 5,
      reason: 'pattern-floor',
      constrained: false,
    });
    expect(proposal).toMatchObject({ bounds: { min: 5, max: 12 }, direction: 'out' });
  });

  it('gives what it held up back once it does not ask any more', () => {
    const state = stateWith({ baseline: { min: 1, max: 12 }, pattern: at('0') });
    const observation = observed(usual.demands, { desired: 5, inService: 5 }, { min: 5, max: 12 });
    const written = { ...state, written: { min: 5, max: 12 } };
    const { proposal } = decide({ nowSeconds: NOW, config: CONFIG, state: written, observation });
    expect(proposal).toMatchObject({ bounds: { min: 1, max: 1 }, direction: 'in' });
  });

  it('leaves a higher floor of the owner its name', () => {
    const [fromSeconds, untilSeconds] = [NOW - 60, NOW + 600];
    const { steps, wanted } = decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ baseline: { min: 1, max: 12 }, pattern: at('5') }),
      observation: observed(usual.demands, { desired: 1, inService: 1 }, { min: 1, max: 12 }),
      windows: [{ source: 'schedule', fromSeconds, untilSeconds, atLeast: 7, atMost: null }],
    });
    expect(wanted).toBe(7);
    expect(steps.map(({ reason }) => reason)).toContain('schedule-floor');
    expect(steps.map(({ reason }) => reason)).not.toContain('pattern-floor');
  });

  it('does nothing while paused, and keeps what it knows', () => {
    const state = stateWith({ baseline: { min: 1, max: 12 }, pattern: at('5') });
    const observation = observed(usual.demands, { desired: 1, inService: 1 }, { min: 1, max: 12 });
    const config = { ...CONFIG, mode: 'paused' as const };
    const decision = decide({ nowSeconds: NOW, config, state, observation });
    expect(decision.proposal).toBeNull();
    expect(decision.state.pattern).toEqual(state.pattern);
  });

  it('forgets while the setting is off', () => {
    expect(decideWith(usual, false).state.pattern).toBeNull();
  });

  it('does not ask for a save of its own', () => {
    const state = stateWith({ pattern: at('5') });
    expect(isWorthSaving(state, { ...state, pattern: at('6') })).toBe(false);
  });

  it('expects nothing beyond the eight o’clock slot that is not remembered', () => {
    const days = following.days.map(() => '-'.repeat(EIGHT) + '5'.repeat(SLOTS_PER_DAY - EIGHT));
    const pattern = { ...following, days };
    expect(patternWindows(pattern, NOW - 3600, INPUT)).toEqual([]);
    expect(patternWindows(pattern, NOW, INPUT)).toHaveLength(2);
  });
});
