import { type Load, peakPerMinute } from '../load/load.ts';
import { UsageError } from '../load/usage-error.ts';

/** Length of the windows that demand is measured in, seconds. */
export const WINDOW_SECONDS = 10;

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** A load as an endpoint sees it: demand in instances, a real number, constant within a window. */
export interface Workload {
  readonly name: string;
  readonly windows: number;
  readonly seconds: number;
  /** Requests in each window, as the signal would report them. */
  readonly requests: Float64Array;
  /** Requests in each second, where they are known. */
  readonly arrivals?: Float64Array;
  /** Instances that each window needs. */
  readonly demand: Float64Array;
  /** Instance-seconds that the whole load needs. */
  readonly demandedSeconds: number;
  /** Load that one instance carries, requests a minute. */
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Capacity that every policy starts with: what the first minute needs on average. */
  readonly initialCapacity: number;
  readonly shortfall: Shortfall;
}

/**
 * Sizes instances so that the load's busiest minute needs `peakInstances`, between one instance and
 * twice the peak. A last window that the load does not fill is left out.
 * @throws {UsageError} for a load shorter than a window
 */
export function workloadOf({ name, arrivals }: Load, peakInstances: number): Workload {
  const windows = Math.floor(arrivals.length / WINDOW_SECONDS);
  if (windows === 0) {
    throw new UsageError(
      `${name}: ${arrivals.length} s of load is too short: expected ${WINDOW_SECONDS} s or more`,
    );
  }
  const peak = peakPerMinute(arrivals);
  // A load without requests needs nothing, whatever an instance carries.
  const targetPerInstance = peak > 0 ? peak / peakInstances : 1;
  const requests = Float64Array.from({ length: windows }, (_, window) =>
    sum(arrivals.subarray(window * WINDOW_SECONDS, (window + 1) * WINDOW_SECONDS)),
  );
  return { ...sizedWorkload(name, requests, targetPerInstance, 1, 2 * peakInstances), arrivals };
}

/** A workload on instances of a known size, between known bounds. */
export function sizedWorkload(
  name: string,
  requests: Float64Array,
  targetPerInstance: number,
  minCapacity: number,
  maxCapacity: number,
): Workload {
  const windows = requests.length;
  if (windows === 0) {
    throw new UsageError(`${name}: the load is too short: expected ${WINDOW_SECONDS} s or more`);
  }
  const demand = requests.map((count) => (count * WINDOWS_PER_MINUTE) / targetPerInstance);
  const firstMinute = demand.subarray(0, WINDOWS_PER_MINUTE);
  return {
    name,
    windows,
    seconds: windows * WINDOW_SECONDS,
    requests,
    demand,
    demandedSeconds: sum(demand) * WINDOW_SECONDS,
    targetPerInstance,
    minCapacity,
    maxCapacity,
    initialCapacity: clampCapacity(
      Math.ceil(sum(firstMinute) / firstMinute.length - 1e-9),
      minCapacity,
      maxCapacity,
    ),
    shortfall: new Shortfall(demand),
  };
}

/** Demand that a capacity leaves unserved, over any span, by running sums made once per capacity. */
export class Shortfall {
  readonly #demand: Float64Array;
  readonly #sums = new Map<number, Float64Array>();

  constructor(demand: Float64Array) {
    this.#demand = demand;
  }

  /** Unserved instance-seconds before the start of each window, under `capacity` from the start on. */
  sums(capacity: number): Float64Array {
    const known = this.#sums.get(capacity);
    if (known) return known;
    const sums = new Float64Array(this.#demand.length + 1);
    for (let window = 0; window < this.#demand.length; window += 1) {
      const short = Math.max(0, (this.#demand[window] as number) - capacity);
      sums[window + 1] = (sums[window] as number) + short * WINDOW_SECONDS;
    }
    this.#sums.set(capacity, sums);
    return sums;
  }

  /** Unserved instance-seconds under `capacity` between two moments, seconds from the start. */
  between(capacity: number, fromSeconds: number, toSeconds: number): number {
    const sums = this.sums(capacity);
    return at(sums, toSeconds) - at(sums, fromSeconds);
  }
}

function at(sums: Float64Array, seconds: number): number {
  const window = Math.floor(seconds / WINDOW_SECONDS);
  const before = sums[window] as number;
  const part = seconds / WINDOW_SECONDS - window;
  return part === 0 ? before : before + part * ((sums[window + 1] as number) - before);
}

export function clampCapacity(capacity: number, min: number, max: number): number {
  return Math.min(Math.max(capacity, min), max);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
