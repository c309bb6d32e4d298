import { expect } from 'vitest';
import { targetParameterName } from '../../../lib/enrolment/parameter-name.ts';
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
