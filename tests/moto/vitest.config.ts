import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The lifecycle stories against moto, a third party's AWS: every call goes over the wire.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/moto/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    env: {
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    },
  },
});
