import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { LoadRecord } from './ledger.ts';
import { DIMENSION_NAMES, METRIC_NAMES } from './names.ts';
import { MOST_SAMPLES, samplesOf } from './samples.ts';

/** PutMetricData takes 1000 metrics a call. */
export const RECORDS_PER_CALL = 1000 / MOST_SAMPLES;

/**
 * The data of one PutMetricData call, one second each. A second's requests are one sample whose
 * value is their sum: sums are what adds up over callers.
 */
export function metricData(records: readonly LoadRecord[]): MetricDatum[] {
  return records.flatMap((record) =>
    samplesOf(record).map(({ name, unit, value }) => ({
      MetricName: METRIC_NAMES[name],
      Dimensions: [
        { Name: DIMENSION_NAMES.endpoint, Value: record.endpointName },
        { Name: DIMENSION_NAMES.variant, Value: record.variantName },
      ],
      Timestamp: new Date(record.second * 1000),
      Value: value,
      Unit: unit,
      StorageResolution: 1,
    })),
  );
}
