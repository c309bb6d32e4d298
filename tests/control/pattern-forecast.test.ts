import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import {
  forecastToFollow,
  MOST_DAYS,
  type Pattern,
  patternWindows,
} from '../../lib/control/pattern.ts';
import { SLOT_SECONDS, SLOTS_PER_DAY } from '../../lib/control/slots.ts';
import { isWorthSaving } from '../../lib/control/state.ts';
import { CONFIG, NOW, observed, stateWith, tuned } from './fixtures.ts';
import { type Demand, INPUT, judged, live } from './pattern-days.ts';

const EIGHT = (8 * 3600) / SLOT_SECONDS;

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
