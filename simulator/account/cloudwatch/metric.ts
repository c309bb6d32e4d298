import { invalidParameterValue, missingParameter } from './errors.ts';

/** A metric is its namespace, name and set of dimensions; the order of dimensions means nothing. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A dimension as on the wire. */
export interface WireDimension {
  readonly Name: string;
  readonly Value: string;
}

const MAX_DIMENSIONS = 30;

/** Equal for equal metrics. CloudWatch names hold no control characters, so NUL separates. */
export function metricKey(metric: MetricIdentity): string {
  const names = Object.keys(metric.dimensions).sort();
  const pairs = names.map((name) => `${name}\0${metric.dimensions[name]}`);
  return [metric.namespace, metric.metricName, ...pairs].join('\0');
}

export function wireDimensions(metric: MetricIdentity): WireDimension[] {
  return Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** Reads the members that name a metric. Throws `MissingParameter`, `InvalidParameterValue`. */
export function parseMetric(
  namespace: unknown,
  metricName: unknown,
  dimensions: unknown,
): MetricIdentity {
  return {
    namespace: name('Namespace', namespace),
    metricName: name('MetricName', metricName),
    dimensions: parseDimensions(dimensions),
  };
}

function parseDimensions(value: unknown): Record<string, string> {
  const dimensions = (value ?? []) as readonly Partial<WireDimension>[];
  if (!Array.isArray(dimensions) || dimensions.length > MAX_DIMENSIONS) {
    throw invalidParameterValue(
      `The parameter Dimensions must be a list of at most ${MAX_DIMENSIONS} dimensions.`,
    );
  }
  const parsed: Record<string, string> = {};
  for (const { Name, Value } of dimensions) {
    parsed[name('Dimensions.Name', Name)] = name('Dimensions.Value', Value);
  }
  return parsed;
}

function name(parameter: string, value: unknown): string {
  if (value === undefined || value === '') throw missingParameter(parameter);
  if (typeof value !== 'string') {
    throw invalidParameterValue(`The value ${value} for parameter ${parameter} is not a string.`);
  }
  return value;
}
