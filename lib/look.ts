import type { EndpointReading, Endpoints } from './aws/endpoints.ts';
import type { LoadReader } from './aws/load.ts';
import type { ScalableTargets } from './aws/scalable-targets.ts';
import type { EndpointRecord, StoredTarget } from './aws/state-store.ts';
import { controlConfig, type Signal } from './config/signal.ts';
import { coordinate } from './control/coordinate.ts';
import { type DecisionInput, decide } from './control/decide.ts';
import { LOOKBACK_SECONDS } from './control/learn.ts';
import { beforeLease, leaseChange, mayHaveLease } from './control/lease.ts';
import { commitStandDown, standDown } from './control/stand-down.ts';
import { commit } from './control/state.ts';
import type {
  ControlConfig,
  Decision,
  LeaseChange,
  Observation,
  TargetState,
} from './control/types.ts';

/** Where a look reads. */
export interface LookRuntime {
  readonly load: LoadReader;
  readonly endpoints: Endpoints;
  readonly scalableTargets: ScalableTargets;
}

/** A window in which somebody muted a target's alarm. */
export interface Mute {
  readonly resourceId: string;
  readonly untilSeconds: number;
}

/** A target whose load can be measured. */
export type Watched = StoredTarget & { readonly signal: Signal };

/** What a look at one target saw, and what follows from it. */
export interface Look {
  readonly stored: Watched;
  /** With the mode in force now: a muted target is a paused one. */
  readonly control: ControlConfig;
  /** True while a lease is held that the mode does not allow. */
  readonly standsDown: boolean;
  readonly observation: Observation;
  readonly decision: Decision;
  readonly lease: LeaseChange | null;
}

/** The targets of an endpoint that can be looked at, one of which may just have been muted. */
export function watched({ targets }: EndpointRecord, mute: Mute | undefined): Watched[] {
  return targets.flatMap((stored) => {
    const { signal } = stored.enrolment;
    if (!signal) return [];
    const isMuted = mute?.resourceId === stored.target.resourceId;
    const mutedUntilSeconds = isMuted ? mute.untilSeconds : stored.state.mutedUntilSeconds;
    return [{ ...stored, signal, state: { ...stored.state, mutedUntilSeconds } }];
  });
}

/** Observes and decides, for all targets of an endpoint together. */
export async function look(
  { endpoints, scalableTargets, load }: LookRuntime,
  endpointName: string,
  targets: readonly Watched[],
  nowSeconds: number,
): Promise<Look[]> {
  if (targets.length === 0) return [];
  const [endpoint, bounds, series] = await Promise.all([
    endpoints.describe(endpointName),
    scalableTargets.describe(targets.map(({ target }) => target)),
    load.read(
      targets.map(({ signal }) => signal.load),
      nowSeconds - LOOKBACK_SECONDS,
      nowSeconds,
    ),
  ]);
  const inputs = targets.map(({ target, enrolment, signal, state }, i): DecisionInput => {
    const { mutedUntilSeconds } = state;
    const isMuted = mutedUntilSeconds !== null && nowSeconds < mutedUntilSeconds;
    const control = controlConfig(enrolment.config, signal);
    return {
      nowSeconds,
      config: isMuted ? { ...control, mode: 'paused' } : control,
      state: isMuted ? state : { ...state, mutedUntilSeconds: null },
      observation: {
        load: series[i] ?? [],
        capacity: capacityOf(endpoint, target.variantName),
        bounds: bounds.get(target.resourceId) ?? null,
      },
    };
  });
  const decisions = coordinate(
    inputs.map((input) => (standsDown(input) ? standDown(input) : decide(input))),
  );
  return targets.map((stored, i) => {
    const { config: control, observation, ...input } = inputs[i] as DecisionInput;
    const decision = decisions[i] as Decision;
    const lease = leaseChange({
      nowSeconds,
      mode: control.mode,
      leaseSeconds: stored.enrolment.config.leaseSeconds,
      state: decision.state,
      bounds: observation.bounds,
      proposal: decision.proposal,
    });
    const isStandingDown = standsDown({ config: control, observation, ...input });
    return { stored, control, standsDown: isStandingDown, observation, decision, lease };
  });
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
  const isLocked = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'].includes(
    endpoint.status,
  );
  return { ...counts, locked: isLocked, scalable: isLocked || endpoint.status === 'InService' };
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
