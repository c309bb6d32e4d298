import { setImmediate } from 'node:timers/promises';

/** A unit of work on the virtual clock; it may be asynchronous. */
export type Task = () => void | Promise<void>;

/**
 * How long the clock waits for an asynchronous task before time moves on: until it has ended, or
 * until it rests, which is when it waits for nothing but the clock itself. In the latter world tasks
 * take time and meet each other half-way.
 */
export type TaskWait = 'end' | 'rest';

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly task: Task;
  cancelled: boolean;
}

/**
 * Discrete-event clock. Time moves only from one scheduled task to the next, so an hour in which
 * nothing is planned costs nothing. Tasks of the same instant run in the order they were scheduled.
 */
export class VirtualClock {
  #nowMs: number;
  #order = 0;
  readonly #heap: Entry[] = [];
  readonly #taskWait: TaskWait;
  readonly #faults: unknown[] = [];

  /** @param startMs epoch milliseconds at which the simulated world begins */
  constructor(startMs: number, taskWait: TaskWait = 'end') {
    this.#nowMs = startMs;
    this.#taskWait = taskWait;
  }

  /** Epoch milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Epoch seconds. */
  get nowSeconds(): number {
    return this.#nowMs / 1000;
  }

  /** Epoch milliseconds of the next task; undefined: nothing is planned. */
  get nextAtMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  /** Plans `task` at `atMs` (a past time means: at once, after what is already due). Returns a canceller. */
  at(atMs: number, task: Task): () => void {
    const entry: Entry = {
      atMs: Math.max(atMs, this.#nowMs),
      order: this.#order++,
      task,
      cancelled: false,
    };
    this.#push(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Plans `task` `delayMs` from now. Returns a canceller. */
  after(delayMs: number, task: Task): () => void {
    return this.at(this.#nowMs + delayMs, task);
  }

  /** Runs `task` every `periodMs`, first at `firstMs`, until cancelled. */
  every(firstMs: number, periodMs: number, task: Task): () => void {
    let cancel = () => {};
    const plan = (atMs: number) => {
      cancel = this.at(atMs, async () => {
        plan(atMs + periodMs);
        await task();
      });
    };
    plan(firstMs);
    return () => cancel();
  }

  /** Ends after `delayMs` of virtual time; for tasks of a clock that waits for rest only. */
  sleep(delayMs: number): Promise<void> {
    if (this.#taskWait === 'end') throw new Error('On this clock a task that sleeps never ends.');
    return new Promise((resolve) => {
      // The task that goes on is the sleeper's, and so is waited for like any other.
      this.after(delayMs, async () => resolve());
    });
  }

  /** Runs every task due up to and including `untilMs`, then stands at `untilMs`. */
  async runUntil(untilMs: number): Promise<void> {
    for (let next = this.#heap[0]; next && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      const pending = next.task();
      if (pending) await this.#waitFor(pending);
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  async #waitFor(task: Promise<void>): Promise<void> {
    if (this.#taskWait === 'end') {
      await task;
      return;
    }
    task.catch((error) => this.#faults.push(error));
    // Nothing in this process waits for the world outside, so whatever can go on has gone on by then.
    await setImmediate();
    if (this.#faults.length > 0) throw this.#faults.shift();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let child = heap.push(entry) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isEarlier(entry, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && isEarlier(right, heap[child] as Entry)) child += 1;
      const below = heap[child] as Entry;
      if (!isEarlier(below, last)) break;
      heap[parent] = below;
      parent = child;
    }
    heap[parent] = last;
  }
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
