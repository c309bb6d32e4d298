import type { VirtualClock } from '../clock.ts';
import { uuidOf } from '../ids.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type Operation,
  validationError,
} from '../service.ts';
import { compilePattern, type EventPattern } from './pattern.ts';

/** The envelope in which EventBridge delivers every event. */
export interface AwsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 to the second, `Z`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a service says; the bus adds the envelope. */
export interface EventContent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
  /** Epoch milliseconds; now, if left out. */
  readonly atMs?: number;
}

export interface Rule {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly deliver: (event: AwsEvent) => void | Promise<void>;
}

/**
 * Decides the fate of one delivery: a list of delays in ms on top of the usual latency.
 * `[0]` delivers as usual, `[]` loses it, `[0, 5000]` delivers it twice.
 */
export type DeliveryInterceptor = (event: AwsEvent, ruleName: string) => readonly number[];

const MAX_ENTRIES_PER_CALL = 10;

/** The default event bus of the account: at-least-once delivery to rules, on the virtual clock. */
export class EventBus implements AwsService {
  readonly name = 'eventbridge';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #deliveryLatencyMs: number;
  readonly #rules = new Map<string, { rule: Rule; matches: (event: unknown) => boolean }>();
  readonly #observers: ((event: AwsEvent) => void)[] = [];
  #intercept: DeliveryInterceptor = () => [0];
  #emitted = 0;

  constructor(options: {
    readonly clock: VirtualClock;
    readonly context: CallContext;
    /** From emission to the target, default 500. */
    readonly deliveryLatencyMs?: number;
  }) {
    this.#clock = options.clock;
    this.#context = options.context;
    this.#deliveryLatencyMs = options.deliveryLatencyMs ?? 500;
    this.operations = { PutEvents: (input: PutEventsInput) => this.#putEvents(input) };
  }

  /** Adds or replaces a rule. Throws `InvalidEventPatternException`. */
  addRule(rule: Rule): void {
    this.#rules.set(rule.name, { rule, matches: compilePattern(rule.pattern) });
  }

  /** Takes a rule away; what it has already matched is still delivered. */
  removeRule(name: string): void {
    this.#rules.delete(name);
  }

  /** Sees every event as it is emitted, whether or not a rule matches. */
  onEvent(observer: (event: AwsEvent) => void): void {
    this.#observers.push(observer);
  }

  /** Sets the one interceptor of deliveries, in place of any earlier one. */
  interceptDelivery(interceptor: DeliveryInterceptor): void {
    this.#intercept = interceptor;
  }

  /** Puts an event on the bus; matching rules get their own copy of it after the latency. */
  emit(content: EventContent): AwsEvent {
    const event: AwsEvent = {
      version: '0',
      id: this.#nextId(),
      'detail-type': content.detailType,
      source: content.source,
      account: this.#context.accountId,
      time: isoSeconds(content.atMs ?? this.#clock.nowMs),
      region: this.#context.region,
      resources: [...content.resources],
      detail: content.detail as Readonly<Record<string, unknown>>,
    };
    const wire = JSON.stringify(event);
    const parsed = JSON.parse(wire) as AwsEvent;
    for (const observe of this.#observers) observe(parsed);
    for (const { rule, matches } of this.#rules.values()) {
      if (!matches(parsed)) continue;
      for (const extraMs of this.#intercept(parsed, rule.name)) {
        this.#clock.after(this.#deliveryLatencyMs + extraMs, () => rule.deliver(JSON.parse(wire)));
      }
    }
    return parsed;
  }

  #putEvents(input: PutEventsInput): PutEventsOutput {
    const entries = input.Entries ?? [];
    if (entries.length < 1 || entries.length > MAX_ENTRIES_PER_CALL) {
      throw validationError(
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: ` +
          `Member must have length between 1 and ${MAX_ENTRIES_PER_CALL}, found ${entries.length}`,
      );
    }
    const results = entries.map((entry) => this.#putEvent(entry));
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    };
  }

  #putEvent(entry: PutEventsEntry): PutEventsResult {
    this.#requireDefaultBus(entry.EventBusName);
    for (const member of ['Source', 'DetailType', 'Detail'] as const) {
      if (entry[member]) continue;
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
      };
    }
    const source = entry.Source as string;
    if (source.startsWith('aws.')) {
      return {
        ErrorCode: 'NotAuthorizedForSourceException',
        ErrorMessage: 'Not authorized for the source.',
      };
    }
    const detail = jsonObject(entry.Detail as string);
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const event = this.emit({
      source,
      detailType: entry.DetailType as string,
      resources: entry.Resources ?? [],
      detail,
      ...(entry.Time === undefined ? {} : { atMs: entry.Time * 1000 }),
    });
    return { EventId: event.id };
  }

  #requireDefaultBus(name: string | undefined): void {
    if (name === undefined || name === 'default' || name.endsWith(':event-bus/default')) return;
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }

  /** A UUID that depends only on the account and on how many events came before. */
  #nextId(): string {
    const { accountId, region } = this.#context;
    return uuidOf(`${accountId}/${region}/${this.#emitted++}`);
  }
}

interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  /** Epoch seconds. */
  readonly Time?: number;
  readonly EventBusName?: string;
}

interface PutEventsInput {
  readonly Entries?: readonly PutEventsEntry[];
}

type PutEventsResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

interface PutEventsOutput {
  readonly FailedEntryCount: number;
  readonly Entries: readonly PutEventsResult[];
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // what is not JSON at all is refused like JSON that is no object
  }
  return undefined;
}

function isoSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
