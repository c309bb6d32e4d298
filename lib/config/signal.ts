import { WINDOW_SECONDS } from '../control/demand.ts';
import type { ControlConfig } from '../control/types.ts';
import type { ScalableTarget } from '../target.ts';
import type { TargetConfig } from './schema.ts';

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
}

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** The signal that `config` names, on `target`. */
export function signalOf(target: ScalableTarget, config: TargetConfig): Signal {
  const { signal, targetPerInstance } = config;
  const dimensions = { EndpointName: target.endpointName, VariantName: target.variantName };
  const sageMaker = { namespace: 'AWS/SageMaker', dimensions };
  if (signal === 'invocations') {
    return {
      load: { ...sageMaker, metricName: 'Invocations', statistic: 'Sum' },
      // Each request counts 1/instances here.
      alarm: { ...sageMaker, metricName: 'InvocationsPerInstance', statistic: 'Sum' },
      alarmScope: 'instance',
      alarmValueAtTarget: targetPerInstance / WINDOWS_PER_MINUTE,
      loadScope: 'variant',
      windowsPerTargetUnit: WINDOWS_PER_MINUTE,
    };
  }
  const { loadScope, ...metric } =
    signal === 'concurrency'
      ? {
          ...sageMaker,
          metricName: 'ConcurrentRequestsPerModel',
          statistic: 'Maximum' as const,
          loadScope: 'instance' as const,
        }
      : signal;
  const windowsPerTargetUnit = metric.statistic === 'Sum' ? WINDOWS_PER_MINUTE : 1;
  return {
    load: metric,
    alarm: metric,
    alarmScope: loadScope,
    alarmValueAtTarget: targetPerInstance / windowsPerTargetUnit,
    loadScope,
    windowsPerTargetUnit,
  };
}

/** What the control law needs of `config`. */
export function controlConfig(config: TargetConfig, signal: Signal): ControlConfig {
  return {
    mode: config.mode,
    targetPerInstance: config.targetPerInstance,
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
