import { type Bounds, clamp } from './bounds.ts';
import { type Budget, budgetRefusal, NO_BUDGET, nextDayOf } from './budget.ts';
import type { Note } from './note.ts';
import type { Reason } from './reasons.ts';
import type { TargetState } from './types.ts';
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
  /** Floors that nobody asked for: what the target's own days say. */
  readonly expected?: readonly CapacityWindow[] | undefined;
  readonly budget?: Budget | undefined;
}

/**
 * The limits of a moment. The owner's Min and Max win over all of them, the budget over windows, and
 * any of these over what is only expected: that is no more than a guess, and refusing it is no news.
 */
export function limitsNow(
  { nowSeconds, windows = [], expected = [], budget = NO_BUDGET }: LimitInput,
  spent: TargetState['spent'],
  baseline: Bounds,
  leadTimeSeconds: number,
): Limits {
  const wanted = windowsNow(windows, nowSeconds, leadTimeSeconds);
  const guess = windowsNow(expected, nowSeconds, leadTimeSeconds);
  const { atMost } = wanted;
  const refusal = budgetRefusal(budget, spent, nowSeconds);
  const most = refusal ? baseline.min : (atMost?.instances ?? baseline.max);
  const max = clamp(most, baseline);
  const guessed = Math.min(guess.atLeast?.instances ?? 0, max);
  const isGuessHigher = guessed > Math.max(wanted.atLeast?.instances ?? 0, baseline.min);
  const atLeast = isGuessHigher
    ? ({ instances: guessed, source: 'pattern' } as const)
    : wanted.atLeast;
  const min = clamp(atLeast?.instances ?? baseline.min, { min: baseline.min, max });
  const changes = [
    wanted.changesAtSeconds,
    guess.changesAtSeconds,
    refusal && nextDayOf(nowSeconds),
  ].filter((at) => at !== null);
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
  return `${source}-floor`;
}

/** Reasons by which a limit refuses what demand or a window wants. */
export const LIMIT_REASONS: readonly Reason[] = [
  'schedule-ceiling',
  'budget-spent',
  'account-budget-spent',
];
