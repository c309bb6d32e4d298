import type { Lineage } from '../../stack/caller.ts';
import type { VirtualClock } from '../clock.ts';
import { uuidOf } from '../ids.ts';
import { sqsError } from './errors.ts';
import type { MessageAttributes } from './message-attributes.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** The invocations that led to it. */
  readonly lineage: Lineage;
  readonly sentAtMs: number;
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedAtMs: number | undefined;
}

/** A message that a consumer now holds. */
export interface ReceivedMessage {
  readonly message: Message;
  readonly receiptHandle: string;
}

export interface QueueSettings {
  readonly name: string;
  readonly delaySeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  /** Where a message goes instead of being received more than `maxReceiveCount` times. */
  readonly redrive?: { readonly deadLetterQueue: Queue; readonly maxReceiveCount: number };
}

export interface MessageCounts {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
}

/** A standard queue: messages, their visibility on the virtual clock, and the redrive policy. */
export class Queue {
  readonly arn: string;
  readonly settings: QueueSettings;
  readonly createdAtMs: number;
  readonly #clock: VirtualClock;
  readonly #messages = new Map<string, Message>();
  readonly #visibleListeners: ((atMs: number) => void)[] = [];
  readonly #deadLetterListeners: ((message: Message) => void)[] = [];
  #sent = 0;

  constructor(clock: VirtualClock, arn: string, settings: QueueSettings) {
    this.#clock = clock;
    this.arn = arn;
    this.settings = settings;
    this.createdAtMs = clock.nowMs;
  }

  /** Calls back with the time at which a message is due to become visible, each time one is. */
  onVisible(listener: (atMs: number) => void): void {
    this.#visibleListeners.push(listener);
    for (const message of this.#messages.values()) listener(message.visibleAtMs);
  }

  /** Calls back when a message leaves for the dead-letter queue. */
  onDeadLetter(listener: (message: Message) => void): void {
    this.#deadLetterListeners.push(listener);
  }

  send(
    body: string,
    attributes: MessageAttributes,
    delaySeconds: number,
    lineage: Lineage = {},
  ): Message {
    const message: Message = {
      id: this.#nextId(),
      body,
      attributes,
      lineage,
      sentAtMs: this.#clock.nowMs,
      visibleAtMs: this.#clock.nowMs + delaySeconds * 1000,
      receiveCount: 0,
      firstReceivedAtMs: undefined,
    };
    this.#add(message);
    return message;
  }

  /** Up to `max` visible messages, which are then hidden for the visibility timeout. */
  receive(max: number, visibilityTimeoutSeconds?: number): ReceivedMessage[] {
    const received: ReceivedMessage[] = [];
    const nowMs = this.#clock.nowMs;
    for (const message of this.#present()) {
      if (received.length === max) break;
      if (message.visibleAtMs > nowMs || this.#redrive(message)) continue;
      const hiddenSeconds = visibilityTimeoutSeconds ?? this.settings.visibilityTimeoutSeconds;
      message.receiveCount += 1;
      message.firstReceivedAtMs ??= nowMs;
      message.visibleAtMs = nowMs + hiddenSeconds * 1000;
      received.push({ message, receiptHandle: receiptHandleOf(message) });
      this.#announce(message);
    }
    return received;
  }

  /** Deletes what the latest receipt handle of a message stands for; an older one does nothing. */
  delete(receiptHandle: string): void {
    const { id, receiveCount } = parseReceiptHandle(receiptHandle);
    if (this.#messages.get(id)?.receiveCount === receiveCount) this.#messages.delete(id);
  }

  purge(): void {
    this.#messages.clear();
  }

  counts(): MessageCounts {
    const counts = { visible: 0, notVisible: 0, delayed: 0 };
    for (const { visibleAtMs, receiveCount } of this.#present()) {
      if (visibleAtMs <= this.#clock.nowMs) counts.visible += 1;
      else if (receiveCount > 0) counts.notVisible += 1;
      else counts.delayed += 1;
    }
    return counts;
  }

  #add(message: Message): void {
    this.#messages.set(message.id, message);
    this.#announce(message);
  }

  #announce(message: Message): void {
    for (const listener of this.#visibleListeners) listener(message.visibleAtMs);
  }

  /** Messages within their retention time, oldest first; the others are dropped in passing. */
  *#present(): Generator<Message> {
    const oldestSentMs = this.#clock.nowMs - this.settings.retentionSeconds * 1000;
    for (const message of this.#messages.values()) {
      if (message.sentAtMs >= oldestSentMs) yield message;
      else this.#messages.delete(message.id);
    }
  }

  #redrive(message: Message): boolean {
    const { redrive } = this.settings;
    if (!redrive || message.receiveCount < redrive.maxReceiveCount) return false;
    this.#messages.delete(message.id);
    redrive.deadLetterQueue.#add({ ...message, visibleAtMs: this.#clock.nowMs });
    for (const listener of this.#deadLetterListeners) listener(message);
    return true;
  }

  /** A UUID that depends only on the queue and on how many messages came before. */
  #nextId(): string {
    return uuidOf(`${this.arn}/${this.#sent++}`);
  }
}

function receiptHandleOf({ id, receiveCount }: Message): string {
  return Buffer.from(`${id}#${receiveCount}`).toString('base64url');
}

function parseReceiptHandle(handle: string): { id: string; receiveCount: number } {
  const text = Buffer.from(handle, 'base64url').toString();
  const [, id, receiveCount] = /^([0-9a-f-]{36})#(\d+)$/.exec(text) ?? [];
  if (id === undefined) {
    throw sqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not valid.`);
  }
  return { id, receiveCount: Number(receiveCount) };
}
