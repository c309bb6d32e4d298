import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endpointKey, endpointRecord, type Item, stateText } from '../../lib/aws/endpoint-item.ts';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { NO_PAST } from '../../lib/control/past.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { Tuning } from '../../lib/control/types.ts';
import { stateFaults } from '../chaos/state-shape.ts';
import { OWNER, ScenarioWorld, START_SECONDS, TARGET } from '../scenarios/world.ts';

const FOLDER = new URL('../fixtures/stored-items/', import.meta.url);

const stored = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const text = readFileSync(new URL(name.replaceAll('\\', '/'), FOLDER), 'utf8');
    return [name, JSON.parse(text) as Item] as const;
  });

/** The service with this item in its table. */
async function worldWith(item: Item): Promise<ScenarioWorld> {
  const world = await ScenarioWorld.create();
  await world.runTo(30);
  const { account, dynamoDb } = world.parts;
  await account.perform(dynamoDb, 'PutItem', { TableName: 'Table', Item: item });
  return world;
}

async function itemOf({ parts: { account, dynamoDb } }: ScenarioWorld): Promise<Item> {
  const Key = endpointKey(TARGET.endpointName);
  const output = await account.perform(dynamoDb, 'GetItem', { TableName: 'Table', Key });
  return (output as { Item: Item }).Item;
}

it('there is one of every form', () => {
  expect(stored.map(([name]) => name).sort()).toEqual([
    '1-eighth-form/rest.json',
    '1-eighth-form/scale-in.json',
    '1-eighth-form/surge.json',
    '1-fifth-form/rest.json',
    '1-fifth-form/scale-in.json',
    '1-fifth-form/surge.json',
    '1-first-form/rest.json',
    '1-first-form/scale-in.json',
    '1-first-form/surge.json',
    '1-fourth-form/rest.json',
    '1-fourth-form/scale-in.json',
    '1-fourth-form/surge.json',
    '1-fourth-form/windows.json',
    '1-second-form/rest.json',
    '1-second-form/scale-in.json',
    '1-second-form/surge.json',
    '1-seventh-form/rest.json',
    '1-seventh-form/scale-in.json',
    '1-seventh-form/surge.json',
    '1-sixth-form/rest.json',
    '1-sixth-form/scale-in.json',
    '1-sixth-form/surge.json',
    '1-third-form/rest.json',
    '1-third-form/scale-in.json',
    '1-third-form/surge.json',
  ]);
});

describe.each(stored)('the item %s', (_, item) => {
  it('is read with everything that this version wants to know', () => {
    const [target] = endpointRecord('checkout', item).targets;
    expect(target?.state).toMatchObject({ baseline: OWNER, written: expect.anything() });
    expect(Object.keys(target?.state ?? {})).toEqual(
      expect.arrayContaining(Object.keys(INITIAL_STATE)),
    );
    expect(stateFaults(target?.state ?? INITIAL_STATE)).toEqual([]);
    expect(Object.keys(target?.enrolment.config ?? {}).sort()).toEqual(
      Object.keys(DEFAULTS).sort(),
    );
  });

  it('is worked with, and stored again so that it can be read', async () => {
    const world = await worldWith(item);
    world.setDemand(60, 9);
    await world.runTo(200);
    expect(world.bounds.min).toBeGreaterThanOrEqual(9);
    world.setDemand(200, 0);
    await world.runTo(2400);
    expect(world.bounds).toEqual(OWNER);
    const again = endpointRecord('checkout', await itemOf(world));
    expect(again.version).toBeGreaterThan(Number(item.version?.N));
    expect(stateFaults(again.targets[0]?.state ?? INITIAL_STATE)).toEqual([]);
    expect(world.deployment.failures).toEqual([]);
  });
});

it('the newest has everything that a state is made of', () => {
  const [, item] = stored.find(([name]) => name === '1-eighth-form/surge.json') ?? [];
  const { targets } = JSON.parse(item?.state?.S ?? '{}');
  const state = targets[TARGET.resourceId];
  expect(Object.keys(state).sort()).toEqual(Object.keys(INITIAL_STATE).sort());
  expect(state.tuning).toHaveProperty('targetPerInstance');
});

describe('scores under other rules', () => {
  const name = 'endpoint/checkout/variant/AllTraffic';
  const tuning: Tuning = {
    riskPrice: DEFAULTS.riskPrice,
    sinceSeconds: START_SECONDS - 3600,
    scoredUntilSeconds: START_SECONDS,
    use: { untilSeconds: START_SECONDS - 20, weight: [1], used: [[0.5]] },
    shadows: ['W1'],
    costs: ['0000'],
    past: NO_PAST,
    chosen: [0],
    bandsAhead: 0,
  };
  const scored = (text: string) => {
    const [, item] = stored[0] as (typeof stored)[number];
    const { targets, ...rest } = JSON.parse(text);
    const states = { [name]: { ...targets[name], tuning } };
    return { ...item, state: { S: JSON.stringify({ ...rest, targets: states }) } };
  };
  const now = stateText(new Map([[name, INITIAL_STATE]]));
  const other = JSON.stringify({ ...JSON.parse(now), rules: 1 });

  it.each([
    ['are begun anew', other, null],
    ['are not those under the same rules', now, tuning],
  ])('%s', (_, text, expected) => {
    const [target] = endpointRecord('checkout', scored(text)).targets;
    expect(target?.state.tuning).toEqual(expected);
  });

  it('keep nobody from answering a surge', async () => {
    const world = await worldWith(scored(other));
    world.setDemand(60, 9);
    await world.runTo(200);
    expect(world.bounds.min).toBeGreaterThanOrEqual(9);
    expect(world.deployment.failures).toEqual([]);
    const [target] = endpointRecord('checkout', await itemOf(world)).targets;
    expect(stateFaults(target?.state ?? INITIAL_STATE)).toEqual([]);
    expect(target?.state.tuning?.shadows.length).toBeGreaterThan(1);
  });
});

describe('a setting that came later', () => {
  it('has its default in an enrolment that was stored before', () => {
    const [, item] = stored[0] as (typeof stored)[number];
    const name = `config:${TARGET.resourceId}`;
    const { config, ...enrolment } = JSON.parse(item[name]?.S ?? '');
    const { riskPrice: _, ...older } = config;
    const S = JSON.stringify({ ...enrolment, config: older });
    const [target] = endpointRecord('checkout', { ...item, [name]: { S } }).targets;
    expect(target?.enrolment.config).toEqual({ ...DEFAULTS, ...older });
  });
});

describe.each([
  ['of the next schema', JSON.stringify({ schemaVersion: 2, endpoints: ['another form'] })],
  ['that is broken', '{"schemaVersion":1,"targets":{"endpoint/checkout'],
])('a state %s', (_, text) => {
  const [, item] = stored[0] as (typeof stored)[number];
  const strange: Item = { ...item, state: { S: text } };

  it('is not read', () => {
    expect(() => endpointRecord('checkout', strange)).toThrow(/endpoint checkout .* left alone/);
  });

  it('is left as it is, and nothing is done by it', async () => {
    const world = await worldWith(strange);
    world.setDemand(60, 9);
    await world.runTo(120);
    await world.putParameter({ signal: 'invocations', targetPerInstance: 3000 });
    await world.runTo(180);
    await world.deleteParameter();
    await world.runTo(400);
    const left = await itemOf(world);
    expect(left.state?.S).toBe(text);
    expect(left.version).toEqual(item.version);
    expect(left[`config:${TARGET.resourceId}`]).toEqual(item[`config:${TARGET.resourceId}`]);
    expect(world.bounds).toEqual(OWNER);
    expect(world.timesOf('RegisterScalableTarget')).toEqual([]);
  });
});

it('what is stored says its schema', () => {
  const rules = expect.any(Number);
  expect(JSON.parse(stateText(new Map()))).toEqual({ schemaVersion: 1, rules, targets: {} });
});
