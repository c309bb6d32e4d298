import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';
import type { VirtualClock } from '../account/clock.ts';
import type { Handler } from '../stack.ts';
import { INJECTED, Killed } from './faults.ts';
import type { Storms } from './storms.ts';

/** Calls of a look, nearly always, and of the functions that see to enrolments, always. */
const CALLS = { usual: 12, most: 32 };

/** Functions that make many calls in a row. */
const BUSY = ['sweep', 'parameter', 'farewell'];

/** Before which of its calls a function dies: any may be the one, and those that come often more so. */
function deadlyCall(functionName: string, part: number): number {
  if (BUSY.includes(functionName)) return Math.floor(part * CALLS.most);
  const call = part * CALLS.usual;
  const last = CALLS.usual - 1;
  return Math.floor(call < last ? call : last + (call - last) * (CALLS.most - last));
}

/** How far the clock of a skewed instance is off, milliseconds. */
const SKEW_MS = 30_000;

/** One running function. */
export interface Invocation {
  readonly functionName: string;
  /** How far this instance's clock is ahead. */
  readonly skewMs: number;
  /** Epoch milliseconds at which Lambda ends it. */
  readonly deadlineMs: number;
  /** AWS calls that it has begun. */
  calls: number;
  /** It dies before the call of this number; never when undefined. */
  readonly diesBefore: number | undefined;
  killed: Killed | undefined;
  /** True once anything that it did was hit by a fault. */
  hit: boolean;
}

/** The running functions: their clocks, and their deaths. */
export class Invocations {
  readonly #clock: VirtualClock;
  readonly #storms: Storms;
  readonly #running = new AsyncLocalStorage<Invocation>();
  readonly #endListeners: ((invocation: Invocation) => void)[] = [];

  constructor(clock: VirtualClock, storms: Storms) {
    this.#clock = clock;
    this.#storms = storms;
  }

  /** The function in whose course this is asked; undefined outside of all. */
  get current(): Invocation | undefined {
    return this.#running.getStore();
  }

  /** The time by the clock of the running function's instance. */
  nowMs(): number {
    return this.#clock.nowMs + (this.current?.skewMs ?? 0);
  }

  /** Hears of every invocation as it ends. */
  onEnd(listener: (invocation: Invocation) => void): void {
    this.#endListeners.push(listener);
  }

  /** The handler as Lambda runs it here: with a clock of its own, a deadline, and perhaps a death. */
  wrap(functionName: string, handler: Handler): Handler {
    return (event, context) => {
      if (functionName === 'sweep' && this.#storms.strike('sweep-skipped')) {
        return Promise.resolve();
      }
      const invocation = this.#begin(functionName, context);
      return this.#running.run(invocation, () => this.#run(invocation, handler, event, context));
    };
  }

  /** Marks the running function as hit by a fault. */
  hit(): void {
    const { current } = this;
    if (current) current.hit = true;
  }

  /** Before each AWS call: throws when the function is dead, or dies now. */
  requireAlive(): void {
    const { current } = this;
    if (!current) return;
    if (current.killed) throw current.killed;
    if (current.calls++ === current.diesBefore) {
      this.#storms.note('handler-killed');
      current.hit = true;
      current.killed = new Killed(
        `${current.functionName} died before its call ${current.calls} ${INJECTED}.`,
      );
    } else if (this.#clock.nowMs >= current.deadlineMs) {
      current.killed = new Killed(`${current.functionName} timed out ${INJECTED}.`);
    }
    if (current.killed) throw current.killed;
  }

  #begin(functionName: string, { getRemainingTimeInMillis }: Context): Invocation {
    const remainingMs = getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
    const skew = this.#storms.strike('clock-skewed');
    const death = this.#storms.chance('handler-killed');
    return {
      functionName,
      skewMs: skew ? (skew() < 0.5 ? -SKEW_MS : SKEW_MS) : 0,
      deadlineMs: this.#clock.nowMs + remainingMs,
      calls: 0,
      // A death counts only once it happens: many functions end before the call in question.
      diesBefore: death && deadlyCall(functionName, death()),
      killed: undefined,
      hit: skew !== undefined,
    };
  }

  async #run(
    invocation: Invocation,
    handler: Handler,
    event: never,
    context: Context,
  ): Promise<unknown> {
    try {
      // The middleware would set a real timer by the remaining time; the deadline is kept here.
      const bare = { ...context, getRemainingTimeInMillis: undefined } as never;
      const answer = await handler(event, bare);
      if (!invocation.killed) return answer;
    } catch (error) {
      if (!invocation.killed) throw error;
    } finally {
      for (const listener of this.#endListeners) listener(invocation);
    }
    throw invocation.killed;
  }
}
