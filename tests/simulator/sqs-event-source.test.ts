import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { arn, setUp, startMs } from './sqs-world.ts';

describe('event source mapping', () => {
  type Answer = (event: SQSEvent) => SQSBatchResponse | undefined;
  const connected = (answer: Answer, reportBatchItemFailures = true, batchSize = 10) => {
    const world = setUp();
    const events: { atSeconds: number; event: SQSEvent }[] = [];
    const dead: { record: SQSRecord; error: unknown }[] = [];
    world.sqs.connect('jobs', {
      batchSize,
      reportBatchItemFailures,
      consumer: async (event) => {
        events.push({ atSeconds: (world.clock.nowMs - startMs) / 1000, event });
        return answer(event);
      },
      onDeadLetter: (record, error) => dead.push({ record, error }),
    });
    const deliveries = () =>
      events.map(({ atSeconds, event }) => [atSeconds, event.Records.map((r) => r.body)]);
    return { ...world, events, dead, deliveries };
  };
  const nothing: Answer = () => undefined;

  it('delivers when the delay has ended, as Lambda would', async () => {
    const { send, at, events, counts } = connected(nothing);
    const { MessageId } = await send('{"a":1}', {
      DelaySeconds: 10,
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    });

    await at(10.049);
    expect(events).toEqual([]);
    await at(10.05);
    expect(events[0]?.event).toEqual({
      Records: [
        {
          messageId: MessageId,
          receiptHandle: expect.any(String),
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: String(startMs),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: String(startMs + 10_050),
          },
          messageAttributes: {
            kind: {
              stringValue: 'x',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
          },
          md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: arn('jobs'),
          awsRegion: 'eu-west-1',
        },
      ],
    });
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('delivers what was sent before it was connected', async () => {
    const { sqs, send, at } = setUp();
    await send('early');
    const bodies: string[] = [];

    sqs.connect('jobs', {
      batchSize: 1,
      reportBatchItemFailures: true,
      consumer: async (event) => {
        bodies.push(...event.Records.map((r) => r.body));
      },
    });
    await at(1);

    expect(bodies).toEqual(['early']);
  });

  it('fills batches up to their size', async () => {
    const { send, at, deliveries } = connected(nothing, true, 2);
    for (const body of ['a', 'b', 'c']) await send(body);

    await at(1);

    expect(deliveries()).toEqual([
      [0.05, ['a', 'b']],
      [0.05, ['c']],
    ]);
  });

  it('brings back only what was reported as failed', async () => {
    const { send, at, deliveries, counts } = connected(({ Records }) => ({
      batchItemFailures: Records.filter((r) => r.body === 'bad').map((r) => ({
        itemIdentifier: r.messageId,
      })),
    }));
    await send('good');
    await send('bad');

    await at(61);

    expect(deliveries()).toEqual([
      [0.05, ['good', 'bad']],
      [60.1, ['bad']],
    ]);
    expect(await counts()).toEqual([0, 1, 0]);
  });

  it('ends a message that keeps failing in the dead-letter queue', async () => {
    const failure = new Error('no');
    const { send, at, deliveries, dead, counts } = connected(() => {
      throw failure;
    });
    await send('bad');

    await at(179);
    expect(deliveries().map(([seconds]) => seconds)).toEqual([0.05, 60.1, 120.15]);
    expect(dead).toEqual([]);
    await at(181);
    expect(deliveries()).toHaveLength(3);
    expect(dead).toMatchObject([{ record: { body: 'bad' }, error: failure }]);
    expect(await counts('dead')).toEqual([1, 0, 0]);
  });

  const fails = (id: string): SQSBatchResponse => ({
    batchItemFailures: [{ itemIdentifier: id }],
  });
  it.each<[string, boolean, Answer, number]>([
    [
      'a throw fails the whole batch',
      true,
      () => {
        throw new Error('no');
      },
      2,
    ],
    [
      'so without reporting',
      false,
      () => {
        throw new Error('no');
      },
      2,
    ],
    [
      'an answer is ignored without reporting',
      false,
      (e) => fails(e.Records[0]?.messageId ?? ''),
      0,
    ],
    ['an unknown id fails the whole batch', true, () => fails('stranger'), 2],
    ['an empty id fails the whole batch', true, () => fails(''), 2],
    ['no failures', true, () => ({ batchItemFailures: [] }), 0],
    ['no answer', true, nothing, 0],
  ])('%s', async (_label, reporting, answer, failed) => {
    const { send, at, counts } = connected(answer, reporting);
    await send('a');
    await send('b');

    await at(1);

    expect(await counts()).toEqual([0, failed, 0]);
  });

  it.each([0, 11, 1.5])('refuses a batch size of %s', (batchSize) => {
    const { sqs } = setUp();

    expect(() =>
      sqs.connect('jobs', { batchSize, reportBatchItemFailures: true, consumer: async () => {} }),
    ).toThrow(RangeError);
  });
});
