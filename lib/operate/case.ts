import type { ResolvedConfig } from '../config/resolve.ts';
import type { Bounds } from '../control/bounds.ts';
import type { Plan } from '../enrolment/plan.ts';
import type { SignalView } from './signal-words.ts';
import type { TargetFacts } from './target-facts.ts';

/** A target that is set up, with what that comes to. */
export interface Case extends TargetFacts {
  readonly resolved: ResolvedConfig;
  readonly planned: Plan;
  /** In force; what would be, where nothing is. */
  readonly signal: SignalView | null;
  /** The owner's Min and Max. */
  readonly baseline: Bounds | undefined;
}
