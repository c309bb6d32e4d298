import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type EndpointReading, type Endpoints, isLocked, isScalable } from '../aws/endpoints.ts';
import type { LoadReader } from '../aws/load.ts';
import type { ScalableTargets } from '../aws/scalable-targets.ts';
import type { ScalingActivities } from '../aws/scaling-activities.ts';
import type { EndpointRecord, StoredTarget } from '../aws/state-store.ts';
import { controlConfig, type MetricRef, type Signal } from '../config/signal.ts';
import { countSpent } from '../control/budget.ts';
import { coordinate } from '../control/coordinate.ts';
import { decide } from '../control/decide.ts';
import type { DecisionInput } from '../control/decision-input.ts';
import { demandOf } from '../control/demand.ts';
import { leadTimeSeconds } from '../control/guards.ts';
import { cameToNothing } from '../control/learn.ts';
import { beforeLease, leaseChange, mayHaveLease } from '../control/lease.ts';
import { playShadow, type ShadowGain } from '../control/shadow-baseline.ts';
import { commitStandDown, standDown } from '../control/stand-down.ts';
import { commit } from '../control/state.ts';
import type {
  ControlConfig,
  Decision,
  LeaseChange,
  Observation,
  PendingRequest,
  RequestRefusal,
  TargetState,
} from '../control/types.ts';
import type { CapacityWindow } from '../control/windows.ts';
import type { Telemetry } from '../lambda/surroundings.ts';
import { readLoads } from './read-loads.ts';
import { capacityWindows } from './windows.ts';

/** Where a look reads. */
export interface LookSources {
  readonly load: LoadReader;
  readonly endpoints: Endpoints;
  readonly scalableTargets: ScalableTargets;
}

/** Where it is asked why a request came to nothing. */
export interface RefusalRuntime extends Telemetry {
  readonly activities: ScalingActivities;
}

/** Without activities nobody is asked. */
type LookRuntime = LookSources & (RefusalRuntime | { readonly activities?: undefined });

/** A window in which somebody muted a target's alarm. */
export interface Mute {
  readonly resourceId: string;
  readonly untilSeconds: number;
}

/** A target that is looked at, with what its load is read by. */
export type Watched = StoredTarget & { readonly signal: Signal };

/** What a look at one target saw, and what follows from it. */
export interface Look {
  readonly stored: Watched;
  /** With the mode in force now: a target that is muted, or whose scaling is suspended, is a paused one. */
  readonly control: ControlConfig;
  /** True while a lease is held that the mode does not allow. */
  readonly standsDown: boolean;
  /** Null when there is no such endpoint. */
  readonly endpointStatus: string | null;
  readonly observation: Observation;
  /** What wanted instances for a time, as far as it was not over. */
  readonly windows: readonly CapacityWindow[];
  readonly decision: Decision;
  readonly lease: LeaseChange | null;
  /** What was gained on target tracking alone since the state was last saved; null: not reckoned. */
  readonly gain: ShadowGain | null;
}

/** A metric that has no data: CloudWatch keeps it by endpoint only. */
const NO_METRIC: MetricRef = {
  namespace: 'AWS/SageMaker',
  metricName: 'Invocations',
  dimensions: {},
  statistic: 'Sum',
};

/** Of a target whose load cannot be measured; smaller than a look without any. */
const NO_SIGNAL: Signal = {
  load: NO_METRIC,
  alarm: NO_METRIC,
  alarmScope: 'instance',
  alarmValueAtTarget: 1,
  loadScope: 'variant',
  windowsPerTargetUnit: 1,
  targetPerInstance: 1,
};

/**
 * The targets of an endpoint that can be looked at, one of which may just have been muted. One whose load cannot be
 * measured any more is among them as long as it holds a lease, to give its owner's bounds back: nothing goes by the
 * load that is read for it.
 */
export function watched({ targets }: EndpointRecord, mute: Mute | undefined): Watched[] {
  return targets.flatMap((stored) => {
    if (!stored.enrolment.signal && !mayHaveLease(stored.state)) return [];
    const signal = stored.enrolment.signal ?? NO_SIGNAL;
    const isMuted = mute?.resourceId === stored.target.resourceId;
    const told = isMuted ? mute.untilSeconds : stored.state.mutedUntilSeconds;
    const found = stored.mutedUntilSeconds;
    const mutedUntilSeconds = found === undefined ? told : Math.max(found, told ?? 0);
    return [{ ...stored, signal, state: { ...stored.state, mutedUntilSeconds } }];
  });
}

/**
 * Observes and decides, for all targets of an endpoint together.
 * @param withUnderWay whether requests under way are read too, beside the load
 */
export async function look(
  runtime: LookRuntime,
  endpointName: string,
  targets: readonly Watched[],
  nowSeconds: number,
  withUnderWay = true,
): Promise<Look[]> {
  if (targets.length === 0) return [];
  const { endpoints, scalableTargets, load } = runtime;
  const [endpoint, allRegistered, series] = await Promise.all([
    endpoints.describe(endpointName),
    scalableTargets.describe(targets.map(({ target }) => target)),
    readLoads(
      load,
      targets.map(({ signal }) => signal),
      nowSeconds,
      withUnderWay,
      targets.map(({ state }) => state.isByTheMinute),
    ),
  ]);
  const refusals = await readRefusals(runtime, endpoint, targets, nowSeconds);
  const inputs = targets.map((stored, i): DecisionInput => {
    const { target, enrolment, signal, prewarms, accountSpentUntilSeconds = 0 } = stored;
    const { mutedUntilSeconds } = stored.state;
    const { windows, maxInstanceHoursPerDay: hours } = enrolment.config;
    const capacity = capacityOf(endpoint, target.variantName);
    const spent = countSpent(stored.state.spent, capacity.desired, nowSeconds);
    const isByTheMinute = series[i]?.isByTheMinute ?? false;
    const state = { ...stored.state, spent, isByTheMinute };
    const isMuted = mutedUntilSeconds !== null && nowSeconds < mutedUntilSeconds;
    const registered = allRegistered.get(target.resourceId);
    // What its mode pauses does not go on when that is resumed: there it is no reason.
    const suspended = enrolment.config.mode === 'paused' ? [] : (registered?.suspended ?? []);
    // Whoever freezes scaling means this scaler too; and without scheduled scaling no lease would end.
    const isPaused = isMuted || suspended.length > 0 || !enrolment.signal;
    const control = controlConfig(enrolment.config, signal);
    return {
      nowSeconds,
      config: isPaused ? { ...control, mode: 'paused' } : control,
      state: isMuted ? state : { ...state, mutedUntilSeconds: null },
      observation: {
        load: series[i]?.load ?? [],
        underWay: series[i]?.underWay ?? null,
        counts: series[i]?.counts ?? [],
        capacity,
        bounds: registered?.bounds ?? null,
        suspended,
        refusal: refusals[i] ?? null,
      },
      windows: capacityWindows(windows, prewarms?.list ?? [], nowSeconds),
      budget: {
        maxInstanceSeconds: hours === null ? null : hours * 3600,
        isAccountSpent: nowSeconds < accountSpentUntilSeconds,
      },
    };
  });
  const decisions = coordinate(
    inputs.map((input, i) => ({
      decision: standsDown(input)
        ? standDown(input, targets[i]?.enrolment.signal === null)
        : decide(input),
      mode: input.config.mode,
    })),
    nowSeconds,
  );
  return targets.map((stored, i) => {
    const { config: control, observation, ...input } = inputs[i] as DecisionInput;
    const { decision, gain } = withShadow(inputs[i] as DecisionInput, decisions[i] as Decision);
    const lease = leaseChange({
      nowSeconds,
      mode: control.mode,
      leaseSeconds: stored.enrolment.config.leaseSeconds,
      state: decision.state,
      bounds: observation.bounds,
      proposal: decision.proposal,
    });
    const isStandingDown = standsDown({ config: control, observation, ...input });
    const endpointStatus = endpoint?.status ?? null;
    return {
      stored,
      control,
      standsDown: isStandingDown,
      endpointStatus,
      observation,
      windows: input.windows ?? [],
      decision,
      lease,
      gain,
    };
  });
}

/** Plays the load to the shadow; where the scaler does not act there is nothing to hold it against. */
function withShadow(
  { config, nowSeconds, observation }: DecisionInput,
  decision: Decision,
): { readonly decision: Decision; readonly gain: ShadowGain | null } {
  const { state } = decision;
  const { capacity, load } = observation;
  if (config.mode !== 'act' || !state.baseline || !capacity.scalable) {
    return { decision: { ...decision, state: { ...state, shadow: null } }, gain: null };
  }
  const { shadow, gain } = playShadow(state.shadow, {
    nowSeconds,
    points: demandOf(load, config, state.capacityLog, observation.counts),
    capacityLog: state.capacityLog,
    desired: capacity.desired,
    bounds: state.baseline,
    leadTimeSeconds: leadTimeSeconds(state, config),
  });
  return { decision: { ...decision, state: { ...state, shadow } }, gain };
}

/**
 * Why requests came to nothing, one for each target. Asked only where one did; an answer that cannot
 * be had is none, since the request is sent again then as after any loss.
 */
async function readRefusals(
  runtime: LookRuntime,
  endpoint: EndpointReading | undefined,
  targets: readonly Watched[],
  nowSeconds: number,
): Promise<(RequestRefusal | null)[]> {
  if (!runtime.activities) return [];
  const { activities, logger, metrics } = runtime;
  return Promise.all(
    targets.map(async ({ target, state }) => {
      const capacity = capacityOf(endpoint, target.variantName);
      if (!cameToNothing(state, capacity, nowSeconds)) return null;
      try {
        const request = state.pending as PendingRequest;
        return await activities.refusalOf(target, request, nowSeconds);
      } catch (error) {
        const { resourceId } = target;
        logger.warn('nobody could tell why a request came to nothing', { resourceId, error });
        metrics.addMetric('RefusalUnread', MetricUnit.Count, 1);
        return null;
      }
    }),
  );
}

function standsDown({ config, state }: DecisionInput): boolean {
  return config.mode !== 'act' && mayHaveLease(state);
}

function capacityOf(
  endpoint: EndpointReading | undefined,
  variantName: string,
): Observation['capacity'] {
  const counts = endpoint?.variants.get(variantName);
  if (!endpoint || !counts) return { inService: 0, desired: 0, locked: false, scalable: false };
  const { status } = endpoint;
  return { ...counts, locked: isLocked(status), scalable: isScalable(status) };
}

/** The state of a looked-at target once what was decided is about to be done. */
export function stateAfter(
  { control, standsDown, observation, decision, lease }: Look,
  nowSeconds: number,
): TargetState {
  const { proposal, state } = decision;
  const { bounds } = observation;
  const committed = standsDown
    ? commitStandDown(decision, bounds, nowSeconds)
    : proposal
      ? commit(state, proposal, bounds, control, nowSeconds)
      : state;
  return { ...committed, ...beforeLease(committed, lease, nowSeconds) };
}
