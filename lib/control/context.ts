import type { Limits } from './limits.ts';
import type { Reason } from './reasons.ts';
import type { Bounds, ControlConfig, Observation, TargetState } from './types.ts';

/** Notes a step of the decision. */
export type Note = (
  name: string,
  before: number | null,
  after: number | null,
  reason: Reason,
  constrained?: boolean,
) => void;

/** What the steps of one decision share. */
export interface Context {
  readonly nowSeconds: number;
  readonly config: ControlConfig;
  readonly state: TargetState;
  readonly bounds: Bounds;
  readonly observation: Observation;
  readonly limits: Limits;
  readonly note: Note;
}
