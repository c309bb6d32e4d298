import { CLIENT_METRICS, type Signal } from '../config/signal.ts';
import { amount } from './words.ts';

/** A target's signal in the words of its configuration. */
export interface SignalView {
  /** `invocations`, `arrivals`, `concurrency`, `busy`, or the name of a custom metric. */
  readonly kind: string;
  readonly metric: string;
  readonly statistic: string;
  readonly targetPerInstance: number;
  /** What load and target per instance are counted in. */
  readonly unit: string;
}

const KINDS: Readonly<Record<string, readonly [kind: string, unit: string]>> = {
  'AWS/SageMaker/Invocations': ['invocations', 'a minute'],
  'AWS/SageMaker/ConcurrentRequestsPerModel': ['concurrency', 'concurrent'],
  [`${CLIENT_METRICS.namespace}/${CLIENT_METRICS.arrivals}`]: ['arrivals', 'a minute'],
  [`${CLIENT_METRICS.namespace}/${CLIENT_METRICS.busy}`]: ['busy', 'concurrent'],
};

export function signalView({ load, targetPerInstance }: Signal): SignalView {
  const metric = `${load.namespace}/${load.metricName}`;
  const custom = [load.metricName, load.statistic === 'Sum' ? 'a minute' : ''] as const;
  const [kind, unit] = KINDS[metric] ?? custom;
  return { kind, metric, statistic: load.statistic, targetPerInstance, unit };
}

/** A load with its unit: `20 000 a minute`. */
export function loadText(value: number, unit: string): string {
  return unit === '' ? amount(value) : `${amount(value)} ${unit}`;
}
