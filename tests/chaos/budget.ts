import type { ChaosWorld } from './world.ts';

/**
 * What an endpoint costs at most, whatever happens. A hot loop looks every ten seconds and a sweep
 * once a minute; everything else that looks was called by an event, and each of those at most calls
 * for one more look and is tried three times.
 */
const BOUNDS = {
  looksPerMinute: 8,
  looksPerEvent: 4,
  messagesPerLook: 1,
  callsPerInvocation: 60,
  eventsPerMinute: 12,
};

/** Counts what the functions do, to see that no loop feeds itself. */
export class Budget {
  readonly #world: ChaosWorld;
  readonly #invocations = new Map<string, number>();
  #messages = 0;
  #busiest = 0;
  calls = 0;

  constructor(world: ChaosWorld) {
    this.#world = world;
    world.faults.invocations.onEnd(({ functionName, calls }) => {
      this.#invocations.set(functionName, this.#of(functionName) + 1);
      this.#busiest = Math.max(this.#busiest, calls);
    });
    world.parts.account.onCall(({ operation }) => {
      this.calls += 1;
      if (operation === 'SendMessage') this.#messages += 1;
    });
  }

  /** Every bound that was not kept. */
  excesses(): string[] {
    const minutes = this.#world.nowSeconds / 60;
    const events = this.#of('alarm') + this.#of('endpoint') + this.#of('parameter');
    const looks = this.#of('recheck');
    const counted: [what: string, count: number, bound: number][] = [
      ['looks', looks, BOUNDS.looksPerMinute * minutes + BOUNDS.looksPerEvent * events],
      ['messages', this.#messages, BOUNDS.messagesPerLook * (looks + events + 2 * minutes) + 20],
      ['calls of one function', this.#busiest, BOUNDS.callsPerInvocation],
      ['events', events, BOUNDS.eventsPerMinute * minutes + 20],
    ];
    return counted.flatMap(([what, count, bound]) =>
      count > bound
        ? [`${count} ${what} in ${minutes.toFixed(0)} min, at most ${bound.toFixed(0)}`]
        : [],
    );
  }

  #of(functionName: string): number {
    return this.#invocations.get(functionName) ?? 0;
  }
}
