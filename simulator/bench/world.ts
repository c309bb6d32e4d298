import type { CapacityChange } from '../plant/capacity-change.ts';
import type { Policy } from '../scalers/policy.ts';
import { Plant, type PlantOptions } from './plant.ts';
import type { Workload } from './workload.ts';

export interface WorldOptions extends PlantOptions {
  /** What one unserved instance-second is worth in instance-seconds. */
  readonly riskPrice: number;
}

/** Where nothing else is said: the lock of a scale-in and the lag of the metric. */
export const USUAL_PLANT = { scaleInLockSeconds: 60, metricLagSeconds: 10 } as const;

/** What a policy made of a workload. */
export interface Outcome {
  readonly unservedSeconds: number;
  readonly billedSeconds: number;
  readonly changes: readonly CapacityChange[];
}

/**
 * Runs one policy against one workload, from the workload's initial capacity to its end. Everybody
 * lives under the same plant; the same input gives the same outcome.
 */
export function runPolicy(workload: Workload, policy: Policy, options: WorldOptions): Outcome {
  const { minCapacity, maxCapacity, targetPerInstance, seconds } = workload;
  const { riskPrice, metricLagSeconds } = options;
  const plant = new Plant(workload, {
    ...options,
    countsUnderWay: policy.readsUnderWay ?? false,
  });
  const controller = policy.create({
    minCapacity,
    maxCapacity,
    targetPerInstance,
    riskPrice,
    metricLagSeconds,
  });
  let at = controller.nextAtSeconds(-1);
  while (at < seconds) {
    plant.advanceTo(at);
    const capacity = controller.evaluate(plant);
    if (capacity !== null) plant.request(capacity);
    const next = controller.nextAtSeconds(at);
    if (!(next > at))
      throw new RangeError(`${policy.name}: the look after ${at} s is at ${next} s`);
    at = next;
  }
  plant.advanceTo(seconds);
  const { unservedSeconds, billedSeconds, changes } = plant;
  return { unservedSeconds, billedSeconds, changes };
}
