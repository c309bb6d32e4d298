import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { Sns } from '../../simulator/account/sns/sns.ts';

const CONTEXT = { region: 'eu-west-1', accountId: '123456789012' };
const START_MS = Date.UTC(2026, 0, 5);
const ARN = 'arn:aws:sns:eu-west-1:123456789012:news';

let sns: Sns;
let client: SNSClient;

beforeEach(async () => {
  const clock = new VirtualClock(START_MS);
  sns = new Sns({ clock, context: CONTEXT });
  client = new SNSClient({
    region: CONTEXT.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: new EmbeddedAccount(clock, CONTEXT).add(sns).requestHandler(),
  });
  await client.send(new CreateTopicCommand({ Name: 'news' }));
});

it('makes topics once, lists and deletes them', async () => {
  expect(await client.send(new CreateTopicCommand({ Name: 'news' }))).toMatchObject({
    TopicArn: ARN,
  });
  expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: ARN }]);
  await client.send(new DeleteTopicCommand({ TopicArn: ARN }));
  expect((await client.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
});

it('takes messages with subject and attributes as they were sent', async () => {
  const Message = 'a < b & "c"\n{"d": "é"}';
  const { MessageId } = await client.send(
    new PublishCommand({
      TopicArn: ARN,
      Subject: 'news: at last',
      Message,
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'quota-refused' },
        severity: { DataType: 'String', StringValue: 'critical' },
      },
    }),
  );
  expect(sns.published).toEqual([
    {
      atMs: START_MS,
      messageId: MessageId,
      topicArn: ARN,
      subject: 'news: at last',
      message: Message,
      attributes: { kind: 'quota-refused', severity: 'critical' },
    },
  ]);
});

describe('refused is', () => {
  const publish = (changes: object) =>
    client.send(new PublishCommand({ TopicArn: ARN, Message: 'm', ...changes }));

  it.each<[string, object, string]>([
    ['a topic that is not there', { TopicArn: `${ARN}x` }, 'NotFoundException'],
    ['no message', { Message: '' }, 'InvalidParameterException'],
    ['a message too long', { Message: 'm'.repeat(262_145) }, 'InvalidParameterException'],
    ['a subject of 100 characters', { Subject: 's'.repeat(100) }, 'InvalidParameterException'],
    ['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException'],
    ['a subject that is not ASCII', { Subject: 'owner’s' }, 'InvalidParameterException'],
    [
      'an attribute without value',
      { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValueException',
    ],
  ])('%s', async (_, changes, name) => {
    await expect(publish(changes)).rejects.toMatchObject({ name });
    expect(sns.published).toEqual([]);
  });

  it.each([
    ['the longest message', { Message: 'm'.repeat(262_144) }],
    ['the longest subject', { Subject: 's'.repeat(99) }],
  ])('not %s', async (_, changes) => {
    await publish(changes);
    expect(sns.published).toHaveLength(1);
  });
});
