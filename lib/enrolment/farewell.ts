import { UnreadableItem } from '../aws/endpoint-item.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';
import { leaveToLease, release, withdraw } from './release.ts';
import type { ReleaseRuntime } from './runtime.ts';

/** The stack is being deleted: lets go of every target, and sees to it that none is enrolled again. */
export async function farewell(runtime: ReleaseRuntime, latestMs: number): Promise<void> {
  const { enrolments, logger, now } = runtime;
  if (!(await enrolments.setLeaving(true))) {
    // Nobody knows any more of whom to let go: leases end by themselves.
    logger.warn('somebody deleted the table, so that nothing can be released');
    return;
  }
  const { entries } = await enrolments.fleet();
  const left: string[] = [];
  const faults: unknown[] = [];
  const resourceIds = entries.flatMap(({ targets }) => [...targets.keys()]);
  const targets = resourceIds.flatMap((resourceId) => parseResourceId(resourceId) ?? []);
  // All at first, so that one wait for nudges on their way is enough for all. What fails is tried again below, and told.
  for (const target of targets) await withdraw(runtime, target).catch(() => undefined);
  for (const target of targets) {
    const { resourceId } = target;
    try {
      const isDone = now() < latestMs && (await letGo(runtime, target, latestMs));
      if (!isDone) left.push(resourceId);
    } catch (error) {
      logger.error('target could not be released', { resourceId, error });
      faults.push(error);
      left.push(resourceId);
    }
  }
  if (left.length === 0) return;
  const [fault] = faults;
  const why = fault instanceof Error ? `${fault.name}: ${fault.message}` : 'no time was left';
  throw new Error(
    `${left.length} targets could not be released (${why}): ${left.slice(0, 5).join(', ')}. Delete the stack again to go on.`,
  );
}

/** A target whose item cannot be read must not keep the stack for ever. */
async function letGo(
  runtime: ReleaseRuntime,
  target: ScalableTarget,
  latestMs: number,
): Promise<boolean> {
  try {
    return await release(runtime, target, latestMs);
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    const { resourceId } = target;
    runtime.logger.error('nothing can be read of a target; its lease gives the bounds back', {
      resourceId,
      error,
    });
    return leaveToLease(runtime, target, latestMs);
  }
}

/**
 * Before further attempts at what was denied, milliseconds. A role is good for anything some seconds after CloudFormation
 * made it, and this is the first call of a first deployment.
 */
const DENIED_WAITS_MS = [1000, 2000, 4000, 8000, 15_000];

/** The stack is being made or changed: targets may be enrolled. */
export async function welcome({ enrolments, sleep, logger }: ReleaseRuntime): Promise<void> {
  for (const waitMs of DENIED_WAITS_MS) {
    try {
      await enrolments.setLeaving(false);
      return;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AccessDeniedException')) throw error;
      logger.warn('denied, perhaps since the role is new; it is tried again', { error });
      await sleep(waitMs);
    }
  }
  await enrolments.setLeaving(false);
}
