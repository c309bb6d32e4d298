import { standing, withoutBounds } from './baseline.ts';
import { type Bounds, clamp, sameBounds } from './bounds.ts';
import type { Context } from './context.ts';
import type { DecisionInput } from './decision-input.ts';
import { demandOf } from './demand.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { withinReach } from './futile.ts';
import { leadTimeSeconds } from './guards.ts';
import { heldBounds } from './held.ts';
import { hiddenDemand } from './hidden.ts';
import { nextWindowReadableAt, seenCapacity } from './learn.ts';
import { type Lesson, learnBounds, learnFrom, noteBounds } from './lesson.ts';
import { LIMIT_REASONS, limited, limitsNow } from './limits.ts';
import type { Note } from './note.ts';
import { propose } from './propose.ts';
import type { Reason } from './reasons.ts';
import { suspensionSteps } from './stand-down.ts';
import type { Decision, DecisionStep, Proposal, TargetState } from './types.ts';
import { wantedByLoad } from './want.ts';

/** Data older than this says nothing about now, seconds. */
export const STALE_AFTER_SECONDS = 60;

/** A floor is held for no longer than this without sight of the load that it was raised for, seconds. */
export const UNSEEN_AFTER_SECONDS = 900;

/** A change of windows, budget or recurring load that is nearer than this is worth a look of its own, seconds. */
const FORESEEN_SECONDS = 900;

/**
 * Decides for one scalable target: what capacity the load needs, whether it may be asked for now,
 * and with which bounds. Pure: the same input gives the same decision.
 */
export function decide(input: DecisionInput): Decision {
  const { nowSeconds, config, observation } = input;
  const steps: DecisionStep[] = [];
  const note: Note = (name, before, after, reason, constrained = false) => {
    steps.push({ name, before, after, reason, constrained });
    return after;
  };
  const rest = (name: string, reason: Reason, before = input.state): Decision => {
    note(name, null, null, reason, true);
    // Whoever wants nothing waits for nothing.
    const state = { ...before, putOffSinceSeconds: null };
    return { demand: null, wanted: null, steps, proposal: null, state, nextLookAtSeconds: null };
  };

  const { bounds, capacity } = observation;
  const seen = seenCapacity(input.state, capacity, nowSeconds);
  if (config.mode === 'paused') {
    steps.push(...suspensionSteps(observation));
    return rest('mode', 'mode-paused', seen);
  }
  if (!bounds) {
    return rest('scalable-target', 'target-missing', withoutBounds(seen));
  }
  if (!capacity.scalable) {
    const { baseline } = learnBounds(input, bounds, note);
    const kept = { ...input.state, ...standing(input.state, baseline, bounds, nowSeconds) };
    const decision = rest('endpoint', 'endpoint-not-scalable', kept);
    return { ...decision, proposal: unscalable(input, baseline, bounds, note) };
  }

  const learned = learnFrom(input, bounds, note);
  const { state, baseline, expected, points } = learned;
  const limits = limitsNow(
    { ...input, expected },
    state.spent,
    baseline,
    leadTimeSeconds(state, config),
  );
  const context: Context = { nowSeconds, config, state, bounds, observation, limits, note };
  const latest = points.at(-1);
  const ageSeconds = latest ? nowSeconds - (latest.startSeconds + WINDOW_SECONDS) : null;
  const outcome =
    !latest || ageSeconds === null || ageSeconds > STALE_AFTER_SECONDS
      ? withoutSight(context, latest)
      : byLoad(context, learned, latest, ageSeconds);
  return finish(context, steps, outcome);
}

/**
 * The owner's bounds, for an endpoint that cannot be scaled and whose load was last reckoned with too long ago. Until
 * then it may come back, and would need what it has.
 */
function unscalable(
  { nowSeconds, config, state, observation }: DecisionInput,
  baseline: Bounds,
  bounds: Bounds,
  note: Note,
): Proposal | null {
  const isHeld = config.mode === 'act' && !sameBounds(bounds, baseline);
  if (!isHeld || !isUnseen(state.tuning?.scoredUntilSeconds ?? 0, nowSeconds)) return null;
  noteBounds(note, bounds, baseline, 'endpoint-not-scalable');
  return { bounds: baseline, direction: 'none', from: observation.capacity.desired };
}

/** @param seenSeconds start of the newest window that was seen */
function isUnseen(seenSeconds: number, nowSeconds: number): boolean {
  return nowSeconds - (seenSeconds + WINDOW_SECONDS) > UNSEEN_AFTER_SECONDS;
}

/** What a look comes to. */
interface Outcome
  extends Pick<Decision, 'demand' | 'wanted' | 'proposal'>,
    Pick<TargetState, 'withoutWindows'> {
  readonly isAtRest: boolean;
  /** When the next turn of a recurring load must be asked for; null or absent: none is expected. */
  readonly comesAtSeconds?: number | null;
}

/**
 * While the load is not known.
 * @param latest window that was seen, too long ago; undefined: none
 */
function withoutSight(context: Context, latest: DemandPoint | undefined): Outcome {
  const { nowSeconds, state, observation, limits, note } = context;
  const { desired } = observation.capacity;
  note('demand', null, null, latest ? 'stale-data' : 'no-data', true);
  const wanted = withoutDemand(context);
  // One answer without any data says less than what was seen before it, though its scores may be forgotten.
  const { tuning, shadow } = state;
  const seenSeconds =
    latest?.startSeconds ?? tuning?.scoredUntilSeconds ?? shadow?.untilSeconds ?? 0;
  const proposal =
    wanted === desired
      ? heldBounds(context, wanted, isUnseen(seenSeconds, nowSeconds))
      : propose(context, { capacity: wanted, byLoad: wanted, mayRise: true, isAhead: false }, 0);
  return {
    demand: null,
    wanted: wanted === desired ? null : wanted,
    proposal,
    isAtRest: !proposal && areRight(context) && !state.pending,
    withoutWindows: limits.atLeast
      ? (state.withoutWindows ?? desired)
      : wanted < desired
        ? state.withoutWindows
        : null,
  };
}

/** @param latest window of the load, which ended so many seconds ago */
function byLoad(
  context: Context,
  { points, shown }: Lesson,
  latest: DemandPoint,
  ageSeconds: number,
): Outcome {
  const { nowSeconds, config, state, observation, limits } = context;
  const { desired, inService } = observation.capacity;
  const { service } = state;
  const hidden = hiddenDemand({ ...shown, service, nowSeconds, inService });
  const demand = Math.max(latest.demand, hidden);
  // As the alarm sees it: a peak that is taken together with others may have set that off already.
  const alone = demandOf(observation.load.slice(-1), config, state.capacityLog)[0]?.demand ?? 0;
  const load = wantedByLoad(context, { points, shown: shown.points, ageSeconds, hidden });
  const wanted = { ...load, byLoad: load.capacity, capacity: possible(context, load.capacity) };
  const proposal = propose(context, wanted, demand);
  const isAtRest =
    !proposal &&
    !state.pending &&
    areRight(context) &&
    (limits.bounds.min === limits.bounds.max
      ? desired <= limits.bounds.max
      : wanted.capacity <= desired &&
        desired <= limits.bounds.min &&
        Math.max(demand, alone) <
          config.wakeFraction * restingCapacity(desired, state.baseline as Bounds));
  // A floor holds nothing up that stands above it.
  const isOthers = limits.atLeast !== null && desired > limits.atLeast.instances;
  const isHeldUp = limits.atLeast !== null || desired > wanted.capacity;
  return {
    demand,
    wanted: wanted.capacity,
    proposal,
    isAtRest,
    withoutWindows:
      limits.atLeast || (isHeldUp && state.withoutWindows !== null)
        ? Math.max(load.capacity, isOthers ? desired : 0)
        : null,
    comesAtSeconds: load.comesAtSeconds,
  };
}

/**
 * Whether the bounds are those to rest with, as far as they are not futile to ask for. Whoever only observes never has
 * them so.
 */
function areRight({ nowSeconds, config, state, bounds, observation, limits }: Context): boolean {
  if (config.mode !== 'act') return true;
  const { min } = state.baseline as Bounds;
  const { desired } = observation.capacity;
  const reach = withinReach(limits.bounds.min, desired, min, state.futile, nowSeconds);
  return sameBounds(bounds, { ...limits.bounds, min: Math.max(min, reach) });
}

/**
 * The alarm goes by the owner's Min, and by one instance where that is 0: above it, a floor of somebody else must not
 * let it sleep.
 */
function restingCapacity(desired: number, baseline: Bounds): number {
  return Math.max(1, Math.min(desired, baseline.min));
}

/**
 * What is wanted while the load is not known: missing is not zero, so capacity stays, but for what
 * windows and budget say; what a window alone held up goes when it is over.
 */
function withoutDemand(context: Context): number {
  const { state, bounds, observation, limits, note } = context;
  const { desired } = observation.capacity;
  // What stands above the scaler's own Min somebody else asked for, who may see the load.
  const held = desired > bounds.min ? desired : (state.withoutWindows ?? desired);
  const kept = Math.min(held, desired);
  if (Math.max(kept, limits.atLeast?.instances ?? 0) < desired) {
    note('windows', desired, kept, 'windows-over');
  }
  const isFree = !limits.atLeast && !limits.atMost && !limits.refusal && kept === desired;
  return isFree ? desired : possible(context, kept);
}

/** `capacity` inside the limits and the owner's bounds, as far as it is not futile to ask for. */
function possible({ nowSeconds, state, observation, limits, note }: Context, capacity: number) {
  const { desired } = observation.capacity;
  const baseline = state.baseline as Bounds;
  const allowed = limited(capacity, limits, baseline.min, note);
  const bounded = clamp(allowed, baseline);
  if (bounded !== allowed) {
    const reason = bounded > allowed ? 'owner-minimum' : 'owner-maximum';
    note('owner-bounds', allowed, bounded, reason, bounded < allowed);
  }
  const reach = withinReach(bounded, desired, baseline.min, state.futile, nowSeconds);
  if (state.futile && reach < bounded) note('hold', bounded, reach, state.futile.reason, true);
  return reach;
}

function finish(
  { nowSeconds, state, observation, limits, note }: Context,
  steps: readonly DecisionStep[],
  { isAtRest, withoutWindows, comesAtSeconds = null, ...decision }: Outcome,
): Decision {
  if (isAtRest) note('loop', null, null, 'at-rest');
  const wantsMore = (decision.wanted ?? 0) > observation.capacity.desired;
  const refusal = steps.find(({ constrained, reason, name, before, after }) =>
    reason === 'owner-maximum' || (constrained && LIMIT_REASONS.includes(reason))
      ? true
      : constrained && name === 'hold' && (before as number) > (after as number),
  );
  return {
    ...decision,
    steps,
    state: {
      ...state,
      withoutWindows,
      refusedFor: refusal?.reason ?? null,
      putOffSinceSeconds: wantsMore ? state.putOffSinceSeconds : null,
    },
    nextLookAtSeconds: isAtRest
      ? foreseen(
          [limits.changesAtSeconds, comesAtSeconds, state.futile?.retryAtSeconds ?? null],
          nowSeconds,
        )
      : nextWindowReadableAt(state, nowSeconds),
  };
}

/**
 * The next change that no alarm tells of, if it is near; until then the sweep looks every minute. A turn
 * that is due and rests all the same has a limit in its way: waiting for it would be looking without end.
 */
function foreseen(times: readonly (number | null)[], nowSeconds: number): number | null {
  const ahead = times.map((at) => at ?? 0).filter((at) => at > nowSeconds);
  const next = Math.min(...ahead);
  return next - nowSeconds <= FORESEEN_SECONDS ? next : null;
}
