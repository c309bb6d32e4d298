/** What CloudWatch keeps of the samples of a span of time. */
export interface Aggregate {
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sampleCount: number;
}

const [START, SUM, MINIMUM, MAXIMUM, SAMPLE_COUNT, STRIDE] = [0, 1, 2, 3, 4, 5];
const INITIAL_CAPACITY = 64;

/** Joins `more` into what is there; either alone is itself. */
export function combine(there: Aggregate | undefined, more: Aggregate): Aggregate {
  if (!there) return more;
  return {
    sum: there.sum + more.sum,
    minimum: Math.min(there.minimum, more.minimum),
    maximum: Math.max(there.maximum, more.maximum),
    sampleCount: there.sampleCount + more.sampleCount,
  };
}

/**
 * Bins in order of their start, in one flat array: cheap to append, to search and to shed from
 * the old end, which is how metrics are written, read and expired.
 */
export class Bins {
  #cells = new Float64Array(INITIAL_CAPACITY * STRIDE);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds to the bin that starts at `startMs`, which comes to be if need be. */
  add(startMs: number, bin: Aggregate): void {
    const index = this.#lowerBound(startMs);
    if (index < this.#size && this.#start(index) === startMs) {
      this.#write(index, startMs, combine(this.#read(index), bin));
      return;
    }
    this.#makeRoom();
    const from = (this.#head + index) * STRIDE;
    this.#cells.copyWithin(from + STRIDE, from, (this.#head + this.#size) * STRIDE);
    this.#size += 1;
    this.#write(index, startMs, bin);
  }

  /** Removes every bin that starts before `beforeMs`, handing each to `removed`. */
  shed(beforeMs: number, removed: (startMs: number, bin: Aggregate) => void): void {
    while (this.#size > 0 && this.#start(0) < beforeMs) {
      const startMs = this.#start(0);
      const bin = this.#read(0);
      this.#head += 1;
      this.#size -= 1;
      removed(startMs, bin);
    }
  }

  /** Visits, oldest first, every bin that starts in [fromMs, toMs). */
  visit(fromMs: number, toMs: number, visitor: (startMs: number, bin: Aggregate) => void): void {
    for (let index = this.#lowerBound(fromMs); index < this.#size; index += 1) {
      const startMs = this.#start(index);
      if (startMs >= toMs) return;
      visitor(startMs, this.#read(index));
    }
  }

  #start(index: number): number {
    return this.#cells[(this.#head + index) * STRIDE + START] as number;
  }

  #read(index: number): Aggregate {
    const at = (this.#head + index) * STRIDE;
    return {
      sum: this.#cells[at + SUM] as number,
      minimum: this.#cells[at + MINIMUM] as number,
      maximum: this.#cells[at + MAXIMUM] as number,
      sampleCount: this.#cells[at + SAMPLE_COUNT] as number,
    };
  }

  #write(index: number, startMs: number, bin: Aggregate): void {
    const at = (this.#head + index) * STRIDE;
    this.#cells[at + START] = startMs;
    this.#cells[at + SUM] = bin.sum;
    this.#cells[at + MINIMUM] = bin.minimum;
    this.#cells[at + MAXIMUM] = bin.maximum;
    this.#cells[at + SAMPLE_COUNT] = bin.sampleCount;
  }

  /** Index of the first bin that does not start before `startMs`; the newest bins are tried first. */
  #lowerBound(startMs: number): number {
    if (this.#size === 0 || this.#start(this.#size - 1) < startMs) return this.#size;
    let low = 0;
    let high = this.#size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#start(middle) < startMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes sure of one free place behind the last bin: by closing up, or by doubling. */
  #makeRoom(): void {
    const capacity = this.#cells.length / STRIDE;
    if (this.#head + this.#size < capacity) return;
    const [from, to] = [this.#head * STRIDE, (this.#head + this.#size) * STRIDE];
    if (this.#size * 2 <= capacity) {
      this.#cells.copyWithin(0, from, to);
    } else {
      const larger = new Float64Array(this.#cells.length * 2);
      larger.set(this.#cells.subarray(from, to));
      this.#cells = larger;
    }
    this.#head = 0;
  }
}
