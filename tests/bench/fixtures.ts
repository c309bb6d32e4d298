import { type Workload, workloadOf } from '../../simulator/bench/workload.ts';
import type { Load } from '../../simulator/load/load.ts';
import type { View } from '../../simulator/scalers/view.ts';

/**
 * A workload with these demands, in instances, one a window. The peak is found by minutes, so the
 * load is led by nothing and followed by a minute that fixes the scale: `peakInstances` of demand.
 */
export function workloadWith(demands: readonly number[], peakInstances = 4): Workload {
  const scale: number[] = Array.from({ length: 6 }, () => peakInstances);
  return workloadOf(loadOf([...demands, ...scale]), peakInstances);
}

/** A load whose windows hold these demands, at one request a second for an instance. */
export function loadOf(demands: readonly number[], name = 'made'): Load {
  const arrivals = demands.flatMap((demand) => Array.from({ length: 10 }, () => demand));
  return { name, arrivals: Float64Array.from(arrivals) };
}

interface Glimpse {
  /** Demand by window, oldest first. */
  readonly demand: readonly number[];
  readonly inService: number;
  readonly desired?: number;
  readonly locked?: boolean;
  readonly completedAtSeconds?: number;
  readonly nowSeconds?: number;
}

/** A view of an endpoint whose instances in service never changed. */
export function viewOf(glimpse: Glimpse): View {
  const { demand, inService } = glimpse;
  const at = (back: number) => (back >= 0 ? demand[demand.length - 1 - back] : undefined);
  const minuteDemand = (back: number) => {
    const end = 6 * (Math.floor(demand.length / 6) - back);
    const minute = demand.slice(Math.max(0, end - 6), Math.max(0, end));
    return minute.length === 6 ? minute.reduce((sum, value) => sum + value, 0) / 6 : undefined;
  };
  const share = (value: number | undefined) =>
    value === undefined ? undefined : value / inService;
  return {
    nowSeconds: glimpse.nowSeconds ?? 10 * demand.length + 10,
    inService,
    desired: glimpse.desired ?? inService,
    locked: glimpse.locked ?? false,
    completedAtSeconds: glimpse.completedAtSeconds ?? Number.NEGATIVE_INFINITY,
    windows: demand.length,
    minutes: Math.floor(demand.length / 6),
    requests: (back) => at(back),
    demand: at,
    perInstance: (back) => share(at(back)),
    underWay: () => undefined,
    minuteDemand,
    minutePerInstance: (back) => share(minuteDemand(back)),
  };
}

/** `count` windows of the same demand. */
export function steady(demand: number, count: number): number[] {
  return Array.from({ length: count }, () => demand);
}

/** What policies are told in tests that do not care. */
export const POLICY_OPTIONS = {
  minCapacity: 1,
  maxCapacity: 40,
  targetPerInstance: 60,
  riskPrice: 10,
  metricLagSeconds: 10,
};
