import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bounds } from '../../lib/control/bounds.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const pause = fc.integer({ min: 1, max: 400 });

/** Numbers that the scaler never writes here: no demand below asks for them. */
const ownersMin = fc.constantFrom(1, 2);
const ownersMax = fc.constantFrom(17, 19, 23);

const step = fc.oneof(
  fc.record({ kind: fc.constant('surge' as const), instances: fc.constantFrom(5, 9, 14), pause }),
  fc.record({ kind: fc.constant('calm' as const), pause }),
  fc.record({
    kind: fc.constant('tune' as const),
    mode: fc.constantFrom('act', 'act', 'observe', 'paused'),
    pause,
  }),
  fc.record({ kind: fc.constant('invalid' as const), pause }),
  fc.record({ kind: fc.constant('release' as const), pause }),
  fc.record({ kind: fc.constant('owner-min' as const), min: ownersMin, pause }),
  fc.record({ kind: fc.constant('owner-max' as const), max: ownersMax, pause }),
  fc.record({
    kind: fc.constant('re-register' as const),
    min: ownersMin,
    max: ownersMax,
    pause,
  }),
);

const ending = fc.constantFrom('parameter', 'stack');

it('whatever was done, in the end the owner’s bounds stand and nothing of the scaler is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 10 }),
      ending,
      async (steps, end) => {
        const world = await LifecycleWorld.create();
        world.addEndpoint();
        let owners: Bounds = { min: 1, max: 20 };
        await world.run(300);
        await world.apply(CHECKOUT);
        for (const each of steps) {
          const standing = world.bounds(CHECKOUT) ?? owners;
          switch (each.kind) {
            case 'surge':
              world.setDemand(each.instances);
              break;
            case 'calm':
              world.setDemand(0);
              break;
            case 'tune':
              await world.enrol(CHECKOUT, { mode: each.mode });
              break;
            case 'invalid':
              await world.enrol(CHECKOUT, '{"mode":');
              break;
            case 'release':
              await world.deleteParameter(CHECKOUT);
              break;
            case 'owner-min':
              if (each.min > standing.max) break;
              world.register(CHECKOUT, { min: each.min });
              owners = { ...owners, min: each.min };
              break;
            case 'owner-max':
              if (each.max < standing.min) break;
              world.register(CHECKOUT, { max: each.max });
              owners = { ...owners, max: each.max };
              break;
            case 're-register':
              world.deregister(CHECKOUT);
              owners = { min: each.min, max: each.max };
              world.register(CHECKOUT, owners);
              world.putOwnersPolicy(CHECKOUT);
              break;
          }
          await world.run(each.pause);
        }
        if (end === 'parameter') await world.deleteParameter(CHECKOUT);
        else expect(await world.deployment.remove()).toMatchObject({ Status: 'SUCCESS' });
        await world.run(120);
        expect(world.bounds(CHECKOUT)).toEqual(owners);
        expect(world.leftovers(CHECKOUT)).toEqual([]);
        expect(world.policies(CHECKOUT)).toEqual(['target-tracking-invocations-1700000000']);
        expect(world.deployment.failures).toEqual([]);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
}, 120_000);
