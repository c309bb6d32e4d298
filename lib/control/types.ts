import type { Reason } from './reasons.ts';

/** Bounds of a scalable target: the two numbers that a nudge sets together. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** One step of a decision: which rule, what it made of the number it was given, and why. */
export interface DecisionStep {
  /** The rule, for example `owner-bounds`. */
  readonly name: string;
  /** Instances before the rule (null: none known). */
  readonly before: number | null;
  /** Instances after the rule. */
  readonly after: number | null;
  readonly reason: Reason;
  /** True when the rule held the number back from where the rules before it wanted it. */
  readonly constrained: boolean;
}
