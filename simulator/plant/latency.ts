/** Requests that ended with one latency. */
export interface EndedCohort {
  readonly latencySeconds: number;
  readonly count: number;
}

/** An exact distribution of latencies: a count for each latency that occurred. */
export class LatencyHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;

  get count(): number {
    return this.#total;
  }

  add(latencySeconds: number, count: number): void {
    this.#counts.set(latencySeconds, (this.#counts.get(latencySeconds) ?? 0) + count);
    this.#total += count;
  }

  clear(): void {
    this.#counts.clear();
    this.#total = 0;
  }

  /**
   * Nearest-rank quantile: the smallest latency that at least `fraction` of the requests did not
   * exceed, in seconds. Null when no request ended.
   */
  quantile(fraction: number): number | null {
    if (this.#total === 0) return null;
    // The margin keeps 0.99 × 100 from becoming rank 100 through binary rounding.
    const rank = Math.max(1, Math.ceil(fraction * this.#total - 1e-9));
    let seen = 0;
    let latency = 0;
    for (const value of [...this.#counts.keys()].sort((a, b) => a - b)) {
      latency = value;
      seen += this.#counts.get(value) as number;
      if (seen >= rank) break;
    }
    return latency;
  }
}
