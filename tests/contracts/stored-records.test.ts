import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RECORD_SCHEMA_VERSION } from '../../lib/cycle/record.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';

const FOLDER = new URL('../fixtures/stored-records/', import.meta.url);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const kept = files.map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')] as const);

/** A world whose table has this as the one decision of the endpoint. */
async function worldWith(text: string): Promise<OperateWorld> {
  const world = await OperateWorld.create();
  world.addEndpoint();
  world.setDemand(0.3);
  await world.run(600);
  await world.enrol();
  const { account, dynamoDb } = world.parts;
  const { at } = JSON.parse(text);
  await account.perform(dynamoDb, 'PutItem', {
    TableName: 'Table',
    Item: {
      pk: { S: `endpoint#${CHECKOUT.endpointName}` },
      sk: { S: `decision#${at}#${CHECKOUT.resourceId}` },
      record: { S: text },
    },
  });
  await world.run(1200);
  return world;
}

it('there is one record of every version', () => {
  const versions = Array.from({ length: RECORD_SCHEMA_VERSION }, (_, i) => `${i + 1}.json`);
  expect(files.sort()).toEqual(versions);
});

it.each(kept)(
  'the record %s is told, and given to scripts in the form of today',
  async (_, text) => {
    const world = await worldWith(text);
    const told = await fastScaler(world, ['explain', 'checkout']);
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(
      /^09:20:21 {2}Scale-out from 1 to 12 instances\n[\s\S]*That is a surge[\s\S]*Min goes from 1 to 12/m,
    );
    const { stdout } = await fastScaler(world, ['explain', 'checkout', '--json']);
    expect(JSON.parse(stdout).entries[0].record).toMatchObject({
      schemaVersion: RECORD_SCHEMA_VERSION,
      reason: 'floor-raised',
      taken: { min: 12, max: 20 },
      dryRun: false,
    });
    const status = await fastScaler(world, ['status']);
    expect(status.stdout).toContain('09:20:21 Scale-out from 1 to 12 instances');
  },
);
