import type { Decision, Observation } from '../control/types.ts';
import { hashOf } from '../hash.ts';

/** Of a look, what the next one depends on. */
export interface LookDone {
  readonly decision: Pick<Decision, 'nextLookAtSeconds' | 'proposal' | 'wanted'>;
  readonly observation: Pick<Observation, 'capacity'>;
}

/**
 * A new window becomes readable at the same moment for every target, so hot loops would all look at
 * once. Those that can wait are spread over this span, seconds: nearly a window, with time left to be
 * done before the next.
 */
const SPREAD_SECONDS = 8;

/** Seconds by which a look is put off, 0 to 7: the same for a name every time, even over names. */
export function spreadSeconds(name: string): number {
  return hashOf(name) % SPREAD_SECONDS;
}

/**
 * When to look at an endpoint again, epoch seconds; null: at rest. A target that is short of capacity
 * and could be given more is looked at as soon as there is news; everything else (a locked endpoint,
 * a request just made, a scale-in) can wait for the endpoint's own second.
 */
export function nextLookAt(endpointName: string, looks: readonly LookDone[]): number | null {
  const times = looks
    .map(({ decision }) => decision.nextLookAtSeconds)
    .filter((time) => time !== null);
  if (times.length === 0) return null;
  const earliest = Math.min(...times);
  return looks.some(isPressing) ? earliest : earliest + spreadSeconds(endpointName);
}

function isPressing({ decision, observation }: LookDone): boolean {
  const { desired, locked } = observation.capacity;
  return !locked && decision.proposal === null && (decision.wanted ?? 0) > desired;
}
