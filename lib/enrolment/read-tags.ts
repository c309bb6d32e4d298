import type { Fleet } from '../aws/enrolment-store.ts';
import { hashOf } from '../hash.ts';
import { TAG_KEY } from './parameter-name.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/** The tags of an endpoint are read once in so many sweeps: SageMaker gives them one endpoint a call. */
const SWEEPS_PER_READING = 10;

/** An endpoint that changed this recently is read at every sweep, milliseconds. */
const RECENT_MS = 180_000;

const SWEEP_MS = 60_000;

/**
 * The tag of every endpoint that has it: as remembered, as events told, or as read just now. A new
 * tag on an old endpoint is found within ten minutes.
 */
export async function readTags(
  { enrolments, tags, now }: EnrolmentRuntime,
  fleet: Fleet,
): Promise<ReadonlyMap<string, string>> {
  const remembered = new Map<string, string>();
  for (const { endpointName, tag } of fleet.entries) {
    if (tag !== undefined) remembered.set(endpointName, tag);
  }
  const listed = await tags.list();
  const names = new Set(listed.map(({ endpointName }) => endpointName));
  const slot = Math.floor(now() / SWEEP_MS) % SWEEPS_PER_READING;
  const found = new Map([...remembered].filter(([name]) => names.has(name)));
  for (const endpoint of listed) {
    const { endpointName, modifiedAtMs } = endpoint;
    const isRecent = now() - modifiedAtMs < RECENT_MS;
    if (!isRecent && hashOf(endpointName) % SWEEPS_PER_READING !== slot) continue;
    const tag = await tags.read(endpoint, TAG_KEY);
    if (tag === undefined) found.delete(endpointName);
    else found.set(endpointName, tag);
  }
  for (const name of new Set([...remembered.keys(), ...found.keys()])) {
    if (remembered.get(name) !== found.get(name)) await enrolments.noteTag(name, found.get(name));
  }
  return found;
}
