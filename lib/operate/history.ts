import {
  HISTORY_METRICS,
  type HistoryColumns,
  type HistoryMetric,
  type MetricHistory,
  MINUTES_KEPT_DAYS,
} from '../aws/metric-history.ts';
import type { ScalableTarget } from '../target.ts';

const DAY_SECONDS = 86_400;

/** What is younger than this may still be on its way to CloudWatch, seconds. */
const SETTLED_SECONDS = 300;

/** A request this much short of the oldest minute that is kept still finds it when it arrives, seconds. */
const ARRIVAL_SECONDS = 60;

/** A day that has been over for this long does not change any more, seconds. */
const COMPLETE_SECONDS = 3600;

/** Between two requests: far below the quota of GetMetricData, which others share. */
const GAP_MS = 200;

/** Waits after a refusal for too many requests, milliseconds. */
const BACKOFF_MS = [1000, 2000, 4000, 8000, 16_000] as const;

const THROTTLED = /^(Throttl|TooManyRequests|LimitExceeded|RequestLimitExceeded)/;

/** Whole days that were read before, by endpoint and day; what it cannot read it has not. */
export interface HistoryCache {
  read(endpointId: string, target: ScalableTarget, day: string): HistoryColumns | undefined;
  write(endpointId: string, target: ScalableTarget, day: string, columns: HistoryColumns): void;
}

/** What is known of a span, minute by minute. */
export interface History {
  readonly fromSeconds: number;
  readonly columns: HistoryColumns;
  readonly requests: number;
  readonly cachedDays: number;
}

export interface HistoryRuntime {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly history: MetricHistory;
}

/**
 * The last `days` days of a variant, a UTC day at a time and no more than five requests a second.
 * Days that are over come out of the cache, and go into it.
 * @param onDay hears how many days are there, of how many
 */
export async function readHistory(
  { now, sleep, history }: HistoryRuntime,
  target: ScalableTarget,
  endpointId: string,
  days: number,
  cache: HistoryCache | undefined,
  onDay: (done: number, total: number) => void = () => {},
): Promise<History> {
  const nowSeconds = now() / 1000;
  const until = Math.floor((nowSeconds - SETTLED_SECONDS) / 60) * 60;
  // Asked for from an earlier moment on, CloudWatch gives no minute at all, not even those it has.
  const oldest =
    Math.ceil((nowSeconds - MINUTES_KEPT_DAYS * DAY_SECONDS + ARRIVAL_SECONDS) / 60) * 60;
  const from = Math.max(oldest, until - days * DAY_SECONDS);
  const firstDay = Math.floor(from / DAY_SECONDS);
  const lastDay = Math.floor((until - 60) / DAY_SECONDS);
  const parts: HistoryColumns[] = [];
  let [requests, cachedDays] = [0, 0];
  for (let day = firstDay; day <= lastDay; day += 1) {
    onDay(day - firstDay, lastDay - firstDay + 1);
    const dayFrom = day * DAY_SECONDS;
    const dayTo = dayFrom + DAY_SECONDS;
    const name = new Date(dayFrom * 1000).toISOString().slice(0, 10);
    const isComplete = dayTo <= nowSeconds - COMPLETE_SECONDS;
    const known = isComplete ? cache?.read(endpointId, target, name) : undefined;
    if (known) {
      cachedDays += 1;
      parts.push(known);
      continue;
    }
    if (requests > 0) await sleep(GAP_MS);
    requests += 1;
    const readFrom = Math.max(dayFrom, oldest);
    const read = await patiently(sleep, () =>
      history.minutes(target, readFrom, isComplete ? dayTo : Math.min(dayTo, until)),
    );
    if (isComplete && readFrom === dayFrom) cache?.write(endpointId, target, name, read);
    parts.push(readFrom === dayFrom ? read : shifted(read, (readFrom - dayFrom) / 60));
  }
  onDay(lastDay - firstDay + 1, lastDay - firstDay + 1);
  const skipped = (from - firstDay * DAY_SECONDS) / 60;
  const column = (metric: HistoryMetric) =>
    parts.flatMap((part) => part[metric]).slice(skipped, skipped + (until - from) / 60);
  return { fromSeconds: from, columns: columnsOf(column), requests, cachedDays };
}

/** The same after so many minutes of which nothing is known. */
function shifted(columns: HistoryColumns, minutes: number): HistoryColumns {
  const unknown = new Array<null>(minutes).fill(null);
  return columnsOf((metric) => [...unknown, ...columns[metric]]);
}

function columnsOf(column: (metric: HistoryMetric) => readonly (number | null)[]): HistoryColumns {
  return Object.fromEntries(
    HISTORY_METRICS.map((metric) => [metric, column(metric)]),
  ) as unknown as HistoryColumns;
}

/** Tries again, ever later, while there are too many requests. */
async function patiently<Result>(
  sleep: (milliseconds: number) => Promise<void>,
  read: () => Promise<Result>,
): Promise<Result> {
  for (const waitMs of BACKOFF_MS) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Error && THROTTLED.test(error.name))) throw error;
      await sleep(waitMs);
    }
  }
  return await read();
}
