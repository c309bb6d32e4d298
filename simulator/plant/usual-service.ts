import type { ServiceModel } from './request-queue.ts';

/** At the target, an instance is this busy: what is left carries the bursts. */
const UTILISATION_AT_TARGET = 0.7;

/** Seconds that a request takes on an idle instance, where nothing else is said. */
export const USUAL_SERVICE_SECONDS = 0.2;

/**
 * How an instance serves where nothing else is said.
 * @param targetPerInstance requests a minute that it is meant to carry
 */
export function usualService(
  targetPerInstance: number,
  serviceSeconds = USUAL_SERVICE_SECONDS,
): ServiceModel {
  return {
    instanceThroughputPerSecond: targetPerInstance / 60 / UTILISATION_AT_TARGET,
    serviceSeconds,
  };
}
