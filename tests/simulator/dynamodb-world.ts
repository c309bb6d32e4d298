import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { DynamoDb } from '../../simulator/account/dynamodb/dynamodb.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const TableName = 'things';

export function setUp(options: { expiryLagSeconds?: number } = {}) {
  const clock = new VirtualClock(startMs);
  const dynamoDb = new DynamoDb({ clock, ...options });
  dynamoDb.createTable({ name: TableName, key: { hash: 'id', range: 'moment' } });
  const account = new EmbeddedAccount(clock, { region: 'eu-west-1', accountId: '123456789012' });
  account.add(dynamoDb);
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: account.requestHandler(),
  });
  return { clock, dynamoDb, client };
}

export const key = (at: string) => ({ id: { S: 'x' }, moment: { S: at } });
