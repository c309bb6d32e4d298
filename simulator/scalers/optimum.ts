import { WINDOW_SECONDS, type Workload } from '../bench/workload.ts';
import type { WorldOptions } from '../bench/world.ts';
import type { Policy } from './policy.ts';

/** A request for capacity at a moment. */
export interface PlannedRequest {
  readonly atSeconds: number;
  readonly capacity: number;
}

/** The cheapest plan and what it costs, in instance-seconds. */
export interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly cost: number;
}

/**
 * The clairvoyant optimum: the plan of least cost (risk price × unserved instance-seconds + billed
 * instance-seconds) for a workload.
 *
 * It knows the demand of every window from start to end, exactly and before it happens, the lead
 * time, the lock and the prices. It is under the same rules as every policy: the same initial
 * capacity and bounds, billing from the request, no change while the endpoint is locked, and
 * scale-outs that serve nothing before they land. It pays nothing for a change as such, and nothing
 * for what it leaves behind at the end.
 *
 * Dynamic programming, backwards over windows × capacity of the unlocked endpoint: keep the capacity
 * for one window, or ask for another, pay the whole lock from running sums, and land unlocked at its
 * end. Changes at the edges of windows are enough: demand is constant within a window and the locks
 * are whole windows, so that cost is linear in the moment of a change between two edges, and the
 * constraints between moments keep their corners on the edges.
 *
 * @throws {RangeError} when the lead time or the lock of a scale-in is not a whole number of windows
 */
export function optimalPlan(workload: Workload, options: WorldOptions): Plan {
  const { windows, minCapacity, initialCapacity } = workload;
  const count = workload.maxCapacity - minCapacity + 1;
  const { costs, choices } = solve(workload, options);
  const lead = wholeWindows('lead time', options.leadTimeSeconds);
  const lock = wholeWindows('lock of a scale-in', options.scaleInLockSeconds);
  const requests: PlannedRequest[] = [];
  let index = initialCapacity - minCapacity;
  for (let window = 0; window < windows; ) {
    const next = choices[window * count + index] as number;
    if (next === index) {
      window += 1;
      continue;
    }
    requests.push({ atSeconds: window * WINDOW_SECONDS, capacity: minCapacity + next });
    window += next > index ? lead : lock;
    index = next;
  }
  return { requests, cost: costs[initialCapacity - minCapacity] as number };
}

/** Least cost from the start by capacity, and the best next capacity by window and capacity. */
function solve(
  { windows, minCapacity, maxCapacity, shortfall }: Workload,
  { leadTimeSeconds, scaleInLockSeconds, riskPrice }: WorldOptions,
): { costs: Float64Array; choices: Uint16Array } {
  const lead = wholeWindows('lead time', leadTimeSeconds);
  const lock = wholeWindows('lock of a scale-in', scaleInLockSeconds);
  const count = maxCapacity - minCapacity + 1;
  const unserved = Array.from({ length: count }, (_, i) => shortfall.sums(minCapacity + i));
  const costs = new Float64Array((windows + 1) * count);
  const choices = new Uint16Array(windows * count);
  for (let window = windows - 1; window >= 0; window -= 1) {
    const row = window * count;
    const landed = Math.min(window + lead, windows);
    const released = Math.min(window + lock, windows);
    const short = (i: number, until: number) => {
      const sums = unserved[i] as Float64Array;
      return riskPrice * ((sums[until] as number) - (sums[window] as number));
    };
    const billed = (i: number, until: number) =>
      (minCapacity + i) * WINDOW_SECONDS * (until - window);

    for (let i = 0; i < count; i += 1) {
      const after = costs[(window + 1) * count + i] as number;
      costs[row + i] = short(i, window + 1) + billed(i, window + 1) + after;
      choices[row + i] = i;
    }
    // What a scale-in to `i` costs from here on does not depend on where it comes from.
    let best = Number.POSITIVE_INFINITY;
    let target = 0;
    for (let i = 0; i < count; i += 1) {
      if (best < (costs[row + i] as number)) {
        costs[row + i] = best;
        choices[row + i] = target;
      }
      const cost =
        short(i, released) + billed(i, released) + (costs[released * count + i] as number);
      if (cost < best) {
        best = cost;
        target = i;
      }
    }
    // Neither does a scale-out's, but for what is short until it lands.
    best = Number.POSITIVE_INFINITY;
    for (let i = count - 1; i >= 0; i -= 1) {
      const cost = best + short(i, landed);
      if (cost < (costs[row + i] as number)) {
        costs[row + i] = cost;
        choices[row + i] = target;
      }
      const landing = billed(i, landed) + (costs[landed * count + i] as number);
      if (landing < best) {
        best = landing;
        target = i;
      }
    }
  }
  return { costs: costs.subarray(0, count), choices };
}

function wholeWindows(what: string, seconds: number): number {
  const windows = seconds / WINDOW_SECONDS;
  if (Number.isInteger(windows) && windows > 0) return windows;
  throw new RangeError(
    `the optimum needs a ${what} of whole windows: expected a multiple of ${WINDOW_SECONDS} s, got ${seconds} s`,
  );
}

/** A policy that asks for what a plan says, when it says so. */
export function scripted(name: string, requests: readonly PlannedRequest[]): Policy {
  return {
    name,
    usesRiskPrice: true,
    create() {
      let next = 0;
      return {
        nextAtSeconds: () => requests[next]?.atSeconds ?? Number.POSITIVE_INFINITY,
        evaluate: () => requests[next++]?.capacity ?? null,
      };
    },
  };
}
