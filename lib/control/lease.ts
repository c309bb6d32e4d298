import { sameBounds, UNDER_WAY_SECONDS } from './baseline.ts';
import type { Bounds, LeaseChange, Mode, Proposal, TargetState } from './types.ts';

/** What {@link leaseChange} is given: the outcome of a look, once it is clear what will be done. */
export interface LeaseInput {
  readonly nowSeconds: number;
  readonly mode: Mode;
  readonly leaseSeconds: number;
  /** State that the look left; its baseline is the owner's as of now. */
  readonly state: TargetState;
  /** Bounds that stand. */
  readonly bounds: Bounds | null;
  readonly proposal: Proposal | null;
}

/**
 * What is to be done about the lease. Bounds that differ from the owner's are held only under a
 * lease: put before each nudge, renewed when less than half of it is left or the owner changed what
 * it restores, deleted once the owner's bounds stand again.
 *
 * Cycles meet: a lease that was just put belongs to a nudge that may still be on its way, and is not
 * deleted yet; one that is put while a deletion may be on its way is put again until that is over.
 */
export function leaseChange(input: LeaseInput): LeaseChange | null {
  const { nowSeconds, mode, leaseSeconds, state, bounds, proposal } = input;
  const { baseline, lease, leaseDeletedAtSeconds } = state;
  if (!bounds || !baseline) return null;
  const isUnderWay = (sinceSeconds: number) => nowSeconds - sinceSeconds < UNDER_WAY_SECONDS;
  const isOwners = sameBounds(proposal?.bounds ?? bounds, baseline);
  const isRight = lease !== null && sameBounds(lease.restores, baseline);
  if (isOwners) {
    if (!lease || proposal) return null;
    if (!isUnderWay(lease.untilSeconds - leaseSeconds)) return { action: 'delete' };
    if (isRight) return null;
  }
  if (mode !== 'act') return null;
  const isCurrent =
    isRight &&
    lease.untilSeconds - nowSeconds >= leaseSeconds / 2 &&
    (leaseDeletedAtSeconds === null || !isUnderWay(leaseDeletedAtSeconds));
  if (isCurrent && !proposal) return null;
  return {
    action: 'put',
    lease: { untilSeconds: Math.ceil(nowSeconds + leaseSeconds), restores: baseline },
  };
}

/**
 * What to remember of the lease when `change` is about to be done. One that is deleted is remembered
 * until it is gone: after a crash nobody else would delete it, and it would restore bounds of long ago.
 */
export function leaseAfter(
  { lease, leaseDeletedAtSeconds }: TargetState,
  change: LeaseChange | null,
  nowSeconds: number,
): Pick<TargetState, 'lease' | 'leaseDeletedAtSeconds'> {
  if (!change) return { lease, leaseDeletedAtSeconds };
  return change.action === 'put'
    ? { lease: change.lease, leaseDeletedAtSeconds }
    : { lease, leaseDeletedAtSeconds: nowSeconds };
}
