import { adoptBounds, clamp, sameBounds, standing, withoutBounds } from './baseline.ts';
import type { Context } from './context.ts';
import { demandOf, WINDOW_SECONDS } from './demand.ts';
import { learnRefusal, withinReach } from './futile.ts';
import { leadTimeSeconds, quietSeconds } from './guards.ts';
import { heldBounds } from './held.ts';
import { hiddenDemand, learnService, requestsPerSecond, withHidden } from './hidden.ts';
import { learnCapacity, learnMetricLag, nextWindowReadableAt, seenCapacity } from './learn.ts';
import { LIMIT_REASONS, type LimitInput, type Limits, limited, limitsNow } from './limits.ts';
import type { Note } from './note.ts';
import { learnPattern, type PatternInput, patternWindows } from './pattern.ts';
import { propose } from './propose.ts';
import type { Reason } from './reasons.ts';
import type { PlayedWindow } from './shadows.ts';
import { suspensionSteps } from './stand-down.ts';
import { changesThatCame } from './state.ts';
import { tune } from './tune.ts';
import type {
  Bounds,
  ControlConfig,
  Decision,
  DecisionStep,
  Observation,
  TargetState,
} from './types.ts';
import { wantedByLoad } from './want.ts';

/** Data older than this says nothing about now, seconds. */
export const STALE_AFTER_SECONDS = 60;

/** A floor is held for no longer than this without sight of the load that it was raised for, seconds. */
export const UNSEEN_AFTER_SECONDS = 900;

/** A change of windows, budget or recurring load that is nearer than this is worth a look of its own, seconds. */
const FORESEEN_SECONDS = 900;

/** What {@link decide} is given. */
export interface DecisionInput extends LimitInput {
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
  if (!capacity.scalable) return rest('endpoint', 'endpoint-not-scalable');

  const adoption = adoptBounds(input.state, bounds, nowSeconds);
  if (adoption.ownerChanged) {
    const { min, max } = adoption.baseline;
    note('baseline-min', input.state.baseline?.min ?? null, min, 'owner-changed-bounds');
    note('baseline-max', input.state.baseline?.max ?? null, max, 'owner-changed-bounds');
  }
  if (adoption.leaseExpired) note('lease', null, null, 'lease-expired');
  const learned = learnCapacity(input.state, capacity, nowSeconds);
  const lost = { requestLost: learned.requestLost, writeLost: adoption.writeLost };
  const newest = observation.load.at(-1);
  const adopted: TargetState = {
    ...learnMetricLag(learned.state, newest, nowSeconds),
    ...standing(input.state, adoption.baseline, bounds, nowSeconds),
    futile: learnRefusal(input.state, observation, nowSeconds),
    changedAtSeconds: changesThatCame(input.state, lost),
  };
  if (lost.requestLost || lost.writeLost) {
    const reason = observation.refusal?.reason ?? 'nudge-lost-while-locked';
    note('pending', capacity.desired, capacity.desired, reason);
  }

  const shown = {
    points: demandOf(observation.load, config, adopted.capacityLog),
    underWay: observation.underWay ?? null,
    capacityLog: adopted.capacityLog,
    leadTimeSeconds: leadTimeSeconds(adopted, config),
    requestsPerSecond: requestsPerSecond(config),
    riskPrice: config.riskPrice,
  };
  const service = learnService({ ...shown, service: adopted.service });
  const points = withHidden({ ...shown, service });
  const played: PlayedWindow[] = [];
  const tuning = tune(adopted.tuning, points, {
    riskPrice: config.riskPrice,
    leadTimeSeconds: leadTimeSeconds(adopted, config),
    assumedLeadTimeSeconds: leadTimeSeconds(input.state, config),
    quietSeconds: quietSeconds(adopted, config),
    capacity: capacity.desired,
    onWindow: (window) => played.push(window),
  });
  const daily: PatternInput = {
    riskPrice: config.riskPrice,
    targetPerInstance: config.targetPerInstance,
    leadTimeSeconds: leadTimeSeconds(adopted, config),
    spacingSeconds: config.scaleOutSpacingSeconds,
    bounds: adoption.baseline,
  };
  const pattern = config.dailyPattern ? learnPattern(adopted.pattern, points, played, daily) : null;
  const state: TargetState = { ...adopted, tuning, pattern, service };
  const limits = limitsNow(
    { ...input, expected: patternWindows(pattern, nowSeconds, daily) },
    state.spent,
    adoption.baseline,
    leadTimeSeconds(state, config),
  );
  const context: Context = { nowSeconds, config, state, bounds, observation, limits, note };
  const latest = points.at(-1);
  const ageSeconds = latest ? nowSeconds - (latest.startSeconds + WINDOW_SECONDS) : null;
  if (!latest || ageSeconds === null || ageSeconds > STALE_AFTER_SECONDS) {
    note('demand', null, null, latest ? 'stale-data' : 'no-data', true);
    const wanted = withoutDemand(context);
    // One answer without any data says less than what was seen before it, though its scores may be forgotten.
    const { tuning, shadow } = state;
    const seenSeconds =
      latest?.startSeconds ?? tuning?.scoredUntilSeconds ?? shadow?.untilSeconds ?? 0;
    const isUnseen = nowSeconds - (seenSeconds + WINDOW_SECONDS) > UNSEEN_AFTER_SECONDS;
    const proposal =
      wanted === capacity.desired
        ? heldBounds(context, wanted, isUnseen)
        : propose(context, { capacity: wanted, byLoad: wanted, mayRise: true, isAhead: false }, 0);
    const isAtRest = !proposal && areRight(context) && !state.pending;
    const withoutWindows = limits.atLeast
      ? (state.withoutWindows ?? capacity.desired)
      : wanted < capacity.desired
        ? state.withoutWindows
        : null;
    return finish(context, {
      demand: null,
      wanted: wanted === capacity.desired ? null : wanted,
      proposal,
      steps,
      isAtRest,
      withoutWindows,
    });
  }

  const { inService } = capacity;
  const hidden = hiddenDemand({ ...shown, service, nowSeconds, inService });
  const demand = Math.max(latest.demand, hidden);
  const byLoad = wantedByLoad(context, { points, shown: shown.points, ageSeconds, hidden });
  const wanted = {
    ...byLoad,
    byLoad: byLoad.capacity,
    capacity: possible(context, byLoad.capacity),
  };
  const proposal = propose(context, wanted, demand);
  const isAtRest =
    !proposal &&
    !state.pending &&
    areRight(context) &&
    (limits.bounds.min === limits.bounds.max
      ? capacity.desired <= limits.bounds.max
      : wanted.capacity <= capacity.desired &&
        capacity.desired <= limits.bounds.min &&
        demand < config.wakeFraction * restingCapacity(capacity.desired, adoption.baseline));
  const isHeldUp = limits.atLeast !== null || capacity.desired > wanted.capacity;
  return finish(context, {
    demand,
    wanted: wanted.capacity,
    proposal,
    steps,
    isAtRest,
    withoutWindows:
      limits.atLeast || (isHeldUp && state.withoutWindows !== null) ? byLoad.capacity : null,
    comesAtSeconds: byLoad.comesAtSeconds,
  });
}

/** Whether the bounds are those to rest with. Whoever only observes never has them so. */
function areRight({ config, bounds, limits }: Context): boolean {
  return config.mode !== 'act' || sameBounds(bounds, limits.bounds);
}

/** The alarm goes by the owner's Min: above it, a floor of somebody else must not let it sleep. */
function restingCapacity(desired: number, baseline: Bounds): number {
  return Math.min(desired, Math.max(baseline.min, 1));
}

/**
 * What is wanted while the load is not known: missing is not zero, so capacity stays, but for what
 * windows and budget say; what a window alone held up goes when it is over.
 */
function withoutDemand(context: Context): number {
  const { state, observation, limits, note } = context;
  const { desired } = observation.capacity;
  const kept = Math.min(state.withoutWindows ?? desired, desired);
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
  outcome: Pick<Decision, 'demand' | 'wanted' | 'proposal' | 'steps'> &
    Pick<TargetState, 'withoutWindows'> & { isAtRest: boolean; comesAtSeconds?: number | null },
): Decision {
  const { isAtRest, withoutWindows, comesAtSeconds = null, ...decision } = outcome;
  if (isAtRest) note('loop', null, null, 'at-rest');
  const wantsMore = (decision.wanted ?? 0) > observation.capacity.desired;
  const refusal = decision.steps.find(({ constrained, reason, name, before, after }) =>
    reason === 'owner-maximum' || (constrained && LIMIT_REASONS.includes(reason))
      ? true
      : constrained && name === 'hold' && (before as number) > (after as number),
  );
  return {
    ...decision,
    state: {
      ...state,
      withoutWindows,
      refusedFor: refusal?.reason ?? null,
      putOffSinceSeconds: wantsMore ? state.putOffSinceSeconds : null,
    },
    nextLookAtSeconds: isAtRest
      ? foreseen(limits, comesAtSeconds, nowSeconds)
      : nextWindowReadableAt(state, nowSeconds),
  };
}

/**
 * The next change that no alarm tells of, if it is near; until then the sweep looks every minute. A turn
 * that is due and rests all the same has a limit in its way: waiting for it would be looking without end.
 */
function foreseen(
  { changesAtSeconds }: Limits,
  comesAtSeconds: number | null,
  nowSeconds: number,
): number | null {
  const isAhead = comesAtSeconds !== null && comesAtSeconds > nowSeconds;
  const next = Math.min(
    changesAtSeconds ?? Number.POSITIVE_INFINITY,
    isAhead ? comesAtSeconds : Number.POSITIVE_INFINITY,
  );
  return next - nowSeconds <= FORESEEN_SECONDS ? next : null;
}
