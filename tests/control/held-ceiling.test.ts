import { expect, it } from 'vitest';
import type { Budget } from '../../lib/control/budget.ts';
import { decide } from '../../lib/control/decide.ts';
import type { CapacityWindow } from '../../lib/control/windows.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

const WINDOW: CapacityWindow = {
  source: 'schedule',
  fromSeconds: NOW - 60,
  untilSeconds: NOW + 3600,
  atLeast: null,
  atMost: 6,
};
const ACCOUNT: Budget = { maxInstanceSeconds: null, isAccountSpent: true };
const TARGETS: Budget = { maxInstanceSeconds: 3600, isAccountSpent: false };

it.each<[string, readonly CapacityWindow[], Budget | undefined, number, string]>([
  ['nothing', [], undefined, 20, 'ceiling-returned'],
  ['a window', [WINDOW], undefined, 6, 'schedule-ceiling'],
  ['the budget of the account', [], ACCOUNT, 4, 'account-budget-spent'],
  ['its own budget', [], TARGETS, 4, 'budget-spent'],
  ['its own budget, in a window', [WINDOW], TARGETS, 4, 'budget-spent'],
])('says what holds Max while the endpoint is locked: %s', (_, windows, budget, max, reason) => {
  // A ceiling of three was lowered, and four stand.
  const bounds = { min: 3, max: 3 };
  const { proposal, steps } = decide({
    nowSeconds: NOW,
    config: CONFIG,
    state: stateWith({
      written: bounds,
      spent: { untilSeconds: NOW, instances: 4, instanceSeconds: 3600 },
    }),
    observation: observed(steady(3), { desired: 4, locked: true }, bounds),
    windows,
    ...(budget && { budget }),
  });
  expect(proposal?.bounds.max).toBe(max);
  const ceiling = steps.find(({ name }) => name === 'ceiling');
  expect(ceiling).toMatchObject({ before: 3, after: max, reason });
});
