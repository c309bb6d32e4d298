import type { Bounds } from './bounds.ts';
import type { Context } from './context.ts';
import { demandOfOne } from './demand.ts';
import type { DemandPoint } from './demand-point.ts';
import { guardScaleIn, isGone, leadTimeSeconds } from './guards.ts';
import {
  comesInSeconds,
  isMetAhead,
  lookAhead,
  reachOfDrop,
  reachOfJump,
  reachOfOverload,
  reachOfTurn,
  wishFor,
} from './in-use.ts';
import { RecentDemand } from './recent.ts';
import { standingOverload, surge, wholeInstances } from './size.ts';
import type { Tuning } from './types.ts';

/** The load of a look, as the law reads it. */
export interface Load {
  /** Demand with what the signal hides of it, oldest first. */
  readonly points: readonly DemandPoint[];
  /** Demand as the signal shows it. */
  readonly shown: readonly DemandPoint[];
  /** How long ago the newest window ended. */
  readonly ageSeconds: number;
  /** Instances that a queue asks for; zero when there is none. */
  readonly hidden: number;
}

/** What the load asks for. */
export interface Wanted {
  /** Instances, whatever the owner's bounds say. */
  readonly capacity: number;
  /** False while a ramp should be watched for one more window. */
  readonly mayRise: boolean;
  /** Whether a recurring load says so, ahead of its next turn or behind its last. */
  readonly isAhead: boolean;
  /** When the next turn of a recurring load must be asked for; null: none is expected. */
  readonly comesAtSeconds: number | null;
}

/** The capacity that the load is worth, rule by rule. */
export function wantedByLoad(
  { nowSeconds, config, state, observation, limits, note }: Context,
  { points, shown, ageSeconds, hidden }: Load,
): Wanted {
  const { desired } = observation.capacity;
  const { min } = state.baseline as Bounds;
  const { max } = limits.bounds;
  const { riskPrice } = config;
  const recent = new RecentDemand(points);
  const tuning = state.tuning as Tuning;
  const leadTime = { riskPrice, leadTimeSeconds: leadTimeSeconds(state, config) };
  const ahead = lookAhead(tuning, points, leadTime);
  const usual = wishFor(tuning, points, { ahead, riskPrice, desired });
  const rise = surge(shown, desired, ageSeconds, demandOfOne(config), leadTime.leadTimeSeconds);
  const standing = standingOverload(shown, desired);
  const jump = Math.max(
    reachOfJump(tuning, desired, rise.capacity, max),
    reachOfOverload(tuning, desired, standing, leadTime.leadTimeSeconds),
  );
  const isSurge = jump > usual && jump > desired;
  const isAhead = usual !== desired && isMetAhead(tuning, ahead, Math.min(usual, desired));
  let capacity = isSurge ? jump : usual;
  note(
    'demand',
    null,
    capacity,
    isSurge ? 'demand-growing' : isAhead ? 'recurring-demand' : 'demand-measured',
  );
  if (capacity > min && isGone(recent, state, config)) {
    const left = reachOfDrop(tuning, capacity, min);
    if (left < capacity) note('quiet', capacity, left, 'demand-gone');
    capacity = left;
  }
  // A queue is a surge that shows late, and answered where surges are.
  const asked = wholeInstances(hidden);
  const waiting = asked > desired ? reachOfJump(tuning, desired, asked, max) : asked;
  if (waiting > capacity) {
    note('hidden', capacity, waiting, 'hidden-demand');
    capacity = waiting;
  }
  const careful = guardScaleIn(capacity, recent, state, config, nowSeconds, desired);
  const guarded = ahead ? reachOfTurn(tuning, careful, capacity) : careful;
  if (guarded > capacity) {
    note('flap-guard', capacity, guarded, 'flap-guard', true);
    capacity = guarded;
  }
  const comesIn = comesInSeconds(tuning, ahead, desired);
  return {
    capacity,
    mayRise: !rise.stillSteepening,
    isAhead,
    comesAtSeconds: Number.isFinite(comesIn) ? nowSeconds + comesIn : null,
  };
}
