import { expect } from 'vitest';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../../lib/enrolment/parameter-name.ts';
import { CHECKOUT, OWNERS_POLICY, SETTINGS, TARGET_PER_INSTANCE, type World } from './world.ts';

/** One path through an endpoint's life with the service. */
export type Story = readonly [label: string, play: (world: World) => Promise<void>];

const PARAMETER = targetParameterName(CHECKOUT);
const OWNERS_BOUNDS = { min: 1, max: 20 };
const LEASE = 'fast-scaler-restore';
const SURGE = 9;

/** Everything in the owner's account that the service may change; its own alarms are not among it. */
const OWNERS_OPERATIONS = [
  'RegisterScalableTarget',
  'DeregisterScalableTarget',
  'PutScheduledAction',
  'DeleteScheduledAction',
  'PutScalingPolicy',
  'DeleteScalingPolicy',
];

const settings = (extra: object = {}) => JSON.stringify({ ...SETTINGS, ...extra });

const enrolAtRest = async (world: World, extra: object = {}) => {
  await world.addEndpoint();
  await world.run(60);
  await world.putParameter(PARAMETER, settings({ leaseSeconds: 600, ...extra }));
  await world.run(20);
};

/** Enrolled, with a raised floor under a lease. */
const inMidSurge = async (world: World, extra: object = {}) => {
  await enrolAtRest(world, extra);
  world.setDemand(SURGE);
  await world.run(60);
  expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
  expect(await leases(world)).toEqual([LEASE]);
};

const leases = async (world: World) =>
  (await world.scheduledActions()).map(({ name }) => name).filter((name) => name === LEASE);

const ownersCalls = ({ calls }: World) =>
  calls.filter((operation) => OWNERS_OPERATIONS.includes(operation));

/** The owner's bounds and policy, and nothing of the service. */
const expectAsBefore = async (world: World, bounds: object = OWNERS_BOUNDS) => {
  expect(await world.bounds()).toEqual(bounds);
  expect(await world.alarmThreshold()).toBeNull();
  expect(await world.policies()).toEqual([OWNERS_POLICY]);
  expect(await leases(world)).toEqual([]);
};

const mode = async (world: World) => (await world.shown(CHECKOUT)).enrolment?.config.mode;

const ENROLLING: readonly Story[] = [
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

const TUNING: readonly Story[] = [
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

/** A cron expression of Application Auto Scaling; the owner's, for tomorrow morning. */
const MORNING = {
  name: 'owners-morning',
  schedule: 'cron(0 8 * * ? *)',
  bounds: { min: 3, max: 15 },
};

const SHARING: readonly Story[] = [
  [
    'a surge raises the floor under a lease that is put first and renewed',
    async (world) => {
      await inMidSurge(world);
      const put = world.calls.indexOf('PutScheduledAction');
      expect(world.calls.indexOf('RegisterScalableTarget')).toBeGreaterThan(put);
      const [first] = (await world.scheduledActions()).map(({ schedule }) => schedule);
      await world.run(420);
      const [lease] = await world.scheduledActions();
      expect(lease?.schedule).not.toBe(first);
      expect(lease?.bounds).toEqual(OWNERS_BOUNDS);
      expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
    },
  ],
  [
    'Terraform registers its bounds in mid-surge: they become the baseline',
    async (world) => {
      await inMidSurge(world);
      await world.register({ min: 2, max: 12 });
      await world.run(30);
      expect((await world.bounds())?.max).toBe(12);
      const reasons = (await world.decisions()).flatMap(({ steps }) => steps);
      expect(reasons.map(({ reason }) => reason)).toContain('owner-changed-bounds');
      // The endpoint takes no more before its instances are there.
      await world.run(240);
      world.setDemand(2 * SURGE);
      await world.run(90);
      expect(await world.bounds()).toEqual({ min: 12, max: 12 });
      const [lease] = await world.scheduledActions();
      expect(lease?.bounds).toEqual({ min: 2, max: 12 });
      await world.deleteParameter(PARAMETER);
      await world.run(20);
      await expectAsBefore(world, { min: 2, max: 12 });
    },
  ],
  [
    'the owner’s own scheduled action stays as it is while leases are put, renewed and deleted',
    async (world) => {
      await world.addEndpoint();
      await world.putScheduledAction(MORNING);
      await world.run(60);
      await world.putParameter(PARAMETER, settings({ leaseSeconds: 300 }));
      await world.run(20);
      world.setDemand(SURGE);
      await world.run(60);
      expect((await world.scheduledActions()).map(({ name }) => name).sort()).toEqual([
        LEASE,
        MORNING.name,
      ]);
      await world.run(300);
      expect(await world.scheduledActions()).toContainEqual(MORNING);
      await world.deleteParameter(PARAMETER);
      await world.run(20);
      expect(await world.scheduledActions()).toEqual([MORNING]);
      expect(await world.bounds()).toEqual(OWNERS_BOUNDS);
    },
  ],
  [
    'a deployment with another instance type: deregistered, not made again, taken up when it is back',
    async (world) => {
      await inMidSurge(world);
      await world.deregister();
      await world.run(30);
      expect(await world.bounds()).toBeNull();
      await world.changeInstanceType();
      await world.run(70);
      expect(await world.bounds()).toBeNull();
      await world.register({ min: 2, max: 16 });
      await world.putOwnersPolicy();
      await world.run(130);
      expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
      await world.deleteParameter(PARAMETER);
      await world.run(20);
      await expectAsBefore(world, { min: 2, max: 16 });
    },
  ],
];

const LEAVING: readonly Story[] = [
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

/** What must hold in every AWS account. */
export const STORIES: readonly Story[] = [...ENROLLING, ...TUNING, ...SHARING, ...LEAVING];
