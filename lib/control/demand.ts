import { inServiceAt } from './capacity-log.ts';
import type { DemandPoint } from './demand-point.ts';
import { byCounts } from './minute-counts.ts';
import { demandOfPeaks } from './peaks.ts';
import type { ControlConfig, LoadPoint, TargetState } from './types.ts';

const SECONDS_PER_MINUTE = 60;

/**
 * Load to demand: load divided by the target per instance. A signal that counts one instance's load
 * is multiplied with the instances that were in service in that window; means are told from peaks.
 *
 * @param counts requests of all instances by the minute, beside peaks
 */
export function demandOf(
  load: readonly LoadPoint[],
  config: Pick<
    ControlConfig,
    'targetPerInstance' | 'loadScope' | 'windowsPerTargetUnit' | 'peaks' | 'riskPrice'
  >,
  capacityLog: TargetState['capacityLog'],
  counts: readonly LoadPoint[] = [],
): DemandPoint[] {
  if (config.peaks) {
    const points = demandOfPeaks(load, config.peaks, config, capacityLog);
    return byCounts(
      points,
      counts,
      config.peaks.requestsPerSecond * SECONDS_PER_MINUTE,
      capacityLog,
    );
  }
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
