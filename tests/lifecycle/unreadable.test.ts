import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import type { ScalableTarget } from '../../lib/target.ts';
import { readStack } from '../../simulator/stack.ts';
import { SERVERLESS_YML } from './roles.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };

let world: LifecycleWorld;
let other: ScalableTarget;

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint({ hasPolicy: false });
  other = world.addEndpoint({ endpointName: 'search' });
  await world.apply(CHECKOUT, { targetPerInstance: 1500 });
  await world.apply(other);
  await world.run(120);
});

/** A version to come has written the item of an endpoint. */
async function makeUnreadable({ endpointName }: ScalableTarget): Promise<void> {
  const { account, dynamoDb } = world.parts;
  const [table] = readStack(SERVERLESS_YML).tables;
  await account.perform(dynamoDb, 'UpdateItem', {
    TableName: table?.logicalId,
    Key: { pk: { S: `endpoint#${endpointName}` }, sk: { S: 'state' } },
    UpdateExpression: 'SET #state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':state': { S: '{"schemaVersion":1000}' } },
  });
}

describe('an item that cannot be read', () => {
  it('does not keep the stack, and the lease gives the bounds back', async () => {
    world.setDemand(9);
    world.setDemand(9, 'search');
    await world.run(60);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
    await makeUnreadable(CHECKOUT);
    expect((await world.deployment.remove()).Status).toBe('SUCCESS');
    expect(world.leftovers(other)).toEqual([]);
    expect(world.bounds(other)).toEqual(OWNERS);
    expect(world.leftovers(CHECKOUT)).toEqual(['fast-scaler-restore']);
    await world.run(900);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
  });

  it('is scaled again once it was deleted and its parameter written, as the runbook says', async () => {
    await makeUnreadable(CHECKOUT);
    world.setDemand(9);
    await world.run(180);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
    const { account, dynamoDb } = world.parts;
    const Key = { pk: { S: 'endpoint#checkout' }, sk: { S: 'state' } };
    const [table] = readStack(SERVERLESS_YML).tables;
    await account.perform(dynamoDb, 'DeleteItem', { TableName: table?.logicalId, Key });
    await world.apply(CHECKOUT, { targetPerInstance: 1500 });
    await world.run(120);
    expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
  });

  it('does not keep the account’s budget from all others', async () => {
    await world.putParameter(DEFAULTS_PARAMETER, { accountMaxInstanceHoursPerDay: 1 });
    await makeUnreadable(CHECKOUT);
    world.setDemand(9, 'search');
    await world.run(1500);
    expect(world.bounds(other)).toEqual({ min: 1, max: 1 });
  });
});
