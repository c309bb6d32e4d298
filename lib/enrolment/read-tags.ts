import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ListedEndpoint } from '../aws/endpoint-tags.ts';
import type { Fleet, FleetEntry } from '../aws/enrolment-store.ts';
import { isValidTag } from '../config/parse.ts';
import { hashOf } from '../hash.ts';
import { turn } from './pacer.ts';
import { TAG_KEY } from './parameter-name.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/** The tags of an endpoint are read once in so many sweeps: SageMaker gives them one endpoint a call. */
const SWEEPS_PER_READING = 10;

/** An endpoint that changed this recently is read at every sweep, milliseconds. */
const RECENT_MS = 180_000;

const SWEEP_MS = 60_000;

/** How long one sweep may be busy with tags, milliseconds; at the pace of the line, eighty endpoints. */
const BUDGET_MS = 20_000;

/**
 * The tag of every endpoint that has it: as remembered, as events told, or as read just now. A new
 * tag on an old endpoint is found within ten minutes. What could not be read stays as remembered: a
 * tag is gone only when SageMaker says so.
 */
export async function readTags(
  runtime: EnrolmentRuntime,
  fleet: Fleet,
): Promise<ReadonlyMap<string, string>> {
  const { enrolments, logger, metrics } = runtime;
  const remembered = new Map<string, string>();
  for (const { endpointName, tag } of fleet.entries) {
    if (tag !== undefined) remembered.set(endpointName, tag);
  }
  const found = new Map(remembered);
  try {
    await readInto(runtime, found);
  } catch (error) {
    logger.error('tags could not be read; the last ones known count', { error });
    metrics.addMetric('TagsUnread', MetricUnit.Count, 1);
  }
  for (const name of new Set([...remembered.keys(), ...found.keys()])) {
    if (remembered.get(name) !== found.get(name)) await enrolments.noteTag(name, found.get(name));
  }
  return found;
}

/** What is about to be done by a tag. */
interface TagUse {
  readonly latestMs: number;
  /** Whether a target is released where there is none. */
  readonly isRelease: boolean;
}

/**
 * An endpoint's tag for a change that shall be taken now. One that is not valid may have been mended since it was
 * read, which no event tells, and until then it would keep every change from being taken. One that is new may not
 * have been read yet, and a release would forget what the target has learned.
 */
export async function tagForChange(
  runtime: EnrolmentRuntime,
  { endpointName, tag }: Pick<FleetEntry, 'endpointName' | 'tag'>,
  { latestMs, isRelease }: TagUse,
): Promise<string | undefined> {
  const isSettled = tag === undefined ? !isRelease : isValidTag(tag);
  if (isSettled) return tag;
  const { enrolments, logger, metrics, tags } = runtime;
  if (!(await turn(runtime, 'ListTags', latestMs))) return tag;
  try {
    const found = await tags.find(endpointName, TAG_KEY);
    if (found !== tag) await enrolments.noteTag(endpointName, found);
    return found;
  } catch (error) {
    logger.error('tags could not be read; the last ones known count', { endpointName, error });
    metrics.addMetric('TagsUnread', MetricUnit.Count, 1);
    return tag;
  }
}

/** Corrects what is remembered, one endpoint after the other. */
async function readInto(runtime: EnrolmentRuntime, found: Map<string, string>): Promise<void> {
  const { endpoints, tags, now } = runtime;
  const latestMs = now() + BUDGET_MS;
  const listed = await tags.list();
  const names = new Set(listed.map(({ endpointName }) => endpointName));
  for (const name of found.keys()) {
    // A listing in pages may miss what moves between them.
    if (!names.has(name) && !(await endpoints.describe(name))) found.delete(name);
  }
  for (const endpoint of dueNow(listed, now())) {
    // The sweeps that come read the others.
    if (!(await turn(runtime, 'ListTags', latestMs))) return;
    const tag = await tags.read(endpoint, TAG_KEY);
    if (tag === undefined) found.delete(endpoint.endpointName);
    else found.set(endpoint.endpointName, tag);
  }
}

/**
 * Changed endpoints first, then the tenth whose turn it is; in another order at every sweep, so
 * that where there are more than fit, it is not always the same that wait.
 */
function dueNow(listed: readonly ListedEndpoint[], nowMs: number): ListedEndpoint[] {
  const sweep = Math.floor(nowMs / SWEEP_MS);
  const isRecent = ({ modifiedAtMs }: ListedEndpoint) => nowMs - modifiedAtMs < RECENT_MS;
  const isItsTurn = ({ endpointName }: ListedEndpoint) =>
    hashOf(endpointName) % SWEEPS_PER_READING === sweep % SWEEPS_PER_READING;
  const place = ({ endpointName }: ListedEndpoint) => hashOf(`${sweep}/${endpointName}`);
  return listed
    .filter((endpoint) => isRecent(endpoint) || isItsTurn(endpoint))
    .sort((a, b) => Number(isRecent(b)) - Number(isRecent(a)) || place(a) - place(b));
}
