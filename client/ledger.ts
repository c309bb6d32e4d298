/** What one second brought. Every member adds up over seconds and over callers. */
export interface Tally {
  arrivals: number;
  /** Milliseconds, summed over the requests under way. */
  busyMs: number;
  errors: number;
  throttles: number;
}

/** Where a tally belongs to. The variant is unknown until an answer named it. */
export interface Origin {
  readonly endpointName: string;
  readonly variantName: string | undefined;
}

/** One second of one endpoint's variant, ready to be published. */
export interface LoadRecord extends Readonly<Tally> {
  /** Epoch seconds. */
  readonly second: number;
  readonly endpointName: string;
  readonly variantName: string;
}

/** What could not be kept. */
export interface Dropped {
  readonly requests: number;
  readonly busySeconds: number;
}

/** The tallies that were not published yet, `mostTallies` at most: the oldest make room. */
export class Ledger {
  readonly #mostTallies: number;
  readonly #seconds = new Map<number, Map<string, { origin: Origin; tally: Tally }>>();
  #size = 0;
  #droppedRequests = 0;
  #droppedBusyMs = 0;

  constructor(mostTallies: number) {
    this.#mostTallies = mostTallies;
  }

  /** Tallies held. */
  get size(): number {
    return this.#size;
  }

  get dropped(): Dropped {
    return { requests: this.#droppedRequests, busySeconds: this.#droppedBusyMs / 1000 };
  }

  /** Adds to a second. An amount of zero makes sure that the second is told of. */
  add(second: number, origin: Origin, what: keyof Tally, amount: number): void {
    this.#tally(second, origin)[what] += amount;
    if (this.#size > this.#mostTallies) this.#dropOldest();
  }

  /** Takes back what was added to a second, as far as it is still here; gives how much that was. */
  takeBack(second: number, origin: Origin, what: keyof Tally, amount: number): number {
    const tally = this.#seconds.get(second)?.get(keyOf(origin))?.tally;
    if (!tally) return 0;
    const taken = Math.min(tally[what], amount);
    tally[what] -= taken;
    return taken;
  }

  /** Adds what was taken and could not be published. */
  putBack(records: readonly LoadRecord[]): void {
    for (const { second, arrivals, busyMs, errors, throttles, ...origin } of records) {
      const tally = this.#tally(second, origin);
      tally.arrivals += arrivals;
      tally.busyMs += busyMs;
      tally.errors += errors;
      tally.throttles += throttles;
      if (this.#size > this.#mostTallies) this.#dropOldest();
    }
  }

  /**
   * Takes out what lies before a second. What is of no known variant, even now, stays.
   * @param variantOf the variant that answered last, by endpoint
   */
  take(
    beforeSecond: number,
    variantOf: (endpointName: string) => string | undefined,
  ): LoadRecord[] {
    const records: LoadRecord[] = [];
    for (const [second, lanes] of this.#seconds) {
      if (second >= beforeSecond) continue;
      for (const [key, { origin, tally }] of lanes) {
        const { endpointName } = origin;
        const variantName = origin.variantName ?? variantOf(endpointName);
        if (variantName === undefined) continue;
        records.push({ second, endpointName, variantName, ...tally });
        this.#remove(second, lanes, key);
      }
    }
    return records;
  }

  /** Drops what lies outside of these seconds: it tells the scaler nothing about now. */
  dropOutside(fromSecond: number, toSecond: number): void {
    for (const [each, lanes] of this.#seconds) {
      if (each >= fromSecond && each <= toSecond) continue;
      for (const key of lanes.keys()) this.#drop(each, lanes, key);
    }
  }

  /** Drops what was taken and may or may not be published. */
  giveUp(records: readonly LoadRecord[]): void {
    for (const { arrivals, busyMs } of records) this.countDropped(arrivals, busyMs);
  }

  /** Counts load that no tally was made for. */
  countDropped(requests: number, busyMs: number): void {
    this.#droppedRequests += requests;
    this.#droppedBusyMs += busyMs;
  }

  #tally(second: number, origin: Origin): Tally {
    let lanes = this.#seconds.get(second);
    if (!lanes) {
      lanes = new Map();
      this.#seconds.set(second, lanes);
    }
    const key = keyOf(origin);
    const known = lanes.get(key);
    if (known) return known.tally;
    const tally = { arrivals: 0, busyMs: 0, errors: 0, throttles: 0 };
    const { endpointName, variantName } = origin;
    lanes.set(key, { origin: { endpointName, variantName }, tally });
    this.#size += 1;
    return tally;
  }

  #dropOldest(): void {
    const oldest = Math.min(...this.#seconds.keys());
    const lanes = this.#seconds.get(oldest);
    const [key] = lanes?.keys() ?? [];
    if (lanes && key !== undefined) this.#drop(oldest, lanes, key);
  }

  #drop(second: number, lanes: Map<string, { readonly tally: Tally }>, key: string): void {
    const tally = lanes.get(key)?.tally;
    if (tally) this.countDropped(tally.arrivals, tally.busyMs);
    this.#remove(second, lanes, key);
  }

  #remove(second: number, lanes: Map<string, unknown>, key: string): void {
    if (lanes.delete(key)) this.#size -= 1;
    if (lanes.size === 0) this.#seconds.delete(second);
  }
}

/** Names of endpoints and variants hold no slash. */
export function keyOf({ endpointName, variantName = '' }: Origin): string {
  return `${endpointName}/${variantName}`;
}
