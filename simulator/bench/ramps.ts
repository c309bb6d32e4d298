import { poisson } from '../load/scenarios.ts';
import type { CapacityChange } from '../plant/capacity-change.ts';
import { seededRandom } from '../plant/random.ts';
import { fastScaler } from '../scalers/fast-scaler.ts';
import { sizedWorkload, WINDOW_SECONDS, type Workload } from './workload.ts';
import { runPolicy, USUAL_PLANT } from './world.ts';

/** Load that one instance carries: the question's 1,500 invocations a minute. */
const TARGET_PER_INSTANCE = 1500;
const PER_SECOND = TARGET_PER_INSTANCE / 60;

/** Calm before a ramp, long enough for the noise to be known. */
const CALM_SECONDS = 900;

/** By then every ramp has ended and shown where. */
const RUN_SECONDS = 1140;

/** What is missing to the plateau must be no more than so many deviations of what a window shows of it. */
const NOISE_DEVIATIONS = 2;

/** A load that climbs once, and stays. Demands are means, in instances. */
export interface Ramp {
  readonly from: number;
  readonly plateau: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

/** Standard deviation of what a window shows of a mean demand, instances: requests come as chance has it. */
function noiseAt(demand: number): number {
  return Math.sqrt(demand / (PER_SECOND * WINDOW_SECONDS));
}

/** A ramp by seed: from 1 to 3 instances to 6 to 16, within 10 to 120 s, at any second of a window. */
function rampOf(seed: number): Ramp {
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
function demandAt({ from, plateau, startSeconds, durationSeconds }: Ramp, at: number) {
  const climbed = Math.min(Math.max((at - startSeconds) / durationSeconds, 0), 1);
  return from + climbed * (plateau - from);
}

/** The ramp as a workload whose arrivals are Poisson around it, the same for the same seed. */
function rampWorkload(ramp: Ramp, seed: number, seconds: number): Workload {
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

/** A ramp whose first jump was enough for its plateau. */
export interface Jump {
  readonly ramp: Ramp;
  readonly to: number;
}

/** What the ramps of some seeds are played in. */
export interface RampWorld {
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  /** What the scaler expects before it has measured one; undefined: its default. */
  readonly expectedLeadTimeSeconds?: number;
}

/** Plays ramps to the fast scaler; those that got enough by the first request for more. */
export function jumpsThatReach(seeds: readonly number[], world: RampWorld): Jump[] {
  const { leadTimeSeconds, riskPrice, expectedLeadTimeSeconds: expected } = world;
  const config = expected === undefined ? {} : { leadTimeSeconds: expected };
  const plant = { ...USUAL_PLANT, leadTimeSeconds, riskPrice };
  return seeds.flatMap((seed) => {
    const ramp = rampOf(seed);
    const workload = rampWorkload(ramp, 1000 + seed, RUN_SECONDS);
    const { changes } = runPolicy(workload, fastScaler({ config }), plant);
    const jump = reachingJump(ramp, changes);
    return jump ? [{ ramp, to: jump.to }] : [];
  });
}

/** The first request for more, if it was enough for the plateau. */
function reachingJump({ plateau }: Ramp, changes: readonly CapacityChange[]) {
  const first = changes.find(({ from, to }) => to > from);
  const enough = plateau - NOISE_DEVIATIONS * noiseAt(plateau);
  return first && first.to >= enough ? first : undefined;
}
