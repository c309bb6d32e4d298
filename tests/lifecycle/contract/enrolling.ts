import { expect } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../../lib/enrolment/parameter-name.ts';
import {
  expectAsBefore,
  OWNERS_BOUNDS,
  ownersCalls,
  PARAMETER,
  type Story,
  settings,
} from './steps.ts';
import { CHECKOUT, OWNERS_POLICY, TARGET_PER_INSTANCE } from './world.ts';

export const ENROLLING: readonly Story[] = [
  [
    'a parameter enrols',
    async (world) => {
      await world.addEndpoint();
      await world.run(60);
      await world.putParameter(PARAMETER, settings());
      await world.run(10);
      expect(await world.alarmThreshold()).toBe(200);
      expect((await world.shown(CHECKOUT)).enrolment).toMatchObject({
        sources: { targetPerInstance: 'target', riskPrice: 'built-in' },
        signal: { targetPerInstance: TARGET_PER_INSTANCE },
        problems: [],
      });
      expect(ownersCalls(world)).toEqual([]);
    },
  ],
  [
    'a tag enrols within a minute, in its mode',
    async (world) => {
      await world.putParameter(DEFAULTS_PARAMETER, settings());
      await world.addEndpoint({ tag: 'observe' });
      await world.run(130);
      expect(await world.alarmThreshold()).toBe(200);
      const { enrolment } = await world.shown(CHECKOUT);
      expect([enrolment?.config.mode, enrolment?.sources.mode]).toEqual(['observe', 'tag']);
    },
  ],
  [
    'an empty parameter adopts the question’s target: 1500 off its policy, Min and Max as they are',
    async (world) => {
      await world.addEndpoint({ isFast: false });
      world.setDemand(1);
      await world.run(180);
      await world.putParameter(PARAMETER, '{}');
      await world.run(20);
      const { enrolment } = await world.shown(CHECKOUT);
      expect(enrolment?.problems).toEqual([]);
      expect(enrolment?.notes.join('\n')).toContain(
        `Target per instance 1500 invocations a minute, read off the policy ${OWNERS_POLICY}.`,
      );
      expect(enrolment?.signal).not.toBeNull();
      expect(await world.alarmThreshold()).toBeGreaterThan(0);
      expect(await world.bounds()).toEqual(OWNERS_BOUNDS);
      expect(await world.policies()).toEqual([OWNERS_POLICY]);
      expect(ownersCalls(world)).toEqual([]);
    },
  ],
  [
    'where there is neither target nor policy, both are made, and the policy goes with the parameter',
    async (world) => {
      await world.addEndpoint({ bounds: null });
      await world.run(60);
      const capacities = { minCapacity: 1, maxCapacity: 8 };
      await world.putParameter(
        PARAMETER,
        JSON.stringify({ targetPerInstance: 4, signal: 'concurrency', ...capacities }),
      );
      await world.run(20);
      expect(await world.bounds()).toEqual({ min: 1, max: 8 });
      expect(await world.policies()).toEqual(['fast-scaler-backstop']);
      await world.deleteParameter(PARAMETER);
      await world.run(20);
      expect(await world.bounds()).toEqual({ min: 1, max: 8 });
      expect(await world.policies()).toEqual([]);
      expect(await world.alarmThreshold()).toBeNull();
    },
  ],
  [
    'what is not enrolled is discovered, observed, and let go',
    async (world) => {
      await world.addEndpoint();
      await world.run(60);
      await world.putParameter(DEFAULTS_PARAMETER, settings({ discover: true }));
      await world.run(70);
      const { enrolment } = await world.shown(CHECKOUT);
      expect([enrolment?.config.mode, enrolment?.sources.mode]).toEqual(['observe', 'discover']);
      await world.putParameter(DEFAULTS_PARAMETER, settings());
      await world.run(70);
      await expectAsBefore(world);
    },
  ],
];
