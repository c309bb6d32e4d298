import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { Sqs } from '../../simulator/account/sqs/sqs.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const context = { region: 'eu-west-1', accountId: '123456789012' };
export const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;

export function setUp() {
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
