import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { DynamoDb } from '../../simulator/account/dynamodb/dynamodb.ts';
import { describeTableContract } from './table-contract.ts';

const tableName = 'contract';
const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
}

describeTableContract('embedded account', async () => {
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
});

describeTableContract('dynalite', async () => {
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
});
