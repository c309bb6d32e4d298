import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { deployService } from '../../simulator/run/deploy.ts';
import { OWNER, ScenarioWorld } from './world.ts';

const SETTINGS = { signal: 'invocations', targetPerInstance: 1500 };
const HOUR = 3600;
const DAY = 24 * HOUR;

let world: ScenarioWorld;

beforeEach(async () => {
  world = await ScenarioWorld.create();
  world.setDemand(0, 0.5);
});

const putDefaults = async (value: object) => {
  const { account, ssm } = world.parts;
  await account.perform(ssm, 'PutParameter', {
    Name: DEFAULTS_PARAMETER,
    Type: 'String',
    Overwrite: true,
    Value: JSON.stringify(value),
  });
};

describe('the budget of a target', () => {
  beforeEach(async () => {
    // Ten instances from 00:10 on: about ten instance-hours an hour.
    await world.putParameter({ ...SETTINGS, maxInstanceHoursPerDay: 10 });
    world.setDemand(600, 9);
    await world.runTo(1800);
  });

  it('is not touched while it lasts', () => {
    expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
    expect(world.bounds.max).toBe(OWNER.max);
    expect(world.notifications()).toEqual([]);
  });

  it('near its end is told once, at its end once more, and only Min is held', async () => {
    await world.runTo(6000);
    const kinds = () =>
      world.notifications().map(({ attributes, atSeconds }) => [attributes.kind, atSeconds]);
    expect(kinds().map(([kind]) => kind)).toEqual(['budget-near', 'budget-spent']);
    const [[, nearAt = 0] = [], [, spentAt = 0] = []] = kinds() as [string, number][];
    expect(Number(spentAt)).toBeGreaterThan(Number(nearAt));
    expect(world.capacity.desired).toBe(OWNER.min);
    expect(world.bounds).toEqual({ min: OWNER.min, max: OWNER.min });
    const [, spent] = world.notifications();
    expect(spent?.line).toMatch(/^checkout\/AllTraffic has spent its budget: 10(\.0\d)? of 10 /);
    expect(spent?.line).toContain('in /fast-scaler/targets/checkout/AllTraffic');
    expect(spent?.document.details).toMatchObject({ day: '2026-01-05', maxInstanceHours: 10 });
    await world.runTo(4 * HOUR);
    expect(kinds()).toHaveLength(2);
    expect(world.capacity.desired).toBe(OWNER.min);
  });

  it('refuses what demand needs above Min, and does not record that at every look', async () => {
    await world.runTo(3 * HOUR);
    const records = await world.deployment.decisions('checkout');
    const refused = records.filter(({ steps }) => steps.some(({ name }) => name === 'budget'));
    // What is taken away, and Max as it comes to rest; not a record a look.
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused.length).toBeLessThanOrEqual(3);
    expect(refused[0]?.steps).toContainEqual(
      expect.objectContaining({ reason: 'budget-spent', after: OWNER.min, constrained: true }),
    );
  });

  it('is not got round by a prewarm, a surge or the target tracking', async () => {
    await world.runTo(6000);
    await world.prewarm({ minInstances: 6, durationMinutes: 60 });
    world.setDemand(6100, 18);
    const { account, bus } = world.parts;
    const detail = { schemaVersion: 1, endpointName: 'checkout', reason: 'queue', observed: 90 };
    await account.perform(bus, 'PutEvents', {
      Entries: [
        { Source: 'fast-scaler', DetailType: 'Load Surge', Detail: JSON.stringify(detail) },
      ],
    });
    for (let second = 6060; second < 8000; second += 120) {
      await world.runTo(second);
      expect(world.capacity.desired, `second ${second}`).toBe(OWNER.min);
    }
  });

  it('begins anew at midnight UTC, and what demand needs is there soon', async () => {
    await world.runTo(DAY - 10);
    expect(world.capacity.desired).toBe(OWNER.min);
    await world.runTo(DAY + 60);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
    expect(world.bounds.max).toBe(OWNER.max);
    await world.runTo(DAY + 2 * HOUR);
    const kinds = world.notifications().map(({ attributes }) => attributes.kind);
    expect(kinds).toEqual(['budget-near', 'budget-spent', 'budget-near', 'budget-spent']);
  });

  it('that its owner raises lets demand have what it needs again', async () => {
    await world.runTo(6000);
    await world.putParameter({ ...SETTINGS, maxInstanceHoursPerDay: 1000 });
    await world.runTo(6120);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });

  it('that is spent holds nobody longer than the lease when the stack is dead', async () => {
    await world.runTo(6000);
    expect(world.bounds.max).toBe(OWNER.min);
    world.deployment.kill();
    await world.runTo(6900);
    expect(world.bounds).toEqual(OWNER);
  });
});

describe('what was spent', () => {
  const spent = async () => {
    const { spent: kept } = await world.state();
    return (kept?.instanceSeconds ?? 0) / HOUR;
  };

  it.each([
    ['the target', { ...SETTINGS, maxInstanceHoursPerDay: 10 }, {}, 'budget-spent'],
    ['the account', SETTINGS, { accountMaxInstanceHoursPerDay: 10 }, 'account-budget-spent'],
  ])('by %s is known to functions that start anew', async (_, settings, defaults, kind) => {
    await world.putParameter(settings);
    await putDefaults(defaults);
    world.setDemand(600, 9);
    await world.runTo(3600);
    const before = await spent();
    expect(before).toBeGreaterThan(5);
    world.deployment.kill();
    const { failures } = await deployService(world.parts, { isRestart: true });
    await world.runTo(3700);
    expect(await spent()).toBeGreaterThanOrEqual(before);
    expect(world.bounds.max).toBe(OWNER.max);
    // Without what was spent in the first hour, the second would not reach the budget.
    await world.runTo(5400);
    expect(world.notifications().map(({ attributes }) => attributes.kind)).toContain(kind);
    expect(world.capacity.desired).toBe(OWNER.min);
    expect(failures).toEqual([]);
  });

  it('while no function ran is counted with what stood before', async () => {
    await world.putParameter({ ...SETTINGS, maxInstanceHoursPerDay: 1000 });
    await world.runTo(600);
    world.setDemand(600, 9);
    await world.runTo(1800);
    const before = await spent();
    const { desired } = world.capacity;
    world.deployment.kill();
    await world.runTo(1800 + 600);
    await deployService(world.parts, { isRestart: true });
    await world.runTo(1800 + 720);
    expect(await spent()).toBeGreaterThan(before + (desired * 600) / HOUR - 0.1);
  });
});

it('what was spent is about what was there', async () => {
  await world.putParameter({ ...SETTINGS, maxInstanceHoursPerDay: 100_000 });
  let seconds = 0;
  world.setDemand(1200, 9);
  world.setDemand(4800, 0.5);
  for (let second = 10; second <= 2 * HOUR; second += 10) {
    await world.runTo(second);
    seconds += 10 * world.capacity.desired;
  }
  const state = await world.state();
  const since = world.startSeconds + 2 * HOUR - (state.spent?.untilSeconds ?? 0);
  const counted = (state.spent?.instanceSeconds ?? 0) + since * (state.spent?.instances ?? 0);
  expect(counted / seconds).toBeGreaterThan(0.98);
  expect(counted / seconds).toBeLessThan(1.02);
});

describe('the budget of the account', () => {
  beforeEach(async () => {
    await putDefaults({ accountMaxInstanceHoursPerDay: 10 });
    world.setDemand(600, 9);
    await world.runTo(1800);
  });

  it('is told near its end and at it, and then every target is held at its Min', async () => {
    expect(world.notifications()).toEqual([]);
    expect(world.capacity.inService).toBeGreaterThanOrEqual(9);
    await world.runTo(6000);
    const kinds = () => world.notifications().map(({ attributes }) => attributes.kind);
    expect(kinds()).toEqual(['account-budget-near', 'account-budget-spent']);
    expect(world.bounds).toEqual({ min: OWNER.min, max: OWNER.min });
    expect(world.capacity.desired).toBe(OWNER.min);
    const records = await world.deployment.decisions('checkout');
    const reasons = records.flatMap(({ steps }) => steps.map(({ reason }) => reason));
    expect(reasons).toContain('account-budget-spent');
    await world.runTo(4 * HOUR);
    expect(kinds()).toHaveLength(2);
  });

  it('begins anew at midnight UTC', async () => {
    await world.runTo(DAY + 60);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });

  it.each([
    ['raised', { accountMaxInstanceHoursPerDay: 1000 }],
    ['taken away', {}],
  ])('that is %s counts from the next sweep on', async (_, defaults) => {
    await world.runTo(6000);
    expect(world.capacity.desired).toBe(OWNER.min);
    await putDefaults(defaults);
    await world.runTo(6180);
    expect(world.capacity.desired).toBeGreaterThanOrEqual(9);
  });

  it('stays as it is while the defaults are not valid', async () => {
    await world.runTo(6000);
    await putDefaults({ accountMaxInstanceHoursPerDay: -1 });
    await world.runTo(6600);
    expect(world.bounds).toEqual({ min: OWNER.min, max: OWNER.min });
  });
});
