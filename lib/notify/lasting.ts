import type { StoredTarget } from '../aws/state-store.ts';
import type { Problem } from '../enrolment/types.ts';
import { shortName } from '../target.ts';
import type { Notice } from './notices.ts';

/** A deployment leaves a target without this or that for minutes: only what lasts is told, seconds. */
const LASTING_SECONDS = 1800;

/**
 * That a target which somebody has put into `act` is not scaled, told once that has lasted.
 * @param how it is scaled, where it is: the text goes on with the problems
 */
export function lastingProblem(
  { target }: Pick<StoredTarget, 'target'>,
  problems: readonly Problem[],
  nowSeconds: number,
  digest = 'problem',
  how = 'is in mode act, and has not been scaled for half an hour',
): Notice {
  const told = problems.map(({ what, fix }) => `${what} ${fix}`).join(' ');
  return {
    kind: 'blind',
    digest,
    text: `${shortName(target)} ${how}. ${told}`,
    details: { problems },
    dueFromSeconds: nowSeconds + LASTING_SECONDS,
  };
}
