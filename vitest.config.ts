import { defineConfig } from 'vitest/config';
import { REPLAYS } from './tests/replays.config.ts';
import { SETTINGS } from './tests/settings.ts';

export default defineConfig({
  test: {
    ...SETTINGS,
    include: ['tests/**/*.test.ts'],
    exclude: [
      ...['browser', 'deploy', 'emulate', 'locust', 'moto'].map((each) => `tests/${each}/**`),
      ...REPLAYS,
    ],
    coverage: {
      provider: 'v8',
      include: ['lib/**', 'handlers/**', 'client/**/*.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 95, functions: 95, branches: 85, statements: 95 },
    },
  },
});
