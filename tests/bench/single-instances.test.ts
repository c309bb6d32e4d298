import { describe, expect, it } from 'vitest';
import { generatedSources } from '../../simulator/bench/sources.ts';
import { WINDOW_SECONDS, type Workload, workloadOf } from '../../simulator/bench/workload.ts';
import { USUAL_PLANT } from '../../simulator/bench/world.ts';
import { optimalPlan } from '../../simulator/scalers/optimum.ts';

const PEAK_INSTANCES = 16;

interface Terms {
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
}

/** Least cost of one instance that has a lock of its own, instance-seconds; the first can never go. */
function leastCostOf(level: number, workload: Workload, { leadTimeSeconds, riskPrice }: Terms) {
  const { demand, windows, minCapacity, initialCapacity } = workload;
  const missedBefore = [0];
  for (const each of demand) {
    const used = Math.min(Math.max(each - level, 0), 1);
    missedBefore.push((missedBefore.at(-1) as number) + riskPrice * used * WINDOW_SECONDS);
  }
  const held = new Float64Array(windows + 1);
  const free = new Float64Array(windows + 1);
  const { scaleInLockSeconds } = USUAL_PLANT;
  for (let at = windows - 1; at >= 0; at -= 1) {
    const landed = Math.min(at + leadTimeSeconds / WINDOW_SECONDS, windows);
    const freed = Math.min(at + scaleInLockSeconds / WINDOW_SECONDS, windows);
    const missed = (until: number) =>
      (missedBefore[until] as number) - (missedBefore[at] as number);
    const asked = missed(landed) + (landed - at) * WINDOW_SECONDS + (held[landed] as number);
    const given =
      level < minCapacity ? Number.POSITIVE_INFINITY : missed(freed) + (free[freed] as number);
    held[at] = Math.min(WINDOW_SECONDS + (held[at + 1] as number), given);
    free[at] = Math.min(missed(at + 1) + (free[at + 1] as number), asked);
  }
  return (level < initialCapacity ? held : free)[0] as number;
}

describe.each(generatedSources(1))('instances that have a lock each: $name', ({ load }) => {
  const terms = [60, 180, 480].flatMap((leadTimeSeconds) =>
    [3, 10, 30].map((riskPrice) => ({ leadTimeSeconds, riskPrice })),
  );

  it.each(terms)('cost no more, and hardly less, $leadTimeSeconds s ×$riskPrice', (world) => {
    const workload = workloadOf(load(world.leadTimeSeconds), PEAK_INSTANCES);
    const { cost } = optimalPlan(workload, { ...USUAL_PLANT, ...world });
    let single = 0;
    for (let level = 0; level < workload.maxCapacity; level += 1) {
      single += leastCostOf(level, workload, world);
    }
    expect(single / cost).toBeLessThan(1 + 1e-9);
    expect(single / cost).toBeGreaterThan(0.94);
  });
});
