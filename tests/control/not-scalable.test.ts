import { describe, expect, it } from 'vitest';
import { leaseChange } from '../../lib/control/lease.ts';
import type { Lease, TargetState } from '../../lib/control/types.ts';
import { decideFor, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

const OWNERS = { min: 1, max: 20 };
const FLOOR = { min: 9, max: 20 };
const LEASE_SECONDS = 3600;
const LEASE: Lease = { untilSeconds: NOW + 1000, restores: OWNERS };

/** What is decided, and done of the lease, where load was last seen so long ago. */
function lookAt(bounds: typeof OWNERS, state: Partial<TargetState>, seenSecondsAgo = 60) {
  const seen = decideFor(observed(steady(9), { desired: 9 }, OWNERS)).state.tuning;
  const scoredUntilSeconds = NOW - 10 - seenSecondsAgo;
  const tuning = seen && { ...seen, scoredUntilSeconds };
  const before = stateWith({ tuning, ...state });
  const decision = decideFor(observed(steady(9), { desired: 9, scalable: false }, bounds), before);
  const lease = leaseChange({
    nowSeconds: NOW,
    mode: 'act',
    leaseSeconds: LEASE_SECONDS,
    state: decision.state,
    bounds,
    proposal: decision.proposal,
  });
  return { decision, lease };
}

describe('an endpoint that cannot be scaled', () => {
  const held = { written: FLOOR, lease: LEASE };

  it.each([
    ['keeps a floor for a quarter of an hour', 900, null],
    ['and no longer', 901, OWNERS],
  ])('%s', (_, seenSecondsAgo, expected) => {
    const { decision } = lookAt(FLOOR, held, seenSecondsAgo);
    expect(decision.proposal?.bounds ?? null).toEqual(expected);
    expect(decision.proposal?.direction ?? 'none').toBe('none');
    expect(decision.nextLookAtSeconds).toBeNull();
    expect(decision.steps).toContainEqual({
      name: 'endpoint',
      before: null,
      after: null,
      reason: 'endpoint-not-scalable',
      constrained: true,
    });
  });

  it('has a lease renewed as long as its floor is kept, and no longer', () => {
    expect(lookAt(FLOOR, held).lease).toMatchObject({ action: 'put' });
    expect(lookAt(FLOOR, held, 901).lease).toBeNull();
  });

  it.each([
    ['at rest', {}, { min: 3, max: 30 }, { min: 3, max: 30 }, null],
    ['under a floor', held, { min: 9, max: 30 }, { min: 1, max: 30 }, 'put'],
  ])('takes over its owner’s edit: %s', (_, state, bounds, baseline, action) => {
    const { decision, lease } = lookAt(bounds, state);
    expect(decision.state.baseline).toEqual(baseline);
    expect(reasons(decision)).toContain('owner-changed-bounds');
    expect(lease?.action ?? null).toBe(action);
    expect(decision.proposal).toBeNull();
  });

  it.each(['observe', 'paused'] as const)('is left alone in mode %s', (mode) => {
    const observation = observed(steady(9), { desired: 9, scalable: false }, FLOOR);
    const decision = decideFor(observation, stateWith({ written: FLOOR, tuning: null }), { mode });
    expect(decision.proposal).toBeNull();
  });
});
