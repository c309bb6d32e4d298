import { describe, expect, it } from 'vitest';
import { coordinate } from '../../lib/control/coordinate.ts';
import { decide } from '../../lib/control/decide.ts';
import type { DecisionInput } from '../../lib/control/decision-input.ts';
import type { Reason } from '../../lib/control/reasons.ts';
import { standDown } from '../../lib/control/stand-down.ts';
import { commit } from '../../lib/control/state.ts';
import type { Decision, Mode, Observation, Proposal } from '../../lib/control/types.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

function decision(proposal: Proposal | null): Decision {
  return { demand: 1, wanted: 1, steps: [], proposal, state: stateWith(), nextLookAtSeconds: null };
}

const out = (from: number, min: number) =>
  decision({ bounds: { min, max: 50 }, direction: 'out', from });
const scaleIn = (from: number, max: number) =>
  decision({ bounds: { min: max, max }, direction: 'in', from });
const acting = (each: Decision) => ({ decision: each, mode: 'act' }) as const;
const held = (reason: Reason) =>
  ({ name: 'hold', before: 9, after: 3, reason, constrained: true }) as const;
const boundsOnly = decision({ bounds: { min: 1, max: 50 }, direction: 'none', from: 1 });

describe('targets that share an endpoint', () => {
  it.each([
    ['a scale-out before a scale-in', [scaleIn(40, 1), out(1, 2)], [1]],
    ['the larger shortage', [out(10, 12), out(1, 9)], [1]],
    ['the larger surplus', [scaleIn(9, 2), scaleIn(9, 5)], [0]],
    ['bounds that move nothing always', [boundsOnly, out(1, 2), boundsOnly], [0, 1, 2]],
    ['nothing to do', [decision(null), decision(null)], []],
  ])('lets pass %s', (_, decisions, passing) => {
    const coordinated = coordinate(decisions.map(acting), NOW);
    expect(coordinated.flatMap(({ proposal }, i) => (proposal ? [i] : []))).toEqual(passing);
  });

  it.each<[string, Partial<Decision>, Mode, number[]]>([
    [
      'a scale-out waits for a ramp',
      { wanted: 9, steps: [held('ramp-still-steepening')] },
      'act',
      [],
    ],
    [
      'a scale-out waits for the last',
      { wanted: 9, steps: [held('scale-out-spacing')] },
      'act',
      [],
    ],
    [
      'one that is only observed',
      { wanted: 9, steps: [held('ramp-still-steepening')] },
      'observe',
      [0],
    ],
    ['nothing waits', { wanted: 3, steps: [held('capacity-sufficient')] }, 'act', [0]],
    ['a scale-in waits', { wanted: 1, steps: [held('scale-in-spacing')] }, 'act', [0]],
  ])('put a scale-in off for one that comes in a moment: %s', (_, other, mode, passing) => {
    const waiting = { decision: { ...decision(null), ...other }, mode };
    const decisions = coordinate([acting(scaleIn(6, 1)), waiting], NOW);
    expect(decisions.flatMap(({ proposal }, i) => (proposal ? [i] : []))).toEqual(passing);
  });

  it('tells the one that has to wait', () => {
    const [waiting, first] = coordinate([scaleIn(9, 5), out(1, 2)].map(acting), NOW);
    expect(waiting?.steps).toMatchObject([{ reason: 'another-target-first', constrained: true }]);
    expect(waiting?.state.refusedFor).toBe('another-target-first');
    expect(first?.state.refusedFor).toBeNull();
  });

  it.each([
    ['since now', null, 1],
    ['for less than ten minutes', 599, 1],
    ['for ten minutes', 600, 0],
  ])('let the smaller one pass that is put off %s', (_, waitedSeconds, passing) => {
    const putOffSinceSeconds = waitedSeconds === null ? null : NOW - waitedSeconds;
    const waiting = { ...out(1, 2), state: stateWith({ putOffSinceSeconds }) };
    const decisions = coordinate([waiting, out(10, 30)].map(acting), NOW);
    expect(decisions.flatMap(({ proposal }, i) => (proposal ? [i] : []))).toEqual([passing]);
    const since = waitedSeconds === null ? NOW : NOW - waitedSeconds;
    if (passing === 1) expect(decisions[0]?.state.putOffSinceSeconds).toBe(since);
  });

  it.each([
    ['the first', [700, 601], [0]],
    ['the second', [601, 700], [1]],
    ['the second, which alone waited too long', [599, 600], [1]],
  ])('let pass of two the one that waited longer: %s', (_, waited, passing) => {
    const candidates = waited.map((seconds, i) => {
      // The need of the one that waited less is larger.
      const isLonger = seconds === Math.max(...waited);
      const state = stateWith({ putOffSinceSeconds: NOW - seconds });
      return acting({ ...out(1 + i, isLonger ? 3 : 30), state });
    });
    const decisions = coordinate(candidates, NOW);
    expect(decisions.flatMap(({ proposal }, i) => (proposal ? [i] : []))).toEqual(passing);
  });

  it('forget to have waited once less is wanted, or the turn was theirs', () => {
    const state = stateWith({ putOffSinceSeconds: NOW - 100 });
    const look = (demand: number, locked: boolean) =>
      decide({
        nowSeconds: NOW,
        config: CONFIG,
        state,
        observation: observed(steady(demand), { desired: 1, locked }),
      });
    expect(look(6, true).state.putOffSinceSeconds).toBe(NOW - 100);
    expect(look(0.5, true).state.putOffSinceSeconds).toBeNull();
    const { state: waiting, proposal } = look(6, false);
    expect(waiting.putOffSinceSeconds).toBe(NOW - 100);
    const taken = commit(waiting, proposal as Proposal, null, CONFIG, NOW);
    expect(taken.putOffSinceSeconds).toBeNull();
  });

  it.each<[string, Partial<DecisionInput>, Partial<Observation>]>([
    ['paused', { config: { ...CONFIG, mode: 'paused' } }, {}],
    ['without a scalable target', {}, { bounds: null }],
    [
      'at an endpoint that takes no changes',
      {},
      { capacity: { inService: 1, desired: 1, locked: false, scalable: false } },
    ],
  ])('do not wait on while they are %s', (_, input, seen) => {
    const given = {
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ putOffSinceSeconds: NOW - 3600 }),
      observation: { ...observed(steady(6), { desired: 1 }), ...seen },
      ...input,
    };
    expect(decide(given).state.putOffSinceSeconds).toBeNull();
    expect(standDown(given).state.putOffSinceSeconds).toBeNull();
  });

  it('have no turn taken by one that only observes, which goes on deciding', () => {
    const observing = { decision: out(1, 9), mode: 'observe' } as const;
    const coordinated = coordinate([observing, acting(out(1, 2)), acting(out(1, 3))], NOW);
    expect(coordinated.map(({ proposal }) => proposal?.bounds.min)).toEqual([9, undefined, 3]);
  });
});
