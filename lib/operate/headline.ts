import { LIMIT_REASONS } from '../control/limits.ts';
import type { DecisionStep } from '../control/types.ts';
import type { DecisionRecord } from '../cycle/record.ts';
import { instances } from './words.ts';

/** What a decision was about, for counting and for the eye. */
export type DecisionKind = 'out' | 'in' | 'held' | 'bounds' | 'notice';

/**
 * What a decision came to, in a few words.
 * @param isDue it is still to be carried out
 */
export function headline(record: DecisionRecord, isDue = false): string {
  const { requested, outcome } = record;
  const dueTo = isDue ? 'due to be ' : '';
  const kind = kindOf(record);
  if (requested && (kind === 'out' || kind === 'in')) {
    const to = kind === 'out' ? requested.bounds.min : requested.bounds.max;
    const move = `Scale-${kind} from ${requested.from} to ${instances(to)}`;
    if (isDue) return `${move} due`;
    if (outcome.status === 'failed') return `${move} failed`;
    return outcome.status === 'dry-run' ? `${move} decided, not done` : move;
  }
  if (kind === 'held') return heldHeadline(record);
  const isSuspended = has(record, 'scaling-suspended');
  if (has(record, 'standing-down') || has(record, 'target-released'))
    return `Your Min and Max ${dueTo}given back${isSuspended ? ', as scaling is suspended' : ''}`;
  if (isSuspended) return 'Scaling is suspended';
  if (has(record, 'lease-expired')) return 'A lease ran out';
  if (has(record, 'owner-changed-bounds')) return 'Min or Max was changed by their owner';
  if (has(record, 'nudge-lost-while-locked')) return 'A request was lost';
  if (has(record, 'quota-refused')) return 'A request was refused by a quota';
  if (has(record, 'insufficient-capacity')) return 'AWS had no instances to give';
  if (has(record, 'request-failed')) return 'A request failed';
  if (!requested) return 'No change';
  const lowered = record.steps.find(({ name, reason }) => name === 'ceiling' && LIMITS[reason]);
  if (lowered) return `Max ${dueTo}set to ${lowered.after} by ${LIMITS[lowered.reason]}`;
  const raised = record.steps.find(({ name, reason }) => name === 'floor' && FLOORS[reason]);
  if (raised) return `Min ${dueTo}raised for ${FLOORS[raised.reason]}, capacity unchanged`;
  const [which, done] = has(record, 'ceiling-returned')
    ? ['Your Max', 'given back']
    : ['Min', 'lowered'];
  return `${which} ${dueTo}${done}, capacity unchanged`;
}

export function kindOf(record: DecisionRecord): DecisionKind {
  const { requested } = record;
  if (requested && requested.direction !== 'none') return requested.direction;
  const isHeld = has(record, 'owner-maximum') || has(record, 'another-target-first');
  if (holdOf(record) || isHeld || limitOf(record)) return 'held';
  return requested ? 'bounds' : 'notice';
}

function heldHeadline(record: DecisionRecord): string {
  const hold = holdOf(record);
  const wanted = hold?.before ?? record.wanted ?? record.desired;
  if (hold && wanted !== record.desired) {
    const direction = wanted > record.desired ? 'Scale-out' : 'Scale-in';
    return `${direction} from ${record.desired} to ${wanted} put off`;
  }
  if (has(record, 'another-target-first')) return 'Change of capacity put off';
  const narrowed = limitOf(record);
  if (narrowed) return `Held at ${narrowed.after} by ${LIMITS[narrowed.reason] ?? 'a limit'}`;
  const limit = record.steps.find(({ reason }) => reason === 'owner-maximum');
  return `Held at your Max of ${limit?.after ?? record.desired}`;
}

const LIMITS: Readonly<Partial<Record<DecisionStep['reason'], string>>> = {
  'schedule-ceiling': 'a window of its schedule',
  'budget-spent': 'its budget of the day',
  'account-budget-spent': 'the account’s budget of the day',
};

const FLOORS: Readonly<Partial<Record<DecisionStep['reason'], string>>> = {
  'schedule-floor': 'a window of its schedule',
  'prewarm-floor': 'a prewarm',
  'pattern-floor': 'the daily pattern of its load',
};

/** What held demand back beside the owner's Max. */
function limitOf({ steps }: DecisionRecord): DecisionStep | undefined {
  return steps.findLast(({ reason, constrained }) => constrained && LIMIT_REASONS.includes(reason));
}

function holdOf({ steps }: DecisionRecord): DecisionStep | undefined {
  return steps.find(({ name, constrained }) => name === 'hold' && constrained);
}

function has({ steps }: DecisionRecord, reason: DecisionStep['reason']): boolean {
  return steps.some((step) => step.reason === reason);
}
