import { recordOf } from '../cycle.ts';
import type { Look } from '../look.ts';
import type { DecisionRecord } from '../record.ts';

/** What a look would decide, in the form of a decision that was not carried out. */
export function lookRecord(look: Look, atMs: number): DecisionRecord {
  return recordOf(look, { status: look.decision.proposal ? 'dry-run' : 'refused' }, atMs);
}
