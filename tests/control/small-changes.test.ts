import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { CONFIG, decideFor, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

describe('a need of less than a tenth', () => {
  const OWNER = { min: 1, max: 90 };
  const bounds = { min: 30, max: 90 };
  const changed = (secondsAgo: number, changes: Partial<TargetState> = {}) =>
    stateWith({
      baseline: OWNER,
      written: bounds,
      changedAtSeconds: [NOW - secondsAgo],
      ...changes,
    });

  it.each([
    ['until the last change lies 1.25 lead times back', 224, 32, 40, null],
    ['no longer', 225, 32, 40, 32],
    ['not a larger one', 224, 33, 40, 33],
  ])('waits %s', (_, secondsAgo, demand, count, min) => {
    const load = observed(steady(demand, count), { desired: 30 }, bounds);
    const decision = decideFor(load, changed(secondsAgo));
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
    expect(reasons(decision).includes('within-dead-band')).toBe(min === null);
  });

  it.each([
    ['until load was seen for as long, where no change is known', 20, null],
    ['no longer', 21, 32],
  ])('waits %s', (_, count, min) => {
    const load = observed(steady(32, count), { desired: 30 }, bounds);
    const decision = decideFor(load, changed(0, { changedAtSeconds: [] }));
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
  });

  it('does not wait where the owner’s Max makes it small: no more will come', () => {
    const standing = { min: 30, max: 32 };
    const state = changed(60, { baseline: { min: 1, max: 32 }, written: standing });
    const decisionAt = (demand: number) =>
      decideFor(observed(steady(demand), { desired: 30 }, standing), state);
    expect(decisionAt(32).proposal).toBeNull();
    expect(decisionAt(40).proposal?.bounds.min).toBe(32);
  });

  it('goes by the learned lead time', () => {
    const load = observed(steady(32), { desired: 30 }, bounds);
    const quick = changed(75, { learnedLeadTimeSeconds: 60 });
    expect(decideFor(load, quick).proposal?.bounds.min).toBe(32);
    const slow = changed(225, { learnedLeadTimeSeconds: 181 });
    expect(decideFor(load, slow).proposal).toBeNull();
  });

  it('does not wait when it was asked for before, and lost', () => {
    const lost = { min: 32, max: 90 };
    const load = observed(steady(32), { desired: 30 }, lost);
    const decision = decideFor(load, changed(60, { written: lost }));
    expect(decision.proposal?.bounds.min).toBe(32);
  });

  it('does not wait when a window asks for it', () => {
    const input = {
      nowSeconds: NOW,
      config: CONFIG,
      state: changed(60),
      observation: observed(steady(30), { desired: 30 }, bounds),
    };
    const floor = {
      source: 'schedule' as const,
      fromSeconds: NOW,
      untilSeconds: NOW + 3600,
      atLeast: 32,
      atMost: null,
    };
    expect(decide({ ...input, windows: [floor] }).proposal?.bounds.min).toBe(32);
    expect(decide(input).proposal).toBeNull();
  });
});

describe('a surplus of less than a tenth', () => {
  it.each([
    ['a tenth of the capacity', 27, 27],
    ['less', 28, null],
  ])('stays: %s', (_, demand, max) => {
    const bounds = { min: 30, max: 90 };
    const state = stateWith({ baseline: { min: 1, max: 90 }, written: bounds });
    const decision = decideFor(observed(steady(demand), { desired: 30 }, bounds), state);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
  });

  it.each([
    ['ten minutes after the last change', 600, 28],
    ['before', 599, null],
    ['ten minutes after load was first seen, where none is known', null, 28],
  ])('is given back later: %s', (_, changedSecondsAgo, max) => {
    const bounds = { min: 30, max: 90 };
    const changedAtSeconds = changedSecondsAgo === null ? [] : [NOW - changedSecondsAgo];
    const state = stateWith({ baseline: { min: 1, max: 90 }, written: bounds, changedAtSeconds });
    const load = steady(28, changedSecondsAgo === null ? 60 : 40);
    const decision = decideFor(observed(load, { desired: 30 }, bounds), state);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
    expect(reasons(decision).includes('within-dead-band')).toBe(max === null);
  });

  it.each([
    ['half of what is to stay', 14, 28],
    ['less, so that more will go soon', 13.9, null],
  ])('is given back by itself only while demand is %s', (_, newest, max) => {
    const bounds = { min: 30, max: 90 };
    const changedAtSeconds = [NOW - 600];
    const state = stateWith({ baseline: { min: 1, max: 90 }, written: bounds, changedAtSeconds });
    const load = [...steady(28), newest];
    const decision = decideFor(observed(load, { desired: 30 }, bounds), state);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
  });

  it.each([
    ['all that the owner’s Min leaves', 28, 28],
    ['not, while more would be left', 27, null],
  ])('is given back at once: %s', (_, min, max) => {
    const bounds = { min: 30, max: 90 };
    const changedAtSeconds = [NOW - 60];
    const state = stateWith({ baseline: { min, max: 90 }, written: bounds, changedAtSeconds });
    const decision = decideFor(observed(steady(28), { desired: 30 }, bounds), state);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
  });

  it('is given back at once where a window lets no more stand', () => {
    const bounds = { min: 30, max: 90 };
    const state = stateWith({
      baseline: { min: 1, max: 90 },
      written: bounds,
      changedAtSeconds: [NOW - 60],
    });
    const ceiling = {
      source: 'schedule' as const,
      fromSeconds: NOW,
      untilSeconds: NOW + 3600,
      atLeast: null,
      atMost: 28,
    };
    const observation = observed(steady(30), { desired: 30 }, bounds);
    const input = { nowSeconds: NOW, config: CONFIG, state, observation };
    expect(decide({ ...input, windows: [ceiling] }).proposal?.bounds.max).toBe(28);
    expect(decide(input).proposal).toBeNull();
  });
});
