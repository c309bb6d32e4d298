import { describe, expect, it } from 'vitest';
import { adoptBounds, standing, writing } from '../../lib/control/baseline.ts';
import { NOW, stateWith } from './fixtures.ts';

const baseline = { min: 1, max: 16 };

describe('whose bounds are these', () => {
  const nudged = stateWith({ baseline, written: { min: 9, max: 16 }, before: baseline });
  const returned = stateWith({
    baseline,
    written: { min: 3, max: 16 },
    before: { min: 3, max: 3 },
  });
  const capped = stateWith({ baseline, written: { min: 3, max: 3 }, before: { min: 9, max: 16 } });

  it.each([
    ['what was written stands', nudged, { min: 9, max: 16 }, baseline, false, false],
    ['the write never arrived', nudged, { min: 1, max: 16 }, baseline, false, true],
    ['the owner raised Max', nudged, { min: 9, max: 30 }, { min: 1, max: 30 }, true, false],
    ['the owner set Min', nudged, { min: 4, max: 16 }, { min: 4, max: 16 }, true, false],
    ['the owner set both', nudged, { min: 2, max: 5 }, { min: 2, max: 5 }, true, false],
    [
      'the owner set Min under a lowered ceiling',
      capped,
      { min: 2, max: 3 },
      { min: 2, max: 16 },
      true,
      false,
    ],
    [
      'the owner set Max over a lowered ceiling',
      capped,
      { min: 3, max: 8 },
      { min: 1, max: 8 },
      true,
      false,
    ],
    [
      'the owner set Min over a returned ceiling that never arrived',
      returned,
      { min: 2, max: 3 },
      { min: 2, max: 16 },
      true,
      false,
    ],
    [
      'the owner set a Max below the baseline’s Min, and a Min that was written long ago',
      stateWith({
        baseline: { min: 4, max: 16 },
        written: { min: 9, max: 16 },
        writes: [{ bounds: { min: 2, max: 16 }, atSeconds: NOW - 600 }],
      }),
      { min: 2, max: 3 },
      { min: 3, max: 3 },
      true,
      false,
    ],
    ['the owner set the baseline again', capped, baseline, baseline, false, false],
  ])('%s', (_, state, observed, expected, ownerChanged, writeLost) => {
    expect(adoptBounds(state, observed, NOW)).toEqual({
      baseline: expected,
      ownerChanged,
      writeLost,
      leaseExpired: false,
    });
  });

  it.each([
    ['a second before its end', NOW + 1, false],
    ['at its end', NOW, true],
  ])('takes the baseline for the end of a lease %s', (_, untilSeconds, leaseExpired) => {
    const lease = { untilSeconds, restores: baseline };
    const adoption = adoptBounds({ ...nudged, lease }, baseline, NOW);
    expect(adoption).toEqual({
      baseline,
      ownerChanged: false,
      writeLost: !leaseExpired,
      leaseExpired,
    });
  });

  it('takes the first bounds that it sees as the owner’s', () => {
    const first = adoptBounds(stateWith({ baseline: null }), baseline, NOW);
    expect(first).toMatchObject({ baseline, ownerChanged: false, writeLost: false });
  });

  it('takes every change as the owner’s while it has written nothing', () => {
    const changed = adoptBounds(stateWith({ baseline }), { min: 2, max: 16 }, NOW);
    expect(changed).toMatchObject({ baseline: { min: 2, max: 16 }, ownerChanged: true });
  });

  it.each([
    ['a moment ago', 89, { min: 1, max: 16 }],
    ['long ago', 90, { min: 1, max: 3 }],
  ])('an owner set what stood before a write that arrived %s', (_, secondsAgo, expected) => {
    const arrived = { min: 3, max: 16 };
    const state = { ...returned, writes: [{ bounds: arrived, atSeconds: NOW - secondsAgo }] };
    const seen = { ...state, ...standing(state, baseline, arrived, NOW) };
    expect(adoptBounds(seen, { min: 3, max: 3 }, NOW + 10).baseline).toEqual(expected);
  });

  describe('a write that is still on its way', () => {
    const floor = { min: 9, max: 16 };
    const ceiling = { min: 4, max: 4 };
    /** A cycle saved the ceiling; another looked before it was sent, and took it for lost. */
    const overtaken = (sentSecondsAgo: number) =>
      stateWith({
        baseline,
        written: floor,
        before: null,
        writes: [{ bounds: ceiling, atSeconds: NOW - sentSecondsAgo }],
      });

    it.each([
      ['at the next look', overtaken(10)],
      ['when nobody has looked for long', overtaken(1000)],
      ['at a target that stood down', { ...overtaken(5), written: null }],
    ])('is not taken for the owner’s when it is seen %s', (_, state) => {
      expect(adoptBounds(state, ceiling, NOW)).toMatchObject({ baseline, ownerChanged: false });
    });

    it.each([
      ['seen, while it may still arrive', 89, ceiling, 1],
      ['seen, once it must have arrived', 90, ceiling, 0],
      ['never seen, while reads may be stale', 899, floor, 1],
      ['never seen, when no read can be that stale', 900, floor, 0],
    ])('is remembered after a look: %s', (_, secondsAgo, observed, count) => {
      const { writes } = standing(overtaken(secondsAgo), baseline, observed, NOW);
      expect(writes).toHaveLength(count);
    });

    it.each([
      ['before one that was seen', 90, 91, []],
      ['after one that was seen', 91, 90, [ceiling]],
    ])('is told from others: %s', (_, floorSecondsAgo, ceilingSecondsAgo, expected) => {
      const writes = [
        { bounds: floor, atSeconds: NOW - floorSecondsAgo },
        { bounds: ceiling, atSeconds: NOW - ceilingSecondsAgo },
      ].sort((a, b) => a.atSeconds - b.atSeconds);
      const state = stateWith({ baseline, written: floor, writes });
      const kept = standing(state, baseline, floor, NOW).writes;
      expect(kept.map(({ bounds }) => bounds)).toEqual(expected);
    });

    it('is not the owner’s when reads show for minutes what stood before it', () => {
      let state = stateWith({
        baseline,
        ...writing(stateWith({ baseline }), floor, baseline, NOW),
      });
      for (let seconds = 10; seconds <= 300; seconds += 10) {
        expect(adoptBounds(state, baseline, NOW + seconds).ownerChanged).toBe(false);
        state = { ...state, ...standing(state, baseline, baseline, NOW + seconds) };
      }
      expect(adoptBounds(state, floor, NOW + 310)).toMatchObject({ baseline, ownerChanged: false });
    });

    it('is remembered once, as of its last sending', () => {
      const { writes } = writing(overtaken(60), ceiling, floor, NOW);
      expect(writes).toEqual([{ bounds: ceiling, atSeconds: NOW }]);
    });

    it('leaves the owner’s bound beside it', () => {
      const { baseline: adopted } = adoptBounds(overtaken(5), { min: 4, max: 12 }, NOW);
      expect(adopted).toEqual({ min: 1, max: 12 });
    });

    it('is remembered beside the next', () => {
      const { writes } = writing(overtaken(5), floor, baseline, NOW);
      expect(writes.map(({ bounds }) => bounds)).toEqual([ceiling, floor]);
    });
  });
});
