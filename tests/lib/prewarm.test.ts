import { describe, expect, it } from 'vitest';
import {
  FARTHEST_AHEAD_SECONDS,
  MOST_PREWARMS,
  NO_PREWARMS,
  type Prewarm,
  type Prewarms,
  withoutPrewarms,
  withPrewarm,
} from '../../lib/prewarm/prewarm.ts';

const NOW = 1_800_000_000;

function prewarm(changes: Partial<Prewarm> = {}): Prewarm {
  return {
    minInstances: 4,
    fromSeconds: NOW,
    untilSeconds: NOW + 600,
    askedAtSeconds: NOW,
    ...changes,
  };
}

const full: Prewarms = {
  ...NO_PREWARMS,
  list: Array.from({ length: MOST_PREWARMS }, (_, n) => prewarm({ minInstances: n + 1 })),
};
const cancelled: Prewarms = { list: [], cancelledAtSeconds: NOW };

describe('a prewarm that is asked for', () => {
  it.each([
    ['is taken', NO_PREWARMS, prewarm(), null, 1],
    ['is refused when it is over', NO_PREWARMS, prewarm({ untilSeconds: NOW }), 'over', 0],
    ['is taken in its last second', NO_PREWARMS, prewarm({ untilSeconds: NOW + 1 }), null, 1],
    [
      'is taken as far ahead as may be',
      NO_PREWARMS,
      prewarm({ fromSeconds: NOW + FARTHEST_AHEAD_SECONDS, untilSeconds: NOW * 2 }),
      null,
      1,
    ],
    [
      'is refused when it is farther ahead',
      NO_PREWARMS,
      prewarm({ fromSeconds: NOW + FARTHEST_AHEAD_SECONDS + 1, untilSeconds: NOW * 2 }),
      'too-far-ahead',
      0,
    ],
    ['is refused when there are ten', full, prewarm({ minInstances: 50 }), 'too-many', 10],
    ['is known when it comes twice', full, prewarm({ minInstances: 3 }), null, 10],
    [
      'is refused when it was cancelled',
      cancelled,
      prewarm({ askedAtSeconds: NOW - 1 }),
      'cancelled',
      0,
    ],
    ['is taken when it came after the cancellation', cancelled, prewarm(), null, 1],
  ])('%s', (_, before, asked, refusal, count) => {
    const taken = withPrewarm(before, asked, NOW);
    expect([taken.refusal, taken.prewarms.list.length]).toEqual([refusal, count]);
  });

  it('makes room by those that are over', () => {
    const { prewarms } = withPrewarm(full, prewarm({ untilSeconds: NOW + 9000 }), NOW + 600);
    expect(prewarms.list).toEqual([prewarm({ untilSeconds: NOW + 9000 })]);
  });
});

describe('a cancellation', () => {
  it('drops what was asked for by then, and nothing later', () => {
    const early = prewarm({ askedAtSeconds: NOW - 1 });
    const late = prewarm({ askedAtSeconds: NOW + 1 });
    const kept = withoutPrewarms({ ...NO_PREWARMS, list: [early, prewarm(), late] }, NOW);
    expect(kept).toEqual({ list: [late], cancelledAtSeconds: NOW });
  });

  it('that comes late does not undo a newer one', () => {
    expect(withoutPrewarms(cancelled, NOW - 100)).toEqual(cancelled);
  });
});
