import { describe, expect, it } from 'vitest';
import { coordinate } from '../../lib/control/coordinate.ts';
import type { Decision, Proposal } from '../../lib/control/types.ts';
import { stateWith } from './fixtures.ts';

function decision(proposal: Proposal | null): Decision {
  return { demand: 1, wanted: 1, steps: [], proposal, state: stateWith(), nextLookAtSeconds: null };
}

const out = (from: number, min: number) =>
  decision({ bounds: { min, max: 50 }, direction: 'out', from });
const scaleIn = (from: number, max: number) =>
  decision({ bounds: { min: max, max }, direction: 'in', from });
const acting = (each: Decision) => ({ decision: each, mode: 'act' }) as const;
const boundsOnly = decision({ bounds: { min: 1, max: 50 }, direction: 'none', from: 1 });

describe('targets that share an endpoint', () => {
  it.each([
    ['a scale-out before a scale-in', [scaleIn(40, 1), out(1, 2)], [1]],
    ['the larger shortage', [out(10, 12), out(1, 9)], [1]],
    ['the larger surplus', [scaleIn(9, 2), scaleIn(9, 5)], [0]],
    ['bounds that move nothing always', [boundsOnly, out(1, 2), boundsOnly], [0, 1, 2]],
    ['nothing to do', [decision(null), decision(null)], []],
  ])('lets pass %s', (_, decisions, passing) => {
    const coordinated = coordinate(decisions.map(acting));
    expect(coordinated.flatMap(({ proposal }, i) => (proposal ? [i] : []))).toEqual(passing);
  });

  it('tells the one that has to wait', () => {
    const [waiting, first] = coordinate([scaleIn(9, 5), out(1, 2)].map(acting));
    expect(waiting?.steps).toMatchObject([{ reason: 'another-target-first', constrained: true }]);
    expect(waiting?.state.refusedFor).toBe('another-target-first');
    expect(first?.state.refusedFor).toBeNull();
  });

  it('have no turn taken by one that only observes, which goes on deciding', () => {
    const observing = { decision: out(1, 9), mode: 'observe' } as const;
    const coordinated = coordinate([observing, acting(out(1, 2)), acting(out(1, 3))]);
    expect(coordinated.map(({ proposal }) => proposal?.bounds.min)).toEqual([9, undefined, 3]);
  });
});
