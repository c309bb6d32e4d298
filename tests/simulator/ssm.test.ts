import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { type EventEmitter, Ssm } from '../../simulator/account/ssm/ssm.ts';

const startMs = Date.UTC(2026, 0, 1);

function setUp() {
  const clock = new VirtualClock(startMs);
  const events: Parameters<EventEmitter['emit']>[0][] = [];
  const account = new EmbeddedAccount(clock, { region: 'eu-west-1', accountId: '123456789012' });
  account.add(new Ssm({ clock, events: { emit: (event) => events.push(event) } }));
  const client = new SSMClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: account.requestHandler(),
  });
  const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
    client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
  const get = async (Name: string) =>
    (await client.send(new GetParameterCommand({ Name }))).Parameter;
  return { clock, events, client, put, get };
}

describe('Class: Ssm', () => {
  it('gives back what was put, with its version and time', async () => {
    const { clock, put, get } = setUp();

    const created = await put('/fast-scaler/defaults', '{}');
    await clock.runUntil(startMs + 60_000);
    const updated = await put('/fast-scaler/defaults', '{"mode":"act"}', { Overwrite: true });

    expect(created).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect(updated).toMatchObject({ Version: 2 });
    expect(await get('/fast-scaler/defaults')).toEqual({
      Name: '/fast-scaler/defaults',
      Type: 'String',
      Value: '{"mode":"act"}',
      Version: 2,
      LastModifiedDate: new Date(startMs + 60_000),
      ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/fast-scaler/defaults',
      DataType: 'text',
    });
  });

  it('shows a SecureString to who asks for its decryption, to others a ciphertext', async () => {
    const { client, put } = setUp();
    await put('/app/key', 'secret', { Type: 'SecureString' });
    await put('/app/name', 'plain');
    const values = async (WithDecryption?: boolean) => {
      const how = WithDecryption === undefined ? {} : { WithDecryption };
      const one = await client.send(new GetParameterCommand({ Name: '/app/key', ...how }));
      const some = await client.send(
        new GetParametersCommand({ Names: ['/app/key', '/app/name'], ...how }),
      );
      const all = await client.send(new GetParametersByPathCommand({ Path: '/app', ...how }));
      return [one.Parameter, ...(some.Parameters ?? []), ...(all.Parameters ?? [])].map(
        (parameter) => parameter?.Value,
      );
    };
    expect(await values(true)).toEqual(['secret', 'secret', 'plain', 'secret', 'plain']);
    const encrypted = await values();
    const text = expect.stringMatching(/^[\w+/]{43}=$/);
    expect(encrypted).toEqual([text, text, 'plain', text, 'plain']);
    expect(new Set(encrypted).size).toBe(2);
    expect(await values(false)).toEqual(encrypted);
  });

  it('keeps older versions, the last hundred of them', async () => {
    const { put, get } = setUp();
    for (let i = 1; i <= 101; i++) await put('counter', `value ${i}`, { Overwrite: true });

    expect(await get('counter')).toMatchObject({ Value: 'value 101', Version: 101 });
    expect(await get('counter:2')).toMatchObject({ Value: 'value 2', Version: 2, Selector: ':2' });
    await expect(get('counter:1')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  });

  it('counts versions anew after a deletion', async () => {
    const { client, put } = setUp();
    await put('/a', '1');
    await put('/a', '2', { Overwrite: true });
    await client.send(new DeleteParameterCommand({ Name: '/a' }));

    expect(await put('/a', '3')).toMatchObject({ Version: 1 });
  });

  it('says what changed, without the value', async () => {
    const { client, events, put } = setUp();
    await put('/fast-scaler/targets/e/v', '{}', { Description: 'what differs' });
    await put('/fast-scaler/targets/e/v', '{"mode":"act"}', { Overwrite: true });
    await client.send(new DeleteParameterCommand({ Name: '/fast-scaler/targets/e/v' }));
    await put('flat', 'x');

    expect(events.map(({ detail }) => (detail as { operation: string }).operation)).toEqual([
      'Create',
      'Update',
      'Delete',
      'Create',
    ]);
    expect(events[1]).toEqual({
      source: 'aws.ssm',
      detailType: 'Parameter Store Change',
      resources: ['arn:aws:ssm:eu-west-1:123456789012:parameter/fast-scaler/targets/e/v'],
      detail: {
        operation: 'Update',
        name: '/fast-scaler/targets/e/v',
        type: 'String',
        description: 'what differs',
      },
    });
    expect(events[3]?.resources).toEqual(['arn:aws:ssm:eu-west-1:123456789012:parameter/flat']);
    expect(events[3]?.detail).toEqual({ operation: 'Create', name: 'flat', type: 'String' });
  });

  it('says nothing of what was refused', async () => {
    const { client, events, put } = setUp();
    await put('/a', '1');
    events.length = 0;

    await expect(put('/a', '2')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    await expect(
      client.send(new DeleteParameterCommand({ Name: '/absent' })),
    ).rejects.toMatchObject({ name: 'ParameterNotFound' });
    expect(events).toEqual([]);
  });

  it.each<[string, string, Partial<PutParameterCommandInput>, string | undefined]>([
    ['4096 bytes', 'x'.repeat(4096), {}, undefined],
    ['4097 bytes', 'x'.repeat(4097), {}, 'ValidationException'],
    ['8192 bytes, advanced', 'x'.repeat(8192), { Tier: 'Advanced' }, undefined],
    ['8193 bytes, advanced', 'x'.repeat(8193), { Tier: 'Advanced' }, 'ValidationException'],
    ['4097 bytes, intelligent', 'x'.repeat(4097), { Tier: 'Intelligent-Tiering' }, undefined],
    ['nothing', '', {}, 'ValidationException'],
    ['no type', 'x', { Type: undefined }, 'ValidationException'],
    ['an unknown type', 'x', { Type: 'Number' as 'String' }, 'ValidationException'],
    [
      'a pattern that is no regular expression',
      'abc',
      { AllowedPattern: '(' },
      'InvalidAllowedPatternException',
    ],
    ['what matches the pattern', 'abc', { AllowedPattern: '^[a-c]+$' }, undefined],
    [
      'what does not match the pattern',
      'abd',
      { AllowedPattern: '^[a-c]+$' },
      'ParameterPatternMismatchException',
    ],
  ])('takes or refuses a value: %s', async (_label, value, more, error) => {
    const { put, get } = setUp();
    const attempt = put('/limits', value, more);

    if (error === undefined) {
      await attempt;
      expect((await get('/limits'))?.Value).toBe(value);
    } else {
      await expect(attempt).rejects.toMatchObject({ name: error });
      await expect(get('/limits')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    }
  });

  it.each<[string, Partial<PutParameterCommandInput>, string]>([
    ['the type', { Type: 'SecureString' }, 'HierarchyTypeMismatchException'],
    ['the tier downwards', { Tier: 'Standard' }, 'ValidationException'],
    ['and tags', { Tags: [{ Key: 'a', Value: 'b' }] }, 'ValidationException'],
  ])('refuses to overwrite %s', async (_label, more, error) => {
    const { put } = setUp();
    await put('/a', '1', { Tier: 'Advanced' });

    await expect(put('/a', '2', { Overwrite: true, ...more })).rejects.toMatchObject({
      name: error,
    });
  });

  it('keeps the type when an overwrite names none', async () => {
    const { put, get } = setUp();
    await put('/a', '1', { Type: 'StringList' });

    await put('/a', '2', { Type: undefined, Overwrite: true });

    expect(await get('/a')).toMatchObject({ Type: 'StringList', Value: '2' });
  });

  it.each([
    ['flat', undefined],
    ['/one/two/three', undefined],
    [`/${Array.from({ length: 15 }, () => 'x').join('/')}`, undefined],
    [`/${Array.from({ length: 16 }, () => 'x').join('/')}`, 'HierarchyLevelLimitExceededException'],
    ['one/two', 'ValidationException'],
    ['/one//two', 'ValidationException'],
    ['/one/', 'ValidationException'],
    ['/with space', 'ValidationException'],
    ['/aws/thing', 'AccessDeniedException'],
    ['/aws-thing', 'ValidationException'],
    ['SSM-thing', 'ValidationException'],
    ['/mine/aws', undefined],
    [`/${'x'.repeat(1010)}`, undefined],
    [`/${'x'.repeat(1011)}`, 'ValidationException'],
  ])('takes or refuses the name %s', async (name, error) => {
    const { put } = setUp();

    if (error === undefined) await put(name, 'x');
    else await expect(put(name, 'x')).rejects.toMatchObject({ name: error });
  });

  describe('many at once', () => {
    it('names those that it did not find', async () => {
      const { client, put } = setUp();
      await put('/a', '1');
      await put('/b', '2');

      const found = await client.send(
        new GetParametersCommand({ Names: ['/b', '/c', '/a:1', '/a:2'] }),
      );

      expect(found.Parameters?.map((p) => p.Value)).toEqual(['2', '1']);
      expect(found.InvalidParameters).toEqual(['/c', '/a:2']);
      await expect(
        client.send(new GetParametersCommand({ Names: Array.from('abcdefghijk') })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });

    it('deletes', async () => {
      const { client, put, get } = setUp();
      await put('/a', '1');

      const deleted = await client.send(new DeleteParametersCommand({ Names: ['/a', '/b'] }));

      expect(deleted).toMatchObject({ DeletedParameters: ['/a'], InvalidParameters: ['/b'] });
      await expect(get('/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    });
  });

  describe('by path', () => {
    const names = ['/t/e1/v1', '/t/e1/v2', '/t/e2/v1', '/t/top', '/t', '/tt/e1'];

    it.each([
      ['one level', '/t', false, ['/t/top']],
      ['a trailing slash', '/t/', false, ['/t/top']],
      ['all levels', '/t', true, ['/t/e1/v1', '/t/e1/v2', '/t/e2/v1', '/t/top']],
      ['a deeper path', '/t/e1', true, ['/t/e1/v1', '/t/e1/v2']],
      ['everything', '/', true, [...names].sort()],
      ['an empty path', '/absent', true, []],
    ])('finds %s', async (_label, path, recursive, expected) => {
      const { client, put } = setUp();
      for (const name of names) await put(name, 'x');

      const found = await client.send(
        new GetParametersByPathCommand({ Path: path, Recursive: recursive }),
      );

      expect(found.Parameters?.map((p) => p.Name)).toEqual(expected);
      expect(found.NextToken).toBeUndefined();
    });

    it('pages by ten', async () => {
      const { client, put } = setUp();
      const all = Array.from({ length: 23 }, (_, i) => `/p/${String(i).padStart(2, '0')}`);
      for (const name of all) await put(name, 'x');

      const pages: (string | undefined)[][] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new GetParametersByPathCommand({ Path: '/p', NextToken }));
        pages.push((page.Parameters ?? []).map((p) => p.Name));
        ({ NextToken } = page);
      } while (NextToken);

      expect(pages.map((page) => page.length)).toEqual([10, 10, 3]);
      expect(pages.flat()).toEqual(all);
    });

    it.each<[string, object, string]>([
      ['a relative path', { Path: 'p' }, 'ValidationException'],
      ['eleven at a time', { Path: '/p', MaxResults: 11 }, 'ValidationException'],
      ['none at a time', { Path: '/p', MaxResults: 0 }, 'ValidationException'],
      ['a made-up token', { Path: '/p', NextToken: 'x' }, 'InvalidNextToken'],
      [
        'filters, which are not served',
        { Path: '/p', ParameterFilters: [{ Key: 'Type' }] },
        'ValidationException',
      ],
    ])('refuses %s', async (_label, input, error) => {
      const { client } = setUp();

      await expect(
        client.send(new GetParametersByPathCommand({ Path: '/', ...input })),
      ).rejects.toMatchObject({ name: error });
    });
  });

  it('describes parameters without their values', async () => {
    const { client, put } = setUp();
    await put('/a', 'secret', { Description: 'why' });

    const { Parameters: described } = await client.send(new DescribeParametersCommand({}));

    expect(described).toMatchObject([
      { Name: '/a', Version: 1, Tier: 'Standard', Description: 'why', Type: 'String' },
    ]);
    expect(JSON.stringify(described)).not.toContain('secret');
  });
});
