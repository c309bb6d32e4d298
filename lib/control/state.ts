import { writing } from './baseline.ts';
import { countSpent } from './budget.ts';
import { activeReversals, changesOfHour, isReversal } from './guards.ts';
import type { ControlConfig, Proposal, TargetState } from './types.ts';

/** Where 10 s metrics usually become readable; the true lag is learned from what is seen. */
const USUAL_METRIC_LAG_SECONDS = 10;

/** The state of a target that was never looked at. */
export const INITIAL_STATE: TargetState = {
  baseline: null,
  written: null,
  before: null,
  writes: [],
  lastScaleOutAtSeconds: null,
  lastScaleInAtSeconds: null,
  changedAtSeconds: [],
  reversals: 0,
  lastReversalAtSeconds: null,
  pending: null,
  learnedLeadTimeSeconds: null,
  metricLagSeconds: USUAL_METRIC_LAG_SECONDS,
  isByTheMinute: false,
  service: null,
  capacityLog: [],
  tuning: null,
  pattern: null,
  shadow: null,
  lease: null,
  leaseUnsureSinceSeconds: null,
  leaseDeletedAtSeconds: null,
  mutedUntilSeconds: null,
  refusedFor: null,
  putOffSinceSeconds: null,
  futile: null,
  withoutWindows: null,
  spent: null,
  notices: {},
};

/**
 * The state once `proposal` is about to be sent. It is saved before the call goes out: after a crash
 * between the two, the observed bounds equal `before` and the nudge is known to be missing.
 *
 * In `observe` mode only the spacing moves on; nothing was written, and no change counts but as the
 * latest, by which small ones wait.
 */
export function commit(
  state: TargetState,
  proposal: Proposal,
  observed: TargetState['written'],
  config: ControlConfig,
  nowSeconds: number,
): TargetState {
  const timed = withTimes(state, proposal, config, nowSeconds);
  if (config.mode !== 'act') return timed;
  const pending =
    proposal.direction === 'out'
      ? { capacity: proposal.bounds.min, sentAtSeconds: nowSeconds }
      : proposal.direction === 'in'
        ? null
        : state.pending;
  return { ...timed, ...writing(state, proposal.bounds, observed, nowSeconds), pending };
}

/** The state of a target that nobody looks at: what becomes of its instances is not known, and not counted. */
export function unseen(state: TargetState, nowSeconds: number): TargetState {
  return state.spent?.instances
    ? { ...state, spent: countSpent(state.spent, 0, nowSeconds) }
    : state;
}

/** The changes that count, without those that are now known to have come to nothing. */
export function changesThatCame(
  { changedAtSeconds, writes, pending }: TargetState,
  { requestLost, writeLost }: { readonly requestLost: boolean; readonly writeLost: boolean },
): readonly number[] {
  const lost = [
    requestLost ? pending?.sentAtSeconds : undefined,
    writeLost ? writes.at(-1)?.atSeconds : undefined,
  ];
  return changedAtSeconds.filter((atSeconds) => !lost.includes(atSeconds));
}

function withTimes(
  state: TargetState,
  { direction }: Proposal,
  config: ControlConfig,
  nowSeconds: number,
): TargetState {
  if (direction === 'none') return state;
  const earlier = config.mode === 'act' ? changesOfHour(state, nowSeconds) : [];
  const changedAtSeconds = [...earlier, nowSeconds];
  if (direction === 'in') return { ...state, changedAtSeconds, lastScaleInAtSeconds: nowSeconds };
  const reversed = isReversal(state, config, nowSeconds);
  return {
    ...state,
    changedAtSeconds,
    lastScaleOutAtSeconds: nowSeconds,
    putOffSinceSeconds: null,
    reversals: activeReversals(state, nowSeconds) + (reversed ? 1 : 0),
    lastReversalAtSeconds: reversed ? nowSeconds : state.lastReversalAtSeconds,
  };
}

/**
 * Scores of the candidates, and the shadow, are saved this often; what is newer is worked out again
 * from the load.
 */
const SAVE_PLAYED_SECONDS = 300;

/**
 * Whether `after` holds something that the next look could not find out by itself. What was played to
 * candidates and to the shadow does not count until it is some minutes ahead of what was saved; writes
 * that are forgotten and the service time never do, nor what was spent while the same instances stood.
 */
export function isWorthSaving(before: TargetState, after: TargetState): boolean {
  if (before.spent?.instances !== after.spent?.instances) return true;
  if (lasting(before) !== lasting(after)) return true;
  return (
    isAhead(before.tuning?.scoredUntilSeconds, after.tuning?.scoredUntilSeconds) ||
    isAhead(before.shadow?.untilSeconds, after.shadow?.untilSeconds)
  );
}

/** A state as text, without what is found out again or counts by how far it is ahead. */
function lasting(state: TargetState): string {
  const without = { tuning: null, pattern: null, shadow: null, service: null, writes: [] };
  return JSON.stringify({ ...state, ...without, spent: null });
}

function isAhead(saved: number | undefined, played: number | undefined): boolean {
  if (saved === undefined || played === undefined) return saved !== played;
  return played - saved >= SAVE_PLAYED_SECONDS;
}
