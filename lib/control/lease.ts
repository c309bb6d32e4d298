import { UNDER_WAY_SECONDS } from './baseline.ts';
import { type Bounds, sameBounds } from './bounds.ts';
import type { LeaseChange, Mode, Proposal, TargetState } from './types.ts';

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
 * it restores or how long it lasts, deleted once the owner's bounds stand again.
 *
 * Cycles die and meet: a lease that was just put belongs to a nudge that may still be on its way, and
 * is not deleted yet; one that is put while a deletion may be on its way is put again until that is
 * over; and what nobody knows to have been done is done again.
 */
export function leaseChange(input: LeaseInput): LeaseChange | null {
  const { nowSeconds, mode, leaseSeconds, state, bounds, proposal } = input;
  const { baseline, lease, leaseUnsureSinceSeconds, leaseDeletedAtSeconds } = state;
  if (!bounds || !baseline) return null;
  // By another function's clock, which may be ahead, or behind.
  const isUnderWay = (sinceSeconds: number | null) =>
    sinceSeconds !== null && Math.abs(nowSeconds - sinceSeconds) < UNDER_WAY_SECONDS;
  const isSure = leaseUnsureSinceSeconds === null;
  const isRight = lease !== null && sameBounds(lease.restores, baseline);
  if (sameBounds(proposal?.bounds ?? bounds, baseline)) {
    if (proposal || (!lease && isSure)) return null;
    const putAtSeconds = lease && lease.untilSeconds - leaseSeconds;
    if (!isUnderWay(putAtSeconds) && !isUnderWay(leaseUnsureSinceSeconds)) {
      return { action: 'delete' };
    }
    if (isRight && isSure) return null;
  }
  if (mode !== 'act') return null;
  const leftSeconds = lease ? lease.untilSeconds - nowSeconds : 0;
  const isCurrent =
    isRight &&
    isSure &&
    leftSeconds >= leaseSeconds / 2 &&
    leftSeconds < leaseSeconds + UNDER_WAY_SECONDS &&
    !isUnderWay(leaseDeletedAtSeconds);
  if (isCurrent && !proposal) return null;
  return {
    action: 'put',
    lease: { untilSeconds: Math.ceil(nowSeconds + leaseSeconds), restores: baseline },
  };
}

/** What is remembered of the lease. */
type LeaseState = Pick<TargetState, 'lease' | 'leaseUnsureSinceSeconds' | 'leaseDeletedAtSeconds'>;

/**
 * The state when `change` is about to be done: a function may die before it is. Otherwise nobody
 * would put the lease, or a forgotten one would restore bounds of long ago.
 */
export function beforeLease(
  { lease, leaseUnsureSinceSeconds, leaseDeletedAtSeconds }: TargetState,
  change: LeaseChange | null,
  nowSeconds: number,
): LeaseState {
  if (!change) return { lease, leaseUnsureSinceSeconds, leaseDeletedAtSeconds };
  return {
    lease,
    leaseUnsureSinceSeconds: nowSeconds,
    leaseDeletedAtSeconds: change.action === 'delete' ? nowSeconds : leaseDeletedAtSeconds,
  };
}

/** The state once `change` was done. */
export function afterLease(state: TargetState, change: LeaseChange): TargetState {
  const lease = change.action === 'put' ? change.lease : null;
  return { ...state, lease, leaseUnsureSinceSeconds: null };
}

/** True as long as there is, or may be, a lease. */
export function mayHaveLease({ lease, leaseUnsureSinceSeconds }: TargetState): boolean {
  return lease !== null || leaseUnsureSinceSeconds !== null;
}
