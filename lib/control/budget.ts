/** A budget is for the day of UTC. */
export const DAY_SECONDS = 86_400;

/** Part of a budget from which on its owner is warned. */
export const NEAR_FRACTION = 0.8;

/** What was spent on a target since midnight UTC, as last counted. */
export interface Spent {
  /** Counted up to this epoch second; its day is the day that is counted. */
  readonly untilSeconds: number;
  /** Instances asked for as last seen: they are paid until somebody looks again. */
  readonly instances: number;
  readonly instanceSeconds: number;
}

/** What a target may spend in a day, and what the account has left. */
export interface Budget {
  /** Null: the target has no budget of its own. */
  readonly maxInstanceSeconds: number | null;
  /** True while the account's budget of the day is spent. */
  readonly isAccountSpent: boolean;
}

export const NO_BUDGET: Budget = { maxInstanceSeconds: null, isAccountSpent: false };

/** The midnight UTC before a moment. Epoch seconds. */
export function dayOf(epochSeconds: number): number {
  return Math.floor(epochSeconds / DAY_SECONDS) * DAY_SECONDS;
}

/** The next midnight UTC. Epoch seconds. */
export function nextDayOf(epochSeconds: number): number {
  return dayOf(epochSeconds) + DAY_SECONDS;
}

/** What is spent by `nowSeconds`, as far as the last look knows. */
export function spentBy(spent: Spent | null, nowSeconds: number): number {
  if (!spent) return 0;
  const today = dayOf(nowSeconds);
  const isToday = spent.untilSeconds >= today;
  const countedUntil = Math.max(spent.untilSeconds, today);
  const since = Math.max(0, nowSeconds - countedUntil) * spent.instances;
  return (isToday ? spent.instanceSeconds : 0) + since;
}

/**
 * Counts on: what was seen last was paid until now, and `instances` are from now on. An instance is
 * paid from the moment at which it is asked for.
 */
export function countSpent(spent: Spent | null, instances: number, nowSeconds: number): Spent {
  if (spent && nowSeconds < spent.untilSeconds) return { ...spent, instances };
  return {
    untilSeconds: nowSeconds,
    instances,
    instanceSeconds: spentBy(spent, nowSeconds),
  };
}

/** The reason for which no more than the owner's Min may be held; null while there is none. */
export function budgetRefusal(
  { maxInstanceSeconds, isAccountSpent }: Budget,
  spent: Spent | null,
  nowSeconds: number,
): 'budget-spent' | 'account-budget-spent' | null {
  if (maxInstanceSeconds !== null && spentBy(spent, nowSeconds) >= maxInstanceSeconds) {
    return 'budget-spent';
  }
  return isAccountSpent ? 'account-budget-spent' : null;
}
