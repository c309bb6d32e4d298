import { callingFunction } from '../../simulator/stack/caller.ts';
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
  toldPerMinute: 2,
};

/** Functions that an event from outside starts. */
const CALLED = ['alarm', 'endpoint', 'parameter', 'surge', 'prewarm'];

/** Counts what the functions do, to see that no loop feeds itself. */
export class Budget {
  readonly #world: ChaosWorld;
  readonly #invocations = new Map<string, number>();
  #messages = 0;
  #told = 0;
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
      const isTold = operation === 'Publish' || operation === 'PutEvents';
      if (isTold && callingFunction() !== undefined) this.#told += 1;
    });
  }

  /** Every bound that was not kept. */
  excesses(): string[] {
    const minutes = this.#world.nowSeconds / 60;
    const events = CALLED.reduce((sum, name) => sum + this.#of(name), 0);
    const looks = this.#of('recheck');
    const counted: [what: string, count: number, bound: number][] = [
      ['looks', looks, BOUNDS.looksPerMinute * minutes + BOUNDS.looksPerEvent * events],
      ['messages', this.#messages, BOUNDS.messagesPerLook * (looks + events + 2 * minutes) + 20],
      ['calls of one function', this.#busiest, BOUNDS.callsPerInvocation],
      ['events', events, BOUNDS.eventsPerMinute * minutes + 20],
      ['events and notifications of its own', this.#told, BOUNDS.toldPerMinute * minutes + 20],
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
