import {
  BatchGetItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
} from '../../simulator/account/dynamodb/decimal.ts';
import { key, setUp, TableName } from './dynamodb-world.ts';

describe('Class: DynamoDb', () => {
  it('shows the item that failed a condition on request', async () => {
    const { client } = setUp();
    const item = { ...key('1'), version: { N: '3' } };
    await client.send(new PutItemCommand({ TableName, Item: item }));
    const attempt = (at: string, show?: 'ALL_OLD') =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: key(at),
          ConditionExpression: 'version = :v',
          ExpressionAttributeValues: { ':v': { N: '4' } },
          ReturnValuesOnConditionCheckFailure: show,
        }),
      );

    const name = 'ConditionalCheckFailedException';
    await expect(attempt('1', 'ALL_OLD')).rejects.toMatchObject({ name, Item: item });
    await expect(attempt('1')).rejects.toMatchObject({ name, Item: undefined });
    await expect(attempt('absent', 'ALL_OLD')).rejects.toMatchObject({ name, Item: undefined });
  });

  it.each([
    [
      'equal maps',
      { M: { a: { N: '1' }, b: { S: 'x' } } },
      { M: { b: { S: 'x' }, a: { N: '1.0' } } },
      true,
    ],
    ['maps that differ', { M: { a: { N: '1' } } }, { M: { a: { N: '2' } } }, false],
    ['a map with more', { M: { a: { N: '1' } } }, { M: { a: { N: '1' }, b: { N: '1' } } }, false],
    ['equal lists', { L: [{ N: '1' }, { S: 'x' }] }, { L: [{ N: '1' }, { S: 'x' }] }, true],
    [
      'lists in another order',
      { L: [{ N: '1' }, { N: '2' }] },
      { L: [{ N: '2' }, { N: '1' }] },
      false,
    ],
    ['sets in another order', { SS: ['a', 'b'] }, { SS: ['b', 'a'] }, true],
    ['sets that differ', { NS: ['1', '2'] }, { NS: ['1', '3'] }, false],
  ])('compares %s', async (_label, stored, asked, equal) => {
    const { client } = setUp();
    await client.send(new PutItemCommand({ TableName, Item: { ...key('1'), thing: stored } }));

    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        FilterExpression: 'thing = :thing',
        ExpressionAttributeValues: { ':id': { S: 'x' }, ':thing': asked },
      }),
    );

    expect(page.Count).toBe(equal ? 1 : 0);
  });

  it('sorts keys by their UTF-8 bytes', async () => {
    const { client } = setUp();
    const sorted = ['a', 'b', 'ab'.repeat(2), 'é', '～', '😀'].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    for (const at of [...sorted].reverse()) {
      await client.send(new PutItemCommand({ TableName, Item: key(at) }));
    }

    const { Items: items } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'x' } },
      }),
    );

    expect(items?.map((item) => item.moment?.S)).toEqual(sorted);
    expect(sorted.indexOf('😀')).toBeGreaterThan(sorted.indexOf('～'));
  });

  it('ends a page at 1 MB', async () => {
    const { client } = setUp();
    for (const at of ['1', '2', '3', '4']) {
      const Item = { ...key(at), text: { S: 'x'.repeat(350_000) } };
      await client.send(new PutItemCommand({ TableName, Item }));
    }
    const query = (from?: ReturnType<typeof key>) =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': { S: 'x' } },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );

    const first = await query();
    const second = await query(key('3'));

    expect(first).toMatchObject({ Count: 3, LastEvaluatedKey: key('3') });
    expect(second).toMatchObject({ Count: 1 });
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  it.each([
    ['of another partition', { id: { S: 'y' }, moment: { S: '2' } }, /starting key is invalid/],
    ['outside the range', key('1'), /outside query boundaries/],
  ])('refuses a starting key %s', async (_label, from, message) => {
    const { client } = setUp();

    await expect(
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'id = :id AND moment >= :at',
          ExpressionAttributeValues: { ':id': { S: 'x' }, ':at': { S: '2' } },
          ExclusiveStartKey: from,
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it('serves a table without a range key', async () => {
    const { client, dynamoDb } = setUp();
    dynamoDb.createTable({ name: 'plain', key: { hash: 'id' } });
    const Item = { id: { S: 'only' }, a: { N: '1' } };
    await client.send(new PutItemCommand({ TableName: 'plain', Item }));

    const page = await client.send(
      new QueryCommand({
        TableName: 'plain',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'only' } },
        Limit: 1,
      }),
    );

    expect(page.Items).toEqual([Item]);
    expect(page.LastEvaluatedKey).toEqual({ id: { S: 'only' } });
    await expect(
      client.send(new GetItemCommand({ TableName: 'plain', Key: key('1') })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('removes list elements by the indexes that they had before', async () => {
    const { client } = setUp();
    const list = { L: ['a', 'b', 'c'].map((text) => ({ S: text })) };
    await client.send(new PutItemCommand({ TableName, Item: { ...key('1'), list } }));

    const { Attributes: attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: key('1'),
        UpdateExpression: 'REMOVE #l[0], #l[1]',
        ExpressionAttributeNames: { '#l': 'list' },
        ReturnValues: 'ALL_NEW',
      }),
    );

    expect(attributes?.list).toEqual({ L: [{ S: 'c' }] });
  });

  it.each([
    ['the same key twice', [key('1'), key('1')]],
    ['no key', []],
    ['101 keys', Array.from({ length: 101 }, (_, i) => key(`${i}`))],
  ])('refuses a batch with %s', async (_label, Keys) => {
    const { client } = setUp();

    await expect(
      client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('keeps expressions apart that differ in their names only', async () => {
    const { client } = setUp();
    const set = (attribute: string) =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key('1'),
          UpdateExpression: 'SET #a = :v',
          ExpressionAttributeNames: { '#a': attribute },
          ExpressionAttributeValues: { ':v': { S: attribute } },
        }),
      );

    await set('one');
    await set('two');

    const { Item } = await client.send(new GetItemCommand({ TableName, Key: key('1') }));
    expect(Item).toEqual({ ...key('1'), one: { S: 'one' }, two: { S: 'two' } });
  });

  it.each([
    ['the token and its neighbours', 'SET a == :v', /Syntax error; token: "=", near: "== :v"/],
    ['a character of no token', 'SET a = ?', /Syntax error; token: "\?", near: "\?"/],
    ['the end', 'SET a =', /Syntax error; token: "<EOF>"/],
    ['what is not served', 'DELETE a :v', /serves SET, REMOVE and ADD/],
  ])('names %s in a syntax error', async (_label, expression, message) => {
    const { client } = setUp();

    await expect(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key('1'),
          UpdateExpression: expression,
          ExpressionAttributeValues: { ':v': { N: '1' } },
        }),
      ),
    ).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it('refuses an order operator with a boolean', async () => {
    const { client } = setUp();

    await expect(
      client.send(
        new PutItemCommand({
          TableName,
          Item: key('1'),
          ConditionExpression: 'a < :v',
          ExpressionAttributeValues: { ':v': { BOOL: true } },
        }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/operator or function: <, operand type: BOOL/),
    });
  });

  it('refuses request members that it would have to ignore', async () => {
    const { client } = setUp();

    await expect(
      client.send(
        new QueryCommand({ TableName, IndexName: 'by-time', KeyConditionExpression: 'a = b' }),
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/does not serve IndexName of Query/),
    });
  });

  it.each<[string, Partial<CreateTableCommandInput>, string]>([
    ['that exists', { TableName }, 'ResourceInUseException'],
    [
      'with a number for a key',
      { AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }] },
      'ValidationException',
    ],
    ['without a key definition', { AttributeDefinitions: [] }, 'ValidationException'],
    ['with a stream', { StreamSpecification: { StreamEnabled: true } }, 'ValidationException'],
    ['with a short name', { TableName: 'ab' }, 'ValidationException'],
  ])('refuses to create a table %s', async (_label, change, name) => {
    const { client } = setUp();

    await expect(
      client.send(
        new CreateTableCommand({
          TableName: 'new',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          ...change,
        }),
      ),
    ).rejects.toMatchObject({ name });
  });
});

describe('Numbers', () => {
  const decimals = fc
    .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => ({ digits, places, text: `${digits}e-${places}` }));
  const scaled = ({ digits, places }: { digits: bigint; places: number }) =>
    digits * 10n ** BigInt(12 - places);

  it('add, subtract and compare exactly', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [left, right] = [canonicalNumber(a.text), canonicalNumber(b.text)];
        const [x, y] = [scaled(a), scaled(b)];

        expect(addNumbers(left, right, 1)).toBe(canonicalNumber(`${x + y}e-12`));
        expect(addNumbers(left, right, -1)).toBe(canonicalNumber(`${x - y}e-12`));
        expect(Math.sign(compareNumbers(left, right))).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  it.each([
    ['1e125', `1${'0'.repeat(125)}`],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['-1.2300', '-1.23'],
    ['+5', '5'],
  ])('write %s plainly', (given, plain) => {
    expect(canonicalNumber(given)).toBe(plain);
  });

  it.each(['1e126', '1e-131', '', '-', '.', '1 2', '0x10', 'NaN', `1${'2'.repeat(38)}`])(
    'refuse "%s"',
    (given) => {
      expect(() => canonicalNumber(given)).toThrow();
    },
  );
});
