import { expect } from 'vitest';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../../lib/enrolment/parameter-name.ts';
import type { AccountOptions } from '../../../simulator/account/create-account.ts';
import type { LifecycleWorld } from '../world.ts';
import { CHECKOUT } from './world.ts';

const PARAMETER = targetParameterName(CHECKOUT);
const OWNERS_BOUNDS = { min: 1, max: 20 };

const inMidSurge = async (world: LifecycleWorld) => {
  world.addEndpoint();
  await world.run(60);
  await world.putParameter(PARAMETER, { leaseSeconds: 300 });
  await world.run(20);
  world.setDemand(9);
  await world.run(60);
  expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
};

/** Paths that need what only the embedded account has: mute rules, quotas, the run of a lease. */
export const EMBEDDED_STORIES: readonly (readonly [
  label: string,
  play: (world: LifecycleWorld) => Promise<void>,
  options: Partial<AccountOptions>,
])[] = [
  [
    'the alarm is muted in mid-surge: paused until the window is over',
    async (world) => {
      await inMidSurge(world);
      const { account, cloudWatch, clock } = world.parts;
      const minute = new Date(clock.nowMs).toISOString().slice(0, 16);
      await account.perform(cloudWatch, 'PutAlarmMuteRule', {
        Name: 'maintenance',
        Rule: { Schedule: { Expression: `at(${minute})`, Duration: 'PT5M' } },
        MuteTargets: { AlarmNames: [`fast-scaler/${CHECKOUT.resourceId}/high`] },
      });
      await world.run(80);
      expect(world.bounds(CHECKOUT)).toEqual(OWNERS_BOUNDS);
      await world.run(400);
      expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
    },
    {},
  ],
  [
    'nothing of the stack runs any more: the baseline is back within the lease',
    async (world) => {
      await inMidSurge(world);
      world.deployment.kill();
      await world.run(300);
      expect(world.bounds(CHECKOUT)).toEqual(OWNERS_BOUNDS);
    },
    {},
  ],
  [
    'a prewarm is asked for, holds, and is cancelled',
    async (world) => {
      world.addEndpoint();
      await world.run(60);
      await world.putParameter(PARAMETER, {});
      await world.run(20);
      const ask = async (DetailType: string, more: object) => {
        const { endpointName, variantName } = CHECKOUT;
        const Detail = JSON.stringify({ schemaVersion: 1, endpointName, variantName, ...more });
        const { account, bus } = world.parts;
        const entry = { Source: 'fast-scaler', DetailType, Detail };
        await account.perform(bus, 'PutEvents', { Entries: [entry] });
        await world.run(90);
      };
      await ask('Prewarm Request', { minInstances: 4, durationMinutes: 60 });
      expect(world.bounds(CHECKOUT)).toEqual({ min: 4, max: 20 });
      await world.run(600);
      await ask('Prewarm Cancellation', {});
      expect(world.bounds(CHECKOUT)).toEqual(OWNERS_BOUNDS);
    },
    {},
  ],
  [
    'the account’s budget is spent: every target is held at its Min',
    async (world) => {
      await world.putParameter(DEFAULTS_PARAMETER, { accountMaxInstanceHoursPerDay: 2 });
      await inMidSurge(world);
      await world.run(3000);
      expect(world.bounds(CHECKOUT)).toEqual({ min: 1, max: 1 });
    },
    {},
  ],
  [
    'a quota refuses a surge: what it allows is asked for',
    async (world) => {
      world.addEndpoint();
      await world.run(60);
      await world.putParameter(PARAMETER, {});
      await world.run(20);
      world.setDemand(9);
      await world.run(60);
      const records = await world.deployment.decisions(CHECKOUT.endpointName);
      const reasons = records.flatMap(({ steps }) => steps.map(({ reason }) => reason));
      expect(reasons).toContain('quota-refused');
      expect(world.bounds(CHECKOUT)?.min).toBe(4);
    },
    { instanceQuota: { 'ml.g5.xlarge': 4 } },
  ],
];
