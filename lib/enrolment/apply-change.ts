import type { FleetEntry } from '../aws/enrolment-store.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import type { ScalableTarget } from '../target.ts';
import { converge } from './converge.ts';
import { turn } from './pacer.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from './parameter-name.ts';
import { tagForChange } from './read-tags.ts';
import { reconcile } from './reconcile.ts';
import { releaseUnwanted } from './release.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/** How long a function may wait for its turn with a paced call, milliseconds; the sweep does the rest. */
const PATIENCE_MS = 8000;

/** The same for a release, which lets nudges arrive first, milliseconds. */
const RELEASE_PATIENCE_MS = 30_000;

/** Changes of the defaults within this span are taken together, milliseconds. */
const DEFAULTS_GAP_MS = 10_000;

/** How long a function may be busy with what the defaults change, milliseconds. */
const DEFAULTS_BUDGET_MS = 30_000;

/** Brings one target in line with everything that concerns it as it stands now, whatever an event said. */
export async function applyChange(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
): Promise<void> {
  const { enrolments, now, parameters, policies, logger } = runtime;
  const latestMs = now() + PATIENCE_MS;
  if (!(await turn(runtime, 'enrolment', latestMs))) {
    logger.info('too many changes at once; the sweep makes this one', { target });
    return;
  }
  const [{ entry: remembered, leaving }, targetText, defaults] = await Promise.all([
    enrolments.entry(target.endpointName),
    parameters.read(targetParameterName(target)),
    parameters.read(DEFAULTS_PARAMETER),
  ]);
  if (leaving) {
    logger.info('the stack is being deleted; nothing is enrolled any more');
    return;
  }
  const isRelease = targetText === undefined && remembered.targets.has(target.resourceId);
  const tag = await tagForChange(runtime, remembered, { latestMs, isRelease });
  const entry = { ...remembered, tag };
  if (targetText === undefined && !(await isWantedOtherwise(runtime, target, entry, defaults))) {
    await releaseUnwanted(runtime, target, now() + RELEASE_PATIENCE_MS);
    return;
  }
  const inputs = {
    defaults,
    tag: entry.tag,
    news: entry.news,
    target: targetText,
    policies: await policies.list(target),
  };
  await converge(runtime, target, inputs, latestMs);
}

/**
 * Brings everything in line with changed defaults. Many changes at once cost little: the first is
 * applied at once, one more after a while stands for all the others.
 */
export async function applyDefaults(runtime: EnrolmentRuntime): Promise<void> {
  const { enrolments, now, sleep } = runtime;
  const latestMs = now() + DEFAULTS_GAP_MS;
  const atMs = await enrolments.reserve('defaults', DEFAULTS_GAP_MS, now(), latestMs);
  if (atMs === undefined) return;
  if (atMs > now()) await sleep(atMs - now());
  await reconcile(runtime, now() + DEFAULTS_BUDGET_MS);
}

/** Whether a target without a parameter stays enrolled: by its endpoint's tag, or as a discovery. */
async function isWantedOtherwise(
  { scalableTargets }: EnrolmentRuntime,
  target: ScalableTarget,
  { tag, targets }: FleetEntry,
  defaults: string | undefined,
): Promise<boolean> {
  if (tag !== undefined) return true;
  try {
    if (!readDefaults(defaults, DEFAULTS_PARAMETER).discover) return false;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What the defaults mean is not known; the parameter's deletion is.
    return false;
  }
  const isKnown = targets.has(target.resourceId);
  return isKnown && (await scalableTargets.describe([target])).has(target.resourceId);
}
