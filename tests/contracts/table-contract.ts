import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A table to test, keyed by strings `pk` (HASH) and `sk` (RANGE), and empty. */
export interface TableUnderTest {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  stop(): Promise<void>;
}

type Item = Record<string, AttributeValue>;
type Values = Record<string, AttributeValue>;

interface ConditionCase {
  readonly condition: string;
  readonly holds: boolean;
  readonly names?: Record<string, string>;
  readonly values?: Values;
}

const S = (text: string): AttributeValue => ({ S: text });
const N = (number: number | string): AttributeValue => ({ N: String(number) });

/**
 * What a DynamoDB table must do for this project, whoever plays it.
 *
 * Left out, because dynalite, which runs this suite too, differs from DynamoDB there; the embedded
 * table's own tests cover them: ReturnValuesOnConditionCheckFailure (ignored by dynalite),
 * UpdateTimeToLive (unknown to it), `=` between maps or lists (never true), an order operator with
 * a boolean (fails the condition instead of being refused), REMOVE of two elements of one list (it
 * counts the second index after removing the first), the token in a syntax error's message.
 */
export function describeTableContract(name: string, start: () => Promise<TableUnderTest>): void {
  describe(`Table contract: ${name}`, () => {
    let table: TableUnderTest;
    let serial = 0;
    /** A partition of its own for each test, so that none sees the items of another. */
    const newKey = (sk = 'state'): { pk: AttributeValue; sk: AttributeValue } => ({
      pk: S(`p${++serial}`),
      sk: S(sk),
    });

    beforeAll(async () => {
      table = await start();
    });
    afterAll(() => table.stop());

    const put = (item: Item, more = {}) =>
      table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item, ...more }));
    const get = async (key: Item) =>
      (await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: key }))).Item;
    const update = (key: Item, more: Partial<UpdateItemCommandInput>) =>
      table.client.send(new UpdateItemCommand({ TableName: table.tableName, Key: key, ...more }));
    const remove = (key: Item, more = {}) =>
      table.client.send(new DeleteItemCommand({ TableName: table.tableName, Key: key, ...more }));
    const query = (more: Partial<QueryCommandInput>) =>
      table.client.send(new QueryCommand({ TableName: table.tableName, ...more }));

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

        const { Item: item } = await table.client.send(
          new GetItemCommand({
            TableName: table.tableName,
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

        const { Responses: responses } = await table.client.send(
          new BatchGetItemCommand({
            RequestItems: { [table.tableName]: { Keys: [one, two, three] } },
          }),
        );

        const found = (responses?.[table.tableName] ?? []).map((item) => item.a?.N).sort();
        expect(found).toEqual(['1', '3']);
      });

      it('describes its key schema', async () => {
        const { Table: description } = await table.client.send(
          new DescribeTableCommand({ TableName: table.tableName }),
        );

        expect(description?.TableStatus).toBe('ACTIVE');
        expect(description?.KeySchema).toEqual([
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ]);
      });
    });

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
        else
          await expect(attempt).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
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

    describe('refusals', () => {
      const values = { ':v': N(1) };
      const one: Partial<UpdateItemCommandInput> = { ExpressionAttributeValues: values };
      const invalidUpdates: Record<string, [Partial<UpdateItemCommandInput>, RegExp]> = {
        'a reserved word': [
          { ...one, UpdateExpression: 'SET status = :v' },
          /reserved keyword.*status/,
        ],
        'an undefined value': [{ UpdateExpression: 'SET a = :v' }, /value.*not defined.*:v/],
        'an undefined name': [{ ...one, UpdateExpression: 'SET #a = :v' }, /name.*not defined.*#a/],
        'an unused value': [
          { UpdateExpression: 'REMOVE a', ExpressionAttributeValues: values },
          /ExpressionAttributeValues unused.*:v/,
        ],
        'an unused name': [
          { ...one, UpdateExpression: 'SET a = :v', ExpressionAttributeNames: { '#b': 'b' } },
          /ExpressionAttributeNames unused.*#b/,
        ],
        'a syntax error': [{ ...one, UpdateExpression: 'SET a == :v' }, /Syntax error/],
        'three operands': [{ ...one, UpdateExpression: 'SET a = :v + :v + :v' }, /Syntax error/],
        nothing: [{ UpdateExpression: ' ' }, /Syntax error|can not be empty/],
        'a clause twice': [
          { ...one, UpdateExpression: 'SET a = :v SET b = :v' },
          /"SET" section can only be used once/,
        ],
        'overlapping paths': [{ ...one, UpdateExpression: 'SET a = :v, a.b = :v' }, /overlap/],
        'an unknown function': [
          { ...one, UpdateExpression: 'SET a = foo(b, :v)' },
          /Invalid function name.*foo/,
        ],
        'a key attribute': [
          { ...one, UpdateExpression: 'SET sk = :v' },
          /Cannot update attribute sk/,
        ],
        'adding a text': [
          { UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': S('1') } },
          /Incorrect operand type.*ADD/,
        ],
        'arithmetic on an absent attribute': [
          { ...one, UpdateExpression: 'SET a = absent + :v' },
          /does not exist in the item/,
        ],
        'arithmetic on a text': [
          { ...one, UpdateExpression: 'SET a = word + :v' },
          /incorrect data type/,
        ],
        'a path through nothing': [
          { ...one, UpdateExpression: 'SET absent.x = :v' },
          /document path.*invalid/,
        ],
        'redundant parentheses': [
          { ...one, UpdateExpression: 'REMOVE a', ConditionExpression: '((a = :v))' },
          /redundant parentheses/,
        ],
        'attribute_exists of a value': [
          { ...one, UpdateExpression: 'REMOVE a', ConditionExpression: 'attribute_exists(:v)' },
          /requires a document path/,
        ],
        'begins_with a number': [
          { ...one, UpdateExpression: 'REMOVE a', ConditionExpression: 'begins_with(a, :v)' },
          /Incorrect operand type.*begins_with.*N/,
        ],
        'begins_with one operand': [
          { ...one, UpdateExpression: 'REMOVE a', ConditionExpression: 'begins_with(:v)' },
          /Incorrect number of operands.*begins_with/,
        ],
      };

      it.each(Object.entries(invalidUpdates))(
        'an update with %s',
        async (_label, [input, message]) => {
          const key = newKey();
          const item = { ...key, word: S('text') };
          await put(item);

          await expect(update(key, input)).rejects.toMatchObject({
            name: 'ValidationException',
            message: expect.stringMatching(message),
          });
          expect(await get(key)).toEqual(item);
        },
      );

      it.each([
        ['without the hash key', 'sk = :v', /missed key schema element: pk/],
        ['with a range of hash keys', 'pk > :v', /not supported/],
        ['with OR', 'pk = :v OR sk = :v', /Invalid operator|Syntax error/],
        ['with <>', 'pk = :v AND sk <> :v', /Invalid operator/],
        ['with another attribute', 'pk = :v AND another = :v', /missed key schema element: sk/],
        ['with a key twice', 'sk = :v AND sk = :v', /one condition per key/],
      ])('a query %s', async (_label, expression, message) => {
        await expect(
          query({
            KeyConditionExpression: expression,
            ExpressionAttributeValues: { ':v': S('x') },
          }),
        ).rejects.toMatchObject({
          name: 'ValidationException',
          message: expect.stringMatching(message),
        });
      });

      it('a key that is not the schema’s', async () => {
        const expected = { name: 'ValidationException' };

        await expect(get({ pk: S('only') })).rejects.toMatchObject(expected);
        await expect(get({ pk: S('p'), sk: N(1) })).rejects.toMatchObject(expected);
        await expect(get({ ...newKey(), more: S('x') })).rejects.toMatchObject(expected);
        await expect(put({ pk: S('only') })).rejects.toMatchObject(expected);
        await expect(put({ pk: S('p'), sk: N(1) })).rejects.toMatchObject(expected);
      });

      it('values that are none', async () => {
        for (const value of [N('one'), N('1'.repeat(39)), N('1e126'), { SS: [] }]) {
          await expect(put({ ...newKey(), value })).rejects.toMatchObject({
            name: 'ValidationException',
          });
        }
      });

      it('an item over 400 KB', async () => {
        const room = 409_600 - 'pk'.length - 'sk'.length - 'text'.length - 's'.length;
        const key = newKey('s');
        const length = room - (key.pk.S as string).length;

        await put({ ...key, text: S('x'.repeat(length)) });
        await expect(put({ ...key, text: S('x'.repeat(length + 1)) })).rejects.toMatchObject({
          name: 'ValidationException',
          message: expect.stringMatching(/size has exceeded/),
        });
      });

      it('a table that does not exist', async () => {
        await expect(
          table.client.send(new GetItemCommand({ TableName: 'absent-table', Key: newKey() })),
        ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      });
    });
  });
}
