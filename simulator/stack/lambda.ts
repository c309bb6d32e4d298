import type { Context } from 'aws-lambda';
import type { VirtualClock } from '../account/clock.ts';
import { uuidOf } from '../account/ids.ts';
import type { CallContext } from '../account/service.ts';
import { callAs, type Lineage } from './caller.ts';
import type { FunctionDescription } from './description.ts';

/** A Lambda handler, whatever its event. */
export type Handler = (event: never, context: Context) => Promise<unknown>;

/** Told of an event that no attempt could handle, with the error of the last one. */
export type FailureListener = (functionName: string, event: unknown, error: unknown) => void;

/**
 * Waits of Lambda between the attempts of an asynchronous invocation whose function threw:
 * AWS docs, "How Lambda handles errors and retries with asynchronous invocation".
 */
const RETRY_DELAYS_SECONDS = [60, 120];

/**
 * Of a chain of invocations through SQS, Lambda stops the next one of a function after so many, unless
 * the function allows it: AWS docs, "Use Lambda recursive loop detection to prevent infinite loops".
 */
const MOST_RECURSIONS = 16;

/** One function of the stack, invoked as Lambda invokes it but on the virtual clock. */
export class SimulatedFunction {
  readonly #description: FunctionDescription;
  readonly #functionName: string;
  readonly #handler: Handler;
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #onFailure: FailureListener;
  #invocations = 0;

  constructor(options: {
    readonly description: FunctionDescription;
    /** Under which Lambda knows the function. */
    readonly functionName: string;
    readonly handler: Handler;
    readonly clock: VirtualClock;
    readonly context: CallContext;
    readonly onFailure: FailureListener;
  }) {
    this.#description = options.description;
    this.#functionName = options.functionName;
    this.#handler = options.handler;
    this.#clock = options.clock;
    this.#context = options.context;
    this.#onFailure = options.onFailure;
  }

  /** One attempt, whose answer or error is the caller's. */
  invoke(event: unknown, lineage: Lineage = {}): Promise<unknown> {
    return this.#attempt(event, this.#nextRequestId(), lineage);
  }

  /**
   * As `InvocationType: Event`: accepted at once, then tried until it succeeds or Lambda gives up,
   * of which the failure listener hears. `isLive` is asked before every retry.
   */
  async invokeLater(event: unknown, isLive: () => boolean): Promise<void> {
    const requestId = this.#nextRequestId();
    const acceptedAtMs = this.#clock.nowMs;
    const { maximumRetryAttempts, maximumEventAgeSeconds, name } = this.#description;
    const attempt = async (retries: number): Promise<void> => {
      try {
        await this.#attempt(event, requestId);
      } catch (error) {
        const delaySeconds = RETRY_DELAYS_SECONDS[retries];
        const retryAtMs = this.#clock.nowMs + (delaySeconds ?? Number.POSITIVE_INFINITY) * 1000;
        const ageSeconds = (retryAtMs - acceptedAtMs) / 1000;
        if (retries >= maximumRetryAttempts || ageSeconds >= maximumEventAgeSeconds) {
          this.#onFailure(name, event, error);
          return;
        }
        this.#clock.at(retryAtMs, () => (isLive() ? attempt(retries + 1) : undefined));
      }
    };
    await attempt(0);
  }

  /** A handler gets an event of its own, so that it cannot change what a retry is given. */
  async #attempt(event: unknown, requestId: string, lineage: Lineage = {}): Promise<unknown> {
    const { name, mayRecur } = this.#description;
    const times = (lineage[name] ?? 0) + 1;
    if (times > MOST_RECURSIONS && !mayRecur) {
      throw new Error(`RecursiveInvocationException: ${name} has invoked itself ${times} times.`);
    }
    const run = () => this.#handler(structuredClone(event) as never, this.#contextOf(requestId));
    return callAs(name, run, { ...lineage, [name]: times });
  }

  #contextOf(awsRequestId: string): Context {
    const deadlineMs = this.#clock.nowMs + this.#description.timeoutSeconds * 1000;
    const day = new Date(this.#clock.nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
    const { region, accountId } = this.#context;
    const unserved = () => {
      throw new Error('The callbacks of old Node.js runtimes are not served; return a promise.');
    };
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: this.#functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${this.#functionName}`,
      memoryLimitInMB: String(this.#description.memoryMegabytes),
      awsRequestId,
      logGroupName: `/aws/lambda/${this.#functionName}`,
      logStreamName: `${day}/[$LATEST]${uuidOf(this.#functionName).replaceAll('-', '')}`,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - this.#clock.nowMs),
      done: unserved,
      fail: unserved,
      succeed: unserved,
    };
  }

  /** A UUID that depends only on the function and on how many invocations came before. */
  #nextRequestId(): string {
    return uuidOf(`${this.#functionName}/${this.#invocations++}`);
  }
}
