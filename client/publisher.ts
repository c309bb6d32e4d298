import { OutcomeUnknown } from './at-most-once.ts';
import { withDeadline } from './deadline.ts';
import type { LoadRecord } from './ledger.ts';
import type { LoadCounter } from './load-counter.ts';
import { PUBLISH_SECONDS } from './names.ts';
import type { Surroundings } from './surroundings.ts';
import type { TroubleListener } from './trouble.ts';

/** Where records go. A log takes them at once; calls take their time, and may fail. */
export type Destination =
  | { readonly kind: 'log'; write(records: readonly LoadRecord[]): void }
  | {
      readonly kind: 'calls';
      readonly recordsPerCall: number;
      /** Rejects with {@link OutcomeUnknown} where the records may have arrived all the same. */
      put(records: readonly LoadRecord[]): Promise<void>;
    };

/** After failures in a row, so many windows are waited at most before the next attempt. */
const LONGEST_WAIT_WINDOWS = 4;

const PERIOD_MS = PUBLISH_SECONDS * 1000;

/**
 * Publishes whole windows as they end, one publication at a time. What was not
 * taken goes back to the counter, which keeps it for two minutes and within its bound.
 */
export class Publisher {
  readonly #counter: LoadCounter;
  readonly #destination: Destination;
  readonly #surroundings: Surroundings;
  readonly #tell: TroubleListener;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  #windowsToSkip = 0;
  #droppedTold = 0;

  constructor(
    counter: LoadCounter,
    destination: Destination,
    surroundings: Surroundings,
    tell: TroubleListener,
  ) {
    this.#counter = counter;
    this.#destination = destination;
    this.#surroundings = surroundings;
    this.#tell = tell;
  }

  /** Sees to it that the windows to come are published. */
  arm(): void {
    if (this.#cancelTimer) return;
    const { now, jitterMs } = this.#surroundings;
    const nowMs = now();
    const nextMs = (Math.floor((nowMs - jitterMs) / PERIOD_MS) + 1) * PERIOD_MS + jitterMs;
    this.#cancelTimer = this.#surroundings.after(nextMs - nowMs, () => this.#tick());
  }

  disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Publishes all there is, the present second too. Never rejects. */
  async flush(): Promise<void> {
    await this.#running;
    await this.publish(Math.floor(this.#surroundings.now() / 1000) + 1);
  }

  /** Publishes what was counted before a second, unless a publication is under way. Never rejects. */
  publish(beforeSecond: number): Promise<void> | undefined {
    if (this.#running) return this.#running;
    const records = this.#counter.take(beforeSecond, this.#surroundings.now());
    this.#tellOfDropped();
    if (records.length === 0) return undefined;
    const destination = this.#destination;
    if (destination.kind === 'log') {
      try {
        destination.write(records);
        this.#failures = 0;
      } catch (error) {
        this.#failed(records, error);
      }
      return undefined;
    }
    this.#running = this.#put(destination, records).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #tick(): Promise<void> | undefined {
    this.#cancelTimer = undefined;
    const nowMs = this.#surroundings.now();
    if (this.#counter.isActive(nowMs)) this.arm();
    if (this.#windowsToSkip > 0) {
      this.#windowsToSkip -= 1;
      return undefined;
    }
    return this.publish(Math.floor(nowMs / PERIOD_MS) * PUBLISH_SECONDS);
  }

  async #put(
    { recordsPerCall, put }: Extract<Destination, { kind: 'calls' }>,
    records: readonly LoadRecord[],
  ): Promise<void> {
    for (let from = 0; from < records.length; from += recordsPerCall) {
      const batch = records.slice(from, from + recordsPerCall);
      try {
        await withDeadline(put(batch), this.#surroundings);
        this.#failures = 0;
      } catch (error) {
        const givenUp = error instanceof OutcomeUnknown ? batch.length : 0;
        this.#counter.giveUp(batch.slice(0, givenUp));
        this.#failed(records.slice(from + givenUp), error, givenUp);
        return;
      }
    }
  }

  #failed(kept: readonly LoadRecord[], error: unknown, givenUp = 0): void {
    this.#counter.putBack(kept);
    this.#failures += 1;
    this.#windowsToSkip = Math.min(2 ** (this.#failures - 1), LONGEST_WAIT_WINDOWS) - 1;
    const seconds = PUBLISH_SECONDS * (this.#windowsToSkip + 1);
    const message = [
      `Load could not be published: ${messageOf(error)}.`,
      ...(givenUp > 0
        ? [`${givenUp} records may have been taken, and are given up rather than counted twice.`]
        : []),
      `${kept.length} records are kept; the next attempt comes within ${seconds} s.`,
    ].join(' ');
    this.#tell({
      kind: 'publish-failed',
      message,
      error: error instanceof OutcomeUnknown ? error.failure : error,
    });
  }

  #tellOfDropped(): void {
    const { requests, busySeconds } = this.#counter.dropped;
    if (requests + busySeconds <= this.#droppedTold) return;
    this.#droppedTold = requests + busySeconds;
    this.#tell({
      kind: 'load-dropped',
      message: `${requests} requests and ${busySeconds} busy seconds were not published for sure since the start: publishing failed for too long or without saying whether it did, no answer named the variant, or more endpoints are called than are counted.`,
    });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof OutcomeUnknown) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
