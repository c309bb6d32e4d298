import type { LimitInput } from './limits.ts';
import type { ControlConfig, Observation, TargetState } from './types.ts';

/** What a decision is made of. */
export interface DecisionInput extends LimitInput {
  readonly config: ControlConfig;
  readonly state: TargetState;
  readonly observation: Observation;
}
