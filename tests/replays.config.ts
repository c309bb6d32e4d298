import { defineConfig } from 'vitest/config';

/** Tests that replay days and weeks. Counting what they cover would more than double their time. */
export const REPLAYS = [
  'tests/backtest/**/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/cli/backtest.test.ts',
  'tests/scenarios/budget.test.ts',
];

export default defineConfig({
  test: {
    include: REPLAYS,
    maxWorkers: '100%',
    // No test measures time; the bound only ends what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: {
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    },
  },
});
