import { decide } from '../../lib/control/decide.ts';
import type { DemandPoint } from '../../lib/control/demand-point.ts';
import type { TuningInput } from '../../lib/control/shadows.ts';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import { tune } from '../../lib/control/tune.ts';
import type {
  ControlConfig,
  Decision,
  LoadPoint,
  Observation,
  TargetState,
  Tuning,
} from '../../lib/control/types.ts';

/** A moment on the ten-second grid. */
export const NOW = 1_800_000_000;

/** One instance carries 60 invocations a minute, so a window of 10 invocations is one instance of demand. */
export const CONFIG: ControlConfig = {
  mode: 'act',
  targetPerInstance: 60,
  loadScope: 'variant',
  peaks: null,
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

/** What is decided now. */
export function decideFor(
  observation: Observation,
  state: TargetState = stateWith(),
  config: Partial<ControlConfig> = {},
): Decision {
  return decide({ nowSeconds: NOW, config: { ...CONFIG, ...config }, state, observation });
}

export const reasons = ({ steps }: Decision) => steps.map(({ reason }) => reason);

/** What is known of the rules once load was seen. */
export function tuned(
  before: Tuning | null,
  points: readonly DemandPoint[],
  input: TuningInput,
): Tuning {
  const tuning = tune(before, points, input);
  if (!tuning) throw new RangeError('expected load');
  return tuning;
}
