import { Readable } from 'node:stream';
import type { PutMetricDataCommand, PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { PutEventsCommand, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { type HttpRequest, HttpResponse } from '@smithy/core/transport';
import type { Surroundings } from '../../client/index.ts';

export const START_MS = 1_800_000_000_000;

/** A process on a clock that a test moves. */
export class FakeProcess implements Surroundings {
  nowMs = START_MS;
  jitterMs = 0;
  readonly lines: string[] = [];
  #timers: { readonly atMs: number; readonly task: () => unknown }[] = [];
  #exitTasks: (() => unknown)[] = [];

  readonly now = () => this.nowMs;

  after(delayMs: number, task: () => unknown): () => void {
    const timer = { atMs: this.nowMs + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  beforeExit(task: () => unknown): () => void {
    this.#exitTasks.push(task);
    return () => {
      this.#exitTasks = this.#exitTasks.filter((each) => each !== task);
    };
  }

  writeLine(line: string): void {
    this.lines.push(line);
  }

  get timers(): number {
    return this.#timers.length;
  }

  get exitTasks(): number {
    return this.#exitTasks.length;
  }

  /**
   * Moves the clock on, through every timer that comes due. It stops at one whose task waits for a
   * later timer, until another pass comes to that.
   */
  async pass(seconds: number): Promise<void> {
    const untilMs = this.nowMs + seconds * 1000;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      await next.task();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** The process has nothing left to do. */
  async exit(): Promise<void> {
    const tasks = this.#exitTasks;
    this.#exitTasks = [];
    for (const task of tasks) await task();
  }
}

/** A CloudWatch that keeps what it is given, or fails while `error` is set. */
export class FakeCloudWatch {
  readonly calls: PutMetricDataCommandInput[] = [];
  attempts = 0;
  error: Error | undefined;

  async send({ input }: PutMetricDataCommand): Promise<unknown> {
    this.attempts += 1;
    if (this.error) throw this.error;
    this.calls.push(input);
    return {};
  }

  /** The sum of a metric over all that was published. */
  sum(metricName: string): number {
    return this.data(metricName).reduce((total, { Value = 0 }) => total + Value, 0);
  }

  /** Data of a metric. */
  data(metricName: string) {
    return this.calls
      .flatMap(({ MetricData = [] }) => MetricData)
      .filter(({ MetricName }) => MetricName === metricName);
  }

  /** By second since the start: the values of a metric. */
  bySecond(metricName: string): Record<number, number> {
    const values: Record<number, number> = {};
    for (const { Timestamp, Value = 0 } of this.data(metricName)) {
      const second = ((Timestamp?.getTime() ?? Number.NaN) - START_MS) / 1000;
      values[second] = (values[second] ?? 0) + Value;
    }
    return values;
  }
}

/** An EventBridge that keeps what it is given, or fails while `error` is set. */
export class FakeEventBridge {
  readonly events: { source: string; detailType: string; detail: Record<string, unknown> }[] = [];
  error: Error | undefined;
  refusal: string | undefined;

  async send({ input }: PutEventsCommand): Promise<PutEventsCommandOutput> {
    if (this.error) throw this.error;
    if (this.refusal) {
      const Entries = [{ ErrorCode: this.refusal, ErrorMessage: 'no' }];
      return { $metadata: {}, FailedEntryCount: 1, Entries };
    }
    for (const { Source = '', DetailType = '', Detail = '{}' } of input.Entries ?? []) {
      this.events.push({ source: Source, detailType: DetailType, detail: JSON.parse(Detail) });
    }
    return { $metadata: {}, FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
  }
}

/** What SageMaker answers to a request, as it goes over the wire. */
export interface Answer {
  readonly status?: number;
  readonly variant?: string;
  /** Name of the error, for statuses that are none of success. */
  readonly error?: string;
  readonly body?: string | Readable;
}

type Answering = (request: HttpRequest) => Answer | Error | Promise<Answer | Error>;

/** The settings of a client whose requests `answer` answers; an Error is a broken connection. */
export function clientConfig(answer: Answering, maxAttempts = 1) {
  const requestHandler = {
    metadata: { handlerProtocol: 'fake' },
    async handle(request: HttpRequest) {
      const given = await answer(request);
      if (given instanceof Error) throw given;
      const { status = 200, variant, error, body = '{}' } = given;
      const headers = {
        'content-type': 'application/json',
        ...(variant !== undefined && { 'x-amzn-invoked-production-variant': variant }),
        ...(error !== undefined && { 'x-amzn-errortype': error }),
      };
      const payload = typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body;
      return { response: new HttpResponse({ statusCode: status, headers, body: payload }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
  return {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler,
    maxAttempts,
    retryMode: 'standard',
  };
}

export const runtimeClient = (answer: Answering, maxAttempts?: number) =>
  new SageMakerRuntimeClient(clientConfig(answer, maxAttempts));

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One part of a streamed answer, or the exception that ends it, encoded. */
export function streamPart(text: string, exception?: string): Uint8Array {
  const string = (value: string) => ({ type: 'string' as const, value });
  const headers = exception
    ? { ':message-type': string('exception'), ':exception-type': string(exception) }
    : { ':message-type': string('event'), ':event-type': string('PayloadPart') };
  const type = string(exception ? 'application/json' : 'application/octet-stream');
  return codec.encode({ headers: { ...headers, ':content-type': type }, body: fromUtf8(text) });
}
