import { quantileOfSorted } from './demand.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';

/**
 * Recent demand up to a window, with quantiles over spans that end there. A span is sorted once,
 * however many quantiles are read from it.
 */
export class RecentDemand {
  readonly #points: readonly DemandPoint[];
  readonly #end: number;
  readonly #sorted = new Map<number, Float64Array>();

  /** @param end how many of `points` (oldest first) count: the newest of them ends every span */
  constructor(points: readonly DemandPoint[], end: number = points.length) {
    this.#points = points;
    this.#end = end;
  }

  /** The quantile `q` of the windows in the last `seconds`; zero without a window. */
  quantile(seconds: number, q: number): number {
    return quantileOfSorted(this.#span(seconds), q);
  }

  /** Windows with data in the last `seconds`. */
  count(seconds: number): number {
    return this.#span(seconds).length;
  }

  #span(seconds: number): Float64Array {
    const known = this.#sorted.get(seconds);
    if (known) return known;
    const newest = this.#points[this.#end - 1];
    const from = (newest?.startSeconds ?? 0) - seconds + WINDOW_SECONDS;
    let first = this.#end;
    while (first > 0 && (this.#points[first - 1] as DemandPoint).startSeconds >= from) first -= 1;
    const sorted = new Float64Array(this.#end - first);
    for (let i = first; i < this.#end; i += 1) {
      sorted[i - first] = (this.#points[i] as DemandPoint).demand;
    }
    sorted.sort();
    this.#sorted.set(seconds, sorted);
    return sorted;
  }
}
