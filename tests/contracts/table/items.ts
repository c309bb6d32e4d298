import {
  type AttributeValue,
  BatchGetItemCommand,
  DescribeTableCommand,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type ContractTable, type Item, N, S } from './contract-table.ts';

export function describeItems({ newKey, put, get, remove, table }: ContractTable): void {
  describe('items', () => {
    it('gives back every type of value as it was put', async () => {
      const item: Item = {
        ...newKey(),
        text: S('grüße'),
        empty: S(''),
        number: N('-12.5'),
        yes: { BOOL: true },
        nothing: { NULL: true },
        bytes: { B: new Uint8Array([0, 255, 7]) },
        list: { L: [N(1), S('two')] },
        map: { M: { inner: { M: { deep: N(3) } } } },
        names: { SS: ['a', 'b'] },
      };

      await put(item);

      expect(await get({ pk: item.pk as AttributeValue, sk: item.sk as AttributeValue })).toEqual(
        item,
      );
    });

    it.each([
      ['1.50', '1.5'],
      ['0100', '100'],
      ['1e3', '1000'],
      ['-0', '0'],
      ['.5', '0.5'],
      ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ])('keeps the number %s as %s', async (given, kept) => {
      const key = newKey();

      await put({ ...key, number: N(given) });

      expect((await get(key))?.number).toEqual(N(kept));
    });

    it('replaces the whole item and returns the old one on request', async () => {
      const key = newKey();

      const first = await put({ ...key, a: N(1) }, { ReturnValues: 'ALL_OLD' });
      const second = await put({ ...key, b: N(2) }, { ReturnValues: 'ALL_OLD' });

      expect(first.Attributes).toBeUndefined();
      expect(second.Attributes).toEqual({ ...key, a: N(1) });
      expect(await get(key)).toEqual({ ...key, b: N(2) });
    });

    it('deletes an item, and an absent one without complaint', async () => {
      const key = newKey();
      await put({ ...key, a: N(1) });

      const first = await remove(key, { ReturnValues: 'ALL_OLD' });
      const second = await remove(key, { ReturnValues: 'ALL_OLD' });

      expect(first.Attributes).toEqual({ ...key, a: N(1) });
      expect(second.Attributes).toBeUndefined();
      expect(await get(key)).toBeUndefined();
    });

    it('projects attributes and map members', async () => {
      const key = newKey();
      await put({ ...key, a: N(1), b: N(2), m: { M: { x: N(3), y: N(4) } } });

      const { Item: item } = await table().client.send(
        new GetItemCommand({
          TableName: table().tableName,
          Key: key,
          ProjectionExpression: '#a, m.x, absent',
          ExpressionAttributeNames: { '#a': 'a' },
        }),
      );

      expect(item).toEqual({ a: N(1), m: { M: { x: N(3) } } });
    });

    it('gets many items at once, leaving out those that do not exist', async () => {
      const [one, two, three] = [newKey(), newKey(), newKey()];
      await put({ ...one, a: N(1) });
      await put({ ...three, a: N(3) });

      const { Responses: responses } = await table().client.send(
        new BatchGetItemCommand({
          RequestItems: { [table().tableName]: { Keys: [one, two, three] } },
        }),
      );

      const found = (responses?.[table().tableName] ?? []).map((item) => item.a?.N).sort();
      expect(found).toEqual(['1', '3']);
    });

    it('describes its key schema', async () => {
      const { Table: description } = await table().client.send(
        new DescribeTableCommand({ TableName: table().tableName }),
      );

      expect(description?.TableStatus).toBe('ACTIVE');
      expect(description?.KeySchema).toEqual([
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ]);
    });
  });
}
