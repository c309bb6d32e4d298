import { cbor } from '@smithy/core/cbor';
import type { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { ServiceQuotas } from '../../simulator/account/service-quotas/service-quotas.ts';
import { requireInputTypes } from '../../simulator/account/wire/input-types.ts';
import { operationSchemas } from '../../simulator/account/wire/schemas.ts';
import { SERVICES } from '../../simulator/account/wire/services.ts';
import { signed, world } from './wire-world.ts';

function typedWorld() {
  const parts = world();
  parts.account.intercept(requireInputTypes);
  const call = async (service: string, operation: string, input: unknown) => {
    const names = SERVICES.find(({ name }) => name === service);
    const { statusCode, body } = await parts.account.answer({
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${names?.targetPrefix}.${operation}`,
        authorization: signed(names?.signingName as string),
      },
      body: JSON.stringify(input),
    });
    const { __type, message } = JSON.parse(String(body));
    return { statusCode, code: __type, message };
  };
  return { ...parts, call };
}

describe('inputs of the wrong type', () => {
  const scalableTarget = {
    ServiceNamespace: 'sagemaker',
    ResourceId: 'endpoint/checkout/variant/AllTraffic',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
  const key = { Key: { pk: { S: 'a' } } };

  it.each<[service: string, operation: string, input: object, message: string]>([
    [
      'application-auto-scaling',
      'RegisterScalableTarget',
      { ...scalableTarget, MinCapacity: '3', MaxCapacity: 5 },
      'The member MinCapacity has the wrong type: expected a number, found a string.',
    ],
    [
      'application-auto-scaling',
      'DescribeScalableTargets',
      { ServiceNamespace: 'sagemaker', ResourceIds: scalableTarget.ResourceId },
      'The member ResourceIds has the wrong type: expected a list, found a string.',
    ],
    [
      'application-auto-scaling',
      'RegisterScalableTarget',
      { ...scalableTarget, SuspendedState: { DynamicScalingInSuspended: 'true' } },
      'The member SuspendedState.DynamicScalingInSuspended has the wrong type: expected true or false, found a string.',
    ],
    [
      'sagemaker',
      'CreateEndpoint',
      { EndpointName: ['checkout'] },
      'The member EndpointName has the wrong type: expected a string, found a list.',
    ],
    [
      'sagemaker',
      'UpdateEndpointWeightsAndCapacities',
      { EndpointName: 'a', DesiredWeightsAndCapacities: [{ VariantName: 7 }] },
      'The member DesiredWeightsAndCapacities[0].VariantName has the wrong type: expected a string, found a number.',
    ],
    [
      'ssm',
      'PutParameter',
      { Name: '/a', Value: { a: 1 }, Type: 'String' },
      'The member Value has the wrong type: expected a string, found an object.',
    ],
    [
      'dynamodb',
      'GetItem',
      { TableName: 'a', Key: { pk: { S: 3 } } },
      'The member Key.pk.S has the wrong type: expected a string, found a number.',
    ],
    [
      'dynamodb',
      'GetItem',
      { TableName: 'a', ...key, ConsistentRead: 1 },
      'The member ConsistentRead has the wrong type: expected true or false, found a number.',
    ],
    [
      'sqs',
      'ReceiveMessage',
      { QueueUrl: 'a', MaxNumberOfMessages: true },
      'The member MaxNumberOfMessages has the wrong type: expected a number, found a boolean.',
    ],
    [
      'eventbridge',
      'PutEvents',
      { Entries: [{ Detail: '{}', Time: '2026-01-05' }] },
      'The member Entries[0].Time has the wrong type: expected a time in epoch seconds, found a string.',
    ],
    [
      'service-quotas',
      'ListServiceQuotas',
      { ServiceCode: 'sagemaker', MaxResults: '5' },
      'The member MaxResults has the wrong type: expected a number, found a string.',
    ],
  ])('%s:%s %j', async (service, operation, input, message) => {
    const { call } = typedWorld();
    expect(await call(service, operation, input)).toEqual({
      statusCode: 400,
      code: 'SerializationException',
      message,
    });
  });

  it.each([
    ['DescribeAlarms', { AlarmNames: 'checkout' }, 'AlarmNames', 'a list, found a string'],
    [
      'GetMetricData',
      { EndTime: Number.NaN },
      'EndTime',
      'a time in epoch seconds, found a number that is none',
    ],
    [
      'GetMetricStatistics',
      { EndTime: 1e13 },
      'EndTime',
      'a time in epoch seconds, found a number',
    ],
  ])('in CBOR: %s', async (operation, input, member, fault) => {
    const { statusCode, body } = await typedWorld().account.answer({
      path: `/service/GraniteServiceVersion20100801/operation/${operation}`,
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
      body: cbor.serialize(input),
    });
    expect([statusCode, cbor.deserialize(body as Uint8Array)]).toEqual([
      400,
      {
        __type: 'SerializationException',
        message: `The member ${member} has the wrong type: expected ${fault}.`,
      },
    ]);
  });

  it('null in a list', async () => {
    const { call } = typedWorld();
    const input = { EndpointName: 'a', DesiredWeightsAndCapacities: [null] };
    expect(await call('sagemaker', 'UpdateEndpointWeightsAndCapacities', input)).toMatchObject({
      statusCode: 400,
      code: 'ValidationException',
    });
  });

  it.each([
    ['without null', 'true'],
    ['with null', 'null'],
  ])('nested beyond measure, %s', async (_label, given) => {
    const { account } = typedWorld();
    const deep = 200_000;
    const value = `${'{"L":['.repeat(deep)}{"S":"a"}${']}'.repeat(deep)}`;
    const { statusCode, body } = await account.answer({
      headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem' },
      body: `{"TableName":"a","Extra":${given},"Item":{"pk":{"S":"a"},"value":${value}}}`,
    });
    expect([statusCode, JSON.parse(String(body)).__type]).toEqual([400, 'SerializationException']);
  });

  it('nested beyond measure, in CBOR', async () => {
    const { account } = typedWorld();
    const deep = 200_000;
    const { statusCode } = await account.answer({
      path: '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
      body: Buffer.concat([
        Uint8Array.of(0xa1, 0x61, 0x61),
        Buffer.alloc(deep, 0x81),
        Uint8Array.of(1),
      ]),
    });
    expect(statusCode).toBe(400);
  });

  it('passes over members that the service does not know', async () => {
    const { call } = typedWorld();
    expect(await call('sagemaker', 'ListEndpoints', { Nope: [3] })).toMatchObject({
      statusCode: 200,
    });
  });
});

/** A value of every type that JSON has. */
const VALUES: readonly unknown[] = [
  '3',
  3,
  1.5,
  -1,
  true,
  [],
  {},
  [[]],
  ['a'],
  [{}],
  [null],
  'NaN',
];

/** Inputs that differ from one which is right in the types by one value, at every place down to a depth. */
function* variations(schema: NormalizedSchema, depth: number): Generator<unknown> {
  yield* VALUES;
  if (depth === 0 || schema.isUnitSchema()) return;
  if (schema.isListSchema()) {
    for (const each of variations(schema.getValueSchema(), depth - 1)) yield [each];
  } else if (schema.isMapSchema()) {
    for (const each of variations(schema.getValueSchema(), depth - 1)) yield { a: each };
  } else if (schema.isStructSchema()) {
    const all = Object.fromEntries(
      [...schema.structIterator()].map(([name, member]) => [name, plain(member, depth - 1)]),
    );
    for (const [name, member] of schema.structIterator()) {
      for (const each of variations(member, depth - 1)) {
        yield { [name]: each };
        yield { ...all, [name]: each };
      }
    }
  }
}

/** A value of the type that the schema wants. */
function plain(schema: NormalizedSchema, depth: number): unknown {
  if (schema.isListSchema()) return depth > 0 ? [plain(schema.getValueSchema(), depth - 1)] : [];
  if (schema.isMapSchema()) {
    return depth > 0 ? { a: plain(schema.getValueSchema(), depth - 1) } : {};
  }
  if (schema.isStructSchema()) {
    if (depth === 0) return {};
    return Object.fromEntries(
      [...schema.structIterator()].map(([name, member]) => [name, plain(member, depth - 1)]),
    );
  }
  if (schema.isBooleanSchema()) return true;
  return schema.isNumericSchema() || schema.isTimestampSchema() ? 1 : 'a';
}

describe('every operation', () => {
  const served = [...Object.values(world()), new ServiceQuotas({})].flatMap((part) => {
    const { name, operations } = part as { name?: string; operations?: object };
    const isTyped = SERVICES.some((each) => each.name === name && each.targetPrefix !== undefined);
    return isTyped && operations ? Object.keys(operations).map((each) => [name, each]) : [];
  }) as [service: string, operation: string][];

  it('is looked at', () => {
    const services = new Set(served.map(([service]) => service));
    const typed = SERVICES.filter(({ targetPrefix }) => targetPrefix !== undefined);
    expect([...services].sort()).toEqual(typed.map(({ name }) => name).sort());
  });

  it.each(served)('%s:%s answers', async (service, operation) => {
    const schemas = await operationSchemas(service, operation);
    const { call } = typedWorld();
    const defects: string[] = [];
    for (const input of schemas ? variations(schemas.input, 4) : []) {
      if (typeof input !== 'object' || Array.isArray(input)) continue;
      await call(service, operation, input).catch((error: Error) => {
        defects.push(`${error.message}: ${JSON.stringify(input)}`);
      });
    }
    expect([schemas !== undefined, defects.slice(0, 3)]).toEqual([true, []]);
  });
});
