import { AsyncLocalStorage } from 'node:async_hooks';
import type { VirtualClock } from '../account/clock.ts';
import type { Handler } from '../stack.ts';

/** One running function: its end, and the moment at which it next falls asleep. */
interface Invocation {
  end: Promise<unknown>;
  asleep: PromiseWithResolvers<void>;
}

/**
 * Lets functions sleep in virtual time. The clock waits for every task before it moves on, so a
 * function that sleeps has to let go of the clock and to take it up again when it wakes.
 */
export class Sleeping {
  readonly #clock: VirtualClock;
  readonly #onFailure: (error: unknown) => void;
  readonly #running = new AsyncLocalStorage<Invocation>();

  /** @param onFailure hears of functions that failed after they had slept */
  constructor(clock: VirtualClock, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** The same handler; to its caller it is done when it ends or first falls asleep. */
  allow(handler: Handler): Handler {
    return async (event, context) => {
      const invocation: Invocation = {
        end: Promise.resolve(),
        asleep: Promise.withResolvers<void>(),
      };
      invocation.end = this.#running.run(invocation, () => handler(event, context));
      let hasSlept = false;
      invocation.end.catch((error) => hasSlept && this.#onFailure(error));
      const fellAsleep = invocation.asleep.promise.then(() => {
        hasSlept = true;
      });
      return Promise.race([invocation.end, fellAsleep]);
    };
  }

  /** Sleeps within a handler that may; anywhere else the world goes on around the sleeper. */
  async sleep(milliseconds: number): Promise<void> {
    const invocation = this.#running.getStore();
    if (!invocation) {
      await this.#clock.runUntil(this.#clock.nowMs + milliseconds);
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#clock.after(milliseconds, async () => {
      const asleep = Promise.withResolvers<void>();
      invocation.asleep = asleep;
      resolve();
      await Promise.race([invocation.end.catch(() => {}), asleep.promise]);
    });
    invocation.asleep.resolve();
    await promise;
  }
}
