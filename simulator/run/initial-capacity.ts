import type { Load } from '../load/load.ts';

export interface Start {
  readonly load: Load;
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

/** Every policy begins with what the first minute needs, inside the owner's bounds. */
export function initialCapacity({
  load,
  targetPerInstance,
  minCapacity,
  maxCapacity,
}: Start): number {
  const minute = load.arrivals.subarray(0, 60);
  const perMinute = (minute.reduce((sum, count) => sum + count, 0) * 60) / minute.length;
  const needed = Math.ceil(perMinute / targetPerInstance);
  return Math.min(Math.max(needed, minCapacity, 1), maxCapacity);
}
