import { defineConfig } from 'vitest/config';
import { SETTINGS } from './settings.ts';

/** Tests that replay many hours, days and weeks. Counting what they cover would more than double their time. */
export const REPLAYS = [
  'tests/backtest/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/cli/backtest.test.ts',
  'tests/lifecycle/unheard.test.ts',
  'tests/scenarios/budget.test.ts',
];

export default defineConfig({ test: { ...SETTINGS, include: REPLAYS } });
