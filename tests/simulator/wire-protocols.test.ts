import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { cbor, SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import type { EmbeddedAccount } from '../../simulator/account/account.ts';
import { createAccount } from '../../simulator/account/create-account.ts';
import { MOST_BODY_BYTES } from '../../simulator/account/wire/body.ts';
import type { WireRequest } from '../../simulator/account/wire/protocol.ts';
import { refusal } from './sagemaker-world.ts';

const START_MS = Date.UTC(2026, 0, 5, 12);

function world() {
  const parts = createAccount({
    startMs: START_MS,
    seed: 1,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.1, leadTimeSeconds: 60 },
  });
  const requests: WireRequest[] = [];
  const requestHandler = parts.account.requestHandler();
  const handler = {
    ...requestHandler,
    handle: (request: Parameters<typeof requestHandler.handle>[0]) => {
      requests.push(request as unknown as WireRequest);
      return requestHandler.handle(request);
    },
  };
  const config = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: handler,
    maxAttempts: 1,
  };
  return { ...parts, requests, config };
}

const PROTOCOLS: readonly [string, Pick<CloudWatchClientConfig, 'protocol'>, RegExp][] = [
  ['AWS JSON', {}, /^application\/x-amz-json-1.0$/],
  ['AWS query', { protocol: AwsQueryProtocol }, /^application\/x-www-form-urlencoded/],
  ['RPC v2 CBOR', { protocol: SmithyRpcV2CborProtocol }, /^application\/cbor$/],
];

const ALARM = {
  AlarmName: 'busy & <slow>',
  Namespace: 'Shop',
  MetricName: 'Orders',
  Dimensions: [
    { Name: 'Till', Value: '1' },
    { Name: 'Floor', Value: 'ground' },
  ],
  Statistic: 'Sum',
  Period: 10,
  EvaluationPeriods: 2,
  Threshold: 12.5,
  ComparisonOperator: 'GreaterThanThreshold',
  ActionsEnabled: false,
  AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws:sns:eu-west-1:123456789012:b'],
  Tags: [{ Key: 'team', Value: 'blue' }],
} satisfies PutMetricAlarmCommandInput;

describe.each(PROTOCOLS)('CloudWatch in %s', (_, protocol, contentType) => {
  const cloudWatch = () => {
    const made = world();
    return { ...made, client: new CloudWatchClient({ ...made.config, ...protocol }) };
  };

  it('takes an alarm with lists, numbers and booleans, and shows the same with times', async () => {
    const { client, requests } = cloudWatch();
    await client.send(new PutMetricAlarmCommand(ALARM));
    const { MetricAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [ALARM.AlarmName] }),
    );
    const { Tags: _tags, ...shown } = ALARM;
    expect(MetricAlarms).toHaveLength(1);
    expect(MetricAlarms[0]).toMatchObject({
      ...shown,
      StateValue: 'INSUFFICIENT_DATA',
      OKActions: [],
      StateUpdatedTimestamp: new Date(START_MS),
    });
    expect(requests[0]?.headers['content-type']).toMatch(contentType);
  });

  it('reads times and optional values, and writes lists of times and numbers', async () => {
    const { client, clock } = cloudWatch();
    const at = (second: number) => new Date(START_MS + second * 1000);
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [
          { MetricName: 'Orders', Value: 2.5, Timestamp: at(0), StorageResolution: 1 },
          {
            MetricName: 'Orders',
            Values: [1, 3],
            Counts: [2, 1],
            Timestamp: at(10.25),
            StorageResolution: 1,
          },
        ],
      }),
    );
    await clock.runUntil(START_MS + 60_000);
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: at(0),
        EndTime: at(60),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          {
            Id: 'orders',
            MetricStat: {
              Metric: { Namespace: 'Shop', MetricName: 'Orders' },
              Period: 10,
              Stat: 'Sum',
            },
          },
        ],
      }),
    );
    expect(MetricDataResults).toEqual([
      {
        Id: 'orders',
        Label: 'Orders',
        Timestamps: [at(0), at(10)],
        Values: [2.5, 5],
        StatusCode: 'Complete',
      },
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'takes %d for no number',
    async (value) => {
      const { client } = cloudWatch();
      const data = { Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', Value: value }] };
      expect(await refusal(client.send(new PutMetricDataCommand(data)))).toMatch(
        /^InvalidParameterValueException: The value (NaN|-?Infinity) for parameter/,
      );
      const alarm = new PutMetricAlarmCommand({ ...ALARM, Threshold: value });
      expect(await refusal(client.send(alarm))).toMatch(/Threshold must be a number/);
    },
  );

  it('shows an empty list where nothing is', async () => {
    const { client } = cloudWatch();
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toEqual([]);
  });

  it.each<[string, (client: CloudWatchClient) => Promise<unknown>, RegExp]>([
    [
      'an error under its shape',
      (client) =>
        client.send(
          new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' }),
        ),
      /^ResourceNotFound: The alarm none does not exist/,
    ],
    [
      'an error that the query protocol knew by another code',
      (client) =>
        client.send(
          new PutMetricDataCommand({
            Namespace: 'AWS/Shop',
            MetricData: [{ MetricName: 'a', Value: 1 }],
          }),
        ),
      /^InvalidParameterValueException: The value AWS\/Shop/,
    ],
    [
      'an error with members of its own',
      (client) =>
        client.send(
          new ListTagsForResourceCommand({ ResourceARN: 'arn:aws:cloudwatch:eu-west-1:1:alarm:x' }),
        ),
      /^ResourceNotFoundException: Unknown resource/,
    ],
  ])('gives %s', async (_label, call, expected) => {
    const { client } = cloudWatch();
    expect(await refusal(call(client))).toMatch(expected);
  });
});

describe('SQS in AWS query', () => {
  it('takes the queue from the path, and answers with flattened lists and attributes', async () => {
    const { account, sqs } = world();
    await account.perform(sqs, 'CreateQueue', { QueueName: 'q' });
    const sent = await query(account, 'sqs', '/123456789012/q', {
      Action: 'SendMessage',
      MessageBody: 'a <b> & c',
      'MessageAttribute.1.Name': 'colour',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'red',
    });
    expect(sent.body).toContain('<MD5OfMessageBody>');
    const { body } = await query(account, 'sqs', '/123456789012/q', {
      Action: 'ReceiveMessage',
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
    });
    expect(body).toContain('<Body>a &lt;b&gt; &amp; c</Body>');
    expect(body).toContain(
      '<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>',
    );
    expect(body).toContain('<MessageAttribute><Name>colour</Name><Value><');
  });

  it('is told from CloudWatch by the version where nothing is signed', async () => {
    const { account, sqs } = world();
    await account.perform(sqs, 'CreateQueue', { QueueName: 'q' });
    const { status, body } = await query(account, undefined, '/', {
      Action: 'GetQueueUrl',
      Version: '2012-11-05',
      QueueName: 'q',
    });
    expect([status, body]).toEqual([200, expect.stringContaining('/123456789012/q</QueueUrl>')]);
  });

  it('keeps the code that clients have always seen, in the query protocol and after it', async () => {
    const { account, config } = world();
    const { status, body } = await query(account, 'sqs', '/', {
      Action: 'GetQueueUrl',
      QueueName: 'no',
    });
    expect(status).toBe(400);
    expect(body).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
    const client = new SQSClient(config);
    const failed = client.send(new GetQueueUrlCommand({ QueueName: 'no' }));
    await expect(failed).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  });

  it('sends to the URL that the account was told it is served at', async () => {
    const { account, sqs, config } = world();
    sqs.serveAt('http://127.0.0.1:4580');
    const { QueueUrl } = (await account.perform(sqs, 'CreateQueue', { QueueName: 'q' })) as {
      QueueUrl: string;
    };
    expect(QueueUrl).toBe('http://127.0.0.1:4580/123456789012/q');
    const client = new SQSClient(config);
    const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    expect(MessageId).toBeDefined();
  });
});

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

function signed(service: string, region = 'eu-west-1'): string {
  return `AWS4-HMAC-SHA256 Credential=AKID/20260105/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

async function query(
  account: EmbeddedAccount,
  service: string | undefined,
  path: string,
  form: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await account.answer({
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(service && { authorization: signed(service) }),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: statusCode, body: String(body) };
}
