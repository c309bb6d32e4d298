import type { LoadRecord } from './ledger.ts';
import { DIMENSION_NAMES, METRIC_NAMES, NAMESPACE } from './names.ts';
import { type Sample, samplesOf } from './samples.ts';

/**
 * One line of CloudWatch's embedded metric format, which Lambda's log turns into metrics
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 * It is put together by hand, since a line is written for every answer.
 */
export function embeddedMetrics(record: LoadRecord): string {
  const samples = samplesOf(record);
  let line = `{"_aws":{"Timestamp":${record.second * 1000},"CloudWatchMetrics":[${directive(samples)}]}`;
  line += `,"${DIMENSION_NAMES.endpoint}":${JSON.stringify(record.endpointName)}`;
  line += `,"${DIMENSION_NAMES.variant}":${JSON.stringify(record.variantName)}`;
  for (const { name, value } of samples) line += `,"${METRIC_NAMES[name]}":${value}`;
  return `${line}}`;
}

/** By the names of the metrics, of which there are a handful of combinations. */
const directives = new Map<string, string>();

/** What CloudWatch is to make of the line. */
function directive(samples: readonly Sample[]): string {
  const key = samples.map(({ name }) => name).join();
  const known = directives.get(key);
  if (known) return known;
  const text = JSON.stringify({
    Namespace: NAMESPACE,
    Dimensions: [[DIMENSION_NAMES.endpoint, DIMENSION_NAMES.variant]],
    Metrics: samples.map(({ name, unit }) => ({
      Name: METRIC_NAMES[name],
      Unit: unit,
      StorageResolution: 1,
    })),
  });
  directives.set(key, text);
  return text;
}
