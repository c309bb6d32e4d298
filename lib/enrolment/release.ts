import type { EndpointRecord, StoredTarget } from '../aws/state-store.ts';
import type { Bounds } from '../control/bounds.ts';
import { handBack } from '../control/stand-down.ts';
import { announceDecision, keepDecision } from '../cycle/decisions.ts';
import { decisionRecord } from '../cycle/record.ts';
import { type ConfigurationNoticeRuntime, noteValid } from '../notify/configuration.ts';
import type { ScalableTarget } from '../target.ts';
import { alarmNamePrefix } from './alarm-specs.ts';
import { turn } from './pacer.ts';
import { BACKSTOP_NAME } from './plan.ts';
import type { ReleaseRuntime } from './runtime.ts';

/**
 * How long a nudge may be on its way once it was saved, milliseconds: a function of the control loop runs no longer than
 * 15 s. Clocks that are apart, which UNDER_WAY_SECONDS allows for, would keep every release waiting.
 */
const NUDGE_MS = 20_000;

/**
 * Lets go of a target: the owner's bounds come back, everything that the scaler made for it is
 * deleted, and only then is it forgotten, so that a fault in between is mended by the next try.
 * @returns false when there was no time left for a paced call or for a nudge on its way to arrive, or it was
 *   enrolled anew; then whatever is to become of it must be asked again
 */
export async function release(
  runtime: ReleaseRuntime,
  target: ScalableTarget,
  latestMs: number,
): Promise<boolean> {
  const { enrolments, logger } = runtime;
  const stored = await withdraw(runtime, target);
  if (!(await nudgesArrived(runtime, stored, latestMs))) {
    logger.info('release is put off: a nudge may be on its way', { resourceId: target.resourceId });
    return false;
  }
  if (await giveBack(runtime, target, stored)) await deleteBackstop(runtime, target);
  if (!(await deleteAlarms(runtime, target, latestMs))) return false;
  await endLease(runtime, target, stored);
  const isForgotten = await enrolments.forget(target, (record) => isWithdrawn(record, target));
  if (!isForgotten) {
    // What was deleted here may have been made for the new enrolment.
    await enrolments.outdate(target.endpointName);
    return false;
  }
  logger.info('target released', { resourceId: target.resourceId });
  return true;
}

/**
 * Releases a target that nothing asks for any more. What was wrong with its configuration went with that: the same
 * fault is news again. It is noted first, since nobody comes back to a target that is forgotten.
 * @returns as `release`
 */
export async function releaseUnwanted(
  runtime: ReleaseRuntime & ConfigurationNoticeRuntime,
  target: ScalableTarget,
  latestMs: number,
): Promise<boolean> {
  await noteValid(runtime, target.resourceId, target);
  return release(runtime, target, latestMs);
}

/**
 * Deletes what the scaler made for a target of which nothing can be read. Whose bounds stand nobody knows then: they
 * are left alone, and so is the lease, by which AWS gives the owner's back.
 * @returns false when there was no time left for a paced call
 */
export async function leaveToLease(
  runtime: ReleaseRuntime,
  target: ScalableTarget,
  latestMs: number,
): Promise<boolean> {
  await deleteBackstop(runtime, target);
  return deleteAlarms(runtime, target, latestMs);
}

async function deleteBackstop({ policies }: ReleaseRuntime, target: ScalableTarget): Promise<void> {
  const standing = await policies.list(target);
  const isThere = standing.some(({ policyName }) => policyName === BACKSTOP_NAME);
  if (isThere) await policies.delete(target, BACKSTOP_NAME);
}

/** False when there was no time left. */
async function deleteAlarms(
  runtime: ReleaseRuntime,
  target: ScalableTarget,
  latestMs: number,
): Promise<boolean> {
  const { alarms } = runtime;
  const standing = await alarms.list(alarmNamePrefix(target));
  if (standing.length === 0) return true;
  if (!(await turn(runtime, 'DeleteAlarms', latestMs))) return false;
  await alarms.delete(standing.map(({ alarmName }) => alarmName));
  return true;
}

/** Takes the target out of the control cycles: one that is under way is refused when it saves. */
export async function withdraw(
  { enrolments }: ReleaseRuntime,
  target: ScalableTarget,
): Promise<StoredTarget | undefined> {
  const find = async () => {
    const { targets } = await enrolments.read(target.endpointName);
    return targets.find((each) => each.target.resourceId === target.resourceId);
  };
  const stored = await find();
  if (!stored) return undefined;
  await enrolments.enrol(target, { ...stored.enrolment, signal: null });
  // Wanted again before it was let go of, it is worked out anew.
  await enrolments.outdate(target.endpointName);
  // With what a cycle saved in the last moment before.
  return find();
}

function isWithdrawn({ targets }: EndpointRecord, { resourceId }: ScalableTarget): boolean {
  const stored = targets.find(({ target }) => target.resourceId === resourceId);
  return !stored || stored.enrolment.signal === null;
}

/** Waits until no nudge can be on its way any more; false when that would be after `latestMs`. */
async function nudgesArrived(
  { now, sleep }: ReleaseRuntime,
  stored: StoredTarget | undefined,
  latestMs: number,
): Promise<boolean> {
  const lastMs = Math.max(...(stored?.state.writes ?? []).map(({ atSeconds }) => 1000 * atSeconds));
  // The clock of who saved it may be ahead.
  const waitMs = Math.min(lastMs + NUDGE_MS - now(), NUDGE_MS);
  if (waitMs <= 0) return true;
  if (now() + waitMs > latestMs) return false;
  await sleep(waitMs);
  return true;
}

/** True when the target is registered. */
async function giveBack(
  runtime: ReleaseRuntime,
  target: ScalableTarget,
  stored: StoredTarget | undefined,
): Promise<boolean> {
  const { scalableTargets, now } = runtime;
  const bounds = (await scalableTargets.describe([target])).get(target.resourceId)?.bounds;
  if (!bounds) return false;
  const owners = stored ? handBack(stored.state, bounds, now() / 1000) : null;
  if (stored && owners) {
    await scalableTargets.nudge(target, owners);
    await tellGivenBack(runtime, stored, bounds, owners);
  }
  return true;
}

/** Given back is given back: a record that cannot be kept must not hold up the release. */
async function tellGivenBack(
  runtime: ReleaseRuntime,
  { target, enrolment, state }: StoredTarget,
  before: Bounds,
  owners: Bounds,
): Promise<void> {
  const { endpointName, resourceId } = target;
  const capacity = state.capacityLog.at(-1)?.[1] ?? before.min;
  const record = decisionRecord({
    at: new Date(runtime.now()).toISOString(),
    endpointName,
    resourceId,
    mode: enrolment.config.mode,
    demand: null,
    wanted: null,
    inService: capacity,
    desired: capacity,
    boundsBefore: before,
    requested: { bounds: owners, direction: 'none', from: capacity },
    outcome: { status: 'taken' },
    steps: (['min', 'max'] as const).map((bound) => ({
      name: `baseline-${bound}`,
      before: before[bound],
      after: owners[bound],
      reason: 'target-released' as const,
      constrained: false,
    })),
    inputs: {
      newestWindowSeconds: null,
      endpointStatus: null,
      baseline: owners,
      lease: state.lease,
      pending: state.pending,
      refusal: null,
      leadTimeSeconds: state.learnedLeadTimeSeconds ?? enrolment.config.leadTimeSeconds,
      targetPerInstance: enrolment.config.targetPerInstance,
      riskPrice: enrolment.config.riskPrice,
    },
  });
  try {
    await keepDecision(runtime, record);
  } catch (error) {
    runtime.logger.error('the decision to give the bounds back was not kept', { record, error });
  }
  await announceDecision(runtime, record);
}

/**
 * The lease goes last: it stood for all that might have kept this function from coming so far, and for the nudge of a
 * cycle whose clock is behind, which was not waited for. Of a target that nobody remembers it is all that knows the owner's
 * bounds: a stack that died, or whose table was lost, left it, and AWS gives them back by it.
 */
async function endLease(
  { scalableTargets, now }: ReleaseRuntime,
  target: ScalableTarget,
  stored: StoredTarget | undefined,
): Promise<void> {
  if (!stored) return;
  const bounds = (await scalableTargets.describe([target])).get(target.resourceId)?.bounds;
  if (!bounds) return;
  const owners = handBack(stored.state, bounds, now() / 1000);
  if (owners) await scalableTargets.nudge(target, owners);
  await scalableTargets.deleteLease(target);
}
