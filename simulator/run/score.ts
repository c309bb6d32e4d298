import { type PolicyResult, SURGE_SECONDS } from '../report/data.ts';
import { type Recording, STEP_SECONDS } from './recorder.ts';

/** The result of one run. `minCapacity` is the owner's minimum, the baseline of rest. */
export function score(policy: string, recording: Recording, minCapacity: number): PolicyResult {
  const { demand, inService, billed, failed, arrived, latency, changes } = recording;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const unserved = sum(demand.map((needed, i) => Math.max(0, needed - (inService[i] as number))));
  const demanded = sum(demand);
  const requests = sum(arrived);
  const surges = reactions(recording);
  return {
    policy,
    reactionSeconds: medianReaction(surges),
    surges: surges.length,
    answered: surges.filter(({ isAnswered }) => isAnswered).length,
    scaleInSeconds: medianReturn(returns(recording, minCapacity)),
    unservedFraction: demanded > 0 ? unserved / demanded : 0,
    instanceHours: (sum(billed) * STEP_SECONDS) / 3600,
    changes: changes.length,
    p99LatencySeconds: latency.quantile(0.99),
    failedFraction: requests > 0 ? sum(failed) / requests : 0,
  };
}

/** How a surge was answered. */
export interface Reaction {
  /**
   * From the start of the first window whose demand exceeds the capacity asked for to the accepted
   * request for more; of a surge that was never answered its whole length.
   */
  readonly seconds: number;
  readonly isAnswered: boolean;
  /** The most instances that were missing from what was asked for until then. */
  readonly missing: number;
}

/** The answers to all surges. One that falls back by itself before it lasted is left out. */
export function reactions({ demand, desired, changes }: Recording): Reaction[] {
  const found: Reaction[] = [];
  const rises = changes.filter(({ from, to }) => to > from);
  let surge: { readonly sinceSeconds: number; missing: number } | null = null;
  for (const [step, needed] of demand.entries()) {
    const from = step * STEP_SECONDS;
    const until = from + STEP_SECONDS;
    const asked = desired[step] as number;
    if (needed > asked) surge ??= { sinceSeconds: from, missing: 0 };
    if (surge === null) continue;
    const missing = Math.max(surge.missing, needed - asked);
    const lasted = from - surge.sinceSeconds;
    const answer = rises.find(({ atSeconds }) => from <= atSeconds && atSeconds < until);
    const isOver = needed <= (desired[step + 1] ?? asked);
    if (answer) {
      const seconds = answer.atSeconds - surge.sinceSeconds;
      found.push({ seconds, isAnswered: true, missing });
    } else if (isOver && lasted >= SURGE_SECONDS) {
      found.push({ seconds: lasted, isAnswered: false, missing });
    }
    if (answer || isOver) surge = null;
    else surge.missing = missing;
  }
  const endSeconds = demand.length * STEP_SECONDS;
  const unanswered = surge === null ? 0 : endSeconds - surge.sinceSeconds;
  if (surge && unanswered >= SURGE_SECONDS) {
    found.push({ seconds: unanswered, isAnswered: false, missing: surge.missing });
  }
  return found;
}

/**
 * The median, in which a surge counts for the instances that it lacked: load that hovers at what the
 * capacity carries is in excess of it by a little, often, and says little of how a leap is met. One
 * without an answer stands behind all others, so that whoever ignores the slow ones does not look quick;
 * null where the middle one has none.
 */
function medianReaction(found: readonly Reaction[]): number | null {
  const answeredAfter = ({ isAnswered, seconds }: Reaction) =>
    isAnswered ? seconds : Number.MAX_VALUE;
  const sorted = [...found].sort((a, b) => answeredAfter(a) - answeredAfter(b));
  let rest = sorted.reduce((total, { missing }) => total + missing, 0) / 2;
  const middle = sorted.find(({ missing }) => {
    rest -= missing;
    return rest <= 0;
  });
  return middle?.isAnswered ? middle.seconds : null;
}

/** The ways back to the baseline. */
export interface Returns {
  /** Seconds of each. */
  readonly ended: readonly number[];
  /** Seconds so far of the one that the end of the run cut off; null: none. */
  readonly open: number | null;
}

/**
 * Seconds from demand back at what the baseline carries to capacity in service at the baseline, for
 * each time that capacity stood above it. A demand that rises again first starts the count anew, unless
 * it falls back before it counts as a surge.
 */
export function returns({ demand, inService }: Recording, minCapacity: number): Returns {
  const ended: number[] = [];
  let since: number | null = null;
  let raisedSeconds = 0;
  for (const [step, needed] of demand.entries()) {
    const isAbove = (inService[step] as number) > minCapacity;
    raisedSeconds = needed > minCapacity ? raisedSeconds + STEP_SECONDS : 0;
    if (raisedSeconds >= SURGE_SECONDS) since = null;
    else if (since === null && raisedSeconds === 0 && isAbove) since = step * STEP_SECONDS;
    if (since !== null && !isAbove) {
      ended.push(step * STEP_SECONDS - since);
      since = null;
    }
  }
  if (since === null || raisedSeconds > 0) return { ended, open: null };
  return { ended, open: demand.length * STEP_SECONDS - since };
}

/** An open way back takes at least its length so far: it may raise the median, never lower it. */
function medianReturn({ ended, open }: Returns): number | null {
  const closed = median(ended);
  if (closed === null || open === null || open < closed) return closed;
  return median([...ended, open]);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
