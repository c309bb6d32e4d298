import {
  HISTORY_METRICS,
  type HistoryColumns,
  type HistoryMetric,
  type MetricHistory,
} from '../aws/metric-history.ts';
import type { ScalableTarget } from '../target.ts';

const DAY_SECONDS = 86_400;
const DAY_MINUTES = 1440;

/** What is younger than this may still be on its way to CloudWatch, seconds. */
const SETTLED_SECONDS = 300;

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
  const from = until - days * DAY_SECONDS;
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
    const read = await patiently(sleep, () =>
      history.minutes(target, dayFrom, isComplete ? dayTo : Math.min(dayTo, until)),
    );
    if (isComplete) cache?.write(endpointId, target, name, read);
    parts.push(read);
  }
  onDay(lastDay - firstDay + 1, lastDay - firstDay + 1);
  const skipped = (from - firstDay * DAY_SECONDS) / 60;
  const column = (metric: HistoryMetric) =>
    parts.flatMap((part) => part[metric]).slice(skipped, skipped + days * DAY_MINUTES);
  const columns = Object.fromEntries(
    HISTORY_METRICS.map((metric) => [metric, column(metric)]),
  ) as Record<HistoryMetric, (number | null)[]>;
  return { fromSeconds: from, columns, requests, cachedDays };
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
