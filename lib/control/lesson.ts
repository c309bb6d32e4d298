import { type Adoption, adoptBounds, standing } from './baseline.ts';
import type { Bounds } from './bounds.ts';
import type { DecisionInput } from './decision-input.ts';
import { demandOf } from './demand.ts';
import type { DemandPoint, PlayedWindow } from './demand-point.ts';
import { learnRefusal } from './futile.ts';
import { leadTimeSeconds, quietSeconds } from './guards.ts';
import { learnService, requestsPerSecond, type ShownLoad, withHidden } from './hidden.ts';
import { learnCapacity, learnMetricLag } from './learn.ts';
import type { Note } from './note.ts';
import { learnPattern, type PatternInput, patternWindows } from './pattern.ts';
import type { Reason } from './reasons.ts';
import { changesThatCame } from './state.ts';
import { tune } from './tune.ts';
import type { TargetState } from './types.ts';
import type { CapacityWindow } from './windows.ts';

/** What a look teaches of one target, before anything is decided. */
export interface Lesson {
  readonly state: TargetState;
  /** The owner's bounds. */
  readonly baseline: Bounds;
  /** Demand as the signal shows it, with what tells of a queue. */
  readonly shown: ShownLoad;
  /** Demand with what the signal hides of it, oldest first. */
  readonly points: readonly DemandPoint[];
  /** What the target's own days have told to expect. */
  readonly expected: readonly CapacityWindow[];
}

/** Learns whose bounds stand. */
export function learnBounds(
  { state, nowSeconds }: DecisionInput,
  bounds: Bounds,
  note: Note,
): Adoption {
  const adoption = adoptBounds(state, bounds, nowSeconds);
  if (adoption.ownerChanged) {
    noteBounds(note, state.baseline, adoption.baseline, 'owner-changed-bounds');
  }
  if (adoption.leaseExpired) note('lease', null, null, 'lease-expired');
  return adoption;
}

/** Notes a change of both bounds. */
export function noteBounds(
  note: Note,
  before: Bounds | null,
  { min, max }: Bounds,
  reason: Reason,
): void {
  note('baseline-min', before?.min ?? null, min, reason);
  note('baseline-max', before?.max ?? null, max, reason);
}

/**
 * Learns whose bounds stand, what became of the last request, and what the load tells of the rules, the
 * service and the days.
 * @param bounds that stand
 */
export function learnFrom(input: DecisionInput, bounds: Bounds, note: Note): Lesson {
  const { nowSeconds, config, observation } = input;
  const { capacity } = observation;
  const adoption = learnBounds(input, bounds, note);
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

  const shown: ShownLoad = {
    points: demandOf(observation.load, config, adopted.capacityLog, observation.counts),
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
    targetPerInstance: config.targetPerInstance,
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
  return {
    state: { ...adopted, tuning, pattern, service },
    baseline: adoption.baseline,
    shown,
    points,
    expected: patternWindows(pattern, nowSeconds, daily),
  };
}
