import type { StoredTarget } from '../aws/state-store.ts';
import type { Problem } from '../enrolment/types.ts';
import { hashOf } from '../hash.ts';
import { shortName } from '../target.ts';
import type { Notice, NoticeBook } from './notices.ts';

/** A deployment leaves a target without this or that for minutes: only what lasts is told, seconds. */
const LASTING_SECONDS = 1800;

/** Begins the digests that follow from the problems. */
const PROBLEMS = 'problems ';

/**
 * That a target which somebody has put into `act` is not scaled, told once that has lasted.
 * @param digest absent: other problems are other news
 * @param how it is scaled, where it is: the text goes on with the problems
 */
export function lastingProblem(
  stored: Pick<StoredTarget, 'target' | 'state'>,
  problems: readonly Problem[],
  nowSeconds: number,
  digest = digestOf(problems),
  how = 'is in mode act, and has not been scaled for half an hour',
): Notice {
  const told = problems.map(({ what, fix }) => `${what} ${fix}`).join(' ');
  return {
    kind: 'blind',
    digest,
    text: `${shortName(stored.target)} ${how}. ${told}`,
    details: { problems },
    dueFromSeconds: dueSinceAnother(stored, digest) ?? nowSeconds + LASTING_SECONDS,
  };
}

/**
 * What a problem with a code is, the code and its fix tell: what is said of it may hold a status or a count that
 * moves by itself, and would be news each time.
 */
function digestOf(problems: readonly Problem[]): string {
  const words = problems.map(({ code, what, fix }) => [code ?? what, fix]);
  return `${PROBLEMS}${hashOf(JSON.stringify(words))}`;
}

/** A problem that takes the place of another mends nothing: that the target is not scaled has lasted since the first. */
function dueSinceAnother(
  { state }: Pick<StoredTarget, 'state'>,
  digest: string,
): number | undefined {
  const { blind } = state.notices as NoticeBook;
  if (!blind?.untold || blind.absentSinceSeconds !== null) return undefined;
  const areBoth = digest.startsWith(PROBLEMS) && blind.digest.startsWith(PROBLEMS);
  return areBoth ? blind.untold.dueFromSeconds : undefined;
}
