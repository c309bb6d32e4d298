import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Emulators on the time outside, callers in other languages: one at a time, so that two small cores
// serve each in time.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    fileParallelism: false,
    include: ['tests/emulate/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
