import type { LoadRecord } from './ledger.ts';
import { DIMENSION_NAMES, METRIC_NAMES, NAMESPACE } from './names.ts';
import { samplesOf } from './samples.ts';

/**
 * One line of CloudWatch's embedded metric format, which Lambda's log turns into metrics
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function embeddedMetrics(record: LoadRecord): string {
  const samples = samplesOf(record);
  return JSON.stringify({
    _aws: {
      Timestamp: record.second * 1000,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [[DIMENSION_NAMES.endpoint, DIMENSION_NAMES.variant]],
          Metrics: samples.map(({ name, unit }) => ({
            Name: METRIC_NAMES[name],
            Unit: unit,
            StorageResolution: 1,
          })),
        },
      ],
    },
    [DIMENSION_NAMES.endpoint]: record.endpointName,
    [DIMENSION_NAMES.variant]: record.variantName,
    ...Object.fromEntries(samples.map(({ name, value }) => [METRIC_NAMES[name], value])),
  });
}
