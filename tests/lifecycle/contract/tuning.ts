import { expect } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../../lib/enrolment/parameter-name.ts';
import {
  enrolAtRest,
  inMidSurge,
  OWNERS_BOUNDS,
  ownersCalls,
  PARAMETER,
  type Story,
  SURGE,
  settings,
} from './steps.ts';
import { CHECKOUT } from './world.ts';

/** Each class of fault in a parameter, with what the complaint must say. */
const INVALID: readonly (readonly [what: string, text: string, complaint: RegExp])[] = [
  ['text that is no JSON', '{"mode":', /is not JSON/],
  ['JSON that is no object', '[]', /expected object/],
  ['an unknown key', '{"targetPerInstnace":1500}', /targetPerInstnace/],
  ['a value of another type', '{"riskPrice":"10"}', /riskPrice: .*expected number/],
  ['a value below its bound', '{"riskPrice":0.9}', /riskPrice: .*>=1/],
  ['a value above its bound', '{"leaseSeconds":86401}', /leaseSeconds: .*<=86400/],
  ['a mode that there is not', '{"mode":"on"}', /mode: .*"act"/],
  ['a signal that there is not', '{"signal":"cpu"}', /signal: expected "auto"/],
  ['a metric with a fault', '{"signal":{"metricName":"Busy"}}', /signal\.namespace/],
  ['crossed capacities', '{"minCapacity":3,"maxCapacity":2}', /minCapacity|maxCapacity/],
  [
    'two faults at once',
    '{"riskPrice":0,"mode":"on"}',
    /riskPrice[\s\S]*mode|mode[\s\S]*riskPrice/,
  ],
];

export const TUNING: readonly Story[] = [
  [
    'a changed parameter applies at once, in the middle of a surge',
    async (world) => {
      await inMidSurge(world);
      await world.putParameter(PARAMETER, settings({ riskPrice: 30, wakeFraction: 0.4 }));
      await world.run(10);
      expect((await world.shown(CHECKOUT)).enrolment?.config.riskPrice).toBe(30);
      expect(await world.alarmThreshold()).toBe(100);
      expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
    },
  ],
  [
    'a parameter that is not valid leaves the last good one in force, and says so',
    async (world) => {
      await enrolAtRest(world, { riskPrice: 20 });
      for (const [what, text, complaint] of INVALID) {
        await world.putParameter(PARAMETER, text);
        await world.run(10);
        const { enrolment, refusal } = await world.shown(CHECKOUT);
        expect(enrolment?.config.riskPrice, what).toBe(20);
        expect(refusal?.message, what).toMatch(complaint);
        expect(refusal?.message, what).toMatch(/targets\/checkout\/AllTraffic|from target/);
        expect(await world.alarmThreshold(), what).toBe(200);
      }
      await world.putParameter(PARAMETER, settings({ riskPrice: 25 }));
      await world.run(10);
      const { enrolment, refusal } = await world.shown(CHECKOUT);
      expect([enrolment?.config.riskPrice, refusal]).toEqual([25, undefined]);
    },
  ],
  [
    'defaults or a tag that are not valid leave what is in force, and say so',
    async (world) => {
      await world.putParameter(DEFAULTS_PARAMETER, settings({ riskPrice: 20 }));
      await world.addEndpoint({ tag: 'act' });
      await world.run(130);
      await world.putParameter(DEFAULTS_PARAMETER, settings({ riskPrice: 0 }));
      await world.run(70);
      const ofDefaults = await world.shown(CHECKOUT);
      expect(ofDefaults.enrolment?.config.riskPrice).toBe(20);
      expect(ofDefaults.refusal?.message).toContain(DEFAULTS_PARAMETER);
      await world.putParameter(DEFAULTS_PARAMETER, settings({ riskPrice: 25 }));
      await world.run(70);
      await world.tag('yes');
      await world.run(700);
      const ofTag = await world.shown(CHECKOUT);
      expect(ofTag.enrolment?.config).toMatchObject({ riskPrice: 25, mode: 'act' });
      expect(ofTag.refusal?.message).toContain('"yes": expected "act" or "observe"');
      expect(await world.alarmThreshold()).toBe(200);
    },
  ],
  [
    'mode observe decides, records, and writes nothing beside its own state and alarm',
    async (world) => {
      await enrolAtRest(world, { mode: 'observe' });
      world.setDemand(SURGE);
      await world.run(60);
      const records = await world.decisions();
      expect(records[0]).toMatchObject({ mode: 'observe', outcome: { status: 'dry-run' } });
      expect(records[0]?.requested?.bounds.min).toBeGreaterThanOrEqual(SURGE);
      expect(ownersCalls(world)).toEqual([]);
      expect(await world.bounds()).toEqual(OWNERS_BOUNDS);
    },
  ],
];
