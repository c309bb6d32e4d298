import type { DeserializeHandler, Pluggable } from '@smithy/types';

/** An answer gives whole seconds and has been on its way: so far apart, two clocks agree. Milliseconds. */
const TOLERANCE_MS = 2000;

// biome-ignore lint/suspicious/noExplicitAny: clients of every service take it.
type AnyPlugin = Pluggable<any, any>;

/**
 * The time as AWS has it, by the `Date` of its answers. What is read is dated by AWS: a lease would be
 * over too soon by a clock that is fast, and the newest load too old; and an emulated account may
 * run at another speed than the clock on the wall.
 */
export class AwsClock {
  readonly #localMs: () => number;
  #aheadMs = 0;

  /** @param localMs this machine's clock, epoch milliseconds; the time until AWS has answered once */
  constructor(localMs: () => number) {
    this.#localMs = localMs;
  }

  readonly now = (): number => this.#localMs() + this.#aheadMs;

  /** For `client.middlewareStack.use(…)` of every client whose answers count. */
  readonly plugin: AnyPlugin = {
    applyToStack: (stack) =>
      stack.add(
        (next: DeserializeHandler<object, object>) => async (args) => {
          const result = await next(args);
          this.hear((result.response as { headers?: Record<string, string> }).headers?.date);
          return result;
        },
        { step: 'deserialize', priority: 'low', name: 'fastScalerClock', override: true },
      ),
  };

  /** Takes the `Date` of an answer, where it has one. */
  hear(date: string | undefined): void {
    const aheadMs = Date.parse(date ?? '') - this.#localMs();
    if (Number.isNaN(aheadMs)) return;
    this.#aheadMs = Math.abs(aheadMs) <= TOLERANCE_MS ? 0 : aheadMs;
  }
}
