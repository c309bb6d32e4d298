import { adoptBounds, clamp, sameBounds, standing } from './baseline.ts';
import { type DemandPoint, demandOf, demandOfOne, WINDOW_SECONDS } from './demand.ts';
import { learnRefusal, withinReach } from './futile.ts';
import { guardScaleIn, isGone, isWithin, leadTimeSeconds, quietSeconds } from './guards.ts';
import { learnCapacity, learnMetricLag, nextWindowReadableAt } from './learn.ts';
import type { Reason } from './reasons.ts';
import { RecentDemand } from './recent.ts';
import { surge, wholeInstances } from './size.ts';
import { reachOfDrop, reachOfJump, tune, wishFor } from './tune.ts';
import type {
  Bounds,
  ControlConfig,
  Decision,
  DecisionStep,
  Observation,
  Proposal,
  TargetState,
  Tuning,
} from './types.ts';

/** Data older than this says nothing about now, seconds. */
export const STALE_AFTER_SECONDS = 60;

/** A surplus smaller than this part of the capacity is not worth a lock of the endpoint. */
const DEAD_BAND_FRACTION = 0.1;

/** What {@link decide} is given. */
export interface DecisionInput {
  readonly nowSeconds: number;
  readonly config: ControlConfig;
  readonly state: TargetState;
  readonly observation: Observation;
}

/**
 * Decides for one scalable target: what capacity the load needs, whether it may be asked for now,
 * and with which bounds. Pure: the same input gives the same decision.
 */
export function decide(input: DecisionInput): Decision {
  const { nowSeconds, config, observation } = input;
  const steps: DecisionStep[] = [];
  const note = (
    name: string,
    before: number | null,
    after: number | null,
    reason: Reason,
    constrained = false,
  ) => {
    steps.push({ name, before, after, reason, constrained });
    return after;
  };
  const rest = (name: string, reason: Reason, state = input.state): Decision => {
    note(name, null, null, reason, true);
    return { demand: null, wanted: null, steps, proposal: null, state, nextLookAtSeconds: null };
  };

  if (config.mode === 'paused') return rest('mode', 'mode-paused');
  const { bounds, capacity } = observation;
  if (!bounds) {
    const forgotten = {
      ...input.state,
      baseline: null,
      written: null,
      before: null,
      pending: null,
      lease: null,
      leaseUnsureSinceSeconds: null,
    };
    return rest('scalable-target', 'target-missing', forgotten);
  }
  if (!capacity.scalable) return rest('endpoint', 'endpoint-not-scalable');

  const adoption = adoptBounds(input.state, bounds, nowSeconds);
  if (adoption.ownerChanged) {
    const { min, max } = adoption.baseline;
    note('baseline-min', input.state.baseline?.min ?? null, min, 'owner-changed-bounds');
    note('baseline-max', input.state.baseline?.max ?? null, max, 'owner-changed-bounds');
  }
  if (adoption.leaseExpired) note('lease', null, null, 'lease-expired');
  const learned = learnCapacity(input.state, capacity, nowSeconds);
  const newest = observation.load.at(-1);
  const adopted: TargetState = {
    ...learnMetricLag(learned.state, newest, nowSeconds),
    ...standing(input.state, adoption.baseline, bounds, nowSeconds),
    futile: learnRefusal(input.state, observation, nowSeconds),
  };
  if (learned.requestLost || adoption.writeLost) {
    const reason = observation.refusal?.reason ?? 'nudge-lost-while-locked';
    note('pending', capacity.desired, capacity.desired, reason);
  }

  const points = demandOf(observation.load, config, learned.state.capacityLog);
  const state: TargetState = {
    ...adopted,
    tuning: tune(adopted.tuning, points, {
      riskPrice: config.riskPrice,
      leadTimeSeconds: leadTimeSeconds(adopted, config),
      quietSeconds: quietSeconds(adopted, config),
      capacity: capacity.desired,
    }),
  };
  const context: Context = { nowSeconds, config, state, bounds, observation, note };
  const latest = points.at(-1);
  const ageSeconds = latest ? nowSeconds - (latest.startSeconds + WINDOW_SECONDS) : null;
  if (!latest || ageSeconds === null || ageSeconds > STALE_AFTER_SECONDS) {
    note('demand', null, null, latest ? 'stale-data' : 'no-data', true);
    const proposal = heldBounds(context, capacity.desired);
    const isAtRest = !proposal && sameBounds(bounds, adoption.baseline) && !state.pending;
    return finish(context, { demand: null, wanted: null, proposal, steps, isAtRest });
  }

  const wanted = wantedCapacity(context, points, ageSeconds);
  const proposal = propose(context, wanted.capacity, wanted.mayRise, latest.demand);
  const isAtRest =
    !proposal &&
    !state.pending &&
    sameBounds(bounds, adoption.baseline) &&
    (adoption.baseline.min === adoption.baseline.max ||
      (wanted.capacity <= capacity.desired &&
        capacity.desired <= adoption.baseline.min &&
        latest.demand < config.wakeFraction * capacity.desired));
  return finish(context, {
    demand: latest.demand,
    wanted: wanted.capacity,
    proposal,
    steps,
    isAtRest,
  });
}

interface Context {
  readonly nowSeconds: number;
  readonly config: ControlConfig;
  readonly state: TargetState;
  readonly bounds: Bounds;
  readonly observation: Observation;
  readonly note: (
    name: string,
    before: number | null,
    after: number | null,
    reason: Reason,
    constrained?: boolean,
  ) => number | null;
}

/** What the law wants, inside the owner's bounds, and whether a rise should wait for one more window. */
function wantedCapacity(
  { nowSeconds, config, state, observation, note }: Context,
  points: readonly DemandPoint[],
  ageSeconds: number,
): { capacity: number; mayRise: boolean } {
  const { desired } = observation.capacity;
  const baseline = state.baseline as Bounds;
  const recent = new RecentDemand(points);
  const tuning = state.tuning as Tuning;
  const usual = wishFor(tuning, points, config.riskPrice, desired);
  const rise = surge(points, desired, ageSeconds, demandOfOne(config));
  const jump = reachOfJump(tuning, desired, rise.capacity);
  let capacity = jump > desired ? Math.max(usual, jump) : usual;
  note(
    'demand',
    null,
    capacity,
    jump > usual && jump > desired ? 'demand-growing' : 'demand-measured',
  );
  if (capacity > baseline.min && isGone(recent, state, config)) {
    const left = reachOfDrop(tuning, capacity, baseline.min);
    if (left < capacity) note('quiet', capacity, left, 'demand-gone');
    capacity = left;
  }
  const guarded = guardScaleIn(capacity, recent, state, config, nowSeconds, desired);
  if (guarded > capacity) {
    note('flap-guard', capacity, guarded, 'flap-guard', true);
    capacity = guarded;
  }
  const bounded = clamp(capacity, baseline);
  if (bounded !== capacity) {
    const reason = bounded > capacity ? 'owner-minimum' : 'owner-maximum';
    note('owner-bounds', capacity, bounded, reason, bounded < capacity);
  }
  const mayRise = !rise.stillSteepening || usual > desired;
  const possible = withinReach(bounded, desired, state.futile, nowSeconds);
  if (state.futile && possible < bounded)
    note('hold', bounded, possible, state.futile.reason, true);
  return { capacity: possible, mayRise };
}

function propose(
  context: Context,
  wanted: number,
  mayRise: boolean,
  latestDemand: number,
): Proposal | null {
  const { nowSeconds, config, state, bounds, observation, note } = context;
  const { desired, locked } = observation.capacity;
  const baseline = state.baseline as Bounds;
  const hold = (reason: Reason) => {
    note('hold', wanted, desired, reason, true);
    return heldBounds(context, wanted);
  };
  if (wanted > desired) {
    if (locked) return hold('endpoint-locked');
    if (!mayRise) return hold('ramp-still-steepening');
    const isRetry = bounds.min > desired && !state.pending;
    if (
      !isRetry &&
      isWithin(state.lastScaleOutAtSeconds, config.scaleOutSpacingSeconds, nowSeconds)
    ) {
      return hold('scale-out-spacing');
    }
    note('floor', bounds.min, wanted, 'floor-raised');
    return { bounds: { min: wanted, max: baseline.max }, direction: 'out', from: desired };
  }
  if (wanted < desired) {
    const refusal = refusesScaleIn(context, wanted, latestDemand);
    if (refusal) return hold(refusal);
    note('ceiling', bounds.max, wanted, 'ceiling-lowered');
    return { bounds: { min: wanted, max: wanted }, direction: 'in', from: desired };
  }
  note('hold', wanted, desired, 'capacity-sufficient');
  return heldBounds(context, wanted);
}

function refusesScaleIn(
  { nowSeconds, config, state, observation }: Context,
  wanted: number,
  latestDemand: number,
): Reason | undefined {
  const { desired, locked } = observation.capacity;
  if (locked) return 'endpoint-locked';
  if (wholeInstances(latestDemand) > wanted) return 'recent-peak-needs-capacity';
  if (isWithin(state.lastScaleInAtSeconds, config.scaleInSpacingSeconds, nowSeconds)) {
    return 'scale-in-spacing';
  }
  const isLast = wanted === state.baseline?.min;
  if (!isLast && desired - wanted < DEAD_BAND_FRACTION * desired) return 'within-dead-band';
  return undefined;
}

/**
 * Bounds for a look that moves no capacity: a lowered ceiling goes back to the owner's at once, a
 * raised floor stays while it is needed and goes when capacity no longer rests on it.
 */
function heldBounds(
  { state, bounds, observation, note }: Context,
  wanted: number,
): Proposal | null {
  const baseline = state.baseline as Bounds;
  const { desired, locked } = observation.capacity;
  const isUnused = !locked && bounds.min > desired;
  const min = Math.max(baseline.min, isUnused ? Math.min(desired, wanted) : bounds.min);
  const held: Bounds = { min: Math.min(min, baseline.max), max: baseline.max };
  if (sameBounds(held, bounds)) return null;
  if (held.max !== bounds.max) note('ceiling', bounds.max, held.max, 'ceiling-returned');
  if (held.min !== bounds.min) note('floor', bounds.min, held.min, 'floor-lowered');
  return { bounds: held, direction: 'none', from: desired };
}

function finish(
  { nowSeconds, state, note }: Context,
  outcome: Pick<Decision, 'demand' | 'wanted' | 'proposal' | 'steps'> & { isAtRest: boolean },
): Decision {
  const { isAtRest, ...decision } = outcome;
  if (isAtRest) note('loop', null, null, 'at-rest');
  const refusal = decision.steps.find(({ constrained, reason, name, before, after }) =>
    reason === 'owner-maximum'
      ? true
      : constrained && name === 'hold' && (before as number) > (after as number),
  );
  return {
    ...decision,
    state: { ...state, refusedFor: refusal?.reason ?? null },
    nextLookAtSeconds: isAtRest ? null : nextWindowReadableAt(state, nowSeconds),
  };
}
