import type { Aggregate } from './bins.ts';
import type { MetricIdentity } from './metric.ts';
import type { MetricStore } from './metric-store.ts';
import { FUTURE_DATA_MS, floor, MINUTE_RETENTION_MS } from './series.ts';

export const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** A data point: the window's start and the statistic over it. */
export interface Datapoint {
  readonly startMs: number;
  readonly value: number;
}

const SUB_MINUTE_PERIODS = [1, 5, 10, 20, 30];

export function isStatistic(name: unknown): name is Statistic {
  return STATISTICS.includes(name as Statistic);
}

/** Whether data can be read at this period: 1, 5, 10, 20, 30 or a multiple of 60 seconds. */
export function isReadablePeriod(periodSeconds: unknown): periodSeconds is number {
  return (
    typeof periodSeconds === 'number' &&
    periodSeconds > 0 &&
    (SUB_MINUTE_PERIODS.includes(periodSeconds) || periodSeconds % 60 === 0)
  );
}

export function statisticOf(aggregate: Aggregate, statistic: Statistic): number {
  switch (statistic) {
    case 'SampleCount':
      return aggregate.sampleCount;
    case 'Average':
      return aggregate.sum / aggregate.sampleCount;
    case 'Sum':
      return aggregate.sum;
    case 'Minimum':
      return aggregate.minimum;
    case 'Maximum':
      return aggregate.maximum;
  }
}

/** `count` adjoining windows. */
interface Windows {
  readonly fromMs: number;
  readonly periodMs: number;
  readonly count: number;
}

/** The windows that a read covers: starts in [floored fromMs, toMs), one period apart. */
export function readWindows(periodSeconds: number, fromMs: number, toMs: number): Windows {
  const periodMs = periodSeconds * 1000;
  // CloudWatch rounds the start down to the period, but never by more than to a whole minute:
  // data points of longer periods are stamped from the start time on.
  const alignedMs = floor(fromMs, Math.min(periodMs, 60_000));
  return { fromMs: alignedMs, periodMs, count: Math.ceil((toMs - alignedMs) / periodMs) };
}

/**
 * Those of the windows that can hold data at `nowMs`: a request may span centuries, and each window
 * of it would take memory.
 */
export function windowsWithData({ fromMs, periodMs, count }: Windows, nowMs: number): Windows {
  // Data are shed by whole minutes, and only when they are next looked at.
  const oldestMs = nowMs - MINUTE_RETENTION_MS - 60_000;
  const skipped = Math.max(0, Math.floor((oldestMs - fromMs) / periodMs));
  const end = Math.ceil((nowMs + FUTURE_DATA_MS + 1 - fromMs) / periodMs);
  const kept = Math.max(0, Math.min(count, end) - skipped);
  return { fromMs: fromMs + skipped * periodMs, periodMs, count: kept };
}

/** The data points visible at `nowMs` that start in [fromMs, toMs), oldest first. */
export function datapoints(
  store: MetricStore,
  nowMs: number,
  metric: MetricIdentity,
  statistic: Statistic,
  periodSeconds: number,
  fromMs: number,
  toMs: number,
  unit?: string,
): Datapoint[] {
  const read = windowsWithData(readWindows(periodSeconds, fromMs, toMs), nowMs);
  const windows = store.windows(metric, read.fromMs, read.periodMs, read.count, unit);
  return windows.flatMap((aggregate, index) =>
    aggregate
      ? [{ startMs: read.fromMs + index * read.periodMs, value: statisticOf(aggregate, statistic) }]
      : [],
  );
}
