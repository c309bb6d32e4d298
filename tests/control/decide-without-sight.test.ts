import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { CONFIG, decideFor, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

describe('data and targets that cannot be judged', () => {
  it.each([
    ['no data at all', observed([], { desired: 5 }, { min: 5, max: 20 }), 'no-data'],
    [
      'data of more than a minute ago',
      { ...observed(steady(9), { desired: 5 }), load: [{ startSeconds: NOW - 71, value: 90 }] },
      'stale-data',
    ],
  ] as const)('holds on %s', (_, observation, reason) => {
    const decision = decideFor(observation, stateWith({ written: { min: 5, max: 20 } }));
    expect(decision.wanted).toBeNull();
    expect(decision.proposal?.direction ?? 'none').toBe('none');
    expect(reasons(decision)).toContain(reason);
  });

  it.each([
    ['not before a quarter of an hour is over', [{ startSeconds: NOW - 910, value: 90 }], 5],
    ['then', [{ startSeconds: NOW - 911, value: 90 }], 1],
    ['and so where there is none at all', [], 1],
  ])('gives a floor back whose load nobody sees any more: %s', (_, load, min) => {
    const observation = { ...observed([], { desired: 5 }, { min: 5, max: 20 }), load };
    const decision = decideFor(observation, stateWith({ written: { min: 5, max: 20 } }));
    const bounds = decision.proposal?.bounds ?? observation.bounds;
    expect(bounds).toEqual({ min, max: 20 });
    expect(decision.proposal?.direction ?? 'none').toBe('none');
    expect(reasons(decision).includes('load-unseen')).toBe(min === 1);
  });

  it('takes one empty answer for no long silence, though the scores are those of other rules', () => {
    const shadow = { untilSeconds: NOW - 60 } as TargetState['shadow'];
    const state = stateWith({ written: { min: 5, max: 20 }, tuning: null, shadow });
    const decision = decideFor(observed([], { desired: 5 }, { min: 5, max: 20 }), state);
    expect(reasons(decision)).not.toContain('load-unseen');
    expect(decision.proposal).toBeNull();
  });

  it('takes one answer without data for no more than that', () => {
    const observation = observed(steady(5), { desired: 5 }, { min: 5, max: 20 });
    const seen = decideFor(observation, stateWith({ written: { min: 5, max: 20 } }));
    const decision = decideFor({ ...observation, load: [] }, seen.state);
    expect(decision.proposal).toBeNull();
    expect(reasons(decision)).toContain('no-data');
  });

  it('keeps the floor of a window, whether or not the load is seen', () => {
    const window = { source: 'schedule', fromSeconds: NOW - 60, untilSeconds: NOW + 3600 } as const;
    const decision = decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ written: { min: 5, max: 20 }, withoutWindows: 1 }),
      observation: observed([], { desired: 5 }, { min: 5, max: 20 }),
      windows: [{ ...window, atLeast: 4, atMost: null }],
    });
    expect(decision.proposal?.bounds ?? { min: 5 }).toMatchObject({ min: 4 });
  });

  it('takes data of exactly a minute ago', () => {
    const load = [{ startSeconds: NOW - 70, value: 90 }];
    const decision = decideFor({ ...observed([], { desired: 5 }), load });
    expect(decision.demand).toBe(9);
  });

  it('never recreates a missing target and forgets its bounds', () => {
    const decision = decideFor(observed(steady(9), { desired: 5 }, null));
    expect(decision.proposal).toBeNull();
    expect(decision.state.baseline).toBeNull();
    expect(reasons(decision)).toEqual(['target-missing']);
  });

  it.each([
    ['paused', decideFor(observed(steady(9), { desired: 1 }), stateWith(), { mode: 'paused' })],
    ['not scalable', decideFor(observed(steady(9), { desired: 1, scalable: false }))],
  ])('leaves a target alone: %s', (_, decision) => {
    expect(decision.proposal).toBeNull();
    expect(decision.nextLookAtSeconds).toBeNull();
  });
});
it('knows how many served while it was paused, when it goes on', () => {
  const perInstance = { loadScope: 'instance' } as const;
  const observation = observed(steady(0.95, 270), { desired: 10 });
  const before = stateWith({ capacityLog: [[NOW - 9000, 1]] });
  const paused = decide({
    nowSeconds: NOW - 3000,
    config: { ...CONFIG, ...perInstance, mode: 'paused' },
    state: before,
    observation,
  });
  const decision = decideFor(observation, paused.state, perInstance);
  expect(decision.demand).toBeCloseTo(9.5);
  expect(decision.proposal).toBeNull();
});
