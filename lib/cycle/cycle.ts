import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { UnreadableItem } from '../aws/endpoint-item.ts';
import type { EnrolmentStore } from '../aws/enrolment-store.ts';
import { MOST_DELAY_SECONDS, type Rechecks } from '../aws/rechecks.ts';
import {
  type Claim,
  type EndpointRecord,
  LOOP_OVERDUE_MS,
  type StateStore,
  type StoredTarget,
} from '../aws/state-store.ts';
import { leadTimeSeconds } from '../control/guards.ts';
import { afterLease, mayHaveLease } from '../control/lease.ts';
import { isWorthSaving, unseen } from '../control/state.ts';
import type { TargetState } from '../control/types.ts';
import type { TellRuntime } from '../notify/tell.ts';
import { type DecisionRuntime, keepDecision } from './decisions.ts';
import {
  type Look,
  type LookSources,
  look,
  type Mute,
  type RefusalRuntime,
  stateAfter,
  watched,
} from './look.ts';
import { measureLook } from './measure.ts';
import { type News, noteConditions, tellNews } from './news.ts';
import { nextLookAt, spreadSeconds } from './next-look.ts';
import { type DecisionRecord, decisionRecord, isNewsStep, type Outcome } from './record.ts';

/** What a control cycle works with. */
export interface CycleRuntime extends LookSources, RefusalRuntime, DecisionRuntime, TellRuntime {
  readonly enrolments: Pick<EnrolmentStore, 'outdate'>;
  readonly store: StateStore;
  readonly rechecks: Rechecks;
}

/** After a look that failed or came ahead of the metrics, seconds. */
const RETRY_SECONDS = 10;

/**
 * One control cycle for an endpoint and all scalable targets that share its lock:
 * observe, decide, act, record, ask to be woken again, and tell whoever listens.
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
  // What refused one endpoint for its rate must not meet all of them again at once.
  const retryInSeconds = RETRY_SECONDS + spreadSeconds(`${endpointName}/${nowMs}`);
  let nextLookAtSeconds: number | null = nowMs / 1000 + retryInSeconds;
  const news: News = { record, states: new Map(), decisions: [], due: [] };
  try {
    // A sweep finds endpoints at rest, where nothing waits, or a loop that died; the alarm and whoever else
    // wakes one read what lies before it too.
    const targets = watched(record, mute);
    const withUnderWay = claim.cause !== 'sweep' || targets.some(({ state }) => isBusy(state));
    const looks = await look(runtime, endpointName, targets, nowMs / 1000, withUnderWay);
    nextLookAtSeconds = nextLookAt(endpointName, looks);
    // The metrics do not show yet what its sender felt.
    if (claim.cause === 'surge') nextLookAtSeconds ??= nowMs / 1000 + RETRY_SECONDS;
    await act(runtime, record, looks, nowMs, news);
  } catch (error) {
    logger.error('control cycle failed; looking again shortly', { endpointName, error });
    metrics.addMetric('CycleFailed', MetricUnit.Count, 1);
  }
  try {
    if (nextLookAtSeconds === null) return;
    const waitSeconds = Math.max(0, Math.ceil(nextLookAtSeconds - runtime.now() / 1000));
    const delaySeconds = Math.min(waitSeconds, MOST_DELAY_SECONDS);
    const recheck = { endpointName, cause: 're-check', loop: record.loop } as const;
    await runtime.rechecks.send(recheck, delaySeconds);
  } finally {
    // Last, so that whoever listens can hold up neither a nudge nor the next look.
    await tellNews(runtime, news);
  }
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
  news: News,
): Promise<void> {
  const nowSeconds = nowMs / 1000;
  const { states } = news;
  const due = record.targets.flatMap((stored) => {
    const { resourceId } = stored.target;
    const seen = looks.find((each) => each.stored.target.resourceId === resourceId);
    const after = seen ? stateAfter(seen, nowSeconds) : unseen(stored.state, nowSeconds);
    const noted = noteConditions(runtime, stored, seen, after, nowSeconds);
    states.set(resourceId, noted.state);
    return noted.due;
  });
  // What is about to be done of a lease as well, though another cycle saved the very same in this moment: only
  // one of them may do it.
  const isSaved =
    looks.some(({ lease }) => lease) || record.targets.some((stored) => isNews(stored, states));
  if (isSaved) {
    const isFirst = await runtime.store.save(record, states);
    if (!isFirst) {
      runtime.logger.info('another cycle acted first', { endpointName: record.endpointName });
      return;
    }
    news.record = { ...record, version: record.version + 1 };
    news.due = due;
  }
  let isLeaseDone = false;
  for (const each of looks) {
    const { outcome, leaseFailed } = await take(runtime, each);
    if (each.lease && !leaseFailed) {
      isLeaseDone = true;
      const { resourceId } = each.stored.target;
      states.set(resourceId, afterLease(states.get(resourceId) as TargetState, each.lease));
    }
    if (isNoteworthy(each) || leaseFailed) {
      const decision = recordOf(each, outcome, nowMs);
      news.decisions.push(decision);
      await keepDecision(runtime, decision);
    }
    measureLook(runtime.metrics, each, outcome, nowSeconds, isSaved);
  }
  // Only now is it known to be done; if this is lost, it is done again.
  if (isLeaseDone && (await runtime.store.save(news.record, states))) {
    news.record = { ...news.record, version: news.record.version + 1 };
  }
  if (looks.some(wakesByAnotherMin) || looks.some(canBeMeasured))
    await runtime.enrolments.outdate(record.endpointName);
}

/** Whether the owner's Min is no longer the one that the alarm's threshold was reckoned with. */
function wakesByAnotherMin({ stored: { signal, state }, decision }: Look): boolean {
  const before = state.baseline;
  const after = decision.state.baseline;
  const goesByMin = signal.alarmScope !== 'instance' || signal.peaks !== undefined;
  return goesByMin && !!before && !!after && before.min !== after.min;
}

/** Whether requests were seen of a target whose latency nobody could measure for want of any. */
function canBeMeasured({ stored: { signal }, observation }: Look): boolean {
  return signal.peaks?.isAssumed === true && observation.load.some(({ value }) => value > 0);
}

/** Whether it was in the middle of something when it was last looked at. */
function isBusy(state: TargetState): boolean {
  return state.pending !== null || mayHaveLease(state);
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
    const { message, ...outcome } = failure(error);
    return { outcome: { ...outcome, message: `its lease: ${message}` }, leaseFailed: true };
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

function failure(error: unknown): Extract<Outcome, { status: 'failed' }> {
  const { name, message } = error as Error;
  return { status: 'failed', errorCode: name, message };
}

/** Changes, refusals that were not told yet, and what was learned about the owner or a request. */
function isNoteworthy({ stored, decision }: Look): boolean {
  const { refusedFor } = decision.state;
  return (
    decision.proposal !== null ||
    (refusedFor !== null && refusedFor !== stored.state.refusedFor) ||
    decision.steps.some(isNewsStep)
  );
}

/** A look's decision as it is kept. */
export function recordOf(
  { stored, control, endpointStatus, observation, decision }: Look,
  outcome: Outcome,
  nowMs: number,
): DecisionRecord {
  const { endpointName, resourceId } = stored.target;
  const newest = observation.load.at(-1);
  return decisionRecord({
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
    inputs: {
      newestWindowSeconds: newest?.startSeconds ?? null,
      endpointStatus,
      baseline: decision.state.baseline,
      lease: stored.state.lease,
      pending: stored.state.pending,
      refusal: observation.refusal ?? null,
      leadTimeSeconds: leadTimeSeconds(stored.state, control),
      targetPerInstance: control.targetPerInstance,
      riskPrice: control.riskPrice,
    },
  });
}
