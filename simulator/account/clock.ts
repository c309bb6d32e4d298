/** A unit of work on the virtual clock; it may be asynchronous and is awaited before time moves on. */
export type Task = () => void | Promise<void>;

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

  /** @param startMs epoch milliseconds at which the simulated world begins */
  constructor(startMs: number) {
    this.#nowMs = startMs;
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

  /** Runs every task due up to and including `untilMs`, then stands at `untilMs`. */
  async runUntil(untilMs: number): Promise<void> {
    for (let next = this.#heap[0]; next && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      const pending = next.task();
      if (pending) await pending;
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
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
