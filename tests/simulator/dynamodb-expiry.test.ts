import {
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { key, setUp, startMs, TableName } from './dynamodb-world.ts';

describe('time to live', () => {
  const expiring = (at: string, seconds: number) => ({
    ...key(at),
    expires: { N: String(startMs / 1000 + seconds) },
  });
  const enable = new UpdateTimeToLiveCommand({
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
  });

  it('lets items vanish once the lag has passed, not before', async () => {
    const { client, clock } = setUp({ expiryLagSeconds: 60 });
    await client.send(enable);
    await client.send(new PutItemCommand({ TableName, Item: expiring('1', 100) }));
    await client.send(new PutItemCommand({ TableName, Item: key('2') }));
    await client.send(new PutItemCommand({ TableName, Item: expiring('3', -6 * 366 * 86_400) }));
    const visible = async () => {
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': { S: 'x' } },
        }),
      );
      return page.Items?.map((item) => item.moment?.S);
    };

    await clock.runUntil(startMs + 160_000);
    expect(await visible()).toEqual(['1', '2', '3']);
    await clock.runUntil(startMs + 161_000);
    expect(await visible()).toEqual(['2', '3']);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: key('1') }));
    expect(Item).toBeUndefined();
  });

  it('frees expired items as others are written', async () => {
    const { client, clock, dynamoDb } = setUp({ expiryLagSeconds: 0 });
    await client.send(enable);
    const put = dynamoDb.operations.PutItem as (input: unknown) => unknown;
    for (let i = 0; i < 500; i++) put({ TableName, Item: expiring(`old${i}`, 10) });
    await clock.runUntil(startMs + 60_000);
    for (let i = 0; i < 600; i++) put({ TableName, Item: key(`new${i}`) });

    const describeTable = dynamoDb.operations.DescribeTable as (
      input: unknown,
      context: unknown,
    ) => { Table: { ItemCount: number } };
    const { ItemCount } = describeTable({ TableName }, { region: 'r', accountId: '1' }).Table;
    expect(ItemCount).toBe(600);
  });

  it('is described, and enabled once', async () => {
    const { client } = setUp();
    const describeTtl = () => client.send(new DescribeTimeToLiveCommand({ TableName }));

    expect((await describeTtl()).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await client.send(enable);
    expect((await describeTtl()).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    });
    await expect(client.send(enable)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
