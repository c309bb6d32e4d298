import { pageOffset, pageToken } from '../input.ts';
import { invalidNextToken, validationFailure } from './errors.ts';
import { parseMetric } from './metric.ts';
import type { MetricStore } from './metric-store.ts';
import { MINUTE_RETENTION_MS, SUB_MINUTE_RETENTION_MS } from './series.ts';
import {
  type Datapoint,
  datapoints,
  isReadablePeriod,
  isStatistic,
  STATISTICS,
} from './statistics.ts';
import { requireUnit } from './units.ts';

const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
const FIVE_MINUTE_RETENTION_MS = 63 * 86_400_000;

/** How old a start may be, and of what the period must be a multiple beyond that, seconds. */
const RETENTIONS = [
  [SUB_MINUTE_RETENTION_MS, 60],
  [MINUTE_RETENTION_MS, 300],
  [FIVE_MINUTE_RETENTION_MS, 3600],
] as const;

interface MetricDataQuery {
  readonly Id?: string;
  readonly Expression?: unknown;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric?: {
      readonly Namespace?: unknown;
      readonly MetricName?: unknown;
      readonly Dimensions?: unknown;
    };
    readonly Period?: unknown;
    readonly Stat?: unknown;
    readonly Unit?: string;
  };
}

export interface GetMetricDataInput {
  readonly MetricDataQueries?: readonly MetricDataQuery[];
  /** Epoch seconds, inclusive. */
  readonly StartTime?: number;
  /** Epoch seconds, exclusive. */
  readonly EndTime?: number;
  readonly ScanBy?: string;
  readonly MaxDatapoints?: number;
  readonly NextToken?: string;
}

export interface MetricDataResult {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly number[];
  readonly Values: readonly number[];
  readonly StatusCode: 'Complete' | 'PartialData';
}

export interface GetMetricDataOutput {
  readonly MetricDataResults: readonly MetricDataResult[];
  readonly Messages: readonly [];
  readonly NextToken?: string;
}

/** GetMetricData over plain metrics; metric math is refused. */
export function getMetricData(
  store: MetricStore,
  nowMs: number,
  input: GetMetricDataInput,
): GetMetricDataOutput {
  const queries = uniqueQueries(input.MetricDataQueries ?? []);
  const [fromMs, toMs] = timeRange(input.StartTime, input.EndTime);
  const descending = scanDescending(input.ScanBy);
  const limit = input.MaxDatapoints ?? MAX_DATAPOINTS;
  if (!(limit > 0)) throw validationFailure('The parameter MaxDatapoints must be above 0.');

  const skip = pageOffset(input.NextToken, invalidNextToken);
  let passed = 0;
  const results = queries
    .map((query) => ({ query, points: read(store, nowMs, query, fromMs, toMs) }))
    .filter(({ query }) => query.ReturnData !== false)
    .map(({ query, points }) => {
      if (descending) points.reverse();
      const from = Math.max(0, skip - passed);
      const to = Math.max(from, skip + limit - passed);
      passed += points.length;
      const shown = points.slice(from, to);
      return result(query, shown, to < points.length ? 'PartialData' : 'Complete');
    });
  const output = { MetricDataResults: results, Messages: [] as const };
  return passed > skip + limit ? { ...output, NextToken: pageToken(skip + limit) } : output;
}

function result(
  query: MetricDataQuery,
  points: readonly Datapoint[],
  status: MetricDataResult['StatusCode'],
): MetricDataResult {
  return {
    Id: query.Id as string,
    Label: query.Label ?? String(query.MetricStat?.Metric?.MetricName),
    Timestamps: points.map(({ startMs }) => startMs / 1000),
    Values: points.map(({ value }) => value),
    StatusCode: status,
  };
}

function read(
  store: MetricStore,
  nowMs: number,
  query: MetricDataQuery,
  fromMs: number,
  toMs: number,
): Datapoint[] {
  const { Id, Expression, MetricStat } = query;
  if (Expression !== undefined) {
    throw validationFailure(
      `The embedded account evaluates no metric math: query "${Id}" must use MetricStat, ` +
        'not Expression.',
    );
  }
  if (!MetricStat) throw validationFailure(`Query "${Id}" has neither MetricStat nor Expression.`);
  const { Metric, Period, Stat, Unit } = MetricStat;
  if (!isReadablePeriod(Period)) {
    throw validationFailure(
      `Period ${Period} of query "${Id}" is invalid: use 1, 5, 10, 20, 30 or a multiple of 60.`,
    );
  }
  if (!isStatistic(Stat)) {
    throw validationFailure(
      `The embedded account serves the statistics ${STATISTICS.join(', ')}; ` +
        `query "${Id}" asks for ${Stat}.`,
    );
  }
  requireUnit(`MetricStat.Unit of query "${Id}"`, Unit, validationFailure);
  const metric = parseMetric(Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions);
  if (isPastRetention(nowMs, fromMs, Period)) return [];
  return datapoints(store, nowMs, metric, Stat, Period, fromMs, toMs, Unit);
}

/** "No data points in that time range is returned" (API reference, MetricStat.Period). */
export function isPastRetention(nowMs: number, fromMs: number, periodSeconds: number): boolean {
  const ageMs = nowMs - fromMs;
  return RETENTIONS.some(
    ([keptMs, thenSeconds]) => ageMs > keptMs && periodSeconds % thenSeconds > 0,
  );
}

function uniqueQueries(queries: readonly MetricDataQuery[]): readonly MetricDataQuery[] {
  if (queries.length === 0) {
    throw validationFailure('The collection MetricDataQueries must not be empty.');
  }
  if (queries.length > MAX_QUERIES) {
    throw validationFailure(
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
    );
  }
  for (const [index, { Id }] of queries.entries()) {
    if (!Id || !/^[a-z][a-zA-Z0-9_]*$/.test(Id)) {
      throw validationFailure(
        `The value ${Id} for parameter MetricDataQueries.member.${index + 1}.Id ` +
          'is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.',
      );
    }
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationFailure('The values for parameter id in MetricDataQueries are not unique.');
  }
  return queries;
}

function timeRange(start: number | undefined, end: number | undefined): [number, number] {
  if (start === undefined || end === undefined) {
    throw validationFailure('The parameters StartTime and EndTime are required.');
  }
  if (start === end) {
    throw validationFailure('The parameter StartTime must not equal parameter EndTime.');
  }
  if (start > end) {
    throw validationFailure('The parameter StartTime must be less than the parameter EndTime.');
  }
  return [start * 1000, end * 1000];
}

function scanDescending(scanBy = 'TimestampDescending'): boolean {
  if (!['TimestampDescending', 'TimestampAscending'].includes(scanBy)) {
    throw validationFailure(
      `Value '${scanBy}' at 'scanBy' failed to satisfy constraint: ` +
        'Member must satisfy enum value set: [TimestampDescending, TimestampAscending]',
    );
  }
  return scanBy === 'TimestampDescending';
}
