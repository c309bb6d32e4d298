import type { InstanceStart, PlantOptions } from '../plant/plant.ts';
import type { Storms } from './storms.ts';

/**
 * How long an endpoint stays Updating for instances that EC2 does not have, seconds: at the upper end
 * of what was observed on live endpoints.
 */
export const STUCK_SECONDS = 2100;

/** Whether EC2 has the instances that are asked for, as the storms say. */
export function faultyCapacity(storms: Storms): NonNullable<PlantOptions['insufficientCapacity']> {
  return (_start: InstanceStart) =>
    storms.strike('capacity-insufficient') ? { forSeconds: STUCK_SECONDS } : undefined;
}

/** The quota of one instance type, which can be lowered and raised. */
export class AdjustableQuota {
  readonly #instanceType: string;
  readonly #quota: Record<string, number> = {};

  constructor(instanceType: string) {
    this.#instanceType = instanceType;
  }

  /** For {@link PlantOptions.instanceQuota}. */
  get quota(): Readonly<Record<string, number>> {
    return this.#quota;
  }

  /** Most instances; undefined: no limit. */
  get limit(): number | undefined {
    return this.#quota[this.#instanceType];
  }

  set limit(limit: number | undefined) {
    if (limit === undefined) delete this.#quota[this.#instanceType];
    else this.#quota[this.#instanceType] = limit;
  }
}
