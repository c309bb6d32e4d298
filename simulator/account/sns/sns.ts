import type { CreateTopicInput, DeleteTopicInput, PublishInput } from '@aws-sdk/client-sns';
import type { VirtualClock } from '../clock.ts';
import { AwsError, type AwsService, type CallContext, type Operation } from '../service.ts';

/** A message that a topic took. */
export interface PublishedMessage {
  readonly atMs: number;
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Longest message, bytes, and subject, characters (Publish, API reference). */
const MOST_BYTES = 262_144;
const LONGEST_SUBJECT = 100;

/** Amazon SNS as far as publishing goes; subscribers are listeners in this process. */
export class Sns implements AwsService {
  readonly name = 'sns';
  readonly operations: Readonly<Record<string, Operation>>;
  /** Everything that was published, oldest first. */
  readonly published: PublishedMessage[] = [];
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #topics = new Set<string>();

  constructor({ clock, context }: { readonly clock: VirtualClock; readonly context: CallContext }) {
    this.#clock = clock;
    this.#context = context;
    this.operations = {
      CreateTopic: (input) => this.createTopic(input),
      DeleteTopic: (input) => this.deleteTopic(input),
      ListTopics: () => ({ Topics: [...this.#topics].map((TopicArn) => ({ TopicArn })) }),
      Publish: (input) => this.publish(input),
    };
  }

  /** A topic of that name; making it twice is no error. */
  createTopic({ Name = '' }: CreateTopicInput): { TopicArn: string } {
    if (!/^[\w-]{1,256}$/.test(Name)) throw invalid('Topic Name');
    const { region, accountId } = this.#context;
    const TopicArn = `arn:aws:sns:${region}:${accountId}:${Name}`;
    this.#topics.add(TopicArn);
    return { TopicArn };
  }

  deleteTopic({ TopicArn = '' }: DeleteTopicInput): void {
    this.#topics.delete(TopicArn);
  }

  publish(input: PublishInput): { MessageId: string } {
    const { TopicArn = '', Message = '', Subject, MessageAttributes = {} } = input;
    if (!this.#topics.has(TopicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > MOST_BYTES) throw invalid('Message too long');
    if (Subject !== undefined && !isSubject(Subject)) throw invalid('Subject');
    const attributes = Object.entries(MessageAttributes).map(([name, attribute]) => {
      const { DataType, StringValue } = attribute;
      if (!DataType || !StringValue) {
        const message = `The message attribute '${name}' must contain non-empty message attribute value.`;
        throw new AwsError('ParameterValueInvalid', message);
      }
      return [name, StringValue] as const;
    });
    const messageId = `message-${this.published.length + 1}`;
    this.published.push({
      atMs: this.#clock.nowMs,
      messageId,
      topicArn: TopicArn,
      subject: Subject,
      message: Message,
      attributes: Object.fromEntries(attributes),
    });
    return { MessageId: messageId };
  }
}

/** ASCII that begins with a letter, a number or punctuation, on one line, below 100 characters. */
function isSubject(subject: string): boolean {
  return /^[!-~][ -~]*$/.test(subject) && subject.length < LONGEST_SUBJECT;
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}
