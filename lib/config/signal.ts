import { WINDOW_SECONDS } from '../control/demand.ts';
import type { ControlConfig } from '../control/types.ts';
import type { ScalableTarget } from '../target.ts';
import type { CustomSignal, TargetConfig } from './schema.ts';

/** A CloudWatch metric with the statistic to read it by. */
export interface MetricRef {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Average' | 'Maximum';
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
}

/** What can be measured: requests as SageMaker or their senders count them, or a metric by name. */
export type SignalKind = 'invocations' | 'arrivals' | 'concurrency' | CustomSignal;

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** Where the client library counts the requests that it sends, as they are sent. */
export const CLIENT_METRIC = { namespace: 'FastScaler/Client', metricName: 'Arrivals' } as const;

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
  const { loadScope, ...metric } = metricOf(kind, dimensions);
  const windowsPerTargetUnit = metric.statistic === 'Sum' ? WINDOWS_PER_MINUTE : 1;
  return {
    load: metric,
    alarm: metric,
    alarmScope: loadScope,
    alarmValueAtTarget: targetPerInstance / windowsPerTargetUnit,
    loadScope,
    windowsPerTargetUnit,
    targetPerInstance,
  };
}

function metricOf(
  kind: Exclude<SignalKind, 'invocations'>,
  dimensions: Readonly<Record<string, string>>,
): MetricRef & Pick<Signal, 'loadScope'> {
  switch (kind) {
    case 'arrivals':
      return { ...CLIENT_METRIC, dimensions, statistic: 'Sum', loadScope: 'variant' };
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
    riskPrice: config.riskPrice,
    leadTimeSeconds: config.leadTimeSeconds,
    scaleInStableSeconds: config.scaleInStableSeconds,
    scaleOutSpacingSeconds: config.scaleOutSpacingSeconds,
    scaleInSpacingSeconds: config.scaleInSpacingSeconds,
    wakeFraction: config.wakeFraction,
  };
}
