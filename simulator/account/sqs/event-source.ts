import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { Lineage } from '../../stack/caller.ts';
import type { VirtualClock } from '../clock.ts';
import { attributesMd5, md5 } from './message-attributes.ts';
import type { Message, Queue, ReceivedMessage } from './queue.ts';

/** A Lambda function's subscription to a queue. */
export interface EventSourceMapping {
  /** At most this many messages in one event, 1 to 10. */
  readonly batchSize: number;
  /** Whether the answer may name the messages that failed; else only a throw fails, and all do. */
  readonly reportBatchItemFailures: boolean;
  /** From a message's becoming visible to its delivery; default 50. */
  readonly pollLatencyMs?: number;
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing
  readonly consumer: (event: SQSEvent, lineage: Lineage) => Promise<SQSBatchResponse | void>;
  /** A message has failed for the last time and lies in the dead-letter queue; with its last error. */
  readonly onDeadLetter?: (record: SQSRecord, error: unknown) => void;
}

const DEFAULT_POLL_LATENCY_MS = 50;
/** Larger batches need a batching window (AWS docs, "Configuring scaling behavior for SQS"). */
const MAX_BATCH_SIZE = 10;
const SENDER_ID = 'AROAEMBEDDEDACCOUNT00:embedded';

/**
 * Delivers a queue's messages to a consumer on the virtual clock. Messages that fail stay in the
 * queue, come back after the visibility timeout and end in the dead-letter queue. Returns a function
 * that ends the subscription.
 */
export function connectEventSource(
  clock: VirtualClock,
  region: string,
  queue: Queue,
  mapping: EventSourceMapping,
): () => void {
  const { batchSize, pollLatencyMs = DEFAULT_POLL_LATENCY_MS } = mapping;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
    throw new RangeError(
      `The batch size of the event source of ${queue.settings.name} is ${batchSize}; ` +
        `expected 1 to ${MAX_BATCH_SIZE}.`,
    );
  }
  const lastErrors = new Map<string, unknown>();
  let connected = true;
  const recordOf = (received: ReceivedMessage) => sqsRecord(received, queue.arn, region);
  queue.onDeadLetter((message) => {
    if (!connected) return;
    mapping.onDeadLetter?.(recordOf({ message, receiptHandle: '' }), lastErrors.get(message.id));
    lastErrors.delete(message.id);
  });
  queue.onVisible((atMs) => {
    if (!connected) return;
    clock.at(atMs + pollLatencyMs, async () => {
      const batch = connected ? queue.receive(batchSize) : [];
      if (batch.length === 0) return;
      const lineage = longest(batch.map(({ message }) => message.lineage));
      const failures = await deliver({ Records: batch.map(recordOf) }, lineage, mapping);
      for (const { message, receiptHandle } of batch) {
        const failure = failures(message.id);
        if (failure) {
          lastErrors.set(message.id, failure.error);
        } else {
          lastErrors.delete(message.id);
          queue.delete(receiptHandle);
        }
      }
    });
  });
  return () => {
    connected = false;
  };
}

type FailureOf = (messageId: string) => { readonly error: unknown } | undefined;

/** Which messages of the event failed, by the rules of Lambda's event source mappings. */
async function deliver(
  event: SQSEvent,
  lineage: Lineage,
  mapping: EventSourceMapping,
): Promise<FailureOf> {
  let response: SQSBatchResponse | undefined;
  try {
    response = (await mapping.consumer(event, lineage)) ?? undefined;
  } catch (error) {
    return () => ({ error });
  }
  if (!mapping.reportBatchItemFailures) return () => undefined;
  const failed = new Set((response?.batchItemFailures ?? []).map((item) => item.itemIdentifier));
  const known = new Set(event.Records.map((record) => record.messageId));
  const stranger = [...failed].find((id) => !known.has(id));
  if (stranger !== undefined) {
    const error = new Error(`batchItemFailures names "${stranger}", no message of the batch.`);
    return () => ({ error });
  }
  const error = new Error('The consumer named the message in batchItemFailures.');
  return (id) => (failed.has(id) ? { error } : undefined);
}

/** Of several ways to one invocation, for each function the one that it was invoked most often on. */
function longest(lineages: readonly Lineage[]): Lineage {
  const merged: Record<string, number> = {};
  for (const [name, times] of lineages.flatMap(Object.entries) as [string, number][]) {
    merged[name] = Math.max(merged[name] ?? 0, times);
  }
  return merged;
}

function sqsRecord({ message, receiptHandle }: ReceivedMessage, arn: string, region: string) {
  const digest = attributesMd5(message.attributes);
  const record: SQSRecord = {
    messageId: message.id,
    receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: lambdaAttributes(message),
    md5OfBody: md5(message.body),
    ...(digest !== undefined && { md5OfMessageAttributes: digest }),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
  return record;
}

/** The system attributes that SQS keeps of a message, as text. */
export function systemAttributes(message: Message) {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMs),
    SenderId: SENDER_ID,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs ?? ''),
  };
}

function lambdaAttributes({ attributes }: Message): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType ?? 'String',
      },
    ]),
  ) as SQSMessageAttributes;
}
