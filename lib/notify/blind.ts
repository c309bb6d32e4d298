import type { StoredTarget } from '../aws/state-store.ts';
import type { Problem } from '../enrolment/types.ts';
import type { Look } from '../look.ts';
import { registerCommand } from '../scaling-commands.ts';
import type { Notice, NoticeBook } from './notices.ts';

/** A deployment leaves a target without this or that for minutes: only what lasts is told, seconds. */
const LASTING_SECONDS = 1800;

/**
 * That an endpoint which somebody has put into `act` cannot be scaled, since its load is not seen or nothing is there
 * to set.
 */
export function blind(look: Look, nowSeconds: number, region: string): Notice[] {
  const { stored, endpointStatus, observation } = look;
  if (!isForActing(stored) || endpointStatus === null) return [];
  if (observation.bounds) return loadUnseen(look);
  const { problems } = stored.enrolment;
  const others = problems.filter(({ code }) => code !== 'deregistered');
  if (problems.length > 0 && others.length === problems.length) {
    return [lastingProblem(stored, problems, nowSeconds)];
  }
  const missing = missingTarget(stored, region);
  return [lastingProblem(stored, [missing, ...others], nowSeconds, 'deregistered')];
}

/**
 * The first look that finds no scalable target forgets what the owner's bounds were: the notice that it entered
 * still names them while it waits.
 */
function missingTarget({ target, state }: StoredTarget, region: string): Problem {
  const { blind: entry } = state.notices as NoticeBook;
  const entered = (entry?.untold?.details.problems ?? []) as readonly Problem[];
  return (
    entered.find(({ code }) => code === 'deregistered') ?? {
      what: 'Its scalable target was deregistered; the scaler waits for it to come back.',
      fix: `To register it: ${registerCommand(target, state.baseline, region)}`,
      code: 'deregistered',
    }
  );
}

/** The same of a target that nobody can look at, as nothing measures its load. */
export function unmeasured(stored: StoredTarget, nowSeconds: number): Notice[] {
  const { problems } = stored.enrolment;
  if (!isForActing(stored) || problems.length === 0) return [];
  return [lastingProblem(stored, problems, nowSeconds)];
}

function isForActing({ enrolment }: StoredTarget): boolean {
  return enrolment.config.mode === 'act';
}

function lastingProblem(
  { target }: StoredTarget,
  problems: readonly Problem[],
  nowSeconds: number,
  digest = 'problem',
): Notice {
  const told = problems.map(({ what, fix }) => `${what} ${fix}`).join(' ');
  return {
    kind: 'blind',
    digest,
    text: `${target.endpointName}/${target.variantName} is in mode act, and has not been scaled for half an hour. ${told}`,
    details: { problems },
    dueFromSeconds: nowSeconds + LASTING_SECONDS,
  };
}

/**
 * Load that is not there may be calm, where its metric says nothing of calm. But where more capacity was asked for,
 * there was load, and then nobody saw it: that lasts until a window is seen again.
 */
function loadUnseen({ stored, decision }: Look): Notice[] {
  const { target, signal } = stored;
  const has = (...reasons: string[]) =>
    decision.steps.some(({ reason }) => reasons.includes(reason));
  const { blind: entry } = stored.state.notices as NoticeBook;
  const stands = entry?.digest === 'load' && entry.absentSinceSeconds === null;
  if (!has('load-unseen') && !(stands && has('no-data', 'stale-data'))) return [];
  const { namespace, metricName } = signal.load;
  return [
    {
      kind: 'blind',
      digest: 'load',
      text: `${target.endpointName}/${target.variantName} had more instances asked for, and for a quarter of an hour nobody has seen its load: the metric ${namespace} ${metricName} has no data. MinCapacity is no longer raised for it, what runs stays, and no surge is answered until the metric is published. One that says nothing where there is no load should say 0.`,
      details: { metric: signal.load },
    },
  ];
}
