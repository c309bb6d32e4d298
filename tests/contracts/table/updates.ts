import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type ContractTable, type Item, N, S, type Values } from './contract-table.ts';

export function describeUpdates({ newKey, put, get, update }: ContractTable): void {
  describe('updates', () => {
    const before: Item = {
      count: N(10),
      text: S('old'),
      map: { M: { x: N(1) } },
      list: { L: [S('a'), S('b'), S('c')] },
    };
    const names = { '#c': 'count', '#t': 'text', '#m': 'map', '#l': 'list' };
    interface UpdateCase {
      readonly expression: string;
      readonly values?: Values;
      /** What differs from `before`; undefined means removed. */
      readonly after: Record<string, AttributeValue | undefined>;
    }
    const cases: Record<string, UpdateCase> = {
      'SET a value': {
        expression: 'SET #t = :v',
        values: { ':v': S('new') },
        after: { text: S('new') },
      },
      'SET several': {
        expression: 'SET #t = :v, added = :w',
        values: { ':v': S('new'), ':w': N(1) },
        after: { text: S('new'), added: N(1) },
      },
      'SET from another attribute': {
        expression: 'SET twin = #c',
        after: { twin: N(10) },
      },
      'SET a + :v': {
        expression: 'SET #c = #c + :v',
        values: { ':v': N(5) },
        after: { count: N(15) },
      },
      'SET a - :v': {
        expression: 'SET #c = #c - :v',
        values: { ':v': N(15) },
        after: { count: N(-5) },
      },
      'SET :v + a': {
        expression: 'SET #c = :v + #c',
        values: { ':v': N(1) },
        after: { count: N(11) },
      },
      'decimals without rounding': {
        expression: 'SET tenth = :a + :b',
        values: { ':a': N('0.1'), ':b': N('0.2') },
        after: { tenth: N('0.3') },
      },
      'integers beyond a double': {
        expression: 'SET big = :a + :b',
        values: { ':a': N('9007199254740993'), ':b': N(2) },
        after: { big: N('9007199254740995') },
      },
      'if_not_exists of a present one': {
        expression: 'SET #c = if_not_exists(#c, :v)',
        values: { ':v': N(0) },
        after: {},
      },
      'if_not_exists of an absent one': {
        expression: 'SET fresh = if_not_exists(fresh, :v)',
        values: { ':v': N(0) },
        after: { fresh: N(0) },
      },
      'if_not_exists inside arithmetic': {
        expression:
          'SET fresh = if_not_exists(fresh, :zero) + :one, #c = if_not_exists(#c, :zero) + :one',
        values: { ':zero': N(0), ':one': N(1) },
        after: { fresh: N(1), count: N(11) },
      },
      'operands are those before the update': {
        expression: 'SET #c = :v, twin = #c',
        values: { ':v': N(99) },
        after: { count: N(99), twin: N(10) },
      },
      'SET in a map': {
        expression: 'SET #m.y = :v',
        values: { ':v': N(2) },
        after: { map: { M: { x: N(1), y: N(2) } } },
      },
      'SET in a list, and past its end': {
        expression: 'SET #l[1] = :v, #l[9] = :w',
        values: { ':v': S('B'), ':w': S('z') },
        after: { list: { L: [S('a'), S('B'), S('c'), S('z')] } },
      },
      REMOVE: { expression: 'REMOVE #t, absent', after: { text: undefined } },
      'REMOVE in a map': { expression: 'REMOVE #m.x', after: { map: { M: {} } } },
      'ADD to a present number': {
        expression: 'ADD #c :v',
        values: { ':v': N(-3) },
        after: { count: N(7) },
      },
      'ADD to an absent number': {
        expression: 'ADD fresh :v',
        values: { ':v': N(3) },
        after: { fresh: N(3) },
      },
      'all clauses at once, in any order and case': {
        expression: 'remove #t add #c :v set fresh = :v',
        values: { ':v': N(1) },
        after: { text: undefined, count: N(11), fresh: N(1) },
      },
    };

    it.each(Object.entries(cases))('%s', async (_label, { expression, values, after }) => {
      const key = newKey();
      await put({ ...key, ...before });
      const usedNames = Object.entries(names).filter(([name]) => expression.includes(name));

      const { Attributes: attributes } = await update(key, {
        UpdateExpression: expression,
        ReturnValues: 'ALL_NEW',
        ...(values && { ExpressionAttributeValues: values }),
        ...(usedNames.length > 0 && { ExpressionAttributeNames: Object.fromEntries(usedNames) }),
      });

      const expected = Object.fromEntries(
        Object.entries({ ...key, ...before, ...after }).filter(([, value]) => value),
      );
      expect(attributes).toEqual(expected);
      expect(await get(key)).toEqual(expected);
    });

    it('creates the item that it does not find', async () => {
      const key = newKey();

      await update(key, {
        UpdateExpression: 'SET a = :v',
        ExpressionAttributeValues: { ':v': N(1) },
      });

      expect(await get(key)).toEqual({ ...key, a: N(1) });
    });

    it('counts every one of many concurrent increments', async () => {
      const key = newKey();
      const increment = () =>
        update(key, {
          UpdateExpression: 'SET hits = if_not_exists(hits, :zero) + :one',
          ExpressionAttributeValues: { ':zero': N(0), ':one': N(1) },
        });

      await Promise.all(Array.from({ length: 25 }, increment));

      expect((await get(key))?.hits).toEqual(N(25));
    });

    it.each([
      ['NONE', undefined],
      ['ALL_OLD', { a: N(1), b: N(1) }],
      ['ALL_NEW', { a: N(2), b: N(1) }],
      ['UPDATED_OLD', { a: N(1) }],
      ['UPDATED_NEW', { a: N(2) }],
    ] as const)('returns what ReturnValues %s asks for', async (returns, attributes) => {
      const key = newKey();
      await put({ ...key, a: N(1), b: N(1) });

      const output = await update(key, {
        UpdateExpression: 'SET a = :v',
        ExpressionAttributeValues: { ':v': N(2) },
        ReturnValues: returns,
      });

      const whole = returns === 'ALL_OLD' || returns === 'ALL_NEW';
      expect(output.Attributes).toEqual(whole ? { ...key, ...attributes } : attributes);
    });
  });
}
