import type { Bounds } from '../control/bounds.ts';
import type { Reason } from '../control/reasons.ts';
import type {
  DecisionStep,
  Lease,
  Mode,
  PendingRequest,
  Proposal,
  RequestRefusal,
} from '../control/types.ts';

/** What became of a proposal. */
export type Outcome =
  | { readonly status: 'taken' }
  /** Mode `observe`: decided, not done. */
  | { readonly status: 'dry-run' }
  | { readonly status: 'refused' }
  | { readonly status: 'failed'; readonly errorCode: string; readonly message: string };

/** What a decision was made from, beside the numbers that stand in the record itself. */
export interface DecisionInputs {
  /** Epoch seconds at which the newest window of load began; null without data. */
  readonly newestWindowSeconds: number | null;
  readonly endpointStatus: string | null;
  /** The owner's bounds. */
  readonly baseline: Bounds | null;
  /** What was held, and asked for, when the look began. */
  readonly lease: Lease | null;
  readonly pending: PendingRequest | null;
  /** Why the pending request came to nothing, if it did. */
  readonly refusal: RequestRefusal | null;
  readonly leadTimeSeconds: number;
  readonly targetPerInstance: number | null;
  readonly riskPrice: number;
}

/** A decision that changed or refused something, as it is kept and told. */
export interface DecisionRecord {
  readonly schemaVersion: typeof RECORD_SCHEMA_VERSION;
  /** ISO 8601 with milliseconds. */
  readonly at: string;
  readonly endpointName: string;
  readonly resourceId: string;
  readonly mode: Mode;
  /** True when nothing was written because the mode forbids it. */
  readonly dryRun: boolean;
  /** The reason of the step that settled it. */
  readonly reason: Reason;
  readonly demand: number | null;
  readonly wanted: number | null;
  readonly inService: number;
  readonly desired: number;
  readonly boundsBefore: Bounds | null;
  readonly requested: Proposal | null;
  /** The bounds that were accepted. */
  readonly taken: Bounds | null;
  readonly outcome: Outcome;
  readonly steps: readonly DecisionStep[];
  /** Null in records that were kept before there were any. */
  readonly inputs: DecisionInputs | null;
}

/** Rises when a field changes its meaning or a new one has no value in older records. */
export const RECORD_SCHEMA_VERSION = 2;

/** What the steps and the outcome say already. */
type Derived = 'schemaVersion' | 'dryRun' | 'reason' | 'taken';

/** Completes a record. */
export function decisionRecord(facts: Omit<DecisionRecord, Derived>): DecisionRecord {
  const { outcome, requested, steps } = facts;
  return {
    schemaVersion: RECORD_SCHEMA_VERSION,
    ...facts,
    dryRun: outcome.status === 'dry-run',
    reason: settlingReason(steps, requested !== null),
    taken: outcome.status === 'taken' ? (requested?.bounds ?? null) : null,
  };
}

/**
 * Reads a record as it was kept, by this version or an older one. Undefined for what is not a record
 * or comes from a newer version: it is left alone.
 */
export function readRecord(text: string): DecisionRecord | undefined {
  const kept = parseObject(text);
  if (!kept || typeof kept.at !== 'string' || !Array.isArray(kept.steps)) return undefined;
  switch (kept.schemaVersion) {
    case undefined:
      // Records of the first version have no number.
      return decisionRecord({ ...(kept as unknown as FirstRecord), inputs: null });
    case RECORD_SCHEMA_VERSION:
      return kept as unknown as DecisionRecord;
    default:
      return undefined;
  }
}

type FirstRecord = Omit<DecisionRecord, Derived | 'inputs'>;

/** Steps that name a bound; the last of them made the proposal. */
const BOUND_STEPS = ['floor', 'ceiling', 'baseline-min', 'baseline-max'];

/** What was learned about the owner, the lease or a request: worth a record though nothing follows from it. */
export function isNewsStep({ name, reason }: DecisionStep): boolean {
  return name === 'pending' || reason === 'owner-changed-bounds' || reason === 'lease-expired';
}

function settlingReason(steps: readonly DecisionStep[], isProposal: boolean): Reason {
  const settling = isProposal
    ? steps.findLast(({ name }) => BOUND_STEPS.includes(name))
    : (steps.findLast(({ constrained }) => constrained) ?? steps.find(isNewsStep));
  return (settling ?? steps.at(-1))?.reason ?? 'no-data';
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    // What is not JSON is no record.
    return undefined;
  }
}
