import { inServiceAt } from './capacity-log.ts';
import type { DemandPoint } from './demand-point.ts';
import { demandOfPeaks } from './peaks.ts';
import type { ControlConfig, LoadPoint, TargetState } from './types.ts';

/**
 * Load to demand: load divided by the target per instance. A signal that counts one instance's load
 * is multiplied with the instances that were in service in that window; peaks are told from means.
 */
export function demandOf(
  load: readonly LoadPoint[],
  config: Pick<
    ControlConfig,
    'targetPerInstance' | 'loadScope' | 'windowsPerTargetUnit' | 'peaks' | 'riskPrice'
  >,
  capacityLog: TargetState['capacityLog'],
): DemandPoint[] {
  if (config.peaks) return demandOfPeaks(load, config.peaks, config, capacityLog);
  const perInstance = config.targetPerInstance / config.windowsPerTargetUnit;
  return load.map(({ startSeconds, value }) => {
    const instances = config.loadScope === 'variant' ? 1 : inServiceAt(capacityLog, startSeconds);
    return { startSeconds, demand: (value * instances) / perInstance };
  });
}

/** Demand that one unit of load (a request) makes in its window, instances. */
export function demandOfOne(
  config: Pick<ControlConfig, 'targetPerInstance' | 'windowsPerTargetUnit'>,
): number {
  return config.windowsPerTargetUnit / config.targetPerInstance;
}

/**
 * The smallest value that at least the share `q` of `values` do not exceed (the empirical quantile
 * without interpolation, so that it is always a demand that really occurred). Zero without a value.
 */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** {@link quantile} of values in ascending order. */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const rank = Math.ceil(q * sorted.length - 1e-9);
  return sorted[Math.min(Math.max(rank - 1, 0), sorted.length - 1)] ?? 0;
}

/** Median absolute difference of neighbours: how much demand moves between windows when nothing happens. */
export function typicalStep(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => Math.abs(value - (values[i] as number)));
  return steps.length === 0 ? 0 : quantile(steps, 0.5);
}
