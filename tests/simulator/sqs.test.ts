import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { Sqs } from '../../simulator/account/sqs/sqs.ts';

const startMs = Date.UTC(2026, 0, 1);
const context = { region: 'eu-west-1', accountId: '123456789012' };
const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;

function setUp() {
  const clock = new VirtualClock(startMs);
  const sqs = new Sqs({ clock, context });
  sqs.createQueue({ name: 'dead', visibilityTimeoutSeconds: 30 });
  const { url: QueueUrl } = sqs.createQueue({
    name: 'jobs',
    visibilityTimeoutSeconds: 60,
    maxReceiveCount: 3,
    deadLetterQueue: 'dead',
  });
  const account = new EmbeddedAccount(clock, context).add(sqs);
  const client = new SQSClient({
    region: context.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: account.requestHandler(),
  });
  const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? [];
  const counts = async (queue = 'jobs') => {
    const { Attributes: attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: `https://sqs.eu-west-1.amazonaws.com/123456789012/${queue}`,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return Object.values(attributes ?? {}).map(Number);
  };
  const at = (seconds: number) => clock.runUntil(startMs + seconds * 1000);
  return { clock, sqs, client, QueueUrl, send, receive, counts, at };
}

describe('Class: Sqs', () => {
  describe('queues', () => {
    it('is created once, found, described and deleted', async () => {
      const { client } = setUp();
      const create = (VisibilityTimeout: string) =>
        client.send(
          new CreateQueueCommand({
            QueueName: 'new',
            Attributes: {
              VisibilityTimeout,
              RedrivePolicy: JSON.stringify({
                deadLetterTargetArn: arn('dead'),
                maxReceiveCount: 5,
              }),
            },
          }),
        );

      const { QueueUrl } = await create('45');
      expect(QueueUrl).toBe('https://sqs.eu-west-1.amazonaws.com/123456789012/new');
      expect(await create('45')).toMatchObject({ QueueUrl });
      await expect(create('46')).rejects.toMatchObject({ name: 'QueueNameExists' });
      const found = await client.send(new GetQueueUrlCommand({ QueueName: 'new' }));
      expect(found.QueueUrl).toBe(QueueUrl);
      const { Attributes: attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      expect(attributes).toMatchObject({
        QueueArn: arn('new'),
        VisibilityTimeout: '45',
        DelaySeconds: '0',
        MessageRetentionPeriod: '345600',
        ApproximateNumberOfMessages: '0',
      });
      expect(JSON.parse(attributes?.RedrivePolicy ?? '')).toEqual({
        deadLetterTargetArn: arn('dead'),
        maxReceiveCount: 5,
      });
      await client.send(new DeleteQueueCommand({ QueueUrl }));
      await expect(client.send(new GetQueueUrlCommand({ QueueName: 'new' }))).rejects.toMatchObject(
        { name: 'QueueDoesNotExist' },
      );
    });

    it.each<[string, string, Record<string, string>, string]>([
      ['a name with a dot', 'a.fifo', {}, 'InvalidParameterValueException'],
      ['FIFO', 'a', { FifoQueue: 'true' }, 'InvalidAttributeName'],
      ['too long a delay', 'a', { DelaySeconds: '901' }, 'InvalidParameterValueException'],
      ['a text for a number', 'a', { VisibilityTimeout: 'x' }, 'InvalidParameterValueException'],
      ['half a redrive policy', 'a', { RedrivePolicy: '{}' }, 'InvalidAttributeValue'],
      ['a redrive policy that is no JSON', 'a', { RedrivePolicy: '{' }, 'InvalidAttributeValue'],
      [
        'an absent dead-letter queue',
        'a',
        { RedrivePolicy: `{"deadLetterTargetArn":"${arn('none')}","maxReceiveCount":1}` },
        'QueueDoesNotExist',
      ],
    ])('refuses %s', async (_label, QueueName, Attributes, error) => {
      const { client } = setUp();

      await expect(
        client.send(new CreateQueueCommand({ QueueName, Attributes })),
      ).rejects.toMatchObject({ name: error });
    });
  });

  describe('sending', () => {
    it('survives the SDK’s check of the digests, attributes included', async () => {
      const { send, receive } = setUp();

      const sent = await send('größe', {
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'recheck' },
          count: { DataType: 'Number.int', StringValue: '3' },
          blob: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
        },
      });
      const [message] = await receive({ MessageAttributeNames: ['All'], AttributeNames: ['All'] });

      expect(message).toMatchObject({
        MessageId: sent.MessageId,
        Body: 'größe',
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        MessageAttributes: { kind: { StringValue: 'recheck' }, count: { DataType: 'Number.int' } },
        Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(startMs) },
      });
    });

    it('digests attributes as AWS documents it', async () => {
      const { send } = setUp();

      const { MD5OfMessageAttributes: digest } = await send('x', {
        MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
      });

      // MD5 of 00000001 61 | 00000006 String | 01 | 00000001 62, computed with another tool.
      expect(digest).toBe('bef8bf215374a0a228d67533b1a488be');
    });

    it.each([
      [0, undefined],
      [900, undefined],
      [-1, 'InvalidParameterValueException'],
      [901, 'InvalidParameterValueException'],
      [1.5, 'InvalidParameterValueException'],
    ])('a delay of %s seconds', async (DelaySeconds, error) => {
      const { send, counts } = setUp();

      if (error === undefined) await send('x', { DelaySeconds });
      else await expect(send('x', { DelaySeconds })).rejects.toMatchObject({ name: error });

      const [visible = 0, , delayed = 0] = await counts();
      expect(visible + delayed).toBe(error === undefined ? 1 : 0);
    });

    it.each<[string, string, Partial<SendMessageCommandInput>, string]>([
      ['an empty body', '', {}, 'MissingParameter'],
      ['a control character', 'a\u0001', {}, 'InvalidMessageContents'],
      ['more than 1 MiB', 'x'.repeat(1_048_577), {}, 'InvalidParameterValueException'],
      [
        'an attribute without a value',
        'x',
        { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
        'InvalidParameterValueException',
      ],
      [
        'an unknown queue',
        'x',
        { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/none' },
        'QueueDoesNotExist',
      ],
      ['what only FIFO has', 'x', { MessageDeduplicationId: '1' }, 'UnsupportedOperation'],
    ])('refuses %s', async (_label, body, more, error) => {
      const { send, counts } = setUp();

      await expect(send(body, more)).rejects.toMatchObject({ name: error });
      expect(await counts()).toEqual([0, 0, 0]);
    });

    it('sends what it can of a batch', async () => {
      const { client, QueueUrl, counts } = setUp();

      const { Successful: successful, Failed: failed } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: 'a', MessageBody: 'one', DelaySeconds: 5 },
            { Id: 'b', MessageBody: 'two', DelaySeconds: 901 },
            { Id: 'c', MessageBody: 'three' },
          ],
        }),
      );

      expect(successful?.map((entry) => entry.Id)).toEqual(['a', 'c']);
      expect(failed).toMatchObject([
        { Id: 'b', SenderFault: true, Code: 'InvalidParameterValueException' },
      ]);
      expect(await counts()).toEqual([1, 0, 1]);
    });

    const entry = (Id: string, MessageBody = 'x') => ({ Id, MessageBody });
    it.each([
      ['none', [], 'EmptyBatchRequest'],
      [
        'eleven',
        Array.from({ length: 11 }, (_, i) => entry(`${i}`)),
        'TooManyEntriesInBatchRequest',
      ],
      ['the same id twice', [entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
      ['an id with a space', [entry('a b')], 'InvalidBatchEntryId'],
      [
        'more than 1 MiB together',
        [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))],
        'BatchRequestTooLong',
      ],
    ])('refuses a batch of %s', async (_label, Entries, error) => {
      const { client, QueueUrl, counts } = setUp();

      await expect(
        client.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
      ).rejects.toMatchObject({ name: error });
      expect(await counts()).toEqual([0, 0, 0]);
    });
  });

  describe('receiving', () => {
    it('hides a delayed message until its delay ends', async () => {
      const { send, receive, at } = setUp();
      await send('later', { DelaySeconds: 10 });

      await at(9.999);
      expect(await receive()).toEqual([]);
      await at(10);
      expect(await receive()).toMatchObject([{ Body: 'later' }]);
    });

    it('hides a received message for the visibility timeout, then counts on', async () => {
      const { send, receive, counts, at } = setUp();
      await send('x');

      const [first] = await receive({ MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
      expect(first?.Attributes).toEqual({ ApproximateReceiveCount: '1' });
      await at(59.999);
      expect(await receive()).toEqual([]);
      expect(await counts()).toEqual([0, 1, 0]);
      await at(60);
      const [second] = await receive({ AttributeNames: ['All'], VisibilityTimeout: 5 });
      expect(second?.Attributes).toMatchObject({
        ApproximateReceiveCount: '2',
        ApproximateFirstReceiveTimestamp: String(startMs),
      });
      await at(65);
      expect(await receive()).toHaveLength(1);
    });

    it('deletes by the latest receipt handle only', async () => {
      const { client, QueueUrl, send, receive, counts, at } = setUp();
      await send('x');
      const remove = (ReceiptHandle: string | undefined) =>
        client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const [first] = await receive();
      await at(60);
      const [second] = await receive();

      await remove(first?.ReceiptHandle);
      expect(await counts()).toEqual([0, 1, 0]);
      await remove(second?.ReceiptHandle);
      expect(await counts()).toEqual([0, 0, 0]);
      await expect(remove('nonsense')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    });

    it('takes up to the number asked for, at most ten', async () => {
      const { send, receive } = setUp();
      for (let i = 0; i < 12; i++) await send(`${i}`);

      expect(await receive({ MaxNumberOfMessages: 10 })).toHaveLength(10);
      expect(await receive()).toHaveLength(1);
      await expect(receive({ MaxNumberOfMessages: 11 })).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
      });
    });

    it('moves a message to the dead-letter queue instead of a fourth receipt', async () => {
      const { send, receive, counts, at } = setUp();
      await send('x');
      for (const seconds of [0, 60, 120]) {
        await at(seconds);
        expect(await receive()).toHaveLength(1);
      }

      await at(180);
      expect(await counts('dead')).toEqual([0, 0, 0]);
      expect(await receive()).toEqual([]);
      expect(await counts('dead')).toEqual([1, 0, 0]);
      expect(await counts()).toEqual([0, 0, 0]);
    });

    it('drops a message after its retention time', async () => {
      const { send, counts, at } = setUp();
      await send('x');

      await at(345_600);
      expect(await counts()).toEqual([1, 0, 0]);
      await at(345_601);
      expect(await counts()).toEqual([0, 0, 0]);
    });

    it('purges, once a minute', async () => {
      const { client, QueueUrl, send, counts, at } = setUp();
      const purge = () => client.send(new PurgeQueueCommand({ QueueUrl }));
      await send('x');
      await purge();

      expect(await counts()).toEqual([0, 0, 0]);
      await at(59.999);
      await expect(purge()).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
      await at(60);
      await purge();
    });
  });

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
});
