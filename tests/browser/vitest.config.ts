import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Starting a browser and drawing a day of samples takes seconds on a small machine.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    // One browser at a time is quicker than several that share two cores.
    fileParallelism: false,
    include: ['tests/browser/**/*.test.ts'],
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
  },
});
