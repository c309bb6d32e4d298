import { defineConfig } from 'vitest/config';
import { REPLAYS } from './tests/replays.config.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [
      ...['browser', 'deploy', 'emulate', 'locust', 'moto'].map((each) => `tests/${each}/**`),
      ...REPLAYS,
    ],
    // Vitest would leave one processor free, which is half of them on a small machine.
    maxWorkers: '100%',
    // No test measures time; the bound only ends what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: {
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    },
    coverage: {
      provider: 'v8',
      include: ['lib/**', 'handlers/**', 'client/**/*.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 95, functions: 95, branches: 85, statements: 95 },
    },
  },
});
