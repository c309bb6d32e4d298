import type { StoredTarget } from '../aws/state-store.ts';
import type { Bounds } from '../control/bounds.ts';
import type { EnrolledBy } from './finding.ts';

/** What decides whether a target is enrolled. */
export interface EnrolmentEvidence {
  /** Its own parameter. */
  readonly text: string | undefined;
  readonly tag: string | undefined;
  /** `unknown`: the account's defaults are not valid. */
  readonly discovers: boolean | 'unknown';
  /** Of its own scalable target. */
  readonly bounds: Bounds | undefined;
  readonly stored: StoredTarget | undefined;
  /** Whether any variant of its endpoint has a scalable target. */
  readonly isEndpointRegistered: boolean;
  /** True where parameters may not be read. */
  readonly isConfigUnknown: boolean;
}

/** How a target is enrolled, by the rules of the service: its own parameter, then the tag, then discovery. */
export function enrolledBy(evidence: EnrolmentEvidence): EnrolledBy {
  const { text, tag, discovers, bounds, stored, isEndpointRegistered } = evidence;
  if (text !== undefined) return 'parameter';
  const isKnown = bounds !== undefined || stored !== undefined;
  // Of an endpoint that is scaled in part, a tag enrols that part.
  if (tag !== undefined && (isKnown || !isEndpointRegistered)) return 'tag';
  if (discovers === true && bounds) return 'discovery';
  if (!stored) return null;
  // Nobody knows whether it is still wanted, so the service keeps it.
  if (discovers === 'unknown') return 'discovery';
  return evidence.isConfigUnknown ? 'unknown' : null;
}
