import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import type { Observation, TargetState } from '../../lib/control/types.ts';
import type { CapacityWindow } from '../../lib/control/windows.ts';
import { CONFIG, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

const OWNER = { min: 1, max: 200 };

/** What is decided while a window asks for so many at least, or at most. */
function decideWithin(
  limit: Partial<Pick<CapacityWindow, 'atLeast' | 'atMost'>>,
  observation: Observation,
  state: Partial<TargetState> = {},
  nowSeconds = NOW,
) {
  const window = { fromSeconds: NOW - 60, untilSeconds: NOW + 36_000, atLeast: null, atMost: null };
  const written = observation.bounds;
  return decide({
    nowSeconds,
    config: CONFIG,
    state: stateWith({ baseline: OWNER, written, ...state }),
    observation,
    windows: [{ source: 'schedule', ...window, ...limit }],
  });
}

describe('a ceiling is kept to whatever the load is, and no higher than it', () => {
  const bounds = { min: 10, max: 200 };
  const eleven = Array.from({ length: 11 }, (_, i) => NOW - 3500 + 300 * i);

  it.each<[string, number[], Partial<TargetState>, number]>([
    ['load needs more', steady(9, 200), { changedAtSeconds: eleven }, 5],
    ['load needs less, after many changes', steady(3, 200), { changedAtSeconds: eleven }, 5],
    ['load needs less', steady(3, 200), {}, 3],
    ['the newest window needs more than load does', [...steady(3.9, 200), 4.6], {}, 5],
  ])('%s', (_, demands, state, max) => {
    const { proposal } = decideWithin(
      { atMost: 5 },
      observed(demands, { desired: 10 }, bounds),
      state,
    );
    expect(proposal?.bounds).toEqual({ min: max, max });
  });

  it('load asks for a little less than it soon after a change', () => {
    const thirty = { min: 30, max: 200 };
    const load = observed(steady(28, 270), { desired: 30 }, thirty);
    const changed = { changedAtSeconds: [NOW - 200] };
    const { proposal } = decideWithin({ atMost: 29 }, load, changed);
    expect(proposal?.bounds).toEqual({ min: 29, max: 29 });
  });

  it('so is a Max that the owner lowers', () => {
    const load = observed(steady(3, 200), { desired: 10 }, { min: 1, max: 5 });
    const state = stateWith({
      baseline: { min: 1, max: 20 },
      written: { min: 1, max: 20 },
      changedAtSeconds: eleven,
    });
    const { proposal } = decide({ nowSeconds: NOW, config: CONFIG, state, observation: load });
    expect(proposal?.bounds).toEqual({ min: 5, max: 5 });
  });
});

describe('a floor', () => {
  it.each([
    ['that a ramp has not passed does not wait for it to end', 15, 15],
    ['that it has passed waits with it', 15.1, null],
  ])('%s', (_, latest, min) => {
    const atLeast = 15;
    const demands = [...steady(5, 60), 12, latest];
    const load = observed(demands, { desired: 10 }, { min: 10, max: 200 });
    const decision = decideWithin({ atLeast }, load);
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
    expect(reasons(decision).includes('ramp-still-steepening')).toBe(min === null);
  });

  it.each([
    ['all that stands above it', 109, 100, 100],
    ['not what load has a use for', 109, 101, null],
  ])('leaves nothing to rest for a small surplus above it: %s', (_, desired, atLeast, max) => {
    const demands = atLeast === 100 ? steady(3, 270) : [...steady(109, 269), 3];
    const load = observed(demands, { desired }, { min: desired, max: 200 });
    const changed = { changedAtSeconds: [NOW - 200] };
    expect(decideWithin({ atLeast }, load, changed).proposal?.bounds.max ?? null).toBe(max);
  });
});

describe('what somebody else asked for above a floor stays when the load is not seen any more', () => {
  const blind = (observation: Observation) => ({ ...observation, load: [] });

  it.each([
    ['as it was seen', 8, [...steady(2, 268), 6.5]],
    ['and what was asked for since', 3, steady(2, 269)],
  ])('%s', (_, seenDesired, demands) => {
    const seen = observed(demands, { desired: seenDesired }, { min: 2, max: 200 });
    const { state } = decideWithin({ atLeast: 1 }, seen);
    const since = { ...seen.capacity, desired: 8, inService: 8 };
    const decision = decideWithin({ atLeast: 1 }, { ...blind(seen), capacity: since }, state);
    expect(decision.wanted).toBeNull();
    expect(decision.proposal?.direction ?? 'none').toBe('none');
  });

  it('but what the floor alone held up goes with it', () => {
    const seen = observed(steady(1, 200), { desired: 9 }, { min: 9, max: 200 });
    const { state } = decideWithin({ atLeast: 9 }, seen, {});
    const over = decideWithin({}, blind(seen), state);
    expect(over.proposal?.bounds).toEqual({ min: 1, max: 1 });
  });
});
