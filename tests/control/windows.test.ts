import { describe, expect, it } from 'vitest';
import {
  type Budget,
  budgetRefusal,
  countSpent,
  nextDayOf,
  type Spent,
  spentBy,
} from '../../lib/control/budget.ts';
import { decide } from '../../lib/control/decide.ts';
import type { DecisionInput } from '../../lib/control/decision-input.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { type CapacityWindow, windowsNow } from '../../lib/control/windows.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

const LEAD = 180;
const OWNER = { min: 2, max: 20 };

function window(changes: Partial<CapacityWindow> = {}): CapacityWindow {
  return {
    source: 'schedule',
    fromSeconds: NOW,
    untilSeconds: NOW + 3600,
    atLeast: null,
    atMost: null,
    ...changes,
  };
}

describe('windows at a moment', () => {
  const floor = window({ atLeast: 6 });
  const ceiling = window({ atMost: 6 });
  const cases: readonly (readonly [
    label: string,
    windows: readonly CapacityWindow[],
    atSeconds: number,
    atLeast: number | undefined,
    atMost: number | undefined,
  ])[] = [
    ['a floor, a second before its lead time', [floor], NOW - LEAD - 1, undefined, undefined],
    ['a floor, at its lead time', [floor], NOW - LEAD, 6, undefined],
    ['a floor, in its last second', [floor], NOW + 3599, 6, undefined],
    ['a floor, at its end', [floor], NOW + 3600, undefined, undefined],
    ['a ceiling, a second before it begins', [ceiling], NOW - 1, undefined, undefined],
    ['a ceiling, when it begins', [ceiling], NOW, undefined, 6],
    ['a ceiling, in its last second', [ceiling], NOW + 3599, undefined, 6],
    ['a ceiling, at its end', [ceiling], NOW + 3600, undefined, undefined],
    ['a floor of nothing', [window({ atLeast: 0 })], NOW, 0, undefined],
    ['floors: the highest', [floor, window({ atLeast: 9 }), floor], NOW, 9, undefined],
    ['ceilings: the lowest', [ceiling, window({ atMost: 3 }), ceiling], NOW, undefined, 3],
    ['both of one', [window({ atLeast: 2, atMost: 4 })], NOW, 2, 4],
    ['none', [], NOW, undefined, undefined],
  ];

  it.each(cases)('%s', (_, windows, atSeconds, atLeast, atMost) => {
    const now = windowsNow(windows, atSeconds, LEAD);
    expect([now.atLeast?.instances, now.atMost?.instances]).toEqual([atLeast, atMost]);
  });

  it.each([
    ['before its lead time', NOW - 1000, NOW - LEAD],
    ['at its lead time', NOW - LEAD, NOW + 3600],
    ['within', NOW + 10, NOW + 3600],
    ['after', NOW + 3600, null],
  ])('tells when a floor changes next: %s', (_, atSeconds, changesAtSeconds) => {
    expect(windowsNow([floor], atSeconds, LEAD).changesAtSeconds).toBe(changesAtSeconds);
  });
});

describe('counting what is spent', () => {
  const midnight = nextDayOf(NOW);
  const at = (untilSeconds: number, instances: number, instanceSeconds: number): Spent => ({
    untilSeconds,
    instances,
    instanceSeconds,
  });

  it.each([
    ['the first look', null, NOW, 0],
    ['a minute of three', at(NOW - 60, 3, 100), NOW, 280],
    ['the same moment again', at(NOW, 3, 100), NOW, 100],
    ['a clock that went back', at(NOW + 5, 3, 100), NOW, 100],
    ['the last second of the day', at(midnight - 61, 2, 100), midnight - 1, 220],
    ['over midnight, the new day only', at(midnight - 60, 2, 100), midnight + 30, 60],
    ['at midnight itself', at(midnight - 60, 2, 100), midnight, 0],
    ['days later', at(midnight - 5 * 86_400, 2, 100), midnight + 10, 20],
  ])('%s', (_, spent, nowSeconds, expected) => {
    expect(spentBy(spent, nowSeconds)).toBe(expected);
    expect(countSpent(spent, 7, nowSeconds)).toMatchObject({
      instances: 7,
      instanceSeconds: expected,
    });
  });

  it.each([
    ['no budget', null, false, 1e9, null],
    ['a second below', 3600, false, 3599, null],
    ['at it', 3600, false, 3600, 'budget-spent'],
    ['that of the account', null, true, 0, 'account-budget-spent'],
    ['both: the target’s own is told', 3600, true, 3600, 'budget-spent'],
  ])('refuses: %s', (_, maxInstanceSeconds, isAccountSpent, instanceSeconds, expected) => {
    const budget: Budget = { maxInstanceSeconds, isAccountSpent };
    expect(budgetRefusal(budget, at(NOW, 1, instanceSeconds), NOW)).toBe(expected);
  });
});

describe('a decision', () => {
  const input = (
    demand: number | null,
    desired: number,
    more: Partial<DecisionInput> & { bounds?: { min: number; max: number } } = {},
  ): DecisionInput => {
    const { bounds = OWNER, state, ...rest } = more;
    return {
      nowSeconds: NOW,
      config: CONFIG,
      state: state ?? stateWith({ baseline: OWNER }),
      observation: observed(demand === null ? [] : steady(demand, 300), { desired }, bounds),
      ...rest,
    };
  };
  const spent = { maxInstanceSeconds: 1, isAccountSpent: false };
  const paid = { untilSeconds: NOW, instances: 5, instanceSeconds: 1000 };
  const poor = stateWith({ baseline: OWNER, spent: paid });

  const REFUSED: TargetState['futile'] = {
    reason: 'insufficient-capacity',
    quota: null,
    wanted: 6,
    most: 3,
    attempts: 1,
    refusedAtSeconds: NOW - 10,
    retryAtSeconds: NOW + 50,
  };

  const cases: readonly (readonly [
    label: string,
    input: DecisionInput,
    bounds: { min: number; max: number } | null,
    reason: string,
  ])[] = [
    [
      'a floor above what stands is asked for',
      input(1, 2, { windows: [window({ atLeast: 6 })] }),
      { min: 6, max: 20 },
      'schedule-floor',
    ],
    [
      'a floor is asked for when nothing is known of the load',
      input(null, 2, { windows: [window({ atLeast: 6, source: 'prewarm' })] }),
      { min: 6, max: 20 },
      'prewarm-floor',
    ],
    [
      'a floor that stands by other means is made fast',
      input(6, 6, { windows: [window({ atLeast: 6 })] }),
      { min: 6, max: 20 },
      'schedule-floor',
    ],
    [
      'a floor above the owner’s Max ends there',
      input(1, 2, { windows: [window({ atLeast: 99 })] }),
      { min: 20, max: 20 },
      'owner-maximum',
    ],
    [
      'a ceiling below demand is kept to',
      input(9, 10, { windows: [window({ atMost: 4 })] }),
      { min: 4, max: 4 },
      'schedule-ceiling',
    ],
    [
      'a ceiling below what stands is kept to when nothing is known of the load',
      input(null, 10, { windows: [window({ atMost: 4 })] }),
      { min: 4, max: 4 },
      'schedule-ceiling',
    ],
    [
      'a ceiling below the owner’s Min ends there',
      input(9, 10, { windows: [window({ atMost: 1 })] }),
      { min: 2, max: 2 },
      'owner-minimum',
    ],
    [
      'a spent budget takes all above the owner’s Min, whatever demand needs',
      input(9, 10, { budget: spent, state: poor }),
      { min: 2, max: 2 },
      'budget-spent',
    ],
    [
      'a spent budget closes Max where Min stands already',
      input(9, 2, { budget: spent, state: poor }),
      { min: 2, max: 2 },
      'budget-spent',
    ],
    [
      'a spent budget wins over a prewarm',
      input(1, 2, {
        budget: spent,
        state: poor,
        windows: [window({ atLeast: 6, source: 'prewarm' })],
        bounds: { min: 2, max: 2 },
      }),
      null,
      'budget-spent',
    ],
    [
      'the account’s budget likewise',
      input(9, 10, { budget: { maxInstanceSeconds: null, isAccountSpent: true } }),
      { min: 2, max: 2 },
      'account-budget-spent',
    ],
    [
      'a window that is over is none',
      input(1, 2, { windows: [window({ atLeast: 6, untilSeconds: NOW })] }),
      null,
      'capacity-sufficient',
    ],
    [
      'what a window alone held up goes when it is over, though nothing is known of the load',
      input(null, 6, {
        state: stateWith({ baseline: OWNER, withoutWindows: 3, written: { min: 6, max: 20 } }),
        bounds: { min: 6, max: 20 },
      }),
      { min: 3, max: 3 },
      'windows-over',
    ],
    [
      'what stood before anyway stays when nothing is known of the load, but nothing holds it up',
      input(null, 6, {
        state: stateWith({ baseline: OWNER, withoutWindows: 8, written: { min: 6, max: 20 } }),
        bounds: { min: 6, max: 20 },
      }),
      { min: 2, max: 20 },
      'load-unseen',
    ],
    [
      'what a window asks for stays of a floor whose load nobody sees any more',
      input(null, 8, {
        state: stateWith({ baseline: OWNER, written: { min: 8, max: 20 } }),
        bounds: { min: 8, max: 20 },
        windows: [window({ atLeast: 6 })],
      }),
      { min: 6, max: 20 },
      'load-unseen',
    ],
    [
      'a floor that was refused goes for want of instances, not for that of a load',
      input(null, 3, {
        state: stateWith({ baseline: OWNER, written: { min: 6, max: 20 }, futile: REFUSED }),
        bounds: { min: 6, max: 20 },
        windows: [window({ atLeast: 6 })],
      }),
      { min: 3, max: 20 },
      'floor-lowered',
    ],
  ];

  it.each(cases)('%s', (_, given, bounds, reason) => {
    const { proposal, steps } = decide(given);
    expect(proposal?.bounds ?? null).toEqual(bounds);
    expect(steps.map((step) => step.reason)).toContain(reason);
  });

  it('while the endpoint is locked lowers no Max below what stands', () => {
    const given = input(9, 10, { windows: [window({ atMost: 4 })] });
    const { capacity, ...rest } = given.observation;
    const locked = { ...given, observation: { ...rest, capacity: { ...capacity, locked: true } } };
    expect(decide(locked).proposal?.bounds).toEqual({ min: 2, max: 10 });
  });

  it.each([
    ['fifteen minutes', 900, NOW + 900],
    ['a second more', 901, null],
  ])('at rest foresees a change that is near: %s', (_, inSeconds, expected) => {
    const fromSeconds = NOW + inSeconds + CONFIG.leadTimeSeconds;
    const coming = window({ atLeast: 6, fromSeconds, untilSeconds: fromSeconds + 60 });
    const { nextLookAtSeconds } = decide(input(1, 2, { windows: [coming] }));
    expect(nextLookAtSeconds).toBe(expected);
  });

  it('with a spent budget rests until midnight UTC', () => {
    const nowSeconds = nextDayOf(NOW) - 600;
    const state = stateWith({ baseline: OWNER, written: { min: 2, max: 2 }, spent: paid });
    const account = { maxInstanceSeconds: null, isAccountSpent: true };
    const observation = observed(steady(9, 300), { desired: 2 }, { min: 2, max: 2 }, nowSeconds);
    const decision = decide({ nowSeconds, config: CONFIG, state, observation, budget: account });
    expect(decision.proposal).toBeNull();
    expect(decision.nextLookAtSeconds).toBe(nowSeconds + 600);
    expect(decision.state.refusedFor).toBe('account-budget-spent');
  });

  it('of an observer moves no bounds, and says what it would do', () => {
    const config = { ...CONFIG, mode: 'observe' as const };
    const windows = [window({ atMost: 4 })];
    expect(decide(input(1, 2, { config, windows })).proposal).toBeNull();
    const asked = decide(input(1, 2, { config, windows: [window({ atLeast: 6 })] }));
    expect(asked.proposal?.bounds).toEqual({ min: 6, max: 20 });
  });
});
