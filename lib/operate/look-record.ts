import type { Look } from '../look.ts';
import type { DecisionRecord } from '../record.ts';

/** What a look would decide, in the form of a decision that was not carried out. */
export function lookRecord(
  { stored, control, observation, decision }: Look,
  atMs: number,
): DecisionRecord {
  const { endpointName, resourceId } = stored.target;
  return {
    at: new Date(atMs).toISOString(),
    endpointName,
    resourceId,
    mode: control.mode,
    demand: decision.demand,
    wanted: decision.wanted,
    inService: observation.capacity.inService,
    desired: observation.capacity.desired,
    boundsBefore: observation.bounds,
    requested: decision.proposal,
    outcome: { status: decision.proposal ? 'dry-run' : 'refused' },
    steps: decision.steps,
  };
}
