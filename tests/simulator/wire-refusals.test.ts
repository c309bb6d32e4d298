import { gzipSync } from 'node:zlib';
import { cbor } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import { MOST_BODY_BYTES } from '../../simulator/account/wire/body.ts';
import type { WireRequest } from '../../simulator/account/wire/protocol.ts';
import { signed, world } from './wire-world.ts';

describe('requests that cannot be taken', () => {
  const json = (body: string | Uint8Array, headers: Record<string, string> = {}): WireRequest => ({
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'SageMaker.ListEndpoints',
      ...headers,
    },
    body,
  });
  const form = (body: string, headers: Record<string, string> = {}): WireRequest => ({
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: signed('monitoring'),
      ...headers,
    },
    body,
  });
  const rpc = (path: string, body: Uint8Array, protocol = 'rpc-v2-cbor'): WireRequest => ({
    path,
    headers: { 'smithy-protocol': protocol, 'content-type': 'application/cbor' },
    body,
  });
  const describeAlarms = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
  const rest = (path: string, method = 'POST'): WireRequest => ({
    method,
    path,
    headers: {},
    body: 'x',
  });

  it.each<[label: string, request: WireRequest, status: number, code: string]>([
    ['JSON: no target', { headers: {}, body: '{}' }, 400, 'MissingAction'],
    [
      'JSON: unknown service',
      json('{}', { 'x-amz-target': 'Nope.List' }),
      400,
      'UnknownOperationException',
    ],
    [
      'JSON: unknown operation',
      json('{}', { 'x-amz-target': 'SageMaker.Nope' }),
      400,
      'UnknownOperationException',
    ],
    [
      'JSON: a property of every object',
      json('{}', { 'x-amz-target': 'SageMaker.constructor' }),
      400,
      'UnknownOperationException',
    ],
    ['JSON: cut off', json('{"a":'), 400, 'SerializationException'],
    ['JSON: an array', json('[]'), 400, 'SerializationException'],
    [
      'JSON: wrong region',
      json('{}', { authorization: signed('sagemaker', 'us-east-1') }),
      403,
      'InvalidSignatureException',
    ],
    ['JSON: not gzip', json('{}', { 'content-encoding': 'gzip' }), 400, 'SerializationException'],
    [
      'JSON: packed in another way',
      json('{}', { 'content-encoding': 'br' }),
      400,
      'SerializationException',
    ],
    [
      'JSON: unpacks to too much',
      json(gzipSync(Buffer.alloc(MOST_BODY_BYTES + 1, 32)), { 'content-encoding': 'gzip' }),
      413,
      'RequestEntityTooLarge',
    ],
    ['query: no action', form('Version=2010-08-01'), 400, 'MissingAction'],
    ['query: unknown action', form('Action=Nope&Version=2010-08-01'), 400, 'InvalidAction'],
    [
      'query: unknown service',
      form('Action=Nope&Version=1999-01-01', { authorization: '' }),
      400,
      'InvalidAction',
    ],
    ['query: not a number', form('Action=DescribeAlarms&MaxRecords=many'), 400, 'MalformedInput'],
    [
      'query: not a boolean',
      form('Action=PutMetricAlarm&ActionsEnabled=yes'),
      400,
      'MalformedInput',
    ],
    ['query: not a time', form('Action=GetMetricData&StartTime=yesterday'), 400, 'MalformedInput'],
    [
      'query: wrong region',
      form('Action=DescribeAlarms', { authorization: signed('monitoring', 'us-east-1') }),
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'CBOR: unknown service',
      rpc('/service/Nope/operation/List', EMPTY_MAP),
      404,
      'UnknownOperationException',
    ],
    [
      'CBOR: unknown operation',
      rpc('/service/GraniteServiceVersion20100801/operation/Nope', EMPTY_MAP),
      404,
      'UnknownOperationException',
    ],
    [
      'CBOR: other protocol of the family',
      rpc(describeAlarms, EMPTY_MAP, 'rpc-v2-json'),
      400,
      'SerializationException',
    ],
    [
      'CBOR: cut off',
      rpc(describeAlarms, Uint8Array.of(0xa1, 0x63)),
      400,
      'SerializationException',
    ],
    ['CBOR: an array', rpc(describeAlarms, Uint8Array.of(0x80)), 400, 'SerializationException'],
    ['REST: unknown path', rest('/endpoints/x/nope'), 404, 'UnknownOperationException'],
    [
      'REST: wrong method',
      rest('/endpoints/x/invocations', 'GET'),
      404,
      'UnknownOperationException',
    ],
    ['REST: not served', rest('/endpoints/x/async-invocations'), 404, 'UnknownOperationException'],
    ['REST: no such endpoint', rest('/endpoints/x/invocations'), 400, 'ValidationError'],
    [
      'REST: a name that is no URI',
      rest('/endpoints/%E0%A4%A/invocations'),
      400,
      'ValidationError',
    ],
  ])('%s', async (_label, request, status, code) => {
    const { account } = world();
    const { statusCode, headers, body } = await account.answer(request);
    expect([statusCode, errorCode(headers, body as string | Uint8Array)]).toEqual([status, code]);
  });

  it.each([
    ['JSON', json('{"MaxResults":null,"NameContains":null}')],
    ['CBOR', rpc(describeAlarms, cbor.serialize({ MaxRecords: null, AlarmNames: null }))],
  ])('takes members that are null for none: %s', async (_, request) => {
    expect((await world().account.answer(request)).statusCode).toBe(200);
  });

  it('takes what unpacks to just as much as it may', async () => {
    const { account } = world();
    const body = gzipSync(`{}${' '.repeat(MOST_BODY_BYTES - 2)}`);
    const { statusCode } = await account.answer(json(body, { 'content-encoding': 'gzip' }));
    expect(statusCode).toBe(200);
  });

  it.each([
    ['the right region', { authorization: signed('sagemaker') }],
    ['no signature', {}],
  ])('takes %s', async (_label, headers) => {
    const { account } = world();
    expect((await account.answer(json('{}', headers))).statusCode).toBe(200);
  });
});

const EMPTY_MAP = Uint8Array.of(0xa0);

/** The code as the protocol of the answer carries it. */
function errorCode(headers: Record<string, string>, body: string | Uint8Array): string | undefined {
  const type = headers['content-type'];
  if (type === 'text/xml') return /<Code>(\w+)<\/Code>/.exec(String(body))?.[1];
  if (type === 'application/cbor') return cbor.deserialize(body as Uint8Array).__type;
  return headers['x-amzn-errortype'] ?? JSON.parse(String(body)).__type;
}
