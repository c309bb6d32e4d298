import { expect } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../../lib/enrolment/parameter-name.ts';
import {
  expectAsBefore,
  inMidSurge,
  leases,
  mode,
  OWNERS_BOUNDS,
  ownersCalls,
  PARAMETER,
  type Story,
  SURGE,
  settings,
} from './steps.ts';

export const LEAVING: readonly Story[] = [
  [
    'the parameter is deleted in mid-surge',
    async (world) => {
      await inMidSurge(world);
      await world.deleteParameter(PARAMETER);
      await world.run(20);
      await expectAsBefore(world);
      await world.run(130);
      await expectAsBefore(world);
    },
  ],
  [
    'the tag is removed in mid-surge',
    async (world) => {
      await world.putParameter(DEFAULTS_PARAMETER, settings());
      await world.addEndpoint({ tag: 'act' });
      await world.run(130);
      world.setDemand(SURGE);
      await world.run(60);
      expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
      await world.tag(null);
      // An endpoint that did not change lately is asked for its tags once in ten minutes.
      await world.run(700);
      await expectAsBefore(world);
    },
  ],
  ...(['paused', 'observe'] as const).map(
    (each): Story => [
      `mode ${each} in mid-surge: the baseline comes back, the alarm stays`,
      async (world) => {
        await inMidSurge(world);
        await world.putParameter(PARAMETER, settings({ mode: each }));
        await world.run(40);
        expect(await mode(world)).toBe(each);
        expect(await world.bounds()).toEqual(OWNERS_BOUNDS);
        expect(await leases(world)).toEqual([]);
        expect(await world.alarmThreshold()).toBe(200);
        const before = ownersCalls(world).length;
        await world.run(70);
        expect(ownersCalls(world).length).toBe(before);
      },
    ],
  ),
  [
    'the endpoint is deleted in mid-surge',
    async (world) => {
      await inMidSurge(world);
      // An endpoint that is updating cannot be deleted.
      await world.run(400);
      await world.deleteEndpoint();
      await world.run(130);
      expect(await world.alarmThreshold()).toBeNull();
      expect(await world.scheduledActions()).toEqual([]);
      expect(await world.bounds()).toBeNull();
    },
  ],
  [
    'the stack is deleted in mid-surge',
    async (world) => {
      await inMidSurge(world);
      expect(await world.removeStack()).toMatchObject({ Status: 'SUCCESS' });
      await expectAsBefore(world);
      await world.run(130);
      await expectAsBefore(world);
    },
  ],
];
