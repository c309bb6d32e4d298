import { describe, expect, it } from 'vitest';
import { type ContractTable, type Item, N, S, type Values } from './contract-table.ts';

interface ConditionCase {
  readonly condition: string;
  readonly holds: boolean;
  readonly names?: Record<string, string>;
  readonly values?: Values;
}

export function describeConditions({ newKey, put, get, update, remove }: ContractTable): void {
  describe('conditions', () => {
    const item: Item = {
      version: N(9),
      label: S('banana'),
      flag: { BOOL: true },
      status: S('InService'),
      limits: { M: { low: N(2) } },
      history: { L: [N(5), N(6)] },
      capacity_1: N('10.5'),
    };
    const cases: Record<string, ConditionCase> = {
      'attribute_exists of a present one': {
        condition: 'attribute_exists(version)',
        holds: true,
      },
      'attribute_exists of an absent one': {
        condition: 'attribute_exists(absent)',
        holds: false,
      },
      'attribute_exists in a map': { condition: 'attribute_exists(limits.low)', holds: true },
      'attribute_exists past a list': { condition: 'attribute_exists(history[2])', holds: false },
      'attribute_not_exists of an absent one': {
        condition: 'attribute_not_exists(absent)',
        holds: true,
      },
      'attribute_not_exists of a present one': {
        condition: 'attribute_not_exists(version)',
        holds: false,
      },
      'an inherited object member is no attribute': {
        condition: 'attribute_exists(toString)',
        holds: false,
      },
      begins_with: {
        condition: 'begins_with(label, :v)',
        values: { ':v': S('ban') },
        holds: true,
      },
      'begins_with another': {
        condition: 'begins_with(label, :v)',
        values: { ':v': S('an') },
        holds: false,
      },
      'begins_with of a number': {
        condition: 'begins_with(version, :v)',
        values: { ':v': S('9') },
        holds: false,
      },
      equal: { condition: 'version = :v', values: { ':v': N(9) }, holds: true },
      'equal as a number, not as text': {
        condition: 'version = :v',
        values: { ':v': N('9.0') },
        holds: true,
      },
      'equal of another type': {
        condition: 'version = :v',
        values: { ':v': S('9') },
        holds: false,
      },
      'equal with an absent attribute': {
        condition: 'absent = :v',
        values: { ':v': N(9) },
        holds: false,
      },
      'value first': { condition: ':v = version', values: { ':v': N(9) }, holds: true },
      'equal to another attribute': { condition: 'version = limits.low', holds: false },
      'not equal': { condition: 'version <> :v', values: { ':v': N(8) }, holds: true },
      'not equal to itself': { condition: 'version <> :v', values: { ':v': N(9) }, holds: false },
      'not equal of another type': {
        condition: 'version <> :v',
        values: { ':v': S('9') },
        holds: true,
      },
      'not equal with an absent attribute': {
        condition: 'absent <> :v',
        values: { ':v': N(9) },
        holds: true,
      },
      'less, as numbers': { condition: 'version < :v', values: { ':v': N(10) }, holds: true },
      'less than itself': { condition: 'version < :v', values: { ':v': N(9) }, holds: false },
      'less, as text': { condition: 'label < :v', values: { ':v': S('banane') }, holds: true },
      'less with an absent attribute': {
        condition: 'absent < :v',
        values: { ':v': N(9) },
        holds: false,
      },
      'less over types': { condition: 'label < :v', values: { ':v': N(9) }, holds: false },
      'at most': { condition: 'version <= :v', values: { ':v': N(9) }, holds: true },
      'at most, one less': { condition: 'version <= :v', values: { ':v': N(8) }, holds: false },
      greater: { condition: 'capacity_1 > :v', values: { ':v': N('10.49') }, holds: true },
      'greater than itself': {
        condition: 'capacity_1 > :v',
        values: { ':v': N('10.50') },
        holds: false,
      },
      'at least': { condition: 'version >= :v', values: { ':v': N(9) }, holds: true },
      'at least, one more': { condition: 'version >= :v', values: { ':v': N(10) }, holds: false },
      'numbers beyond a double': {
        condition: ':a < :b',
        values: { ':a': N('9007199254740993'), ':b': N('9007199254740994') },
        holds: true,
      },
      'between, at its edges': {
        condition: 'version BETWEEN :a AND :b',
        values: { ':a': N(9), ':b': N(9) },
        holds: true,
      },
      'between, beside it': {
        condition: 'version BETWEEN :a AND :b',
        values: { ':a': N(10), ':b': N(11) },
        holds: false,
      },
      in: {
        condition: 'version IN (:a, :b)',
        values: { ':a': N(8), ':b': N(9) },
        holds: true,
      },
      'not in': { condition: 'version IN (:a)', values: { ':a': N(8) }, holds: false },
      'AND, one false': {
        condition: 'version = :v AND label = :v',
        values: { ':v': N(9) },
        holds: false,
      },
      'OR, one true': {
        condition: 'version = :v OR label = :v',
        values: { ':v': N(9) },
        holds: true,
      },
      NOT: { condition: 'NOT version = :v', values: { ':v': N(8) }, holds: true },
      'NOT binds closer than AND': {
        condition: 'NOT version = :v AND version = :v',
        values: { ':v': N(8) },
        holds: false,
      },
      'AND binds closer than OR': {
        condition: 'version = :v OR version = :v AND attribute_exists(absent)',
        values: { ':v': N(9) },
        holds: true,
      },
      parentheses: {
        condition: '(version = :v OR version = :v) AND attribute_exists(absent)',
        values: { ':v': N(9) },
        holds: false,
      },
      'NOT before parentheses': {
        condition: 'NOT (version = :v AND attribute_exists(absent))',
        values: { ':v': N(9) },
        holds: true,
      },
      'two groups side by side': {
        condition: '((version = :v) AND (attribute_exists(label)))',
        values: { ':v': N(9) },
        holds: true,
      },
      'keywords in lower case': {
        condition: 'not version = :a and version between :a and :b',
        values: { ':a': N(8), ':b': N(10) },
        holds: true,
      },
      'placeholders for names': {
        condition: '#s = :v AND #l.#m = :n',
        names: { '#s': 'status', '#l': 'limits', '#m': 'low' },
        values: { ':v': S('InService'), ':n': N(2) },
        holds: true,
      },
      'a list element': { condition: 'history[1] = :v', values: { ':v': N(6) }, holds: true },
    };

    it.each(Object.entries(cases))('%s', async (_label, { condition, holds, names, values }) => {
      const key = newKey();
      await put({ ...key, ...item });

      const attempt = update(key, {
        UpdateExpression: 'SET written = :written',
        ConditionExpression: condition,
        ExpressionAttributeValues: { ...values, ':written': N(1) },
        ...(names && { ExpressionAttributeNames: names }),
      });

      if (holds) await attempt;
      else await expect(attempt).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
      expect((await get(key))?.written).toEqual(holds ? N(1) : undefined);
    });

    it('guards a put and a delete as well', async () => {
      const key = newKey();
      await put({ ...key, version: N(1) });
      const failed = { name: 'ConditionalCheckFailedException' };

      await expect(
        put({ ...key, version: N(2) }, { ConditionExpression: 'attribute_not_exists(pk)' }),
      ).rejects.toMatchObject(failed);
      await expect(
        remove(key, {
          ConditionExpression: 'version = :v',
          ExpressionAttributeValues: { ':v': N(7) },
        }),
      ).rejects.toMatchObject(failed);
      expect(await get(key)).toEqual({ ...key, version: N(1) });
      await remove(key, {
        ConditionExpression: 'version = :v',
        ExpressionAttributeValues: { ':v': N(1) },
      });
      expect(await get(key)).toBeUndefined();
    });

    it('lets one of two writers with the same expected version win', async () => {
      const key = newKey();
      await put({ ...key, version: N(4) });
      const write = (writer: string) =>
        update(key, {
          UpdateExpression: 'SET version = :next, writer = :writer',
          ConditionExpression: 'version = :expected',
          ExpressionAttributeValues: { ':next': N(5), ':expected': N(4), ':writer': S(writer) },
        }).then(() => writer);

      const outcomes = await Promise.allSettled([write('a'), write('b')]);

      const winners = outcomes.flatMap((o) => (o.status === 'fulfilled' ? [o.value] : []));
      const losers = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.name] : []));
      expect(winners).toHaveLength(1);
      expect(losers).toEqual(['ConditionalCheckFailedException']);
      expect(await get(key)).toEqual({ ...key, version: N(5), writer: S(winners[0] as string) });
    });

    it('lets one of two creators win', async () => {
      const key = newKey();
      const create = (writer: string) =>
        put({ ...key, writer: S(writer) }, { ConditionExpression: 'attribute_not_exists(pk)' });

      const outcomes = await Promise.allSettled([create('a'), create('b')]);

      expect(outcomes.map((o) => o.status).sort()).toEqual(['fulfilled', 'rejected']);
    });
  });
}
