import { invalidParameterCombination, invalidParameterValue, missingParameter } from './errors.ts';
import { isPastRetention } from './get-metric-data.ts';
import { parseMetric, type WireDimension, wireDimensions } from './metric.ts';
import type { MetricStore, StoredMetric } from './metric-store.ts';
import { page } from './paging.ts';
import {
  isReadablePeriod,
  isStatistic,
  readWindows,
  STATISTICS,
  statisticOf,
  windowsWithData,
} from './statistics.ts';
import { requireUnit } from './units.ts';

const MAX_STATISTICS_DATAPOINTS = 1440;
const LIST_METRICS_PAGE = 500;
const LISTED_MS = 14 * 86_400_000;
const RECENTLY_ACTIVE_MS = 3 * 3_600_000;

export interface GetMetricStatisticsInput {
  readonly Namespace?: unknown;
  readonly MetricName?: unknown;
  readonly Dimensions?: unknown;
  /** Epoch seconds, inclusive. */
  readonly StartTime?: number;
  /** Epoch seconds, exclusive. */
  readonly EndTime?: number;
  readonly Period?: unknown;
  readonly Statistics?: readonly unknown[];
  readonly ExtendedStatistics?: unknown;
  readonly Unit?: string;
}

/** A data point: its `Timestamp` in epoch seconds, its `Unit`, and a number per statistic. */
export type StatisticsDatapoint = { readonly Timestamp: number; readonly Unit: string } & Readonly<
  Record<string, number | string>
>;

/**
 * GetMetricStatistics; percentiles are refused. Data points come oldest first. Data of several units
 * "are aggregated separately": without Unit there is a data point of each of them.
 */
export function getMetricStatistics(
  store: MetricStore,
  nowMs: number,
  input: GetMetricStatisticsInput,
): { readonly Label: string; readonly Datapoints: readonly StatisticsDatapoint[] } {
  const metric = parseMetric(input.Namespace, input.MetricName, input.Dimensions);
  const { StartTime, EndTime, Period, Statistics = [], Unit } = input;
  if (StartTime === undefined) throw missingParameter('StartTime');
  if (EndTime === undefined) throw missingParameter('EndTime');
  if (Period === undefined) throw missingParameter('Period');
  if (StartTime >= EndTime) {
    throw invalidParameterValue('The parameter StartTime must be less than the parameter EndTime.');
  }
  if (!isReadablePeriod(Period)) {
    throw invalidParameterValue(
      `The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, found ${Period}.`,
    );
  }
  if (input.ExtendedStatistics !== undefined) {
    throw invalidParameterValue('The embedded account keeps no percentiles: use Statistics.');
  }
  requireUnit('Unit', Unit, invalidParameterValue);
  const statistics = Statistics.filter(isStatistic);
  if (statistics.length === 0) throw missingParameter('Statistics');
  if (statistics.length < Statistics.length) {
    throw invalidParameterValue(`The parameter Statistics takes ${STATISTICS.join(', ')}.`);
  }
  const asked = readWindows(Period, StartTime * 1000, EndTime * 1000);
  if (asked.count > MAX_STATISTICS_DATAPOINTS) {
    throw invalidParameterCombination(
      `You have requested up to ${asked.count} datapoints, which exceeds the limit of ` +
        `${MAX_STATISTICS_DATAPOINTS}. You may reduce the datapoints requested by increasing ` +
        'Period, or decreasing the time range.',
    );
  }
  if (isPastRetention(nowMs, StartTime * 1000, Period)) {
    return { Label: metric.metricName, Datapoints: [] };
  }
  const read = windowsWithData(asked, nowMs);
  const points = store
    .unitsOf(metric)
    .filter((unit) => Unit === undefined || unit === Unit)
    .flatMap((unit) => {
      const windows = store.windows(metric, read.fromMs, read.periodMs, read.count, unit);
      return windows.flatMap((aggregate, index): StatisticsDatapoint[] => {
        if (!aggregate) return [];
        const values = statistics.map((name) => [name, statisticOf(aggregate, name)]);
        const timestamp = (read.fromMs + index * read.periodMs) / 1000;
        return [{ Timestamp: timestamp, Unit: unit, ...Object.fromEntries(values) }];
      });
    })
    .sort((a, b) => a.Timestamp - b.Timestamp);
  return { Label: metric.metricName, Datapoints: points };
}

export interface ListMetricsInput {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Partial<WireDimension>[];
  readonly RecentlyActive?: string;
  readonly NextToken?: string;
}

/** ListMetrics: metrics published to within two weeks; a dimension without a value matches any. */
export function listMetrics(store: MetricStore, nowMs: number, input: ListMetricsInput) {
  if (input.RecentlyActive !== undefined && input.RecentlyActive !== 'PT3H') {
    throw invalidParameterValue('The parameter RecentlyActive takes PT3H only.');
  }
  const maximumAgeMs = input.RecentlyActive ? RECENTLY_ACTIVE_MS : LISTED_MS;
  const found = store
    .list()
    .filter((stored) => nowMs - stored.lastPublishedAtMs <= maximumAgeMs)
    .filter((stored) => isWanted(stored, input));
  const { items, ...next } = page(found, LIST_METRICS_PAGE, input.NextToken);
  const metrics = items.map(({ identity }) => ({
    Namespace: identity.namespace,
    MetricName: identity.metricName,
    Dimensions: wireDimensions(identity),
  }));
  return { Metrics: metrics, ...next };
}

function isWanted({ identity }: StoredMetric, input: ListMetricsInput): boolean {
  const { Namespace, MetricName, Dimensions = [] } = input;
  return (
    (Namespace === undefined || Namespace === identity.namespace) &&
    (MetricName === undefined || MetricName === identity.metricName) &&
    Dimensions.every(({ Name = '', Value }) => {
      const present = identity.dimensions[Name];
      return present !== undefined && (Value === undefined || Value === present);
    })
  );
}
