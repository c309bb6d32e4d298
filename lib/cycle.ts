import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { UnreadableItem } from './aws/endpoint-item.ts';
import type { Rechecks } from './aws/rechecks.ts';
import type { Claim, EndpointRecord, StateStore, StoredTarget } from './aws/state-store.ts';
import { afterLease } from './control/lease.ts';
import { isWorthSaving } from './control/state.ts';
import type { TargetState } from './control/types.ts';
import { type Look, type LookRuntime, look, type Mute, stateAfter, watched } from './look.ts';
import type { DecisionRecord, Outcome } from './record.ts';
import type { Telemetry } from './runtime.ts';

/** What a control cycle works with. */
export interface CycleRuntime extends Telemetry, LookRuntime {
  readonly store: StateStore;
  readonly rechecks: Rechecks;
}

/** A sweep takes a hot loop for dead when its next look is this late: two looks were missed. */
const LOOP_OVERDUE_MS = 30_000;

/** After a failed look, seconds. */
const RETRY_SECONDS = 10;

/** Decision records are kept this long. */
const RECORD_SECONDS = 14 * 24 * 3600;

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
  mute?: Mute,
): Promise<void> {
  const { logger, metrics } = runtime;
  const nowMs = runtime.now();
  const record = await claimed(runtime, endpointName, claim, nowMs);
  if (!record) {
    logger.debug('nothing to look at', { endpointName, claim });
    return;
  }
  let nextLookAtSeconds: number | null = nowMs / 1000 + RETRY_SECONDS;
  try {
    const looks = await look(runtime, record.endpointName, watched(record, mute), nowMs / 1000);
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

/** An item that cannot be read is told of and left alone: trying again would be no better. */
async function claimed(
  { logger, metrics, store }: CycleRuntime,
  endpointName: string,
  claim: Claim,
  nowMs: number,
): Promise<EndpointRecord | undefined> {
  try {
    return await store.claim(endpointName, claim, nowMs, nowMs + LOOP_OVERDUE_MS);
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    logger.error('state cannot be read', { endpointName, error });
    metrics.addMetric('StateUnreadable', MetricUnit.Count, 1);
    return undefined;
  }
}

async function act(
  runtime: CycleRuntime,
  record: EndpointRecord,
  looks: readonly Look[],
  nowMs: number,
): Promise<void> {
  const states = new Map(
    record.targets.map(({ target, state }) => [target.resourceId, state] as const),
  );
  for (const each of looks) {
    states.set(each.stored.target.resourceId, stateAfter(each, nowMs / 1000));
  }
  if (record.targets.some((stored) => isNews(stored, states))) {
    const isFirst = await runtime.store.save(record, states);
    if (!isFirst) {
      runtime.logger.info('another cycle acted first', { endpointName: record.endpointName });
      return;
    }
  }
  let isLeaseDone = false;
  for (const each of looks) {
    const { outcome, leaseFailed } = await take(runtime, each);
    if (each.lease && !leaseFailed) {
      isLeaseDone = true;
      const { resourceId } = each.stored.target;
      states.set(resourceId, afterLease(states.get(resourceId) as TargetState, each.lease));
    }
    if (isNoteworthy(each) || leaseFailed) await keep(runtime, each, outcome, nowMs);
    emit(runtime, each);
  }
  // Only now is it known to be done; if this is lost, it is done again.
  if (isLeaseDone) await runtime.store.save({ ...record, version: record.version + 1 }, states);
}

function isNews({ target, state }: StoredTarget, states: ReadonlyMap<string, TargetState>) {
  return isWorthSaving(state, states.get(target.resourceId) as TargetState);
}

/** The lease goes first: bounds are moved only when AWS itself is sure to move them back. */
async function take(
  { scalableTargets }: CycleRuntime,
  { decision, stored, control, standsDown, lease }: Look,
): Promise<{ readonly outcome: Outcome; readonly leaseFailed: boolean }> {
  try {
    if (lease?.action === 'put') await scalableTargets.putLease(stored.target, lease.lease);
    if (lease?.action === 'delete') await scalableTargets.deleteLease(stored.target);
  } catch (error) {
    return { outcome: failure(error), leaseFailed: true };
  }
  const kept = { leaseFailed: false };
  if (!decision.proposal) return { outcome: { status: 'refused' }, ...kept };
  if (control.mode !== 'act' && !standsDown) return { outcome: { status: 'dry-run' }, ...kept };
  try {
    await scalableTargets.nudge(stored.target, decision.proposal.bounds);
    return { outcome: { status: 'taken' }, ...kept };
  } catch (error) {
    return { outcome: failure(error), ...kept };
  }
}

function failure(error: unknown): Outcome {
  const { name, message } = error as Error;
  return { status: 'failed', errorCode: name, message };
}

/** Changes, refusals that were not told yet, and what was learned about the owner or a lost nudge. */
function isNoteworthy({ stored, decision }: Look): boolean {
  const { refusedFor } = decision.state;
  return (
    decision.proposal !== null ||
    (refusedFor !== null && refusedFor !== stored.state.refusedFor) ||
    decision.steps.some(
      ({ reason }) =>
        reason === 'owner-changed-bounds' ||
        reason === 'nudge-lost-while-locked' ||
        reason === 'lease-expired',
    )
  );
}

async function keep(
  { store, logger, metrics }: CycleRuntime,
  { stored, control, observation, decision }: Look,
  outcome: Outcome,
  nowMs: number,
): Promise<void> {
  const { endpointName, resourceId } = stored.target;
  const record: DecisionRecord = {
    at: new Date(nowMs).toISOString(),
    endpointName,
    resourceId,
    mode: control.mode,
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
