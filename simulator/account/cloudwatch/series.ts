import { type Aggregate, Bins, combine } from './bins.ts';

/** Data points of less than 60 s are kept this long (CloudWatch API reference, GetMetricData). */
export const SUB_MINUTE_RETENTION_MS = 3 * 3_600_000;
/** Data points of 60 s are kept this long (CloudWatch API reference, GetMetricData). */
export const MINUTE_RETENTION_MS = 15 * 86_400_000;
/** No data point is later than this from now (CloudWatch API reference, PutMetricData). */
export const FUTURE_DATA_MS = 2 * 3_600_000;

const MINUTE_MS = 60_000;

interface Pending {
  readonly visibleAtMs: number;
  readonly startMs: number;
  readonly isSubMinute: boolean;
  readonly bin: Aggregate;
}

/**
 * The data of one metric. What has been published waits until it is visible, is then kept at its
 * own resolution, and becomes part of its minute when sub-minute data expires.
 */
export class Series {
  readonly #pending: Pending[] = [];
  readonly #fine = new Bins();
  readonly #minutes = new Bins();
  #isSubMinute = false;

  /** Number of bins held, pending ones included. */
  get size(): number {
    return this.#pending.length + this.#fine.size + this.#minutes.size;
  }

  /** Whether the latest data came in periods under a minute. */
  get isSubMinute(): boolean {
    return this.#isSubMinute;
  }

  publish(nowMs: number, pending: Pending): void {
    this.#advance(nowMs);
    this.#isSubMinute = pending.isSubMinute;
    const queue = this.#pending;
    let index = queue.length;
    while (index > 0 && (queue[index - 1] as Pending).visibleAtMs > pending.visibleAtMs) index -= 1;
    queue.splice(index, 0, pending);
  }

  /** Whether anything is visible at `nowMs`. */
  hasData(nowMs: number): boolean {
    this.#advance(nowMs);
    return this.#fine.size + this.#minutes.size > 0;
  }

  /**
   * Aggregates of `count` adjoining windows of `periodMs`, the first starting at `fromMs`, over
   * the bins that start in them and are visible at `nowMs`. Empty windows are `undefined`.
   */
  windows(
    nowMs: number,
    fromMs: number,
    periodMs: number,
    count: number,
  ): (Aggregate | undefined)[] {
    this.#advance(nowMs);
    const windows = new Array<Aggregate | undefined>(count).fill(undefined);
    const toMs = fromMs + count * periodMs;
    const gather = (startMs: number, bin: Aggregate) => {
      const index = Math.floor((startMs - fromMs) / periodMs);
      windows[index] = combine(windows[index], bin);
    };
    // Whole minutes made of expired sub-minute data must not pose as data points of 10 s.
    const minutesFromMs =
      periodMs < MINUTE_MS ? Math.max(fromMs, nowMs - SUB_MINUTE_RETENTION_MS) : fromMs;
    this.#minutes.visit(minutesFromMs, toMs, gather);
    this.#fine.visit(fromMs, toMs, gather);
    return windows;
  }

  #advance(nowMs: number): void {
    const queue = this.#pending;
    let visible = 0;
    for (; visible < queue.length; visible += 1) {
      const { visibleAtMs, startMs, isSubMinute, bin } = queue[visible] as Pending;
      if (visibleAtMs > nowMs) break;
      if (isSubMinute) this.#fine.add(startMs, bin);
      else this.#minutes.add(floor(startMs, MINUTE_MS), bin);
    }
    if (visible > 0) queue.splice(0, visible);
    this.#fine.shed(nowMs - SUB_MINUTE_RETENTION_MS, (startMs, bin) =>
      this.#minutes.add(floor(startMs, MINUTE_MS), bin),
    );
    this.#minutes.shed(nowMs - MINUTE_RETENTION_MS, () => {});
  }
}

/** The multiple of `stepMs` at or before `atMs`. */
export function floor(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs;
}
