import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { DynamoDb } from '../../simulator/account/dynamodb/dynamodb.ts';
import { EventBus } from '../../simulator/account/eventbridge/bus.ts';
import { Sqs } from '../../simulator/account/sqs/sqs.ts';
import {
  connectStack,
  createStackResources,
  type Handler,
  readStack,
} from '../../simulator/stack.ts';

const startMs = Date.UTC(2026, 0, 1);
const context = { region: 'eu-west-1', accountId: '123456789012' };

const SERVICE = `
service: little
provider:
  name: aws
  stage: \${opt:stage, 'prod'}
  timeout: 15
  environment: { TABLE_NAME: !Ref Table }
functions:
  alarm:
    handler: handlers/alarm.handler
    role: !Sub \${AlarmRole.Arn}
    maximumEventAge: 150
    events:
      - eventBridge:
          pattern: &pattern
            source: [test.alarm]
            detail: { name: [{ prefix: mine- }] }
          retryPolicy: { maximumEventAge: 90, maximumRetryAttempts: 8 }
          deadLetterQueueArn: !GetAtt DeadLetters.Arn
      - eventBridge:
          pattern: { source: [test.other] }
  recheck:
    handler: handlers/recheck.handler
    memorySize: 256
    events:
      - sqs:
          arn: !GetAtt Rechecks.Arn
          batchSize: 5
          functionResponseType: ReportBatchItemFailures
  sweep:
    handler: handlers/sweep.handler
    timeout: 50
    maximumRetryAttempts: 0
    events:
      - schedule: rate(1 minute)
      - eventBridge: { schedule: rate(2 hours) }
resources:
  - \${file(storage.yml)}
  - Resources:
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: !Join ['-', [a, b]] } }
`;

const STORAGE = `
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
  Rechecks:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 90
      MessageRetentionPeriod: 3600
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt DeadLetters.Arn
        maxReceiveCount: 2
  DeadLetters: { Type: 'AWS::SQS::Queue' }
`;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stack-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function stackOf(service = SERVICE, storage = STORAGE) {
  const path = join(directory, 'serverless.yml');
  writeFileSync(path, service);
  writeFileSync(join(directory, 'storage.yml'), storage);
  return readStack(path);
}

describe('Function: readStack', () => {
  it('describes functions, their events, queues and tables', () => {
    expect(stackOf()).toEqual({
      service: 'little',
      functions: [
        {
          name: 'alarm',
          handler: 'handlers/alarm.handler',
          timeoutSeconds: 15,
          memoryMegabytes: 1024,
          maximumRetryAttempts: 2,
          maximumEventAgeSeconds: 150,
          mayRecur: false,
          rules: [
            {
              pattern: { source: ['test.alarm'], detail: { name: [{ prefix: 'mine-' }] } },
              maximumEventAgeSeconds: 90,
            },
            { pattern: { source: ['test.other'] }, maximumEventAgeSeconds: 86_400 },
          ],
          schedules: [],
          queues: [],
        },
        {
          name: 'recheck',
          handler: 'handlers/recheck.handler',
          timeoutSeconds: 15,
          memoryMegabytes: 256,
          maximumRetryAttempts: 2,
          maximumEventAgeSeconds: 21_600,
          mayRecur: false,
          rules: [],
          schedules: [],
          queues: [{ queue: 'Rechecks', batchSize: 5, reportBatchItemFailures: true }],
        },
        {
          name: 'sweep',
          handler: 'handlers/sweep.handler',
          timeoutSeconds: 50,
          memoryMegabytes: 1024,
          maximumRetryAttempts: 0,
          maximumEventAgeSeconds: 21_600,
          mayRecur: false,
          rules: [],
          schedules: [{ periodSeconds: 60 }, { periodSeconds: 7200 }],
          queues: [],
        },
      ],
      queues: [
        {
          logicalId: 'Rechecks',
          visibilityTimeoutSeconds: 90,
          retentionSeconds: 3600,
          redrive: { deadLetterQueue: 'DeadLetters', maxReceiveCount: 2 },
        },
        { logicalId: 'DeadLetters', visibilityTimeoutSeconds: 30, retentionSeconds: 345_600 },
      ],
      tables: [{ logicalId: 'Table', key: { hash: 'pk' }, timeToLiveAttribute: 'expiresAt' }],
    });
  });

  it('reads the service of this repository', () => {
    const stack = readStack(new URL('../../serverless.yml', import.meta.url));

    expect(stack.functions.map((each) => each.name)).toEqual([
      'alarm',
      'endpoint',
      'parameter',
      'prewarm',
      'recheck',
      'surge',
      'sweep',
      'farewell',
    ]);
    for (const each of stack.functions) {
      // CloudFormation itself calls the last one.
      if (each.name === 'farewell') continue;
      expect(each.rules.length + each.schedules.length + each.queues.length).toBe(1);
    }
  });

  it.each([
    [
      'an unknown event kind',
      '- schedule: rate(1 minute)',
      '- httpApi: GET /status',
      /serverless\.yml:35: functions\.sweep\.events\[0\]: expected one event of eventBridge, schedule, sqs; found httpApi/,
    ],
    [
      'two kinds in one event',
      '- schedule: rate(1 minute)',
      '- { schedule: rate(1 minute), sqs: {} }',
      /events\[0\]: expected one event .*; found schedule, sqs/,
    ],
    [
      'an unknown setting',
      'retryPolicy: { maximumEventAge: 90',
      'input: {}\n          retryPolicy: { maximumEventAge: 90',
      /functions\.alarm\.events\[0\]\.eventBridge: Unrecognized key: "input"/,
    ],
    [
      'a misspelt setting below',
      'maximumEventAge: 90',
      'maximumAge: 90',
      /serverless\.yml:18: functions\.alarm\.events\[0\]\.eventBridge\.retryPolicy: Unrecognized key: "maximumAge"/,
    ],
    [
      'a cron schedule',
      'rate(1 minute)',
      'cron(0 12 * * ? *)',
      /functions\.sweep\.events\[0\]\.schedule: expected rate/,
    ],
    [
      'a cron schedule of EventBridge',
      'rate(2 hours)',
      'cron(0 12 * * ? *)',
      /events\[1\]\.eventBridge\.schedule: "cron.*" is no schedule of the form rate\(1 minute\)/,
    ],
    [
      'neither pattern nor schedule',
      'schedule: rate(2 hours)',
      'name: nothing',
      /events\[1\]\.eventBridge: expected either a pattern or a schedule/,
    ],
    [
      'a variable in a pattern',
      'prefix: mine-',
      `prefix: '\${self:service}-'`,
      /eventBridge\.pattern: the pattern holds "\$\{self:service\}-"/,
    ],
    [
      'a CloudFormation function in a pattern',
      'source: [test.other]',
      'source: [!Ref Source]',
      /eventBridge\.pattern: the pattern holds Ref/,
    ],
    ['a batch over ten', 'batchSize: 5', 'batchSize: 11', /sqs\.batchSize: Too big/],
    [
      'a queue outside the stack',
      'arn: !GetAtt Rechecks.Arn',
      'arn: arn:aws:sqs:eu-west-1:1:q',
      /sqs\.arn: expected !GetAtt <Queue>\.Arn/,
    ],
    [
      'an unresolved number',
      'timeout: 50',
      `timeout: '\${param:timeout}'`,
      /serverless\.yml:32: functions\.sweep\.timeout: .*expected (number|int)/,
    ],
    ['no handler', 'handler: handlers/sweep.handler', 'image: x', /functions\.sweep\.handler/],
    [
      'resources that are neither here nor in a file',
      `\${file(storage.yml)}`,
      `\${self:custom.resources}`,
      /resources\[0\]: expected resources or \$\{file\(…\)\}/,
    ],
    ['an unknown tag', '!Ref Table', '!Reff Table', /serverless\.yml: Unresolved tag: !Reff/],
    ['a YAML error', 'service: little', 'service: [little', /serverless\.yml: /],
  ])('refuses %s', (_label, from, to, message) => {
    const changed = SERVICE.replace(from, () => to);

    expect(changed).not.toBe(SERVICE);
    expect(() => stackOf(changed)).toThrow(message);
  });

  it('names the resource file and line of a fault there', () => {
    expect(() => stackOf(SERVICE, STORAGE.replace('90', 'ninety'))).toThrow(
      /storage\.yml:12: Resources\.Rechecks\.Properties\.VisibilityTimeout: /,
    );
  });

  it('tells every fault at once', () => {
    const changed = SERVICE.replace('timeout: 50', 'timeout: 901').replace(
      'batchSize: 5',
      'batchSize: 0',
    );

    expect(() => stackOf(changed)).toThrow(/sqs\.batchSize: .*\n.*functions\.sweep\.timeout: /);
  });
});

describe('Function: connectStack', () => {
  interface Call {
    readonly name: string;
    readonly atSeconds: number;
    readonly event: Record<string, unknown>;
    readonly context: Context;
  }

  /** Invocations and failures of a connected stack; `outcome` may throw for an invocation. */
  function setUp(
    outcome: (name: string, event: unknown) => unknown = () => undefined,
    service = SERVICE,
  ) {
    const clock = new VirtualClock(startMs);
    const bus = new EventBus({ clock, context, deliveryLatencyMs: 1000 });
    const sqs = new Sqs({ clock, context });
    const dynamoDb = new DynamoDb({ clock });
    const stack = stackOf(service);
    createStackResources(stack, { sqs, dynamoDb });
    const calls: Call[] = [];
    const failures: { name: string; atSeconds: number; event: unknown; error: unknown }[] = [];
    const elapsed = () => (clock.nowMs - startMs) / 1000;
    const handlerOf =
      (name: string): Handler =>
      async (event: Record<string, unknown>, lambdaContext) => {
        calls.push({ name, atSeconds: elapsed(), event, context: lambdaContext });
        return outcome(name, event);
      };
    const options = {
      bus,
      sqs,
      clock,
      context,
      rechecksQueueName: 'Rechecks',
      handlers: {
        alarm: handlerOf('alarm'),
        recheck: handlerOf('recheck'),
        sweep: handlerOf('sweep'),
      },
      onFailure: (name: string, event: unknown, error: unknown) =>
        void failures.push({ name, atSeconds: elapsed(), event, error }),
    };
    const disconnect = connectStack(stack, options);
    const emit = (source: string, name: string) =>
      bus.emit({ source, detailType: 'Test', resources: [], detail: { name } });
    const send = (MessageBody: string, DelaySeconds = 0) =>
      sqs.operations.SendMessage?.({ QueueUrl: 'x/Rechecks', MessageBody, DelaySeconds }, context);
    const timesOf = (name: string) =>
      calls.filter((call) => call.name === name).map((call) => call.atSeconds);
    const at = (seconds: number) => clock.runUntil(startMs + seconds * 1000);
    return { stack, options, bus, clock, calls, failures, disconnect, emit, send, timesOf, at };
  }
  const boom = new Error('boom');

  it('hands a function what its rules match, and nothing else', async () => {
    const { emit, at, calls, timesOf } = setUp();
    emit('test.alarm', 'mine-1');
    emit('test.alarm', 'yours-1');
    emit('test.other', 'x');

    await at(1);

    expect(timesOf('alarm')).toEqual([1, 1]);
    expect(calls.map((call) => call.event)).toMatchObject([
      { source: 'test.alarm', detail: { name: 'mine-1' }, region: 'eu-west-1' },
      { source: 'test.other' },
    ]);
  });

  it('gives a handler the context of Lambda', async () => {
    const { emit, at, calls } = setUp();
    emit('test.other', 'x');
    emit('test.other', 'x');
    await at(1);
    const [first, second] = calls.map((call) => call.context);

    expect(first).toMatchObject({
      functionName: 'little-alarm',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:little-alarm',
      memoryLimitInMB: '1024',
      awsRequestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      logGroupName: '/aws/lambda/little-alarm',
      logStreamName: expect.stringMatching(/^2026\/01\/01\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(first?.getRemainingTimeInMillis()).toBe(15_000);
    expect(second?.awsRequestId).not.toBe(first?.awsRequestId);
  });

  it('retries as Lambda does, with the same event and request id, then gives up', async () => {
    const { emit, at, calls, timesOf, failures } = setUp((name, event) => {
      if (name !== 'alarm') return;
      (event as { detail: unknown }).detail = 'spoilt';
      throw boom;
    });
    const emitted = emit('test.other', 'x');

    await at(500);

    // The second retry would come 180 s after the first attempt; the function drops at 150 s.
    expect(timesOf('alarm')).toEqual([1, 61]);
    expect(failures).toEqual([{ name: 'alarm', atSeconds: 61, event: emitted, error: boom }]);
    const alarms = calls.filter((call) => call.name === 'alarm');
    expect(alarms[1]?.context.awsRequestId).toBe(alarms[0]?.context.awsRequestId);
  });

  it('stops retrying once it succeeds', async () => {
    let attempts = 0;
    const { emit, at, calls, failures, timesOf } = setUp((name) => {
      if (name === 'alarm' && ++attempts === 1) throw boom;
    });
    emit('test.other', 'x');

    await at(500);

    expect(timesOf('alarm')).toEqual([1, 61]);
    const alarms = calls.filter((call) => call.name === 'alarm').map((call) => call.event.detail);
    expect(alarms).toEqual([{ name: 'x' }, { name: 'x' }]);
    expect(failures).toEqual([]);
  });

  it('retries twice where nothing limits it', async () => {
    const { stack, options, emit, at, disconnect, timesOf } = setUp(() => {
      throw boom;
    });
    disconnect();
    const unlimited = stack.functions.map((each) => ({ ...each, maximumEventAgeSeconds: 21_600 }));
    connectStack({ ...stack, functions: unlimited }, options);
    emit('test.other', 'x');

    await at(1000);

    expect(timesOf('alarm')).toEqual([1, 61, 181]);
  });

  it.each([
    ['within the age of the rule', 89, 1],
    ['past the age of the rule', 90, 0],
  ])('an event that reaches it late, %s', async (_label, lateSeconds, invocations) => {
    const { bus, emit, at, timesOf, failures } = setUp();
    bus.interceptDelivery(() => [lateSeconds * 1000]);
    emit('test.alarm', 'mine-1');

    await at(200);

    expect(timesOf('alarm')).toHaveLength(invocations);
    expect(failures.map((failure) => failure.name)).toEqual(invocations === 1 ? [] : ['alarm']);
  });

  it('invokes on schedule, without retries where the function has none', async () => {
    const { at, calls, timesOf, failures } = setUp((name) => {
      if (name === 'sweep') throw boom;
    });

    await at(179);

    expect(timesOf('sweep')).toEqual([60, 120]);
    expect(failures.map((failure) => failure.atSeconds)).toEqual([60, 120]);
    expect(calls[0]?.event).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: '2026-01-01T00:01:00Z',
      region: 'eu-west-1',
      resources: ['arn:aws:events:eu-west-1:123456789012:rule/little-sweep-schedule-1'],
      detail: {},
    });
  });

  it('hands queue messages over and takes reported failures back', async () => {
    const { send, at, calls, timesOf, failures } = setUp((name, event) =>
      name === 'recheck'
        ? {
            batchItemFailures: (event as SQSEvent).Records.filter((r) => r.body === 'bad').map(
              (r) => ({ itemIdentifier: r.messageId }),
            ),
          }
        : undefined,
    );
    send('good');
    send('bad');

    await at(300);

    // The queue hides a failed message for 90 s and gives it up after two receipts.
    expect(timesOf('recheck')).toEqual([0.05, 90.1]);
    const rechecks = calls.filter((call) => call.name === 'recheck');
    expect(
      rechecks.map(({ event }) => (event as unknown as SQSEvent).Records.map((r) => r.body)),
    ).toEqual([['good', 'bad'], ['bad']]);
    expect(failures).toMatchObject([{ name: 'recheck', event: { Records: [{ body: 'bad' }] } }]);
  });

  describe('a function that sends to the queue it reads', () => {
    const chainsIn = async (service: string) => {
      const world = setUp((name) => {
        if (name === 'recheck') world.send('on', 10);
      }, service);
      world.send('begin');
      await world.at(500);
      world.disconnect();
      return world;
    };

    it('is stopped after sixteen turns, and its message ends as dead', async () => {
      const { timesOf, failures } = await chainsIn(SERVICE);
      expect(timesOf('recheck')).toHaveLength(16);
      const error = expect.objectContaining({
        message: expect.stringMatching(/^RecursiveInvocationException/),
      });
      expect(failures).toMatchObject([{ name: 'recheck', error }]);
    });

    it('goes on where it may', async () => {
      const allowed = SERVICE.replace(
        'memorySize: 256',
        'memorySize: 256\n    recursiveLoop: Allow',
      );
      const { timesOf, failures } = await chainsIn(allowed);
      expect(timesOf('recheck')).toHaveLength(50);
      expect(failures).toEqual([]);
    });

    it('is told from one that others send to', async () => {
      const { send, at, timesOf } = setUp();
      for (let second = 0; second < 100; second += 1) {
        send('again');
        await at(second + 1);
      }
      expect(timesOf('recheck')).toHaveLength(100);
    });
  });

  it('leaves nothing running once disconnected', async () => {
    const { emit, send, at, calls, disconnect } = setUp((name) => {
      if (name === 'alarm') throw boom;
    });
    emit('test.other', 'retry pending');
    await at(1);
    emit('test.other', 'on its way');
    send('in the queue');
    const before = calls.length;

    disconnect();
    await at(1000);

    expect(before).toBe(1);
    expect(calls).toHaveLength(before);
  });

  it.each([
    [
      'a function without a handler',
      ['alarm', 'recheck'],
      /without a handler: sweep; without a function: none/,
    ],
    [
      'a handler without a function',
      ['alarm', 'recheck', 'sweep', 'other'],
      /without a handler: none; without a function: other/,
    ],
  ])('refuses %s', (_label, names, message) => {
    const { stack, options } = setUp();
    const handlers = Object.fromEntries(names.map((name) => [name, async () => undefined]));

    expect(() => connectStack(stack, { ...options, handlers })).toThrow(message);
  });
});
