import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { arn, setUp, startMs } from './sqs-world.ts';

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
});
