import { describe, expect, it } from 'vitest';
import type { Bounds } from '../../lib/control/bounds.ts';
import { afterLease, beforeLease, leaseChange } from '../../lib/control/lease.ts';
import { commitStandDown, handBack, standDown } from '../../lib/control/stand-down.ts';
import type { Lease, Mode, Proposal, TargetState } from '../../lib/control/types.ts';
import { CONFIG, NOW, observed, stateWith } from './fixtures.ts';

const baseline = { min: 1, max: 20 };
const raised = { min: 9, max: 20 };
const leaseFor = (seconds: number, restores: Bounds = baseline): Lease => ({
  untilSeconds: NOW + seconds,
  restores,
});
const nudgeTo = (bounds: Bounds): Proposal => ({ bounds, direction: 'out', from: 1 });

const change = (
  bounds: Bounds | null,
  proposal: Proposal | null,
  lease: Lease | null,
  mode: Mode = 'act',
  changes: Partial<TargetState> = {},
) =>
  leaseChange({
    nowSeconds: NOW,
    mode,
    leaseSeconds: 900,
    state: stateWith({ baseline, lease, ...changes }),
    bounds,
    proposal,
  });

const put = { action: 'put', lease: leaseFor(900) };

describe('the lease', () => {
  it.each([
    ['is put before the first nudge', baseline, nudgeTo(raised), null, put],
    ['is renewed with a nudge', raised, nudgeTo({ min: 12, max: 20 }), leaseFor(899), put],
    ['stands with half of it left', raised, null, leaseFor(450), null],
    ['is renewed with less than half left', raised, null, leaseFor(449), put],
    ['is renewed for a new baseline', raised, null, leaseFor(899, { min: 2, max: 20 }), put],
    ['is put where bounds stand without one', raised, null, null, put],
    ['stays with the nudge back to the baseline', raised, nudgeTo(baseline), leaseFor(600), null],
    ['goes once the baseline stands', baseline, null, leaseFor(600), { action: 'delete' }],
    ['goes when its nudge has arrived', baseline, null, leaseFor(810), { action: 'delete' }],
    ['stays while its nudge may be on its way', baseline, null, leaseFor(811), null],
    ['follows the owner meanwhile', baseline, null, leaseFor(811, { min: 2, max: 20 }), put],
    ['is not needed at rest', baseline, null, null, null],
    ['stands though a clock is behind', raised, null, leaseFor(989), null],
    ['is shortened when less is allowed', raised, null, leaseFor(990), put],
    ['goes though more was allowed once', baseline, null, leaseFor(86_400), { action: 'delete' }],
    [
      'stays while its nudge may be on its way, by a clock ahead',
      baseline,
      null,
      leaseFor(989),
      null,
    ],
    ['is nobody’s without a scalable target', null, null, leaseFor(600), null],
  ])('%s', (_, bounds, proposal, lease, expected) => {
    expect(change(bounds, proposal, lease)).toEqual(expected);
  });

  it.each(['observe', 'paused'] as const)('is never put in mode %s', (mode) => {
    expect(change(baseline, nudgeTo(raised), null, mode)).toBeNull();
    expect(change(raised, null, leaseFor(10), mode)).toBeNull();
  });

  it.each([
    ['may still be on its way', 89, put],
    ['is over', 90, null],
  ])('is put again while a deletion %s', (_, secondsAgo, expected) => {
    const deleted = { leaseDeletedAtSeconds: NOW - secondsAgo };
    expect(change(raised, null, leaseFor(880), 'act', deleted)).toEqual(expected);
  });

  it.each([
    ['put again under bounds that need it', raised, leaseFor(880), 0, 'act', put],
    ['put again for a nudge that may come', baseline, null, 89, 'act', put],
    ['deleted when no nudge can come', baseline, null, 90, 'act', { action: 'delete' }],
    ['not put where it may not be', baseline, null, 89, 'paused', null],
    ['deleted there in the end', baseline, null, 90, 'paused', { action: 'delete' }],
  ] as const)('nobody knows to be done is %s', (_, bounds, lease, secondsAgo, mode, expected) => {
    const unsure = { leaseUnsureSinceSeconds: NOW - secondsAgo };
    expect(change(bounds, null, lease, mode, unsure)).toEqual(expected);
  });

  it('is remembered as it is known to be', () => {
    const state = stateWith({ lease: leaseFor(10) });
    const known = {
      lease: leaseFor(10),
      leaseUnsureSinceSeconds: null,
      leaseDeletedAtSeconds: null,
    };
    const unsure = { ...known, leaseUnsureSinceSeconds: NOW };
    const putting = { action: 'put', lease: leaseFor(900) } as const;
    const deleting = { action: 'delete' } as const;
    expect(beforeLease(state, null, NOW)).toEqual(known);
    expect(beforeLease(state, putting, NOW)).toEqual(unsure);
    expect(beforeLease(state, deleting, NOW)).toEqual({ ...unsure, leaseDeletedAtSeconds: NOW });
    expect(afterLease({ ...state, ...unsure }, putting)).toEqual({
      ...state,
      lease: leaseFor(900),
    });
    expect(afterLease({ ...state, ...unsure }, deleting)).toEqual({ ...state, lease: null });
  });
});

describe('a target that stands down', () => {
  const holding = stateWith({ baseline, written: raised, before: baseline, lease: leaseFor(600) });
  const look = (bounds: Bounds | null, state = holding) =>
    standDown({
      nowSeconds: NOW,
      config: { ...CONFIG, mode: 'paused' },
      state,
      observation: observed([9], { desired: 9 }, bounds),
    });

  it('gives the baseline back and looks whether it took hold', () => {
    const decision = look(raised);
    expect(decision.proposal).toEqual({ bounds: baseline, direction: 'none', from: 9 });
    expect(decision.nextLookAtSeconds).toBe(NOW + 5);
    expect(decision.steps.some(({ constrained }) => constrained)).toBe(false);
    expect(commitStandDown(decision, raised, NOW)).toMatchObject({
      written: baseline,
      before: raised,
      pending: null,
      lease: leaseFor(600),
    });
  });

  it('holds nothing once the baseline stands', () => {
    const decision = look(baseline);
    expect(decision).toMatchObject({ proposal: null, nextLookAtSeconds: null });
    expect(decision.state).toMatchObject({ baseline, written: null, before: null });
  });

  it('gives back what the owner set meanwhile', () => {
    expect(look({ min: 9, max: 30 }).proposal?.bounds).toEqual({ min: 1, max: 30 });
  });

  it('tries again when the nudge was lost', () => {
    const sent = commitStandDown(look(raised), raised, NOW);
    expect(look(raised, sent).proposal?.bounds).toEqual(baseline);
  });

  it('forgets everything with a deregistered target', () => {
    expect(look(null).state).toMatchObject({ baseline: null, written: null, lease: null });
  });

  it.each([
    ['raised bounds', holding, raised, baseline],
    ['the owner’s new bounds', holding, { min: 3, max: 5 }, null],
    ['a baseline that stands', holding, baseline, null],
    ['bounds that were never moved', stateWith({ baseline }), raised, null],
  ])('hands back %s', (_, state, bounds, expected) => {
    expect(handBack(state, bounds, NOW)).toEqual(expected);
  });
});
