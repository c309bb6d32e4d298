import { beforeEach, describe, expect, it } from 'vitest';
import { endpointKey, endpointRecord, type Item } from '../../lib/aws/endpoint-item.ts';
import { CHECKOUT, LifecycleWorld } from './world.ts';

const OWNERS = { min: 1, max: 20 };
let world: LifecycleWorld;

/** From now on the endpoint is of a kind that the scaler leaves alone. */
function becomes(kind: object, variantKind: object) {
  const { sageMaker } = world.parts;
  Object.assign(sageMaker.operations, {
    DescribeEndpoint: (input: { EndpointName: string }) => {
      const shown = sageMaker.describeEndpoint(input);
      const { ProductionVariants: variants = [] } = shown;
      return {
        ...shown,
        ...kind,
        ProductionVariants: variants.map((v) => ({ ...v, ...variantKind })),
      };
    },
  });
}

async function spent() {
  const { account, dynamoDb } = world.parts;
  const input = { TableName: 'Table', Key: endpointKey('checkout') };
  const { Item } = (await account.perform(dynamoDb, 'GetItem', input)) as { Item?: Item };
  return endpointRecord('checkout', Item ?? {}).targets[0]?.state.spent;
}

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint();
  world.setDemand(0.4);
  await world.run(300);
  await world.apply(CHECKOUT);
  await world.run(300);
  world.setDemand(9);
  await world.run(300);
  expect(world.bounds(CHECKOUT)?.min).toBeGreaterThanOrEqual(9);
});

it('an endpoint whose bounds AWS does not take any more is asked again once a minute', async () => {
  becomes({ AsyncInferenceConfig: {} }, {});
  let refused = 0;
  world.parts.account.intercept(({ operation }) => {
    if (operation !== 'RegisterScalableTarget') return;
    refused += 1;
    throw new Error('ValidationException');
  });
  await world.apply(CHECKOUT, { riskPrice: 11 });
  await world.run(595);
  expect(refused).toBeGreaterThan(5);
  expect(refused).toBeLessThanOrEqual(12);
});

describe.each([
  [
    'one whose instances SageMaker sets',
    {},
    { ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 1, MaxInstanceCount: 9 } },
  ],
  ['an asynchronous one', { AsyncInferenceConfig: {} }, {}],
  [
    'a serverless one',
    {},
    { CurrentServerlessConfig: { MaxConcurrency: 5, MemorySizeInMB: 1024 } },
  ],
])('an endpoint that becomes %s in the middle of a surge', (_, kind, variantKind) => {
  beforeEach(async () => {
    becomes(kind, variantKind);
    await world.apply(CHECKOUT, { riskPrice: 11 });
    await world.run(180);
  });

  it('gets its owner’s bounds back, and nothing is left behind', () => {
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
    expect(world.leftovers(CHECKOUT)).toEqual([]);
  });

  it('is not charged for instances that nobody sees any more', async () => {
    const before = await spent();
    expect(before?.instanceSeconds).toBeGreaterThan(0);
    expect(before?.instances).toBe(0);
    await world.run(3600);
    expect(await spent()).toEqual(before);
  });
});
