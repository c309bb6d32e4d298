import { sizedWorkload, WINDOW_SECONDS, type Workload } from '../../simulator/bench/workload.ts';
import { poisson } from '../../simulator/load/scenarios.ts';
import { seededRandom } from '../../simulator/plant/random.ts';

/** Load that one instance carries: the question's 1,500 invocations a minute. */
const TARGET_PER_INSTANCE = 1500;
const PER_SECOND = TARGET_PER_INSTANCE / 60;

/** Calm before a ramp, long enough for the noise to be known. */
const CALM_SECONDS = 900;

/** A load that climbs once, and stays. Demands are means, in instances. */
export interface Ramp {
  readonly from: number;
  readonly plateau: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

/** Standard deviation of what a window shows of a mean demand, instances: requests come as chance has it. */
export function noiseAt(demand: number): number {
  return Math.sqrt(demand / (PER_SECOND * WINDOW_SECONDS));
}

/** A ramp by seed: from 1 to 3 instances to 6 to 16, within 10 to 120 s, at any second of a window. */
export function rampOf(seed: number): Ramp {
  const random = seededRandom(seed);
  const between = (least: number, most: number) => least + (most - least) * random();
  return {
    from: between(1, 3),
    plateau: between(6, 16),
    startSeconds: CALM_SECONDS + Math.floor(between(0, WINDOW_SECONDS)),
    durationSeconds: between(10, 120),
  };
}

/** Mean demand of a ramp at a moment, instances. */
export function demandAt({ from, plateau, startSeconds, durationSeconds }: Ramp, at: number) {
  const climbed = Math.min(Math.max((at - startSeconds) / durationSeconds, 0), 1);
  return from + climbed * (plateau - from);
}

/** The ramp as a workload whose arrivals are Poisson around it, the same for the same seed. */
export function rampWorkload(ramp: Ramp, seed: number, seconds: number): Workload {
  const random = seededRandom(seed);
  const arrivals = Float64Array.from({ length: seconds }, (_, second) =>
    poisson(PER_SECOND * demandAt(ramp, second + 0.5), random),
  );
  const requests = Float64Array.from({ length: seconds / WINDOW_SECONDS }, (_, window) =>
    arrivals
      .subarray(window * WINDOW_SECONDS, (window + 1) * WINDOW_SECONDS)
      .reduce((sum, count) => sum + count, 0),
  );
  return { ...sizedWorkload('ramp', requests, TARGET_PER_INSTANCE, 1, 32), arrivals };
}
