import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ContractTable, type Item, N, S, type Values } from './contract-table.ts';

export function describeQueries({ put, query }: ContractTable): void {
  describe('queries', () => {
    const sorts = ['d#1', 'd#2', 'd#3', 'e#1', 'state'];
    let pk: AttributeValue;

    beforeAll(async () => {
      pk = S('queried');
      // Not in the order of their keys, so that the order of the answers is the table's own.
      for (const sk of [...sorts].reverse()) await put({ pk, sk: S(sk), weight: N(sk.length) });
      await put({ pk: S('queried2'), sk: S('d#1') });
    });

    const sortKeys = (items: Item[] | undefined) => items?.map((item) => item.sk?.S);

    it.each([
      ['whole partition', '', {}, sorts],
      ['=', 'AND sk = :a', { ':a': S('d#2') }, ['d#2']],
      ['= of an absent one', 'AND sk = :a', { ':a': S('d#') }, []],
      ['begins_with', 'AND begins_with(sk, :a)', { ':a': S('d#') }, ['d#1', 'd#2', 'd#3']],
      ['begins_with to the end', 'AND begins_with(sk, :a)', { ':a': S('s') }, ['state']],
      [
        'BETWEEN',
        'AND sk BETWEEN :a AND :b',
        { ':a': S('d#2'), ':b': S('e#1') },
        ['d#2', 'd#3', 'e#1'],
      ],
      ['<', 'AND sk < :a', { ':a': S('d#2') }, ['d#1']],
      ['<=', 'AND sk <= :a', { ':a': S('d#2') }, ['d#1', 'd#2']],
      ['>', 'AND sk > :a', { ':a': S('e#1') }, ['state']],
      ['>=', 'AND sk >= :a', { ':a': S('e#1') }, ['e#1', 'state']],
      ['value first', 'AND :a > sk', { ':a': S('d#2') }, ['d#1']],
    ])('finds by %s', async (_label, range, values, found) => {
      const input = {
        KeyConditionExpression: `pk = :pk ${range}`,
        ExpressionAttributeValues: { ':pk': pk, ...(values as Values) },
      };

      const ascending = await query(input);
      const descending = await query({ ...input, ScanIndexForward: false });

      expect(sortKeys(ascending.Items)).toEqual(found);
      expect(sortKeys(descending.Items)).toEqual([...found].reverse());
      expect(ascending.Count).toBe(found.length);
      expect(ascending.LastEvaluatedKey).toBeUndefined();
    });

    it('takes names, parentheses and the range key first', async () => {
      const { Items: items } = await query({
        KeyConditionExpression: '(begins_with(#s, :a)) AND (#p = :pk)',
        ExpressionAttributeNames: { '#s': 'sk', '#p': 'pk' },
        ExpressionAttributeValues: { ':pk': pk, ':a': S('e') },
      });

      expect(sortKeys(items)).toEqual(['e#1']);
    });

    it.each([
      ['ascending', true, 2, [['d#1', 'd#2'], ['d#3', 'e#1'], ['state']]],
      ['descending', false, 2, [['state', 'e#1'], ['d#3', 'd#2'], ['d#1']]],
      ['one at a time', true, 1, [['d#1'], ['d#2'], ['d#3'], ['e#1'], ['state'], []]],
      ['a page as long as the partition', true, 5, [sorts, []]],
      ['a longer page', true, 6, [sorts]],
    ])('pages: %s', async (_label, forward, limit, expected) => {
      const pages: (string | undefined)[][] = [];
      let from: Item | undefined;
      do {
        const page = await query({
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ScanIndexForward: forward,
          Limit: limit,
          ExclusiveStartKey: from,
        });
        pages.push(sortKeys(page.Items) ?? []);
        from = page.LastEvaluatedKey;
      } while (from);

      expect(pages).toEqual(expected);
    });

    it('pages within a range of sort keys', async () => {
      const input = {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :d)',
        ExpressionAttributeValues: { ':pk': pk, ':d': S('d#') },
        Limit: 2,
      };

      const first = await query(input);
      const second = await query({ ...input, ExclusiveStartKey: first.LastEvaluatedKey });

      expect(first.LastEvaluatedKey).toEqual({ pk, sk: S('d#2') });
      expect(sortKeys(second.Items)).toEqual(['d#3']);
      expect(second.LastEvaluatedKey).toBeUndefined();
    });

    it('filters after it has counted towards the limit', async () => {
      const page = await query({
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'weight > :w',
        ProjectionExpression: 'sk',
        ExpressionAttributeValues: { ':pk': pk, ':w': N(3) },
        Limit: 4,
      });

      expect(page.Items).toEqual([]);
      expect(page.ScannedCount).toBe(4);
      expect(page.LastEvaluatedKey).toEqual({ pk, sk: S('e#1') });
    });

    it('counts without items', async () => {
      const page = await query({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        Select: 'COUNT',
      });

      expect(page.Count).toBe(5);
      expect(page.Items).toBeUndefined();
    });
  });
}
