import { GetItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type ContractTable, N, S } from './contract-table.ts';

export function describeRefusals({ newKey, put, get, update, query, table }: ContractTable): void {
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
        table().client.send(new GetItemCommand({ TableName: 'absent-table', Key: newKey() })),
      ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });
}
