import type { Departure } from './request-queue.ts';

/** Why a request to a variant failed; `closed`: the variant was removed under it. */
export type InvocationFailure = 'timed-out' | 'no-place' | 'closed';

/** Hears what becomes of one request. */
export interface InvocationListener {
  /** Its service begins at `beganAtMs` and ends at `endsAtMs`; the clock may have passed the first. */
  begun(beganAtMs: number, endsAtMs: number): void;
  failed(reason: InvocationFailure): void;
}

interface Waiting {
  readonly arrivedAtMs: number;
  readonly listener: InvocationListener;
}

/**
 * Requests of callers who wait for their answer, among the requests of a queue that are only counted.
 * Of the requests that arrived in one step, those of callers stand in front.
 */
export class LiveRequests {
  readonly #byStep = new Map<number, Waiting[]>();
  #waiting = 0;

  /** Callers whose requests are neither begun nor failed. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Callers who arrived in a step and still wait. */
  arrivedIn(step: number): number {
    return this.#byStep.get(step)?.length ?? 0;
  }

  add(step: number, arrivedAtMs: number, listener: InvocationListener): void {
    const arrived = this.#byStep.get(step);
    if (arrived) arrived.push({ arrivedAtMs, listener });
    else this.#byStep.set(step, [{ arrivedAtMs, listener }]);
    this.#waiting += 1;
  }

  /**
   * Requests that arrived in a step leave the queue.
   * @param count of all requests of that step, counted ones included
   * @param remaining how many of that step stay
   * @param stepStartMs when the step began in which they leave
   */
  leave(
    step: number,
    how: Departure,
    count: number,
    remaining: number,
    stepStartMs: number,
    serviceMs: number,
  ): void {
    const arrived = this.#byStep.get(step);
    if (!arrived) return;
    const leaving =
      how === 'begun'
        ? arrived.splice(0, count)
        : arrived.splice(Math.min(arrived.length, remaining));
    if (arrived.length === 0) this.#byStep.delete(step);
    this.#waiting -= leaving.length;
    for (const { arrivedAtMs, listener } of leaving) {
      if (how === 'begun') {
        const beganAtMs = Math.max(arrivedAtMs, stepStartMs);
        listener.begun(beganAtMs, beganAtMs + serviceMs);
      } else {
        listener.failed(how);
      }
    }
  }

  /** Fails all that wait. */
  close(): void {
    const waiting = [...this.#byStep.values()].flat();
    this.#byStep.clear();
    this.#waiting = 0;
    for (const { listener } of waiting) listener.failed('closed');
  }
}
