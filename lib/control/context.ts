import type { Bounds } from './bounds.ts';
import type { Limits } from './limits.ts';
import type { Note } from './note.ts';
import type { ControlConfig, Observation, TargetState } from './types.ts';

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
