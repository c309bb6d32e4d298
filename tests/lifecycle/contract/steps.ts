import { expect } from 'vitest';
import { targetParameterName } from '../../../lib/enrolment/parameter-name.ts';
import { CHECKOUT, OWNERS_POLICY, SETTINGS, type World } from './world.ts';

/** One path through an endpoint's life with the service. */
export type Story = readonly [label: string, play: (world: World) => Promise<void>];

export const PARAMETER = targetParameterName(CHECKOUT);
export const OWNERS_BOUNDS = { min: 1, max: 20 };
export const LEASE = 'fast-scaler-restore';
export const SURGE = 9;

/** Everything in the owner's account that the service may change; its own alarms are not among it. */
const OWNERS_OPERATIONS = [
  'RegisterScalableTarget',
  'DeregisterScalableTarget',
  'PutScheduledAction',
  'DeleteScheduledAction',
  'PutScalingPolicy',
  'DeleteScalingPolicy',
];

export const settings = (extra: object = {}) => JSON.stringify({ ...SETTINGS, ...extra });

export const enrolAtRest = async (world: World, extra: object = {}) => {
  await world.addEndpoint();
  await world.run(60);
  await world.putParameter(PARAMETER, settings({ leaseSeconds: 600, ...extra }));
  await world.run(20);
};

/** Enrolled, with a raised floor under a lease. */
export const inMidSurge = async (world: World, extra: object = {}) => {
  await enrolAtRest(world, extra);
  world.setDemand(SURGE);
  await world.run(60);
  expect((await world.bounds())?.min).toBeGreaterThanOrEqual(SURGE);
  expect(await leases(world)).toEqual([LEASE]);
};

export const leases = async (world: World) =>
  (await world.scheduledActions()).map(({ name }) => name).filter((name) => name === LEASE);

export const ownersCalls = ({ calls }: World) =>
  calls.filter((operation) => OWNERS_OPERATIONS.includes(operation));

/** The owner's bounds and policy, and nothing of the service. */
export const expectAsBefore = async (world: World, bounds: object = OWNERS_BOUNDS) => {
  expect(await world.bounds()).toEqual(bounds);
  expect(await world.alarmThreshold()).toBeNull();
  expect(await world.policies()).toEqual([OWNERS_POLICY]);
  expect(await leases(world)).toEqual([]);
};

export const mode = async (world: World) => (await world.shown(CHECKOUT)).enrolment?.config.mode;
