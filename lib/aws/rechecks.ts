import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** "Look at this endpoint again": the body of a message on the re-check queue. */
export interface Recheck {
  readonly endpointName: string;
  /** `re-check` continues a hot loop, `sweep` is the minute's look at everything, `event` tells of a change. */
  readonly cause: 're-check' | 'sweep' | 'event';
  /** The loop that a `re-check` continues; a message of a loop that is no longer the latest is dropped. */
  readonly loop?: number;
}

/** The longest that SQS puts off a message, seconds. */
export const MOST_DELAY_SECONDS = 900;

/** Sends wake-ups to the scaler itself. */
export interface Rechecks {
  /** @param delaySeconds whole seconds, 0 to {@link MOST_DELAY_SECONDS} */
  send(recheck: Recheck, delaySeconds: number): Promise<void>;
  /** Sends many; throws with the number that the queue refused, if any. */
  sendAll(
    rechecks: readonly { readonly recheck: Recheck; readonly delaySeconds: number }[],
  ): Promise<void>;
}

/** SendMessageBatch takes this many. */
const BATCH_SIZE = 10;

export function sqsRechecks(client: SQSClient, queueUrl: () => string): Rechecks {
  return {
    async send(recheck, delaySeconds) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl(),
          MessageBody: JSON.stringify(recheck),
          DelaySeconds: delaySeconds,
        }),
      );
    },

    async sendAll(rechecks) {
      let refused = 0;
      for (let from = 0; from < rechecks.length; from += BATCH_SIZE) {
        const output = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl(),
            Entries: rechecks.slice(from, from + BATCH_SIZE).map((entry, i) => ({
              Id: String(i),
              MessageBody: JSON.stringify(entry.recheck),
              DelaySeconds: entry.delaySeconds,
            })),
          }),
        );
        refused += output.Failed?.length ?? 0;
      }
      if (refused > 0) {
        throw new Error(`The re-check queue refused ${refused} of ${rechecks.length} messages.`);
      }
    },
  };
}
