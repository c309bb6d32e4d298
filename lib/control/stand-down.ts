import { adoptBounds, standing, withoutBounds, writing } from './baseline.ts';
import { type Bounds, sameBounds } from './bounds.ts';
import type { DecisionInput } from './decision-input.ts';
import type { Decision, DecisionStep, Observation, TargetState } from './types.ts';

/** The next look of a target that stands down, seconds: to see that the owner's bounds took hold. */
const CONFIRM_SECONDS = 5;

/**
 * The bounds that give a target back to its owner; null when they stand already or were never moved.
 * An owner's change since the last look counts.
 */
export function handBack(state: TargetState, observed: Bounds, nowSeconds: number): Bounds | null {
  if (!state.baseline) return null;
  const { baseline } = adoptBounds(state, observed, nowSeconds);
  return sameBounds(baseline, observed) ? null : baseline;
}

/**
 * The decision for a target that still holds a lease but may not act any more: the owner's bounds
 * come back, and nothing else is decided until they stand.
 * @param isPatient whether the sweep is soon enough to see to it: of an endpoint of another kind the bounds may be
 *   refused, again and again
 */
export function standDown(
  { nowSeconds, state: before, observation }: DecisionInput,
  isPatient = false,
): Decision {
  const { bounds, capacity } = observation;
  const state = { ...before, putOffSinceSeconds: null };
  const nothing = { demand: null, wanted: null, proposal: null };
  if (!bounds) {
    const step = stepOf('scalable-target', null, null, 'target-missing');
    return { ...nothing, steps: [step], state: withoutBounds(state), nextLookAtSeconds: null };
  }
  const suspended = suspensionSteps(observation);
  const { baseline } = adoptBounds(state, bounds, nowSeconds);
  const adopted = { ...state, ...standing(state, baseline, bounds, nowSeconds), pending: null };
  if (sameBounds(baseline, bounds)) {
    const rested = { ...adopted, written: null, before: null };
    const step = stepOf('mode', null, null, 'standing-down');
    return { ...nothing, steps: [...suspended, step], state: rested, nextLookAtSeconds: null };
  }
  return {
    ...nothing,
    steps: [
      ...suspended,
      stepOf('baseline-min', bounds.min, baseline.min, 'standing-down'),
      stepOf('baseline-max', bounds.max, baseline.max, 'standing-down'),
    ],
    proposal: { bounds: baseline, direction: 'none', from: capacity.desired },
    state: adopted,
    nextLookAtSeconds: isPatient ? null : nowSeconds + CONFIRM_SECONDS,
  };
}

/**
 * What the owner suspended, a step for each: why a target that is not paused by its mode stands down or does nothing.
 */
export function suspensionSteps({ suspended = [] }: Observation): DecisionStep[] {
  return suspended.map((kind) => stepOf(kind, null, null, 'scaling-suspended'));
}

/** The state once the owner's bounds are about to be sent. */
export function commitStandDown(
  { state, proposal }: Decision,
  observed: Bounds | null,
  nowSeconds: number,
): TargetState {
  return proposal ? { ...state, ...writing(state, proposal.bounds, observed, nowSeconds) } : state;
}

function stepOf(
  name: string,
  before: number | null,
  after: number | null,
  reason: DecisionStep['reason'],
): DecisionStep {
  return { name, before, after, reason, constrained: false };
}
