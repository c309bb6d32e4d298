import { clamp } from './baseline.ts';
import { type Budget, budgetRefusal, NO_BUDGET, nextDayOf } from './budget.ts';
import type { Note } from './context.ts';
import type { Reason } from './reasons.ts';
import type { Bounds, TargetState } from './types.ts';
import { type CapacityWindow, type WindowLimit, type WindowsNow, windowsNow } from './windows.ts';

/** What windows and budgets say beside demand and the owner. */
export interface Limits {
  readonly atLeast: WindowsNow['atLeast'];
  readonly atMost: WindowsNow['atMost'];
  /** Why no more than the owner's Min may be held; null while the budget lasts. */
  readonly refusal: Reason | null;
  /** The owner's bounds as far as windows and budget narrow them. */
  readonly bounds: Bounds;
  /** When any of this changes by itself, epoch seconds. */
  readonly changesAtSeconds: number | null;
}

/** What of a decision's input bears on limits. */
export interface LimitInput {
  readonly nowSeconds: number;
  readonly windows?: readonly CapacityWindow[] | undefined;
  readonly budget?: Budget | undefined;
}

/** The limits of a moment. The owner's Min and Max win over all of them, the budget over windows. */
export function limitsNow(
  { nowSeconds, windows = [], budget = NO_BUDGET }: LimitInput,
  spent: TargetState['spent'],
  baseline: Bounds,
  leadTimeSeconds: number,
): Limits {
  const { atLeast, atMost, changesAtSeconds } = windowsNow(windows, nowSeconds, leadTimeSeconds);
  const refusal = budgetRefusal(budget, spent, nowSeconds);
  const most = refusal ? baseline.min : (atMost?.instances ?? baseline.max);
  const max = clamp(most, baseline);
  const min = clamp(atLeast?.instances ?? baseline.min, { min: baseline.min, max });
  const changes = [changesAtSeconds, refusal && nextDayOf(nowSeconds)].filter((at) => at !== null);
  return {
    atLeast,
    atMost,
    refusal,
    bounds: { min, max },
    changesAtSeconds: changes.length > 0 ? Math.min(...changes) : null,
  };
}

/** `capacity` moved to where windows and budget want it; the owner's bounds come after this. */
export function limited(
  capacity: number,
  { atLeast, atMost, refusal }: Limits,
  ownersMin: number,
  note: Note,
): number {
  let result = capacity;
  if (atLeast && atLeast.instances > result) {
    note('windows', result, atLeast.instances, floorReason(atLeast));
    result = atLeast.instances;
  }
  if (atMost && atMost.instances < result) {
    note('windows', result, atMost.instances, 'schedule-ceiling', true);
    result = atMost.instances;
  }
  if (refusal && result > ownersMin) {
    note('budget', result, ownersMin, refusal, true);
    result = ownersMin;
  }
  return result;
}

export function floorReason({ source }: WindowLimit): Reason {
  return source === 'prewarm' ? 'prewarm-floor' : 'schedule-floor';
}

/** Reasons by which a limit refuses what demand or a window wants. */
export const LIMIT_REASONS: readonly Reason[] = [
  'schedule-ceiling',
  'budget-spent',
  'account-budget-spent',
];
