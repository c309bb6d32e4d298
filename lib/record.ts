import type { Bounds, DecisionStep, Mode, Proposal } from './control/types.ts';

/** What became of a proposal. */
export type Outcome =
  | { readonly status: 'taken' }
  /** Mode `observe`: decided, not done. */
  | { readonly status: 'dry-run' }
  | { readonly status: 'refused' }
  | { readonly status: 'failed'; readonly errorCode: string; readonly message: string };

/** A decision that changed or refused something, as it is kept and told. */
export interface DecisionRecord {
  /** ISO 8601 with milliseconds. */
  readonly at: string;
  readonly endpointName: string;
  readonly resourceId: string;
  readonly mode: Mode;
  readonly demand: number | null;
  readonly wanted: number | null;
  readonly inService: number;
  readonly desired: number;
  readonly boundsBefore: Bounds | null;
  readonly requested: Proposal | null;
  readonly outcome: Outcome;
  readonly steps: readonly DecisionStep[];
}
