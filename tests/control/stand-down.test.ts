import { expect, it } from 'vitest';
import { standDown } from '../../lib/control/stand-down.ts';
import { CONFIG, NOW, observed, stateWith } from './fixtures.ts';

const baseline = { min: 1, max: 20 };
const raised = { min: 9, max: 20 };

it.each([
  ['raised bounds are to be seen back soon', raised, false, NOW + 5],
  ['raised bounds that may be refused are left to the sweep', raised, true, null],
  ['the owner’s bounds are left alone', baseline, false, null],
  ['nothing is left to look at', null, false, null],
])('a target that stands down waits for nothing: %s', (_, bounds, isPatient, nextLook) => {
  const state = stateWith({
    written: raised,
    before: baseline,
    lease: { untilSeconds: NOW + 600, restores: baseline },
    pending: { capacity: 9, sentAtSeconds: NOW - 60 },
  });
  const observation = observed([9], { desired: 9, inService: 1, locked: true }, bounds);
  const config = { ...CONFIG, mode: 'paused' } as const;
  const decision = standDown({ nowSeconds: NOW, config, state, observation }, isPatient);
  expect(decision.state.pending).toBeNull();
  expect(decision.nextLookAtSeconds).toBe(nextLook);
});
