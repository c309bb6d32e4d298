import { INITIAL_STATE } from '../../lib/control/state.ts';
import type {
  ControlConfig,
  LoadPoint,
  Observation,
  TargetState,
} from '../../lib/control/types.ts';

/** A moment on the ten-second grid. */
export const NOW = 1_800_000_000;

/** One instance carries 60 invocations a minute, so a window of 10 invocations is one instance of demand. */
export const CONFIG: ControlConfig = {
  mode: 'act',
  targetPerInstance: 60,
  loadScope: 'variant',
  windowsPerTargetUnit: 6,
  riskPrice: 3,
  leadTimeSeconds: 180,
  scaleInStableSeconds: null,
  scaleOutSpacingSeconds: 20,
  scaleInSpacingSeconds: 60,
  wakeFraction: 0.8,
  dailyPattern: true,
};

/** Windows with these demands (in instances), the last of which became readable just now. */
export function windows(demands: readonly number[], nowSeconds = NOW): LoadPoint[] {
  const lastStart = nowSeconds - 20;
  return demands.map((demand, i) => ({
    startSeconds: lastStart - 10 * (demands.length - 1 - i),
    value: demand * 10,
  }));
}

/** `count` windows of the same demand. */
export function steady(demand: number, count = 40): number[] {
  return Array.from({ length: count }, () => demand);
}

export function observed(
  demands: readonly number[],
  capacity: Partial<Observation['capacity']> & { desired: number },
  bounds: Observation['bounds'] = { min: 1, max: 20 },
  nowSeconds = NOW,
): Observation {
  return {
    load: windows(demands, nowSeconds),
    capacity: { inService: capacity.desired, locked: false, scalable: true, ...capacity },
    bounds,
  };
}

export function stateWith(changes: Partial<TargetState> = {}): TargetState {
  return { ...INITIAL_STATE, baseline: { min: 1, max: 20 }, ...changes };
}
