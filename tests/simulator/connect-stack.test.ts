import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { DynamoDb } from '../../simulator/account/dynamodb/dynamodb.ts';
import { EventBus } from '../../simulator/account/eventbridge/bus.ts';
import { Sqs } from '../../simulator/account/sqs/sqs.ts';
import { connectStack, createStackResources, type Handler } from '../../simulator/stack.ts';
import { SERVICE, stackOf } from './stack-of.ts';

const startMs = Date.UTC(2026, 0, 1);
const context = { region: 'eu-west-1', accountId: '123456789012' };

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
