import type { Reason } from './reasons.ts';

/** Notes a step of the decision. */
export type Note = (
  name: string,
  before: number | null,
  after: number | null,
  reason: Reason,
  constrained?: boolean,
) => void;
