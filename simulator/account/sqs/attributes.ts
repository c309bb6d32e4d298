import { checkWholeNumber, sqsError } from './errors.ts';
import type { Queue } from './queue.ts';

/** What CreateQueue's `Attributes` say, in numbers. */
export interface RequestedSettings {
  readonly delaySeconds?: number;
  readonly visibilityTimeoutSeconds?: number;
  readonly retentionSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** AWS docs, CreateQueue. */
const DELAY = { least: 0, most: 900 };
const VISIBILITY = { least: 0, most: 43_200 };
const RETENTION = { least: 60, most: 1_209_600 };
const MAX_RECEIVES = { least: 1, most: 1000 };
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Attributes of a queue that change nothing here. */
const WITHOUT_EFFECT = new Set([
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'Policy',
  'RedriveAllowPolicy',
]);

/** Throws InvalidAttributeName or InvalidAttributeValue. */
export function parseAttributes(attributes: Readonly<Record<string, string>>): RequestedSettings {
  let settings: RequestedSettings = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'DelaySeconds') {
      settings = { ...settings, delaySeconds: attributeNumber(name, value, DELAY) };
    } else if (name === 'VisibilityTimeout') {
      settings = {
        ...settings,
        visibilityTimeoutSeconds: attributeNumber(name, value, VISIBILITY),
      };
    } else if (name === 'MessageRetentionPeriod') {
      settings = { ...settings, retentionSeconds: attributeNumber(name, value, RETENTION) };
    } else if (name === 'RedrivePolicy') {
      settings = { ...settings, redrive: parseRedrivePolicy(value) };
    } else if (!WITHOUT_EFFECT.has(name)) {
      throw sqsError(
        'InvalidAttributeName',
        `Unknown Attribute ${name}. (The embedded SQS serves standard queues only.)`,
      );
    }
  }
  return settings;
}

function attributeNumber(name: string, value: string, range: { least: number; most: number }) {
  return checkWholeNumber(name, Number(value), range.least, range.most);
}

function parseRedrivePolicy(text: string) {
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    policy = JSON.parse(text);
  } catch {
    policy = {};
  }
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (typeof deadLetterTargetArn !== 'string' || maxReceiveCount === undefined) {
    throw sqsError(
      'InvalidAttributeValue',
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: it must be a JSON object with ` +
        'deadLetterTargetArn and maxReceiveCount.',
    );
  }
  return {
    deadLetterTargetArn,
    maxReceiveCount: attributeNumber('maxReceiveCount', String(maxReceiveCount), MAX_RECEIVES),
  };
}

/** The attributes that GetQueueAttributes was asked for. Throws InvalidAttributeName. */
export function queueAttributes(queue: Queue, asked: readonly string[]): Record<string, string> {
  const { settings } = queue;
  const { visible, notVisible, delayed } = queue.counts();
  const createdAtSeconds = String(Math.floor(queue.createdAtMs / 1000));
  const all: Record<string, string> = {
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: createdAtSeconds,
    LastModifiedTimestamp: createdAtSeconds,
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    DelaySeconds: String(settings.delaySeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    MaximumMessageSize: String(MAX_MESSAGE_BYTES),
    ReceiveMessageWaitTimeSeconds: '0',
    QueueArn: queue.arn,
    ...(settings.redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: settings.redrive.deadLetterQueue.arn,
        maxReceiveCount: settings.redrive.maxReceiveCount,
      }),
    }),
  };
  if (asked.includes('All')) return all;
  return Object.fromEntries(
    asked.flatMap((name) => {
      const value = all[name];
      if (value !== undefined) return [[name, value]];
      if (name === 'RedrivePolicy' || WITHOUT_EFFECT.has(name)) return [];
      throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }),
  );
}
