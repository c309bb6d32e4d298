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
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import { refusal } from './sagemaker-world.ts';
import { query, START_MS, world } from './wire-world.ts';

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
