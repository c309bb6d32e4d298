import type { VirtualClock } from '../account/clock.ts';
import type { Handler } from '../stack.ts';

/**
 * What a function needs besides its calls, milliseconds: work of its own, and the start of every
 * instance, as if none were warm. The start is what `npm run bench:cold` measures, and Lambda's own
 * part of it.
 */
export const OWN_MS = { work: 30, start: 600 };

/** One run of a function. */
export interface FunctionRun {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Measures how long functions run, and how many at once. */
export class Functions {
  readonly runs: FunctionRun[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** The same handler as Lambda runs it: its own work takes time too. */
  wrap(name: string, handler: Handler): Handler {
    return async (event, context) => {
      const fromMs = this.#clock.nowMs;
      // The middleware would set a real timer by the remaining time.
      const bare = { ...context, getRemainingTimeInMillis: undefined } as never;
      try {
        await this.#clock.sleep(OWN_MS.work);
        return await handler(event, bare);
      } finally {
        this.runs.push({ name, fromMs, toMs: this.#clock.nowMs });
      }
    };
  }

  /** Most functions at once in [fromMs, toMs), each of them `startMs` longer than it ran. */
  mostAtOnce(fromMs: number, toMs: number, startMs: number): number {
    const changes = this.runs
      .filter((run) => run.toMs >= fromMs && run.fromMs < toMs)
      .flatMap((run) => [
        { atMs: run.fromMs, by: 1 },
        { atMs: run.toMs + startMs, by: -1 },
      ])
      .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
    let running = 0;
    let most = 0;
    for (const { by } of changes) {
      running += by;
      most = Math.max(most, running);
    }
    return most;
  }
}
