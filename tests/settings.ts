/** Settings of every test that runs in this process alone. */
export const SETTINGS = {
  // Vitest would leave one processor free, which is half of them on a small machine.
  maxWorkers: '100%',
  // A worker goes on to the next file with the packages that it has loaded; the project's own modules are loaded anew.
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
  // No test measures time; the bound only ends what hangs.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  env: {
    AWS_REGION: 'eu-west-1',
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  },
} as const;
