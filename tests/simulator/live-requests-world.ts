import type { VariantModel } from '../../simulator/plant/variant.ts';

export const START_MS = Date.UTC(2026, 0, 5);

/** An instance of 10 requests a second, 0.2 s each, in steps of 50 ms. */
export const MODEL: VariantModel = {
  instanceThroughputPerSecond: 10,
  serviceSeconds: 0.2,
  leadTimeSeconds: 60,
  stepSeconds: 0.05,
};
