import type { StoredTarget } from '../aws/state-store.ts';
import type { Look } from '../cycle/look.ts';
import type { Problem } from '../enrolment/types.ts';
import { registerCommand } from '../scaling-commands.ts';
import { lastingProblem } from './lasting.ts';
import type { Notice, NoticeBook } from './notices.ts';
import { unseenLoad } from './unseen.ts';

/**
 * That an endpoint which somebody has put into `act` cannot be scaled, since its load is not seen or nothing is there
 * to set.
 */
export function blind(look: Look, nowSeconds: number, region: string): Notice[] {
  const { stored, endpointStatus, observation } = look;
  if (!stored.enrolment.signal) return unmeasured(stored, nowSeconds);
  if (!isForActing(stored) || endpointStatus === null) return [];
  if (observation.bounds) return unseenLoad(look, nowSeconds);
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

/** The same of a target whose load nothing measures. */
export function unmeasured(stored: StoredTarget, nowSeconds: number): Notice[] {
  const { problems } = stored.enrolment;
  if (!isForActing(stored) || problems.length === 0) return [];
  return [lastingProblem(stored, problems, nowSeconds)];
}

function isForActing({ enrolment }: StoredTarget): boolean {
  return enrolment.config.mode === 'act';
}
