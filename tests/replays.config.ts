import { defineConfig } from 'vitest/config';
import { SETTINGS } from './settings.ts';

/** Tests that replay scenarios, and many hours, days and weeks. Counting what they cover would about double their time. */
export const REPLAYS = [
  'tests/backtest/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/chaos/**/*.test.ts',
  'tests/cli/backtest.test.ts',
  'tests/cli/operate.test.ts',
  'tests/cli/simulate.test.ts',
  'tests/cli/status.test.ts',
  'tests/dashboard/estimate.test.ts',
  'tests/lifecycle/{blind,properties,quotas,unheard}.test.ts',
  'tests/scenarios/**/*.test.ts',
];

export default defineConfig({ test: { ...SETTINGS, include: REPLAYS } });
