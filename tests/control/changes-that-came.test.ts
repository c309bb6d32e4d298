import { expect, it } from 'vitest';
import { decideFor, NOW, observed, stateWith, steady } from './fixtures.ts';

const raised = { min: 9, max: 20 };
const lowered = { min: 3, max: 3 };

it.each([
  ['a scale-in that never arrived', raised, 9, [NOW - 1800]],
  ['one that did', lowered, 3, [NOW - 1800, NOW - 60]],
  ['one that the owner wrote over', { min: 4, max: 12 }, 9, [NOW - 1800, NOW - 60]],
])('counts as a change or not: %s', (_, bounds, desired, changedAtSeconds) => {
  const state = stateWith({
    before: raised,
    written: lowered,
    writes: [
      { bounds: raised, atSeconds: NOW - 1800 },
      { bounds: lowered, atSeconds: NOW - 60 },
    ],
    changedAtSeconds: [NOW - 1800, NOW - 60],
  });
  const decision = decideFor(observed(steady(3), { desired }, bounds), state);
  expect(decision.state.changedAtSeconds).toEqual(changedAtSeconds);
});
