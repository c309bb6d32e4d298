import type { VirtualClock } from '../clock.ts';
import { type PageRequest, pageOf } from '../input.ts';
import type { AwsService, CallContext, Operation } from '../service.ts';
import { parseAttributes, queueAttributes, type RequestedSettings } from './attributes.ts';
import { checkWholeNumber, missingParameter, sqsError } from './errors.ts';
import { connectEventSource, type EventSourceMapping, systemAttributes } from './event-source.ts';
import { attributesMd5, md5, selectAttributes } from './message-attributes.ts';
import { Queue, type QueueSettings, type ReceivedMessage } from './queue.ts';
import { type SendEntry, type SendInput, sendMessage, sendMessageBatch } from './send.ts';

/** AWS docs, CreateQueue: values of attributes that are not given. */
const DEFAULTS = { delaySeconds: 0, visibilityTimeoutSeconds: 30, retentionSeconds: 345_600 };
const MAX_VISIBILITY_TIMEOUT_SECONDS = 43_200;
const MAX_RECEIVED = 10;
/** AWS docs, ListQueues. */
const QUEUE_PAGES = { byDefault: 1000, most: 1000 };
const MAX_WAIT_SECONDS = 20;
const PURGE_INTERVAL_MS = 60_000;

interface QueueInput {
  readonly QueueUrl?: string;
}

interface ReceiveInput extends QueueInput {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly WaitTimeSeconds?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
}

/**
 * Standard queues on the virtual clock, and their event source mappings. ReceiveMessage answers at
 * once whatever its WaitTimeSeconds: virtual time stands still while a call is being answered.
 */
export class Sqs implements AwsService {
  readonly name = 'sqs';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #queues = new Map<string, Queue>();
  readonly #purgedAtMs = new Map<Queue, number>();
  #url: string;

  constructor(options: { readonly clock: VirtualClock; readonly context: CallContext }) {
    this.#clock = options.clock;
    this.#context = options.context;
    this.#url = `https://sqs.${options.context.region}.amazonaws.com`;
    this.operations = {
      CreateQueue: (input) => this.#createQueue(input),
      GetQueueUrl: (input: { QueueName?: string }) => ({
        QueueUrl: this.#urlOf(this.#named(input.QueueName ?? '')),
      }),
      ListQueues: (input) => this.#list(input),
      GetQueueAttributes: (input: QueueInput & { AttributeNames?: readonly string[] }) => ({
        Attributes: queueAttributes(this.#queue(input), input.AttributeNames ?? []),
      }),
      DeleteQueue: (input: QueueInput) => {
        this.#queues.delete(this.#queue(input).settings.name);
        return {};
      },
      SendMessage: (input: QueueInput & SendInput) => sendMessage(this.#queue(input), input),
      SendMessageBatch: (input: QueueInput & { Entries?: readonly SendEntry[] }) =>
        sendMessageBatch(this.#queue(input), input.Entries ?? []),
      ReceiveMessage: (input) => this.#receive(input),
      DeleteMessage: (input: QueueInput & { ReceiptHandle?: string }) => {
        if (!input.ReceiptHandle) throw missingParameter('ReceiptHandle');
        this.#queue(input).delete(input.ReceiptHandle);
        return {};
      },
      PurgeQueue: (input) => this.#purge(input),
    };
  }

  /** Creates a queue as a deployment would. Throws when the name is taken or the other queue absent. */
  createQueue(queue: {
    readonly name: string;
    readonly visibilityTimeoutSeconds: number;
    /** Default 4 days. */
    readonly retentionSeconds?: number;
    readonly maxReceiveCount?: number;
    /** Name of the queue for messages that were received `maxReceiveCount` times in vain. */
    readonly deadLetterQueue?: string;
  }): { readonly url: string; readonly arn: string } {
    const { name, visibilityTimeoutSeconds, maxReceiveCount, deadLetterQueue } = queue;
    const { retentionSeconds = DEFAULTS.retentionSeconds } = queue;
    if ((maxReceiveCount === undefined) !== (deadLetterQueue === undefined)) {
      throw new TypeError(
        `Queue ${name}: maxReceiveCount and deadLetterQueue only make sense together.`,
      );
    }
    if (this.#queues.has(name)) throw new TypeError(`Queue ${name} exists already.`);
    const created = this.#add(name, {
      visibilityTimeoutSeconds,
      retentionSeconds,
      ...(deadLetterQueue !== undefined && {
        redrive: {
          deadLetterTargetArn: this.#named(deadLetterQueue).arn,
          maxReceiveCount: maxReceiveCount as number,
        },
      }),
    });
    return { url: this.#urlOf(created), arn: created.arn };
  }

  /** From now on the URLs of queues begin with this; clients send their calls there. */
  serveAt(url: string): void {
    this.#url = url;
  }

  /**
   * Subscribes a consumer to a queue; returns a function that ends the subscription.
   * Throws QueueDoesNotExist, or RangeError for the batch size.
   */
  connect(queueName: string, mapping: EventSourceMapping): () => void {
    return connectEventSource(this.#clock, this.#context.region, this.#named(queueName), mapping);
  }

  #createQueue(input: {
    readonly QueueName?: string;
    readonly Attributes?: Readonly<Record<string, string>>;
  }) {
    const name = input.QueueName ?? '';
    const settings = parseAttributes(input.Attributes ?? {});
    const existing = this.#queues.get(name);
    if (!existing) return { QueueUrl: this.#urlOf(this.#add(name, settings)) };
    if (!isSame(existing.settings, this.#settings(name, settings), Object.keys(settings))) {
      throw sqsError(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for an attribute.',
      );
    }
    return { QueueUrl: this.#urlOf(existing) };
  }

  #add(name: string, requested: RequestedSettings): Queue {
    if (!/^[\w-]{1,80}$/.test(name)) {
      throw sqsError(
        'InvalidParameterValueException',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length. ' +
          `Found "${name}".`,
      );
    }
    const { region, accountId } = this.#context;
    const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
    const queue = new Queue(this.#clock, arn, this.#settings(name, requested));
    this.#queues.set(name, queue);
    return queue;
  }

  #settings(name: string, { redrive, ...requested }: RequestedSettings): QueueSettings {
    const settings = { ...DEFAULTS, ...requested, name };
    if (!redrive) return settings;
    const deadLetterQueue = this.#named(redrive.deadLetterTargetArn.replace(/^.*:/, ''));
    return {
      ...settings,
      redrive: { deadLetterQueue, maxReceiveCount: redrive.maxReceiveCount },
    };
  }

  #list(input: PageRequest & { readonly QueueNamePrefix?: string }) {
    const { QueueNamePrefix = '' } = input;
    const urls = [...this.#queues.values()]
      .filter(({ settings }) => settings.name.startsWith(QueueNamePrefix))
      .map((queue) => this.#urlOf(queue));
    const { items, ...next } = pageOf(urls, input, QUEUE_PAGES, () =>
      sqsError('InvalidParameterValueException', 'The next token is invalid.'),
    );
    return items.length === 0 ? {} : { QueueUrls: items, ...next };
  }

  #receive(input: ReceiveInput) {
    const {
      MaxNumberOfMessages: max = 1,
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: waitSeconds = 0,
    } = input;
    const queue = this.#queue(input);
    checkWholeNumber('MaxNumberOfMessages', max, 1, MAX_RECEIVED);
    checkWholeNumber('WaitTimeSeconds', waitSeconds, 0, MAX_WAIT_SECONDS);
    if (visibilitySeconds !== undefined) {
      checkWholeNumber('VisibilityTimeout', visibilitySeconds, 0, MAX_VISIBILITY_TIMEOUT_SECONDS);
    }
    const received = queue.receive(max, visibilitySeconds);
    if (received.length === 0) return {};
    return { Messages: received.map((each) => wireMessage(each, input)) };
  }

  #purge(input: QueueInput) {
    const queue = this.#queue(input);
    const purgedAtMs = this.#purgedAtMs.get(queue);
    if (purgedAtMs !== undefined && this.#clock.nowMs < purgedAtMs + PURGE_INTERVAL_MS) {
      throw sqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.settings.name} is allowed every 60 seconds.`,
      );
    }
    this.#purgedAtMs.set(queue, this.#clock.nowMs);
    queue.purge();
    return {};
  }

  #queue(input: QueueInput): Queue {
    if (!input.QueueUrl) throw missingParameter('QueueUrl');
    return this.#named(input.QueueUrl.slice(input.QueueUrl.lastIndexOf('/') + 1));
  }

  #named(name: string): Queue {
    const queue = this.#queues.get(name);
    if (!queue) {
      throw sqsError('QueueDoesNotExist', `The specified queue does not exist: ${name}.`);
    }
    return queue;
  }

  #urlOf(queue: Queue): string {
    return `${this.#url}/${this.#context.accountId}/${queue.settings.name}`;
  }
}

function isSame(existing: QueueSettings, wanted: QueueSettings, members: readonly string[]) {
  return (members as (keyof QueueSettings)[]).every((member) =>
    member === 'redrive'
      ? existing.redrive?.deadLetterQueue === wanted.redrive?.deadLetterQueue &&
        existing.redrive?.maxReceiveCount === wanted.redrive?.maxReceiveCount
      : existing[member] === wanted[member],
  );
}

function wireMessage({ message, receiptHandle }: ReceivedMessage, input: ReceiveInput) {
  const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => asked.includes('All') || asked.includes(name),
  );
  const attributes = selectAttributes(message.attributes, input.MessageAttributeNames ?? []);
  const digest = attributesMd5(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(digest !== undefined && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: digest,
    }),
  };
}
