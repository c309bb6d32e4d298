import type { Context } from './context.ts';
import { isRestless, isWithin } from './guards.ts';
import { heldBounds } from './held.ts';
import type { Reason } from './reasons.ts';
import { wholeInstances } from './size.ts';
import type { Proposal } from './types.ts';
import type { Wanted } from './want.ts';

/** A surplus smaller than this part of the capacity is not worth a lock of the endpoint. */
const DEAD_BAND_FRACTION = 0.1;

/**
 * The bounds that bring about what is wanted, if it may be asked for now; null: those that stand are right.
 * @param latestDemand of the newest window, instances
 */
export function propose(
  context: Context,
  { capacity: wanted, mayRise, isAhead }: Omit<Wanted, 'comesAtSeconds'>,
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
    if (!mayRise) return hold('ramp-still-steepening');
    const isRetry = bounds.min > desired && !state.pending;
    if (
      !isRetry &&
      isWithin(state.lastScaleOutAtSeconds, config.scaleOutSpacingSeconds, nowSeconds)
    ) {
      return hold('scale-out-spacing');
    }
    note('floor', bounds.min, wanted, 'floor-raised');
    const max = Math.max(limits.bounds.max, wanted);
    return { bounds: { min: wanted, max }, direction: 'out', from: desired };
  }
  if (wanted < desired) {
    const refusal = refusesScaleIn(context, wanted, isAhead, latestDemand);
    if (refusal) return hold(refusal);
    note('ceiling', bounds.max, wanted, 'ceiling-lowered');
    return { bounds: { min: wanted, max: wanted }, direction: 'in', from: desired };
  }
  note('hold', wanted, desired, 'capacity-sufficient');
  return heldBounds(context, wanted);
}

function refusesScaleIn(
  { nowSeconds, config, state, observation, limits }: Context,
  wanted: number,
  isAhead: boolean,
  latestDemand: number,
): Reason | undefined {
  const { desired, locked } = observation.capacity;
  if (locked) return 'endpoint-locked';
  // Where the owner set a limit to it, what demand needs does not count.
  const isLimit = desired > limits.bounds.max && wanted === limits.bounds.max;
  if (!isLimit && wholeInstances(latestDemand) > wanted) return 'recent-peak-needs-capacity';
  if (isWithin(state.lastScaleInAtSeconds, config.scaleInSpacingSeconds, nowSeconds)) {
    return 'scale-in-spacing';
  }
  if (!isLimit && isRestless(state, nowSeconds, isAhead)) return 'change-limit';
  const isLast = isLimit || wanted === state.baseline?.min;
  if (!isLast && desired - wanted < DEAD_BAND_FRACTION * desired) return 'within-dead-band';
  return undefined;
}
