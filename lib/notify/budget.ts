import { dayOf, NEAR_FRACTION, nextDayOf, spentBy } from '../control/budget.ts';
import type { Look } from '../cycle/look.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../enrolment/parameter-name.ts';
import { shortName } from '../target.ts';
import type { Notice } from './notices.ts';

interface Spending {
  readonly spentInstanceHours: number;
  readonly maxInstanceHours: number;
}

/** What the owner should know of a target's budget: that most of it is spent, or all. */
export function budgetNotices({ stored, decision }: Look, nowSeconds: number): Notice[] {
  const { maxInstanceHoursPerDay } = stored.enrolment.config;
  if (maxInstanceHoursPerDay === null) return [];
  const spending = {
    spentInstanceHours: spentBy(decision.state.spent, nowSeconds) / 3600,
    maxInstanceHours: maxInstanceHoursPerDay,
  };
  const { baseline } = decision.state;
  return notices(spending, nowSeconds, {
    name: shortName(stored.target),
    kinds: ['budget-near', 'budget-spent'],
    after: `Until ${midnight(nowSeconds)} only your MinCapacity${baseline ? ` of ${baseline.min}` : ''} is held, whatever demand needs. To allow more: raise "maxInstanceHoursPerDay" in ${targetParameterName(stored.target)}.`,
  });
}

/** The same of the account's budget. */
export function accountBudgetNotices(spending: Spending, nowSeconds: number): Notice[] {
  return notices(spending, nowSeconds, {
    name: 'The account',
    kinds: ['account-budget-near', 'account-budget-spent'],
    after: `Until ${midnight(nowSeconds)} every enrolled target is held at its MinCapacity, whatever demand needs. To allow more: raise "accountMaxInstanceHoursPerDay" in ${DEFAULTS_PARAMETER}.`,
  });
}

interface Wording {
  readonly name: string;
  readonly kinds: readonly [near: Notice['kind'], spent: Notice['kind']];
  readonly after: string;
}

function notices(
  { spentInstanceHours, maxInstanceHours }: Spending,
  nowSeconds: number,
  { name, kinds: [near, spent], after }: Wording,
): Notice[] {
  const share = spentInstanceHours / maxInstanceHours;
  if (share < NEAR_FRACTION) return [];
  const isSpent = share >= 1;
  const day = new Date(dayOf(nowSeconds) * 1000).toISOString().slice(0, 10);
  const hours = `${round(spentInstanceHours)} of ${maxInstanceHours} instance-hours of ${day} (UTC)`;
  return [
    {
      kind: isSpent ? spent : near,
      // A limit that was raised and is spent again is news.
      digest: `${day} of ${maxInstanceHours}`,
      text: isSpent
        ? `${name} has spent its budget: ${hours}. ${after}`
        : `${name} has spent ${hours}. At the end of the budget no more than MinCapacity is held.`,
      details: { day, spentInstanceHours: round(spentInstanceHours), maxInstanceHours },
    },
  ];
}

function midnight(nowSeconds: number): string {
  return `${new Date(nextDayOf(nowSeconds) * 1000).toISOString().slice(0, 16)}Z`;
}

function round(hours: number): number {
  return Number(hours.toFixed(2));
}
