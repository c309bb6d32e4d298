import { expect, it } from 'vitest';
import { decideFor, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

const owner = { min: 6, max: 20 };

it.each([
  ['under a load that needs less', steady(1), null, true],
  ['under such a load, with instances on their way', steady(1), 6, false],
  ['without sight of the load', [], null, true],
  ['without sight of it, with instances on their way', [], 6, false],
])('rests with the owner’s bounds %s', (_, load, asked, isAtRest) => {
  const pending = asked === null ? null : { capacity: asked, sentAtSeconds: NOW - 60 };
  const serving = { desired: 6, inService: asked === null ? 6 : 1, locked: asked !== null };
  const state = stateWith({ baseline: owner, pending });
  const decision = decideFor(observed(load, serving, owner), state);
  expect(decision.proposal).toBeNull();
  expect(decision.state.pending).toEqual(pending);
  expect(reasons(decision).includes('at-rest')).toBe(isAtRest);
  expect(decision.nextLookAtSeconds === null).toBe(isAtRest);
});
