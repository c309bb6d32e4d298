import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Locust and an emulator on the time outside.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    fileParallelism: false,
    include: ['tests/locust/**/*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 30_000,
  },
});
