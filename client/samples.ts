import type { LoadRecord } from './ledger.ts';
import type { METRIC_NAMES } from './names.ts';

/** One figure of a record, as CloudWatch is told of it. */
export interface Sample {
  readonly name: keyof typeof METRIC_NAMES;
  readonly unit: 'Count' | 'Seconds';
  readonly value: number;
}

/** The most figures that one record gives. */
export const MOST_SAMPLES = 4;

/** Errors and throttles only where there are any: a metric that nobody publishes costs nothing. */
export function samplesOf({ arrivals, busyMs, errors, throttles }: LoadRecord): Sample[] {
  const samples: Sample[] = [
    { name: 'arrivals', unit: 'Count', value: arrivals },
    { name: 'busySeconds', unit: 'Seconds', value: busyMs / 1000 },
  ];
  if (errors > 0) samples.push({ name: 'errors', unit: 'Count', value: errors });
  if (throttles > 0) samples.push({ name: 'throttles', unit: 'Count', value: throttles });
  return samples;
}
