import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { DynamoDb } from '../../simulator/account/dynamodb/dynamodb.ts';
import { TABLE_SHAPE } from './table-shape.ts';

const tableName = 'contract';
const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A table to test against, reached through a real client. */
export interface TableUnderTest {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  stop(): Promise<void>;
}

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      ...TABLE_SHAPE,
    }),
  );
  // A new table is CREATING at first, and takes no items.
  const describe = () => client.send(new DescribeTableCommand({ TableName: tableName }));
  while ((await describe()).Table?.TableStatus !== 'ACTIVE');
}

async function embeddedTable(): Promise<TableUnderTest> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const account = new EmbeddedAccount(clock, { region, accountId: '123456789012' });
  account.add(new DynamoDb({ clock }));
  const client = new DynamoDBClient({
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: account.requestHandler(),
  });
  await createTable(client);
  return { client, tableName, stop: async () => client.destroy() };
}

async function dynaliteTable(): Promise<TableUnderTest> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    region,
    credentials,
    maxAttempts: 1,
    endpoint: `http://127.0.0.1:${port}`,
  });
  await createTable(client);
  return {
    client,
    tableName,
    async stop() {
      client.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Every kind of table that code must behave the same on, and how to start an empty one. */
export const TABLES: readonly (readonly [name: string, start: () => Promise<TableUnderTest>])[] = [
  ['the embedded account', embeddedTable],
  ['dynalite', dynaliteTable],
];
