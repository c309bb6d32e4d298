import { callingLineage } from '../../stack/caller.ts';
import { AwsError } from '../service.ts';
import { MAX_MESSAGE_BYTES } from './attributes.ts';
import { checkWholeNumber, missingParameter, sqsError } from './errors.ts';
import {
  attributesBytes,
  attributesMd5,
  checkAttributes,
  type MessageAttributes,
  md5,
} from './message-attributes.ts';
import type { Queue } from './queue.ts';

export interface SendInput {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: MessageAttributes;
}

export interface SendEntry extends SendInput {
  readonly Id?: string;
}

/** AWS docs, SendMessage and SendMessageBatch. */
const MAX_DELAY_SECONDS = 900;
const MAX_BATCH_ENTRIES = 10;
const SERVED = new Set(['Id', 'QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageAttributes']);
/** Characters that XML 1.0 does not have. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Throws for a message that SQS does not take; every check comes before the sending. */
export function sendMessage(queue: Queue, input: SendInput) {
  const { MessageBody: body, MessageAttributes: attributes = {} } = input;
  const unserved = Object.keys(input).find((member) => !SERVED.has(member));
  if (unserved) {
    throw sqsError('UnsupportedOperation', `The embedded SQS does not serve ${unserved}.`);
  }
  if (!body) throw missingParameter('MessageBody');
  const delaySeconds = checkWholeNumber(
    'DelaySeconds',
    input.DelaySeconds ?? queue.settings.delaySeconds,
    0,
    MAX_DELAY_SECONDS,
  );
  checkAttributes(attributes);
  if (FORBIDDEN.test(body)) {
    throw sqsError('InvalidMessageContents', 'Invalid characters found in MessageBody.');
  }
  if (sizeBytes(input) > MAX_MESSAGE_BYTES) {
    throw sqsError(
      'InvalidParameterValueException',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
    );
  }
  const digest = attributesMd5(attributes);
  return {
    MessageId: queue.send(body, attributes, delaySeconds, callingLineage()).id,
    MD5OfMessageBody: md5(body),
    ...(digest !== undefined && { MD5OfMessageAttributes: digest }),
  };
}

/** Sends what can be sent; an entry that is refused does not hold back the others. */
export function sendMessageBatch(queue: Queue, entries: readonly SendEntry[]) {
  checkBatch(entries);
  const sent = entries.map((entry) => {
    try {
      return { Id: entry.Id, ...sendMessage(queue, entry) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message };
    }
  });
  return {
    Successful: sent.filter((result) => 'MessageId' in result),
    Failed: sent.filter((result) => 'SenderFault' in result),
  };
}

function checkBatch(entries: readonly SendEntry[]): void {
  if (entries.length === 0) {
    throw sqsError(
      'EmptyBatchRequest',
      'There should be at least one SendMessageBatchRequestEntry in the request.',
    );
  }
  if (entries.length > MAX_BATCH_ENTRIES) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_BATCH_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = entries.map(({ Id: id = '' }) => id);
  const malformed = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (malformed !== undefined) {
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ' +
        `It can be at most 80 letters long. Found "${malformed}".`,
    );
  }
  const repeated = ids.find((id, i) => ids.indexOf(id) < i);
  if (repeated !== undefined) {
    throw sqsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  }
  const total = entries.reduce((sum, entry) => sum + sizeBytes(entry), 0);
  if (total > MAX_MESSAGE_BYTES) {
    throw sqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${total} bytes.`,
    );
  }
}

function sizeBytes({ MessageBody: body = '', MessageAttributes: attributes = {} }: SendInput) {
  return Buffer.byteLength(body) + attributesBytes(attributes);
}
