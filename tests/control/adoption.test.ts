import fc from 'fast-check';
import { expect, it } from 'vitest';
import { adoptBounds, standing } from '../../lib/control/baseline.ts';
import { type Bounds, clamp } from '../../lib/control/bounds.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { NOW, stateWith } from './fixtures.ts';

/** Owners set odd numbers and the scaler even ones, so that no number could be either's. */
const odd = fc.integer({ min: 0, max: 20 }).map((n) => 2 * n + 1);

const event = fc.oneof(
  fc.record({ kind: fc.constant('owner' as const), min: odd, max: odd, which: fc.nat(2) }),
  fc.record({
    kind: fc.constant('look' as const),
    floor: fc.integer({ min: 1, max: 20 }),
    cap: fc.boolean(),
    acts: fc.boolean(),
    arrives: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('lease-ends' as const) }),
);

it('never loses an owner’s edit, whatever is lost, written or restored in between', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let owners: Bounds = { min: 1, max: 41 };
      let actual: Bounds = owners;
      let seen: Bounds = owners;
      let state: TargetState = stateWith({ baseline: owners });
      for (const each of events) {
        switch (each.kind) {
          case 'owner': {
            const min = each.which === 1 ? owners.min : Math.min(each.min, each.max);
            const max = each.which === 0 ? owners.max : Math.max(each.min, each.max);
            if (min > max) break;
            // An owner writes one bound or both, where the other one is legal beside it.
            const written = {
              min: each.which === 1 ? actual.min : min,
              max: each.which === 0 ? actual.max : max,
            };
            if (written.min > written.max) break;
            actual = written;
            owners = { min, max };
            break;
          }
          case 'lease-ends':
            // AWS restores what the last look told it, over any later edit: that is the lease's price.
            if (seen.min === owners.min && seen.max === owners.max) actual = seen;
            break;
          case 'look': {
            const { baseline } = adoptBounds(state, actual, NOW);
            expect(baseline).toEqual(owners);
            state = { ...state, ...standing(state, baseline, actual, NOW) };
            seen = baseline;
            const floor = 2 * each.floor;
            if (!each.acts || floor !== clamp(floor, baseline)) break;
            const proposal = { min: floor, max: each.cap ? floor : baseline.max };
            state = { ...state, written: proposal, before: actual };
            if (each.arrives) actual = proposal;
          }
        }
      }
    }),
    { numRuns: 3000 },
  );
});
