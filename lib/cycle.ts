import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EndpointReading, Endpoints } from './aws/endpoints.ts';
import type { LoadReader } from './aws/load.ts';
import type { Rechecks } from './aws/rechecks.ts';
import type { ScalableTargets } from './aws/scalable-targets.ts';
import type { Claim, EndpointRecord, StateStore, StoredTarget } from './aws/state-store.ts';
import { controlConfig, signalOf } from './config/signal.ts';
import { coordinate } from './control/coordinate.ts';
import { decide } from './control/decide.ts';
import { LOOKBACK_SECONDS } from './control/learn.ts';
import { commit, isWorthSaving } from './control/state.ts';
import type { Decision, Observation, TargetState } from './control/types.ts';
import type { DecisionRecord, Outcome } from './record.ts';
import type { Telemetry } from './runtime.ts';

/** What a control cycle works with. */
export interface CycleRuntime extends Telemetry {
  readonly store: StateStore;
  readonly load: LoadReader;
  readonly endpoints: Endpoints;
  readonly scalableTargets: ScalableTargets;
  readonly rechecks: Rechecks;
}

/** A sweep takes a hot loop for dead when its next look is this late: two looks were missed. */
const LOOP_OVERDUE_MS = 30_000;

/** After a failed look, seconds. */
const RETRY_SECONDS = 10;

/** Decision records are kept this long. */
const RECORD_SECONDS = 14 * 24 * 3600;

interface Look {
  readonly stored: StoredTarget;
  readonly observation: Observation;
  readonly decision: Decision;
}

/**
 * One control cycle for an endpoint and all scalable targets that share its lock:
 * observe, decide, act, record, and ask to be woken again.
 *
 * A fault of a service is logged and counted, and the endpoint is looked at again shortly: throwing
 * would cost a minute, since Lambda retries an asynchronous invocation no sooner. Only when the state
 * cannot be claimed, or the wake-up cannot be sent, does the fault reach the caller.
 */
export async function runCycle(
  runtime: CycleRuntime,
  endpointName: string,
  claim: Claim,
): Promise<void> {
  const { logger, metrics, store } = runtime;
  const nowMs = runtime.now();
  const record = await store.claim(endpointName, claim, nowMs, nowMs + LOOP_OVERDUE_MS);
  if (!record) {
    logger.debug('nothing to look at', { endpointName, claim });
    return;
  }
  let nextLookAtSeconds: number | null = nowMs / 1000 + RETRY_SECONDS;
  try {
    const looks = await look(runtime, record, nowMs / 1000);
    nextLookAtSeconds = earliest(looks.map(({ decision }) => decision.nextLookAtSeconds));
    await act(runtime, record, looks, nowMs);
  } catch (error) {
    logger.error('control cycle failed; looking again shortly', { endpointName, error });
    metrics.addMetric('CycleFailed', MetricUnit.Count, 1);
  }
  if (nextLookAtSeconds === null) return;
  const delaySeconds = Math.max(0, Math.ceil(nextLookAtSeconds - runtime.now() / 1000));
  const recheck = { endpointName, cause: 're-check', loop: record.loop } as const;
  await runtime.rechecks.send(recheck, delaySeconds);
}

async function look(
  { endpoints, scalableTargets, load }: CycleRuntime,
  record: EndpointRecord,
  nowSeconds: number,
): Promise<Look[]> {
  const signals = record.targets.map(({ target, config }) => signalOf(target, config));
  const [endpoint, bounds, series] = await Promise.all([
    endpoints.describe(record.endpointName),
    scalableTargets.describe(record.targets.map(({ target }) => target)),
    load.read(
      signals.map((signal) => signal.load),
      nowSeconds - LOOKBACK_SECONDS,
      nowSeconds,
    ),
  ]);
  const observations = record.targets.map(
    ({ target }, i): Observation => ({
      load: series[i] ?? [],
      capacity: capacityOf(endpoint, target.variantName),
      bounds: bounds.get(target.resourceId) ?? null,
    }),
  );
  const decisions = coordinate(
    record.targets.map(({ config, state }, i) =>
      decide({
        nowSeconds,
        config: controlConfig(config, signals[i] as NonNullable<(typeof signals)[number]>),
        state,
        observation: observations[i] as Observation,
      }),
    ),
  );
  return record.targets.map((stored, i) => ({
    stored,
    observation: observations[i] as Observation,
    decision: decisions[i] as Decision,
  }));
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

async function act(
  runtime: CycleRuntime,
  record: EndpointRecord,
  looks: readonly Look[],
  nowMs: number,
): Promise<void> {
  const states = new Map(
    looks.map((each) => [each.stored.target.resourceId, stateAfter(each, nowMs / 1000)] as const),
  );
  const isNews = looks.some(({ stored }) =>
    isWorthSaving(stored.state, states.get(stored.target.resourceId) as TargetState),
  );
  if (isNews) {
    const isFirst = await runtime.store.save(record, states);
    if (!isFirst) {
      runtime.logger.info('another cycle acted first', { endpointName: record.endpointName });
      return;
    }
  }
  for (const each of looks) {
    const outcome = await take(runtime, each);
    if (isNoteworthy(each)) await keep(runtime, each, outcome, nowMs);
    emit(runtime, each);
  }
}

function stateAfter({ stored, observation, decision }: Look, nowSeconds: number): TargetState {
  const { config, target } = stored;
  if (!decision.proposal) return decision.state;
  const control = controlConfig(config, signalOf(target, config));
  return commit(decision.state, decision.proposal, observation.bounds, control, nowSeconds);
}

async function take({ scalableTargets }: CycleRuntime, each: Look): Promise<Outcome> {
  const { decision, stored } = each;
  if (!decision.proposal) return { status: 'refused' };
  if (stored.config.mode !== 'act') return { status: 'dry-run' };
  try {
    await scalableTargets.nudge(stored.target, decision.proposal.bounds);
    return { status: 'taken' };
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 'failed', errorCode: name, message };
  }
}

/** Changes, refusals that were not told yet, and what was learned about the owner or a lost nudge. */
function isNoteworthy({ stored, decision }: Look): boolean {
  const { refusedFor } = decision.state;
  return (
    decision.proposal !== null ||
    (refusedFor !== null && refusedFor !== stored.state.refusedFor) ||
    decision.steps.some(
      ({ reason }) => reason === 'owner-changed-bounds' || reason === 'nudge-lost-while-locked',
    )
  );
}

async function keep(
  { store, logger, metrics }: CycleRuntime,
  { stored, observation, decision }: Look,
  outcome: Outcome,
  nowMs: number,
): Promise<void> {
  const { endpointName, resourceId } = stored.target;
  const record: DecisionRecord = {
    at: new Date(nowMs).toISOString(),
    endpointName,
    resourceId,
    mode: stored.config.mode,
    demand: decision.demand,
    wanted: decision.wanted,
    inService: observation.capacity.inService,
    desired: observation.capacity.desired,
    boundsBefore: observation.bounds,
    requested: decision.proposal,
    outcome,
    steps: decision.steps,
  };
  if (outcome.status === 'failed') {
    logger.error('nudge failed', { decision: record });
    metrics.addMetric('NudgeFailed', MetricUnit.Count, 1);
  } else {
    logger.info('decision', { decision: record });
  }
  await store.keep(record, nowMs / 1000 + RECORD_SECONDS);
}

/** One line of embedded metrics a target and look; counts of the look go out with it. */
function emit({ metrics }: CycleRuntime, { stored, observation, decision }: Look): void {
  const { capacity, bounds } = observation;
  metrics.addDimension('ResourceId', stored.target.resourceId);
  metrics.addMetric('Capacity', MetricUnit.Count, capacity.inService);
  if (decision.demand !== null) metrics.addMetric('Demand', MetricUnit.Count, decision.demand);
  if (bounds) {
    metrics.addMetric('MinCapacity', MetricUnit.Count, bounds.min);
    metrics.addMetric('MaxCapacity', MetricUnit.Count, bounds.max);
  }
  metrics.publishStoredMetrics();
}

function earliest(times: readonly (number | null)[]): number | null {
  const set = times.filter((time) => time !== null);
  return set.length > 0 ? Math.min(...set) : null;
}
