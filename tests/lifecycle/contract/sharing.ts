import { expect } from 'vitest';
import {
  expectAsBefore,
  inMidSurge,
  LEASE,
  leases,
  OWNERS_BOUNDS,
  PARAMETER,
  type Story,
  SURGE,
  settings,
} from './steps.ts';
import { CHECKOUT } from './world.ts';

/** A cron expression of Application Auto Scaling; the owner's, for tomorrow morning. */
const MORNING = {
  name: 'owners-morning',
  schedule: 'cron(0 8 * * ? *)',
  bounds: { min: 3, max: 15 },
};

/** What a scaler left behind that died a moment ago, as far as any clock of a test is concerned. */
const LEFT_LEASE = {
  name: LEASE,
  schedule: 'at(2090-01-01T00:00:00)',
  bounds: OWNERS_BOUNDS,
};

export const SHARING: readonly Story[] = [
  [
    'an earlier scaler left a floor and its lease: the owner’s bounds are those that it restores',
    async (world) => {
      await world.addEndpoint();
      await world.register({ min: 6 });
      await world.putScheduledAction(LEFT_LEASE);
      await world.run(60);
      await world.putParameter(PARAMETER, settings());
      await world.run(20);
      expect((await world.shown(CHECKOUT)).enrolment?.inherited?.bounds).toEqual({
        min: 6,
        max: OWNERS_BOUNDS.max,
      });
      await world.run(1500);
      expect(await world.bounds()).toEqual(OWNERS_BOUNDS);
      expect(await leases(world)).toEqual([]);
      await world.deleteParameter(PARAMETER);
      await world.run(60);
      await expectAsBefore(world);
    },
  ],
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
