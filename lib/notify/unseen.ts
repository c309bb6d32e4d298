import type { StoredTarget } from '../aws/state-store.ts';
import { type MetricRef, metricKey, type Signal } from '../config/signal.ts';
import { STALE_AFTER_SECONDS, UNSEEN_AFTER_SECONDS } from '../control/decide.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';
import type { Look } from '../cycle/look.ts';
import { orAnotherSignal } from '../enrolment/another-signal.ts';
import type { Problem } from '../enrolment/types.ts';
import { hashOf } from '../hash.ts';
import { type ScalableTarget, shortName } from '../target.ts';
import { lastingProblem } from './lasting.ts';
import type { Notice, NoticeBook, NoticeEntry } from './notices.ts';

/** Of one metric: what was told of it says nothing of another that the owner sets instead. */
const lateDigest = ({ load }: Signal) => `late ${hashOf(metricKey(load))}`;
const coarseDigest = ({ load }: Signal) => `coarse ${hashOf(metricKey(load))}`;

/** That the load of a target is not seen, or not in time; one notice, since one thing is to be mended. */
export function unseenLoad(look: Look, nowSeconds: number): Notice[] {
  const { stored, decision } = look;
  const found = underRaisedFloor(look);
  if (found.length > 0) return found;
  const isSeen = decision.demand !== null;
  const silent = stored.enrolment.problems.filter(({ code }) => code === 'silent-signal');
  if (!isSeen && silent.length > 0) return [lastingProblem(stored, silent, nowSeconds, 'silent')];
  const { target, signal } = stored;
  if (isCoarse(look)) {
    const problem = coarseness(target, signal);
    return [lastingProblem(stored, [problem], nowSeconds, coarseDigest(signal), 'is scaled late')];
  }
  if (isSeen || !isLate(look, nowSeconds)) return [];
  return [lastingProblem(stored, [lateness(target, signal)], nowSeconds, lateDigest(signal))];
}

/** What the owner was told of a load that is seen too late, or by the minute, as long as it stands; null otherwise. */
export function timingProblem(stored: StoredTarget, nowSeconds: number): Problem | null {
  const { signal } = stored.enrolment;
  const entry = standingEntry(stored);
  if (!signal || !entry) return null;
  const { toldAtSeconds, untold } = entry;
  const isDue = untold !== null && (untold.dueFromSeconds ?? 0) <= nowSeconds;
  if (toldAtSeconds === null && !isDue) return null;
  if (entry.digest === lateDigest(signal)) return lateness(stored.target, signal);
  return entry.digest === coarseDigest(signal) ? coarseness(stored.target, signal) : null;
}

/** Whether load is kept by the minute and yet seen in time, at some looks: where it never is, it is late. */
function isCoarse({ stored, decision }: Look): boolean {
  const isFound = standingEntry(stored)?.digest === coarseDigest(stored.signal);
  return decision.state.isByTheMinute && (isFound || decision.demand !== null);
}

/**
 * Load that is not there may be calm, where its metric says nothing of calm. But where more capacity was asked for,
 * there was load, and then nobody saw it: that lasts until a window is seen again.
 */
function underRaisedFloor({ stored, decision }: Look): Notice[] {
  const { target, signal } = stored;
  const has = (...reasons: string[]) =>
    decision.steps.some(({ reason }) => reasons.includes(reason));
  const stands = standingEntry(stored)?.digest === 'load';
  if (!has('load-unseen') && !(stands && has('no-data', 'stale-data'))) return [];
  const { namespace, metricName } = signal.load;
  return [
    {
      kind: 'blind',
      digest: 'load',
      text: `${shortName(target)} had more instances asked for, and for a quarter of an hour nobody has seen its load: the metric ${namespace} ${metricName} has no data. MinCapacity is no longer raised for it, what runs stays, and no surge is answered until the metric is published. One that says nothing where there is no load should say 0.`,
      details: { metric: signal.load },
    },
  ];
}

/**
 * Whether load comes too late to be answered, and not from an end of it. It is so from the first window that came late
 * on, while none is seen in time. Before it is told, load must go on coming: a single late window, and then calm, is
 * none of that. Once it was told, calm does not end it.
 */
function isLate(look: Look, nowSeconds: number): boolean {
  const { stored, decision, observation } = look;
  const entry = standingEntry(stored);
  const stands = entry?.digest === lateDigest(stored.signal);
  if (stands && entry.toldAtSeconds !== null) return true;
  if (!decision.steps.some(({ reason }) => reason === 'stale-data')) return false;
  const newest = observation.load.at(-1)?.startSeconds ?? 0;
  const isRecent = nowSeconds - (newest + WINDOW_SECONDS) <= UNSEEN_AFTER_SECONDS;
  return isRecent && (stands || look.decision.state.isByTheMinute || cameLate(look));
}

/**
 * Whether there is load now in a window that was over for more than a minute at the look that was last saved, and that
 * it did not see. Zeros do not count: a silence is taken for calm only after a while.
 */
function cameLate({ stored, observation }: Look): boolean {
  const { spent, tuning } = stored.state;
  if (!spent || !tuning) return false;
  const overBy = spent.untilSeconds - STALE_AFTER_SECONDS;
  return observation.load.some(
    ({ startSeconds, value }) =>
      value > 0 &&
      startSeconds > tuning.scoredUntilSeconds &&
      startSeconds + WINDOW_SECONDS <= overBy,
  );
}

function lateness(target: ScalableTarget, { load }: Signal): Problem {
  return {
    what: `Its load is seen more than a minute late: windows of the metric ${nameOf(load)} can be read only then, and say nothing about now.`,
    fix: orAnotherSignal(target, load, 'Publish it within seconds of the end of every ten seconds'),
    code: 'late-signal',
  };
}

function coarseness(target: ScalableTarget, { load }: Signal): Problem {
  return {
    what: `The metric ${nameOf(load)} has one value a minute, which is spread over it: a surge is seen a minute late and more.`,
    fix: orAnotherSignal(
      target,
      load,
      'Publish it every ten seconds with a storage resolution of 1, as 0 where there is no load',
    ),
    code: 'coarse-signal',
  };
}

const nameOf = ({ namespace, metricName }: MetricRef) => `${namespace} ${metricName}`;

/** What the owner was told, or is to be told, of the kind, while it is the case. */
function standingEntry({ state }: StoredTarget): NoticeEntry | undefined {
  const { blind } = state.notices as NoticeBook;
  return blind?.absentSinceSeconds === null ? blind : undefined;
}
