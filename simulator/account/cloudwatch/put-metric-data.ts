import { type Aggregate, combine } from './bins.ts';
import { invalidParameterCombination, invalidParameterValue, missingParameter } from './errors.ts';
import { parseMetric } from './metric.ts';
import type { MetricStore } from './metric-store.ts';
import { FUTURE_DATA_MS } from './series.ts';
import { requireUnit } from './units.ts';

const MAX_DATA_PER_CALL = 1000;
const MAX_VALUES_PER_DATUM = 150;
const MAX_MAGNITUDE = 2 ** 360;
const OLDEST_MS = 14 * 86_400_000;

interface Datum {
  readonly MetricName?: unknown;
  readonly Dimensions?: unknown;
  /** Epoch seconds. */
  readonly Timestamp?: number;
  readonly Value?: unknown;
  readonly Values?: readonly unknown[];
  readonly Counts?: readonly unknown[];
  readonly StatisticValues?: Readonly<Record<string, unknown>>;
  readonly Unit?: string;
  readonly StorageResolution?: unknown;
}

export interface PutMetricDataInput {
  readonly Namespace?: string;
  readonly MetricData?: readonly Datum[];
  readonly EntityMetricData?: unknown;
}

/** PutMetricData: all data of a call are checked before any is stored. */
export function putMetricData(store: MetricStore, nowMs: number, input: PutMetricDataInput): void {
  const namespace = customNamespace(input.Namespace);
  if (input.EntityMetricData !== undefined) {
    throw invalidParameterValue('The embedded account does not serve EntityMetricData.');
  }
  const data = input.MetricData ?? [];
  if (data.length === 0) throw missingParameter('MetricData');
  if (data.length > MAX_DATA_PER_CALL) {
    throw invalidParameterValue(
      `The collection MetricData must not have a size greater than ${MAX_DATA_PER_CALL}.`,
    );
  }
  const checked = data.map((datum, index) => {
    const path = `MetricData.member.${index + 1}`;
    requireUnit(`${path}.Unit`, datum.Unit, invalidParameterValue);
    return {
      metric: parseMetric(namespace, datum.MetricName, datum.Dimensions),
      timestampMs: timestampMs(path, datum.Timestamp, nowMs),
      resolutionSeconds: resolutionSeconds(path, datum.StorageResolution),
      bin: samples(path, datum),
      unit: datum.Unit,
    };
  });
  for (const { metric, timestampMs, resolutionSeconds, bin, unit } of checked) {
    if (bin) store.putDatum(metric, timestampMs, resolutionSeconds, bin, unit);
  }
}

function customNamespace(namespace: string | undefined): string {
  if (!namespace) throw missingParameter('Namespace');
  if (namespace.startsWith('AWS/')) {
    throw invalidParameterValue(
      `The value ${namespace} for parameter Namespace is invalid: AWS/ is reserved for AWS.`,
    );
  }
  return namespace;
}

function timestampMs(path: string, timestamp: number | undefined, nowMs: number): number {
  const atMs = timestamp === undefined ? nowMs : timestamp * 1000;
  if (atMs < nowMs - OLDEST_MS || atMs > nowMs + FUTURE_DATA_MS) {
    throw invalidParameterValue(
      `The parameter ${path}.Timestamp must specify a time within the past two weeks ` +
        'and no more than two hours in the future.',
    );
  }
  return atMs;
}

function resolutionSeconds(path: string, value: unknown = 60): number {
  if (value !== 1 && value !== 60) {
    throw invalidParameterValue(
      `The parameter ${path}.StorageResolution must be a value in the set [ 1, 60 ].`,
    );
  }
  return value;
}

function samples(path: string, datum: Datum): Aggregate | undefined {
  const given = (['Value', 'Values', 'StatisticValues'] as const).filter(
    (member) => datum[member] !== undefined,
  );
  if (given.length === 0) throw missingParameter(`${path}.Value`);
  if (given.length > 1) {
    throw invalidParameterCombination(
      `The parameters ${given.map((member) => `${path}.${member}`).join(' and ')} ` +
        'are mutually exclusive and you have specified both.',
    );
  }
  if (datum.Value !== undefined) return repeated(number(`${path}.Value`, datum.Value), 1);
  if (datum.Values) return distribution(path, datum.Values, datum.Counts);
  return statisticSet(path, datum.StatisticValues as Readonly<Record<string, unknown>>);
}

/** `Values` with `Counts` (1 each by default). Values that occurred no time leave no sample. */
function distribution(
  path: string,
  values: readonly unknown[],
  counts: readonly unknown[] = values.map(() => 1),
): Aggregate | undefined {
  if (values.length === 0 || values.length > MAX_VALUES_PER_DATUM) {
    throw invalidParameterValue(
      `The parameter ${path}.Values must hold between 1 and ${MAX_VALUES_PER_DATUM} values.`,
    );
  }
  if (counts.length !== values.length) {
    throw invalidParameterValue(
      `The parameters ${path}.Values and ${path}.Counts must be of the same size.`,
    );
  }
  let total: Aggregate | undefined;
  values.forEach((entry, index) => {
    const count = number(`${path}.Counts`, counts[index]);
    const value = number(`${path}.Values`, entry);
    if (count < 0)
      throw invalidParameterValue(`The parameter ${path}.Counts must not be negative.`);
    if (count > 0) total = combine(total, repeated(value, count));
  });
  return total;
}

function statisticSet(path: string, set: Readonly<Record<string, unknown>>): Aggregate {
  const bin = {
    sum: number(`${path}.StatisticValues.Sum`, set.Sum),
    minimum: number(`${path}.StatisticValues.Minimum`, set.Minimum),
    maximum: number(`${path}.StatisticValues.Maximum`, set.Maximum),
    sampleCount: number(`${path}.StatisticValues.SampleCount`, set.SampleCount),
  };
  if (bin.sampleCount <= 0 || bin.minimum > bin.maximum) {
    throw invalidParameterValue(
      `The parameter ${path}.StatisticValues needs a SampleCount above 0 and Minimum ≤ Maximum.`,
    );
  }
  return bin;
}

function repeated(value: number, count: number): Aggregate {
  return { sum: value * count, minimum: value, maximum: value, sampleCount: count };
}

function number(path: string, value: unknown): number {
  if (value === undefined) throw missingParameter(path);
  // JSON carries NaN and the infinities as strings, CBOR as numbers; CloudWatch refuses all three.
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_MAGNITUDE)) {
    throw invalidParameterValue(
      `The value ${value} for parameter ${path} is invalid: it must be a number within ±2^360.`,
    );
  }
  return value;
}
