import { describe, expect, it } from 'vitest';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import type { Load } from '../../simulator/load/trace.ts';
import { simulate } from '../../simulator/run/simulate.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';

const LEAD_TIME_SECONDS = 180;
const RISK_PRICE = 10;

/**
 * Levels of ten minutes, in instances, far from whole numbers: what the newest window's age of a
 * second more or less does to a decision must not decide on an instance.
 */
const STAIRS = [0.5, 2.4, 4.4, 6.4, 8.4, 10.4, 12.4, 10.4, 8.4, 6.4, 4.4, 2.4, 0.5, 4.4, 0.5];

const LOADS: readonly Load[] = [
  generateLoad('step', 1),
  {
    name: 'stairs',
    arrivals: Float64Array.from({ length: 600 * STAIRS.length }, (_, second) => {
      const rate = 10 * (STAIRS[Math.floor(second / 600)] as number);
      return Math.floor((second + 1) * rate) - Math.floor(second * rate);
    }),
  },
];

interface Course {
  /** Instances asked for, at the end of each ten seconds. */
  readonly desired: readonly number[];
  /** Scale-outs: when, and to what. */
  readonly scaleOuts: readonly { readonly atSeconds: number; readonly to: number }[];
}

/** decide() straight on the plant. */
function courseOfPolicy(load: Load): Course {
  const workload = workloadOf(load, 16);
  const { changes } = runPolicy(workload, fastScaler(), {
    ...USUAL_PLANT,
    leadTimeSeconds: LEAD_TIME_SECONDS,
    riskPrice: RISK_PRICE,
  });
  return {
    desired: Array.from(
      workload.demand,
      (_, window) =>
        changes.findLast(({ atSeconds }) => atSeconds < 10 * (window + 1))?.to ??
        workload.initialCapacity,
    ),
    scaleOuts: changes.filter(({ from, to }) => to > from),
  };
}

/** The deployed service on the embedded account. */
async function courseOfService(load: Load): Promise<Course> {
  const { targetPerInstance, minCapacity, maxCapacity } = workloadOf(load, 16);
  const { decisions, timeline } = await simulate('fast-scaler', {
    load,
    targetPerInstance,
    minCapacity,
    maxCapacity,
    leadTimeSeconds: LEAD_TIME_SECONDS,
    riskPrice: RISK_PRICE,
    seed: 1,
  });
  const firstMs = Date.parse(decisions[0]?.at as string);
  const midnightMs = firstMs - (firstMs % 86_400_000);
  return {
    desired: timeline.desired,
    scaleOuts: decisions.flatMap(({ at, requested }) =>
      requested?.direction === 'out'
        ? [{ atSeconds: (Date.parse(at) - midnightMs) / 1000, to: requested.bounds.min }]
        : [],
    ),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/**
 * Events, queue and calls take the service a second or so. By that the newest window is older and a
 * lead time is learned longer, so that a rise carried on to the present can come out an instance
 * higher and a wait end a window later: the two are alike, not equal.
 */
describe('decide() on the plant and the deployed service on the embedded account', () => {
  it.each(LOADS)('nudge alike under the $name', async (load) => {
    const policy = courseOfPolicy(load);
    const service = await courseOfService(load);
    console.log(
      policy.scaleOuts,
      service.scaleOuts,
      sum(policy.desired.map((count, i) => Math.abs(count - (service.desired[i] as number)))) /
        sum(policy.desired),
    );
    expect(policy.scaleOuts.length).toBeGreaterThan(0);
    expect(service.scaleOuts).toHaveLength(policy.scaleOuts.length);
    for (const [i, { atSeconds, to }] of policy.scaleOuts.entries()) {
      const other = service.scaleOuts[i] as (typeof policy.scaleOuts)[number];
      expect(Math.abs(other.atSeconds - atSeconds), `time of scale-out ${i}`).toBeLessThan(13);
      expect(Math.abs(other.to - to), `size of scale-out ${i}`).toBeLessThanOrEqual(1);
    }
    const apart = policy.desired.map((count, i) =>
      Math.abs(count - (service.desired[i] as number)),
    );
    expect(sum(apart)).toBeLessThan(0.05 * sum(policy.desired));
  });
});
