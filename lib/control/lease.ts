import { sameBounds } from './baseline.ts';
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
 */
export function leaseChange(input: LeaseInput): LeaseChange | null {
  const { nowSeconds, mode, leaseSeconds, state, bounds, proposal } = input;
  const { baseline, lease } = state;
  if (!bounds || !baseline) return null;
  const after = proposal?.bounds ?? bounds;
  if (sameBounds(after, baseline)) {
    return lease && !proposal ? { action: 'delete' } : null;
  }
  if (mode !== 'act') return null;
  const isCurrent =
    lease !== null &&
    sameBounds(lease.restores, baseline) &&
    lease.untilSeconds - nowSeconds >= leaseSeconds / 2;
  if (isCurrent && !proposal) return null;
  return {
    action: 'put',
    lease: { untilSeconds: Math.ceil(nowSeconds + leaseSeconds), restores: baseline },
  };
}

/** The lease once `change` was done. */
export function leaseAfter(state: TargetState, change: LeaseChange | null): TargetState['lease'] {
  if (!change) return state.lease;
  return change.action === 'put' ? change.lease : null;
}
