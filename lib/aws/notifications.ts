import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../notify/message.ts';

/** Tells the owner of what happened. */
export interface Notifications {
  publish(message: Message): Promise<void>;
  /** The region of the topic, for commands that the owner is given. */
  readonly region: () => string;
}

/** Publishes to the topic whose ARN `topicArn` gives. */
export function snsNotifications(client: SNSClient, topicArn: () => string): Notifications {
  return {
    region: () => topicArn().split(':')[3] ?? '',
    async publish({ subject, body, attributes }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn(),
          Subject: subject,
          Message: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, StringValue]) => [
              name,
              { DataType: 'String', StringValue },
            ]),
          ),
        }),
      );
    },
  };
}
