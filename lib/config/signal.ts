import { DIMENSION_NAMES, METRIC_NAMES, NAMESPACE } from '../../client/names.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';
import type { ControlConfig, PeakModel, UnderWay } from '../control/types.ts';
import type { ScalableTarget } from '../target.ts';
import type { CustomSignal, TargetConfig } from './schema.ts';

/** A CloudWatch metric with the statistic to read it by. */
export interface MetricRef {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Average' | 'Maximum' | 'Minimum';
  /**
   * Absent: it is read in windows of ten seconds. CloudWatch wants a multiple of 60 for metrics that are published by the minute
   * (MetricStat, Period).
   */
  readonly periodSeconds?: 60;
}

/** The same text for the same metric. */
export function metricKey({ namespace, metricName, statistic, dimensions }: MetricRef): string {
  return JSON.stringify([namespace, metricName, statistic, Object.entries(dimensions).sort()]);
}

/** Whether it is SageMaker's count of the requests to a variant. */
export function isInvocations({ namespace, metricName }: MetricRef): boolean {
  return namespace === 'AWS/SageMaker' && metricName === 'Invocations';
}

/** How a target's load is measured: what to read, what to alarm on. */
export interface Signal {
  readonly load: MetricRef;
  /** Metric of the waking alarm. */
  readonly alarm: MetricRef;
  /** Whether the alarm's metric counts one instance's load, so that its threshold holds at every capacity. */
  readonly alarmScope: 'instance' | 'variant';
  /** Value of the alarm metric, in one window, at which one instance carries its target. */
  readonly alarmValueAtTarget: number;
  readonly loadScope: ControlConfig['loadScope'];
  readonly windowsPerTargetUnit: number;
  /** Load that one instance is meant to carry: invocations a minute, concurrent requests, or the metric's own unit. */
  readonly targetPerInstance: number;
  /** How peaks tell of requests; absent: the signal counts no peaks, or no request was measured. */
  readonly peaks?: PeakModel;
  /** How long after its end a window may still grow, because its many publishers are not all at once. */
  readonly settleSeconds?: number;
  /**
   * SageMaker's own count of the same requests, a minute late. Where it counts none, the silence of
   * `load` is calm and no fault of its publishers.
   */
  readonly witness?: MetricRef;
}

/**
 * What can be measured: requests as SageMaker or their senders count them, how many are under way
 * inside an instance or for their senders, or a metric by name.
 */
export type SignalKind = 'invocations' | 'arrivals' | 'concurrency' | 'busy' | CustomSignal;

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** Where callers count the requests that they send. */
export const CLIENT_METRICS = {
  namespace: NAMESPACE,
  arrivals: METRIC_NAMES.arrivals,
  busy: METRIC_NAMES.busySeconds,
} as const;

/** Callers publish a window within a second of its end; not all of it becomes readable at once. */
const CLIENT_SETTLE_SECONDS = 5;

/** The signal of this kind on `target`. */
export function signalOf(
  target: ScalableTarget,
  kind: SignalKind,
  targetPerInstance: number,
): Signal {
  const dimensions = { EndpointName: target.endpointName, VariantName: target.variantName };
  const sageMaker = { namespace: 'AWS/SageMaker', dimensions };
  if (kind === 'invocations') {
    return {
      load: { ...sageMaker, metricName: 'Invocations', statistic: 'Sum' },
      // Each request counts 1/instances here.
      alarm: { ...sageMaker, metricName: 'InvocationsPerInstance', statistic: 'Sum' },
      alarmScope: 'instance',
      alarmValueAtTarget: targetPerInstance / WINDOWS_PER_MINUTE,
      loadScope: 'variant',
      windowsPerTargetUnit: WINDOWS_PER_MINUTE,
      targetPerInstance,
    };
  }
  const { loadScope, ...metric } = metricOf(kind, target);
  const windowsPerTargetUnit = windowsPerUnit(kind, metric);
  return {
    load: metric,
    alarm: metric,
    alarmScope: loadScope,
    alarmValueAtTarget: targetPerInstance / windowsPerTargetUnit,
    loadScope,
    windowsPerTargetUnit,
    targetPerInstance,
    ...((kind === 'arrivals' || kind === 'busy') && {
      settleSeconds: CLIENT_SETTLE_SECONDS,
      witness: { ...sageMaker, metricName: 'Invocations', statistic: 'Sum', periodSeconds: 60 },
    }),
  };
}

/** Where the requests under way are read beside a signal that counts requests. */
export interface UnderWayRef {
  readonly metric: MetricRef;
  /** The fewest in any instance, where that is counted. */
  readonly fewest?: MetricRef;
  readonly scope: UnderWay['scope'];
  /** Requests under way for each unit of the metric. */
  readonly requestsPerUnit: number;
}

/**
 * The requests under way on a target whose signal counts requests: SageMaker's own count, which is the
 * peak of a window in the busiest instance and comes every ten seconds whatever is set, or that of the
 * callers, a sum of busy seconds. Undefined for a signal that counts anything else.
 */
export function underWayBeside({ load }: Pick<Signal, 'load'>): UnderWayRef | undefined {
  const { namespace, metricName } = load;
  if (isInvocations(load)) {
    const concurrency = { ...load, metricName: 'ConcurrentRequestsPerModel' };
    return {
      metric: { ...concurrency, statistic: 'Maximum' },
      fewest: { ...concurrency, statistic: 'Minimum' },
      scope: 'instance',
      requestsPerUnit: 1,
    };
  }
  if (namespace === CLIENT_METRICS.namespace && metricName === CLIENT_METRICS.arrivals) {
    const metric = { ...load, metricName: CLIENT_METRICS.busy };
    return { metric, scope: 'variant', requestsPerUnit: 1 / WINDOW_SECONDS };
  }
  return undefined;
}

/** SageMaker's count of the requests beside the peaks that a signal goes by; undefined where it goes by anything else. */
export function countedBeside({
  load,
  peaks,
}: Pick<Signal, 'load' | 'peaks'>): MetricRef | undefined {
  return peaks && { ...load, metricName: 'Invocations', statistic: 'Sum', periodSeconds: 60 };
}

/** A sum counts what the target has for a minute, except busy seconds: ten in a window are one request. */
function windowsPerUnit(kind: SignalKind, { statistic }: MetricRef): number {
  if (kind === 'busy') return 1 / WINDOW_SECONDS;
  return statistic === 'Sum' ? WINDOWS_PER_MINUTE : 1;
}

function metricOf(
  kind: Exclude<SignalKind, 'invocations'>,
  { endpointName, variantName }: ScalableTarget,
): MetricRef & Pick<Signal, 'loadScope'> {
  const dimensions = {
    [DIMENSION_NAMES.endpoint]: endpointName,
    [DIMENSION_NAMES.variant]: variantName,
  };
  switch (kind) {
    case 'arrivals':
    case 'busy':
      return {
        namespace: CLIENT_METRICS.namespace,
        metricName: CLIENT_METRICS[kind],
        dimensions,
        statistic: 'Sum',
        loadScope: 'variant',
      };
    case 'concurrency':
      return {
        namespace: 'AWS/SageMaker',
        metricName: 'ConcurrentRequestsPerModel',
        dimensions,
        statistic: 'Maximum',
        loadScope: 'instance',
      };
    default:
      return kind;
  }
}

/** What the control law needs of `config`. */
export function controlConfig(config: TargetConfig, signal: Signal): ControlConfig {
  return {
    mode: config.mode,
    targetPerInstance: signal.targetPerInstance,
    loadScope: signal.loadScope,
    windowsPerTargetUnit: signal.windowsPerTargetUnit,
    peaks: signal.peaks ?? null,
    riskPrice: config.riskPrice,
    leadTimeSeconds: config.leadTimeSeconds,
    scaleInStableSeconds: config.scaleInStableSeconds,
    scaleOutSpacingSeconds: config.scaleOutSpacingSeconds,
    scaleInSpacingSeconds: config.scaleInSpacingSeconds,
    wakeFraction: config.wakeFraction,
    dailyPattern: config.dailyPattern,
  };
}
