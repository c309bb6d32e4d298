import { describe, expect, it } from 'vitest';
import { INITIAL_STATE } from '../../lib/control/state.ts';
import type { Problem } from '../../lib/enrolment/types.ts';
import { lastingProblem } from '../../lib/notify/lasting.ts';
import { type NoticeBook, noted } from '../../lib/notify/notices.ts';
import { NOW_SECONDS, TARGET } from '../lib/fakes.ts';

const LASTING_SECONDS = 1800;
const UNSET: Problem = { what: 'There is no target per instance.', fix: 'Set it.' };
const SLOW: Problem = { what: 'They are published every 60 s.', fix: 'Set enhanced metrics.' };
const unregistered = (status: string): Problem => ({
  what: `There is no scalable target, and the endpoint is ${status}.`,
  fix: 'Nothing to do.',
  code: 'unregistered',
});

const noticeOf = (
  problems: readonly Problem[],
  notices: NoticeBook = {},
  atSeconds = NOW_SECONDS,
) => lastingProblem({ target: TARGET, state: { ...INITIAL_STATE, notices } }, problems, atSeconds);

const digestOf = (...problems: Problem[]) => noticeOf(problems).digest;

describe('a problem', () => {
  it.each<[string, Problem[], boolean]>([
    ['is the same news as itself', [UNSET], true],
    ['is other news than another', [SLOW], false],
    ['is other news than both', [UNSET, SLOW], false],
  ])('%s', (_, problems, isSame) => {
    expect(digestOf(...problems) === digestOf(UNSET)).toBe(isSame);
  });

  it('is the same while the endpoint goes from one status to the next', () => {
    expect(digestOf(unregistered('Creating'))).toBe(digestOf(unregistered('Updating')));
  });
});

describe('a problem in place of another', () => {
  const first = noticeOf([UNSET]);
  const { book } = noted({}, [first], NOW_SECONDS);
  const later = NOW_SECONDS + 600;

  it('waits no longer than that one had to', () => {
    expect(noticeOf([SLOW], book, later).dueFromSeconds).toBe(NOW_SECONDS + LASTING_SECONDS);
  });

  it('waits anew where that one was over meanwhile', () => {
    const after = noted(book, [], NOW_SECONDS + 300).book;
    expect(noticeOf([SLOW], after, later).dueFromSeconds).toBe(later + LASTING_SECONDS);
  });

  it('waits anew where something else waited', () => {
    const other = { ...first, digest: 'late 1' };
    const waiting = noted({}, [other], NOW_SECONDS).book;
    expect(noticeOf([SLOW], waiting, later).dueFromSeconds).toBe(later + LASTING_SECONDS);
  });
});
