import { describe, expect, it } from 'vitest';
import { accountBudgetNotices, budgetNotices } from '../../lib/notify/budget.ts';
import { lookOf } from './seen.ts';

const HOUR = 3600;
const MIDNIGHT = Date.UTC(2026, 0, 5) / 1000;
const NOON = MIDNIGHT + 12 * HOUR;

/** Notices of a target that has spent so many of ten instance-hours. */
const spent = (hours: number, baseline: { min: number; max: number } | null = { min: 2, max: 9 }) =>
  budgetNotices(
    lookOf({
      maxInstanceHoursPerDay: 10,
      after: {
        baseline,
        spent: { untilSeconds: NOON, instances: 0, instanceSeconds: hours * HOUR },
      },
    }),
    NOON,
  );

const account = (spentInstanceHours: number) =>
  accountBudgetNotices({ spentInstanceHours, maxInstanceHours: 10 }, NOON);

describe.each([
  ['a target’s', spent, ['budget-near', 'budget-spent']],
  ['the account’s', account, ['account-budget-near', 'account-budget-spent']],
] as const)('%s budget', (_, notices, [near, over]) => {
  it.each([
    ['is not told of below four fifths', 7.999, []],
    ['is told of from four fifths on', 8, [near]],
    ['is not spent just before its end', 9.999, [near]],
    ['is spent at its end', 10, [over]],
    ['is spent beyond it', 11, [over]],
  ])('%s', (__, hours, kinds) => {
    expect(notices(hours).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('is news again on another day, and with another limit', () => {
    const [first] = notices(10);
    expect(first?.digest).toBe('2026-01-05 of 10');
    expect(first?.details).toEqual({
      day: '2026-01-05',
      spentInstanceHours: 10,
      maxInstanceHours: 10,
    });
  });

  it('says until when no more than Min is held', () => {
    const [first] = notices(10);
    expect(first?.text).toContain(' has spent its budget: 10 of 10 instance-hours of 2026-01-05 ');
    expect(first?.text).toContain('Until 2026-01-06T00:00Z ');
  });
});

it.each([
  ['with it', { min: 2, max: 9 }, 'only your MinCapacity of 2 is held'],
  ['without it where it is not known', null, 'only your MinCapacity is held'],
])('Min is told %s', (_, baseline, words) => {
  expect(spent(10, baseline)[0]?.text).toContain(words);
});

it('a target without a budget has nothing to tell of it', () => {
  const after = { spent: { untilSeconds: NOON, instances: 9, instanceSeconds: 1e9 } };
  expect(budgetNotices(lookOf({ after }), NOON)).toEqual([]);
});
