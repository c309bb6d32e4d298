import { beforeEach, describe, expect, it } from 'vitest';
import { endpointKey, type Item } from '../../lib/aws/endpoint-item.ts';
import { CHECKOUT, LifecycleWorld } from '../lifecycle/world.ts';

const S = (text: string) => ({ S: text });

/** What a version to come might keep beside what this one knows. */
const UNKNOWN: readonly Item[] = [
  { pk: S('ledger'), sk: S('2026-01'), entries: S('[1,2]'), schemaVersion: { N: '7' } },
  { pk: S('fleet'), sk: S('#regions'), regions: S('not even JSON') },
  { pk: S('endpoint#checkout'), sk: S('forecast#1'), forecast: S('{"form":9}') },
  {
    pk: S('endpoint#elsewhere'),
    sk: S('state'),
    state: S('{"schemaVersion":9}'),
    version: { N: '3' },
  },
  { pk: S('notices'), sk: S('#later'), book: S('?') },
];

const FLEET_ENTRY = { pk: S('fleet'), sk: S('checkout') };
const TARGET_ENTRY = `target:${CHECKOUT.resourceId}`;

let world: LifecycleWorld;

beforeEach(async () => {
  world = await LifecycleWorld.create();
});

async function perform(operation: string, input: object): Promise<Item | undefined> {
  const { account, dynamoDb } = world.parts;
  const output = await account.perform(dynamoDb, operation, { TableName: 'Table', ...input });
  return (output as { readonly Item?: Item }).Item;
}

const put = (Item: Item) => perform('PutItem', { Item });
const get = ({ pk, sk }: Item) => perform('GetItem', { Key: { pk, sk } });

/** An endpoint is enrolled, has a surge that comes and goes, and is released. */
async function live(): Promise<void> {
  const target = world.addEndpoint();
  await world.run(60);
  await world.enrol(target);
  await world.run(90);
  world.setDemand(9);
  await world.run(90);
  expect(world.bounds(target)?.min).toBeGreaterThanOrEqual(9);
  world.setDemand(0);
  await world.run(1800);
  await world.deleteParameter(target);
  await world.run(90);
  expect(world.bounds(target)).toEqual({ min: 1, max: 20 });
  expect(world.leftovers(target)).toEqual([]);
  expect(world.deployment.failures).toEqual([]);
}

it('records that nobody knows are left alone, and keep nobody from work', async () => {
  for (const item of UNKNOWN) await put(item);
  await live();
  for (const item of UNKNOWN) expect(await get(item)).toEqual(item);
});

describe('attributes that nobody knows', () => {
  it('stay through looks and enrolments', async () => {
    const target = world.addEndpoint();
    await world.run(60);
    await world.enrol(target);
    await world.run(30);
    const key = endpointKey(target.endpointName);
    await put({ ...(await get(key)), [`forecast:${target.resourceId}`]: S('{'), owner: S('team') });
    await put({ ...(await get(FLEET_ENTRY)), [`cost:${target.resourceId}`]: S('{') });
    world.setDemand(9);
    await world.run(90);
    await world.apply(target, { riskPrice: 20 });
    await world.run(90);
    expect(world.bounds(target)?.min).toBeGreaterThanOrEqual(9);
    expect(await get(key)).toMatchObject({
      [`forecast:${target.resourceId}`]: S('{'),
      owner: S('team'),
    });
    expect(await get(FLEET_ENTRY)).toMatchObject({ [`cost:${target.resourceId}`]: S('{') });
  });
});

it('an entry of the fleet that is broken is worked out again, and stops no sweep', async () => {
  const targets = ['checkout', 'search'].map((endpointName) => world.addEndpoint({ endpointName }));
  await world.run(60);
  for (const target of targets) await world.enrol(target);
  await world.run(90);
  await put({ ...(await get(FLEET_ENTRY)), [TARGET_ENTRY]: S('{"fingerpr') });
  const before = world.countOf('SendMessageBatch');
  await world.run(130);
  expect(world.countOf('SendMessageBatch')).toBeGreaterThanOrEqual(before + 2);
  expect(JSON.parse((await get(FLEET_ENTRY))?.[TARGET_ENTRY]?.S ?? '')).toMatchObject({
    fingerprint: expect.stringMatching(/./),
  });
  expect(world.deployment.failures).toEqual([]);
});
