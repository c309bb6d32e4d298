import type { Context } from './context.ts';
import { isRestless, isWithin, leadTimeSeconds, quietSeconds } from './guards.ts';
import { heldBounds } from './held.ts';
import type { Reason } from './reasons.ts';
import { wholeInstances } from './size.ts';
import type { Proposal } from './types.ts';
import type { Wanted } from './want.ts';

/** A change smaller than this part of the capacity is not worth a lock of the endpoint so soon after another. */
const DEAD_BAND_FRACTION = 0.1;

/** How long a small surplus stays after the last change, seconds. */
const SURPLUS_RESTS_SECONDS = 600;

/** Demand below this part of what is to stay has fallen: a small surplus is then not all that will go. */
const FALLEN_PART = 0.5;

/** How long a small need waits after the last change, in lead times: by then it shows whether it is all. */
const NEED_WAITS_LEAD_TIMES = 1.25;

/** What may be asked for of what the load wants. */
export interface Asked extends Omit<Wanted, 'comesAtSeconds'> {
  /** Instances that the load wants, whatever stands against them. */
  readonly byLoad: number;
}

/**
 * The bounds that bring about what is wanted, if it may be asked for now; null: those that stand are right.
 * @param latestDemand of the newest window, instances
 */
export function propose(
  context: Context,
  { capacity: wanted, byLoad, mayRise, isAhead }: Asked,
  latestDemand: number,
): Proposal | null {
  const { nowSeconds, config, state, bounds, observation, limits, note } = context;
  const { desired, locked } = observation.capacity;
  const hold = (reason: Reason) => {
    note('hold', wanted, desired, reason, true);
    return heldBounds(context, wanted);
  };
  if (wanted > desired) {
    if (locked) return hold('endpoint-locked');
    const floor = limits.atLeast?.instances ?? 0;
    const isOfLoad = wanted > floor;
    // A floor that the ramp is still below does not depend on where that ends.
    if (!mayRise && (isOfLoad || latestDemand > floor)) return hold('ramp-still-steepening');
    const isRetry = bounds.min > desired && !state.pending;
    if (
      !isRetry &&
      isWithin(state.lastScaleOutAtSeconds, config.scaleOutSpacingSeconds, nowSeconds)
    ) {
      return hold('scale-out-spacing');
    }
    const waitsSeconds = NEED_WAITS_LEAD_TIMES * leadTimeSeconds(state, config);
    // Of a large need that a limit makes small no more will come.
    const need = Math.max(wanted, byLoad) - desired;
    if (!isRetry && isOfLoad && isTooSmall(context, need, waitsSeconds)) {
      return hold('within-dead-band');
    }
    note('floor', bounds.min, wanted, 'floor-raised');
    const { max } = limits.bounds;
    return { bounds: { min: wanted, max }, direction: 'out', from: desired };
  }
  if (wanted < desired) {
    // Load may speak against going so low, but not against what its owner allows at most.
    const { max } = limits.bounds;
    const lowest = desired > max && wanted < max ? [wanted, max] : [wanted];
    const refusals = lowest.map((to) => refusesScaleIn(context, to, isAhead, latestDemand));
    const to = lowest[refusals.indexOf(undefined)];
    if (to === undefined) return hold(refusals[0] as Reason);
    note('ceiling', bounds.max, to, 'ceiling-lowered');
    return { bounds: { min: to, max: to }, direction: 'in', from: desired };
  }
  note('hold', wanted, desired, 'capacity-sufficient');
  return heldBounds(context, wanted);
}

function refusesScaleIn(
  context: Context,
  wanted: number,
  isAhead: boolean,
  latestDemand: number,
): Reason | undefined {
  const { nowSeconds, config, state, observation, limits } = context;
  const { desired, locked } = observation.capacity;
  if (locked) return 'endpoint-locked';
  // Where the owner set a limit to it, what demand needs does not count.
  const isLimit = desired > limits.bounds.max && wanted === limits.bounds.max;
  if (!isLimit && isUnreadable(context)) return 'latency-unknown';
  if (!isLimit && wholeInstances(latestDemand) > wanted) return 'recent-peak-needs-capacity';
  if (isWithin(state.lastScaleInAtSeconds, config.scaleInSpacingSeconds, nowSeconds)) {
    return 'scale-in-spacing';
  }
  if (!isLimit && isRestless(state, nowSeconds, isAhead)) return 'change-limit';
  const isLast = isLimit || wanted <= limits.bounds.min;
  const restsSeconds =
    latestDemand < FALLEN_PART * wanted ? Number.POSITIVE_INFINITY : SURPLUS_RESTS_SECONDS;
  if (!isLast && isTooSmall(context, desired - wanted, restsSeconds)) return 'within-dead-band';
  return undefined;
}

/** Whether there are requests, and nobody knows yet how many of them are one instance's. */
function isUnreadable({ nowSeconds, config, state, observation }: Context): boolean {
  if (!config.peaks?.isAssumed) return false;
  const since = nowSeconds - quietSeconds(state, config);
  return observation.load.some(({ startSeconds, value }) => startSeconds >= since && value > 0);
}

/**
 * Whether a change of so many instances must wait, because it is small and the last one not long ago. Where
 * none is known, the load itself must have been seen for as long.
 */
function isTooSmall(
  { nowSeconds, state, observation }: Context,
  instances: number,
  restsSeconds: number,
): boolean {
  const sinceSeconds = state.changedAtSeconds.at(-1) ?? state.tuning?.sinceSeconds ?? null;
  const isSmall = instances < DEAD_BAND_FRACTION * observation.capacity.desired;
  return isSmall && isWithin(sinceSeconds, restsSeconds, nowSeconds);
}
