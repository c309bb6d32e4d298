import { beforeEach, describe, expect, it } from 'vitest';
import { endpointKey, stateText } from '../../lib/aws/endpoint-item.ts';
import type { Pattern } from '../../lib/control/pattern.ts';
import { SLOTS_PER_DAY } from '../../lib/control/slots.ts';
import { OWNER, PER_INSTANCE, ScenarioWorld, START_SECONDS, TARGET } from './world.ts';

const SETTINGS = { signal: 'invocations', targetPerInstance: PER_INSTANCE * 60 };

/** Slots of a day on which six instances were needed from 01:00 to 02:00; the world begins at midnight. */
const DAY = `${'1'.repeat(4)}${'6'.repeat(4)}${'1'.repeat(SLOTS_PER_DAY - 8)}`;

const EARLIER: Pattern = {
  riskPrice: 10,
  targetPerInstance: SETTINGS.targetPerInstance,
  daySeconds: START_SECONDS - 86_400,
  days: new Array(6).fill(DAY),
  scoredUntilSeconds: START_SECONDS - 10,
  costs: new Array(6).fill(9000),
  gains: [
    [null, null, 900, 900, 900, 900],
    [null, null, 900, 900, 900, 900],
    new Array(6).fill(null),
  ],
};

let world: ScenarioWorld;

beforeEach(async () => {
  world = await ScenarioWorld.create();
  world.setDemand(0, 0.5);
  await world.runTo(30);
  const { account, dynamoDb } = world.parts;
  const state = { ...(await world.state()), pattern: EARLIER };
  await account.perform(dynamoDb, 'UpdateItem', {
    TableName: 'Table',
    Key: endpointKey(TARGET.endpointName),
    UpdateExpression: 'SET #state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': { S: stateText(new Map([[TARGET.resourceId, state]])) },
    },
  });
});

const reasons = async () =>
  (await world.deployment.decisions('checkout')).flatMap(({ steps }) =>
    steps.map(({ reason }) => reason),
  );

describe('a rise that came every day', () => {
  it('finds its instances in service, though the target was at rest', async () => {
    // Nothing was measured yet, so that the configured lead time counts, with a spacing of 20 s.
    await world.runTo(3600 - 320 - 10);
    expect(world.bounds).toEqual(OWNER);
    await world.runTo(3600 - 320 + 15);
    expect(world.bounds).toEqual({ min: 6, max: OWNER.max });
    world.setDemand(3600, 6);
    await world.runTo(3600);
    expect(world.capacity.inService).toBe(6);
    expect(await reasons()).toContain('pattern-floor');
    expect(world.deployment.failures).toEqual([]);
  });

  it('and does not come today is given up once it cost what it gains on a day', async () => {
    // Five instances more for half an hour are 900 instance-windows.
    await world.runTo(3600 - 320 + 1700);
    expect(world.capacity.desired).toBe(6);
    await world.runTo(3600 - 320 + 2100);
    expect(world.bounds).toEqual(OWNER);
    expect(world.capacity.desired).toBe(1);
  });

  it('is remembered in what is stored, with what came after', async () => {
    await world.runTo(2400);
    const { pattern } = await world.state();
    expect(pattern?.days.slice(0, 6)).toEqual(EARLIER.days);
    expect(pattern?.days[6]).toMatch(/^[-1]1$/);
  });

  it('is not waited for where the setting is off', async () => {
    await world.putParameter({ ...SETTINGS, dailyPattern: false });
    await world.runTo(3600);
    expect(world.bounds).toEqual(OWNER);
    expect((await world.state()).pattern).toBeNull();
    expect(await reasons()).not.toContain('pattern-floor');
  });

  it('is not waited for while the budget of the day is spent', async () => {
    await world.putParameter({ ...SETTINGS, maxInstanceHoursPerDay: 0.1 });
    await world.runTo(3600);
    expect(world.bounds.min).toBe(OWNER.min);
    expect(world.capacity.desired).toBe(OWNER.min);
  });
});
