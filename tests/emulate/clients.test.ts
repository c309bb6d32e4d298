import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  ListTagsCommand,
  SageMakerClient,
  UpdateEndpointWeightsAndCapacitiesCommand,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGION, startTestEmulator, TABLE } from './emulators.ts';
import { hasAwsCli, runProgram } from './programs.ts';

type Emulator = Awaited<ReturnType<typeof startTestEmulator>>;

const READY = {
  endpointName: 'checkout',
  variantName: 'AllTraffic',
  minCapacity: 1,
  maxCapacity: 4,
  enrolled: false,
} as const;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startTestEmulator({ endpoint: READY });
});

afterAll(async () => {
  await emulator.stop();
  expect(emulator.troubles).toEqual([]);
});

describe('SDK clients over HTTP', () => {
  it('SageMaker: from model to deletion', async () => {
    const client = new SageMakerClient(emulator.clientConfig);
    await client.send(new CreateModelCommand({ ModelName: 'llm' }));
    await client.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'one',
        ProductionVariants: [
          {
            VariantName: 'main',
            ModelName: 'llm',
            InstanceType: 'ml.m5.large',
            InitialInstanceCount: 1,
          },
        ],
      }),
    );
    const chat = { EndpointName: 'chat' };
    const { EndpointArn } = await client.send(
      new CreateEndpointCommand({ ...chat, EndpointConfigName: 'one' }),
    );
    const status = async () =>
      (await client.send(new DescribeEndpointCommand(chat))).EndpointStatus;
    expect(await status()).toBe('Creating');
    const waiting = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
    await waitUntilEndpointInService(waiting, chat);
    await client.send(
      new AddTagsCommand({ ResourceArn: EndpointArn, Tags: [{ Key: 'team', Value: 'blue' }] }),
    );
    const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: EndpointArn }));
    expect(Tags).toEqual([{ Key: 'team', Value: 'blue' }]);
    const scale = (DesiredInstanceCount: number) =>
      client.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          ...chat,
          DesiredWeightsAndCapacities: [{ VariantName: 'main', DesiredInstanceCount }],
        }),
      );
    await scale(3);
    await expect(scale(4)).rejects.toThrow(/Cannot update in-progress endpoint/);
    await waitUntilEndpointInService(waiting, chat);
    const { ProductionVariants } = await client.send(new DescribeEndpointCommand(chat));
    expect(ProductionVariants?.[0]).toMatchObject({ CurrentInstanceCount: 3 });
    await client.send(new DeleteEndpointCommand(chat));
    await expect(status()).rejects.toThrow(/Could not find endpoint/);
  });

  it('SageMaker Runtime: an answer, a stream and a refusal', async () => {
    const client = new SageMakerRuntimeClient(emulator.clientConfig);
    const request = { EndpointName: 'checkout', Body: '{"n":1}', ContentType: 'application/json' };
    const answer = await client.send(
      new InvokeEndpointCommand({ ...request, CustomAttributes: 'trace=1' }),
    );
    expect(answer).toMatchObject({
      ContentType: 'application/json',
      InvokedProductionVariant: 'AllTraffic',
      CustomAttributes: 'trace=1',
    });
    expect(answer.Body.transformToString()).toBe('{"n":1}');
    const { Body, ContentType } = await client.send(
      new InvokeEndpointWithResponseStreamCommand({ ...request, Body: 'abcdefgh' }),
    );
    const parts: string[] = [];
    for await (const { PayloadPart } of Body ?? []) {
      parts.push(Buffer.from(PayloadPart?.Bytes ?? []).toString());
    }
    expect([ContentType, parts]).toEqual(['application/json', ['ab', 'cd', 'ef', 'gh']]);
    const lost = new InvokeEndpointCommand({ ...request, EndpointName: 'nope' });
    await expect(client.send(lost)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Endpoint nope of account 123456789012 not found.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('Application Auto Scaling', async () => {
    const client = new ApplicationAutoScalingClient(emulator.clientConfig);
    const { ScalableTargets } = await client.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalableTargets).toMatchObject([
      { ResourceId: 'endpoint/checkout/variant/AllTraffic', MinCapacity: 1, MaxCapacity: 4 },
    ]);
  });

  it.each<[string, Pick<CloudWatchClientConfig, 'protocol'>]>([
    ['AWS JSON', {}],
    ['AWS query', { protocol: AwsQueryProtocol }],
    ['RPC v2 CBOR', { protocol: SmithyRpcV2CborProtocol }],
  ])('CloudWatch in %s', async (name, protocol) => {
    const client = new CloudWatchClient({ ...emulator.clientConfig, ...protocol });
    const AlarmName = `busy ${name}`;
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'Shop',
        MetricName: 'Orders',
        Statistic: 'Sum',
        Period: 10,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const { MetricAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
    );
    expect(MetricAlarms).toMatchObject([{ AlarmName, Threshold: 5, Period: 10 }]);
    const now = emulator.parts.clock.nowMs;
    expect(Math.abs((MetricAlarms?.[0]?.StateUpdatedTimestamp?.getTime() ?? 0) - now)).toBeLessThan(
      3_600_000,
    );
  });

  it('CloudWatch, packed: clients compress what is large', async () => {
    const client = new CloudWatchClient(emulator.clientConfig);
    let encoding: string | undefined;
    client.middlewareStack.add(
      (next) => (args) => {
        encoding = (args.request as { headers: Record<string, string> }).headers[
          'content-encoding'
        ];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const MetricData = Array.from({ length: 500 }, (_, i) => ({
      MetricName: `m${i}`,
      Value: i,
      StorageResolution: 1,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'Packed', MetricData }));
    expect(encoding).toBe('gzip');
    const listed = await emulator.eventually(async () => {
      const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Packed' }));
      return Metrics?.length ? Metrics : undefined;
    });
    expect(listed).toHaveLength(500);
  });

  it('SSM', async () => {
    const client = new SSMClient(emulator.clientConfig);
    await client.send(new PutParameterCommand({ Name: '/a/b', Value: 'ü', Type: 'String' }));
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a/b' }));
    expect(Parameter).toMatchObject({ Name: '/a/b', Value: 'ü', Version: 1 });
  });

  it('SQS, at the address that the queue’s URL names', async () => {
    const client = new SQSClient(emulator.clientConfig);
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'work' }));
    expect(QueueUrl).toBe(`${emulator.url}/123456789012/work`);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['x']);
  });

  it('DynamoDB: the deployed service’s table', async () => {
    const client = new DynamoDBClient(emulator.clientConfig);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE' });
  });

  it('EventBridge', async () => {
    const client = new EventBridgeClient(emulator.clientConfig);
    const { FailedEntryCount } = await client.send(
      new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Sale', Detail: '{}' }] }),
    );
    expect(FailedEntryCount).toBe(0);
  });

  it('a client of another region is told so', async () => {
    const client = new SageMakerClient({ ...emulator.clientConfig, region: 'us-east-1' });
    await expect(client.send(new DescribeEndpointCommand({ EndpointName: 'x' }))).rejects.toThrow(
      "Credential should be scoped to a valid region, not 'us-east-1'. This account lives in eu-west-1.",
    );
  });
});

describe.runIf(hasAwsCli())('the AWS CLI', () => {
  const aws = async (...args: string[]) => {
    const endpoint = { AWS_ENDPOINT_URL: emulator.url };
    const { code, stdout, stderr } = await runProgram(
      'aws',
      [...args, '--output', 'json', '--endpoint-url', emulator.url],
      endpoint,
    );
    return { code, stderr, answer: stdout.trim() === '' ? undefined : JSON.parse(stdout) };
  };

  it('reads alarms', async () => {
    const { code, answer } = await aws('cloudwatch', 'describe-alarms');
    expect(code).toBe(0);
    const names = answer.MetricAlarms.map(({ AlarmName }: { AlarmName: string }) => AlarmName);
    expect(names).toContainEqual(expect.stringContaining('TargetTracking-endpoint/checkout'));
  });

  it('puts metric data, and shows why it was refused', async () => {
    const put = (namespace: string) =>
      aws(
        'cloudwatch',
        'put-metric-data',
        '--namespace',
        namespace,
        '--metric-name',
        'a',
        '--value',
        '1.5',
      );
    expect(await put('Cli')).toMatchObject({ code: 0 });
    expect((await put('AWS/Cli')).stderr).toContain('(InvalidParameterValue)');
  });

  it('finds scalable targets and queues', async () => {
    const targets = await aws(
      ...[
        'application-autoscaling',
        'describe-scalable-targets',
        '--service-namespace',
        'sagemaker',
      ],
    );
    expect(targets.answer.ScalableTargets).toHaveLength(1);
    const queue = await aws('sqs', 'get-queue-url', '--queue-name', 'nope', '--region', REGION);
    expect(queue.stderr).toContain('(AWS.SimpleQueueService.NonExistentQueue)');
  });
});
