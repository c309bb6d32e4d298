import { describe, expect, it } from 'vitest';
import {
  activeReversals,
  changesOfHour,
  guardScaleIn,
  isGone,
  isRestless,
  isReversal,
  isWithin,
  quietSeconds,
} from '../../lib/control/guards.ts';
import { RecentDemand } from '../../lib/control/recent.ts';
import { CONFIG, NOW, stateWith } from './fixtures.ts';

const MEMORY_SECONDS = 1800;

/** Windows of one instance, oldest first, but for a peak that began so long before the newest ended. */
const recent = (count: number, peakAgoSeconds = 0, peak = 9) =>
  new RecentDemand(
    Array.from({ length: count }, (_, i) => {
      const agoSeconds = 10 * (count - i);
      return { startSeconds: NOW - agoSeconds, demand: agoSeconds === peakAgoSeconds ? peak : 1 };
    }),
  );

describe('reversals', () => {
  it.each([
    ['all', 0, 3],
    ['all until a memory is over', MEMORY_SECONDS - 1, 3],
    ['one less then', MEMORY_SECONDS, 2],
    ['two less later', 2 * MEMORY_SECONDS, 1],
    ['none in the end', 9 * MEMORY_SECONDS, 0],
  ])('are remembered: %s', (_, secondsAgo, left) => {
    const state = stateWith({ reversals: 3, lastReversalAtSeconds: NOW - secondsAgo });
    expect(activeReversals(state, NOW)).toBe(left);
  });

  it.each([
    ['within two lead times of a scale-in', 359, true],
    ['not after that', 360, false],
    ['not without one', null, false],
  ])('are scale-outs %s', (_, secondsAgo, expected) => {
    const lastScaleInAtSeconds = secondsAgo === null ? null : NOW - secondsAgo;
    expect(isReversal(stateWith({ lastScaleInAtSeconds }), CONFIG, NOW)).toBe(expected);
  });

  it.each([
    ['none', 0, 10, 180, 1],
    ['one: a lead time', 1, 180, 180, 9],
    ['one: no longer', 1, 190, 180, 1],
    ['two: twice that', 2, 360, 180, 9],
    ['two: no longer', 2, 370, 180, 1],
    ['three: four times that', 3, 720, 180, 9],
    ['three: no longer', 3, 730, 180, 1],
    ['any more: no longer either', 9, 730, 180, 1],
    ['never longer than what is read back', 3, 2400, 3600, 9],
    ['and not a window more', 3, 2410, 3600, 1],
  ])('keep the peak of a span: %s', (_, reversals, agoSeconds, leadTimeSeconds, kept) => {
    const state = stateWith({ reversals, lastReversalAtSeconds: NOW });
    const config = { ...CONFIG, leadTimeSeconds };
    expect(guardScaleIn(1, recent(300, agoSeconds), state, config, NOW, 20)).toBe(kept);
  });

  it.each([
    ['what stands', 9, 1, 5, 5],
    ['what is wanted anyhow', 3, 4, 20, 4],
    ['whole instances', 2.1, 1, 20, 3],
    ['nothing where more is wanted than stands', 9, 6, 5, 6],
  ])('keep no more than %s', (_, peak, wanted, desired, kept) => {
    const state = stateWith({ reversals: 1, lastReversalAtSeconds: NOW });
    expect(guardScaleIn(wanted, recent(30, 100, peak), state, CONFIG, NOW, desired)).toBe(kept);
  });
});

describe('demand counts as gone', () => {
  const gone = (count: number, agoSeconds = 0, min = 1, peak = 9) =>
    isGone(recent(count, agoSeconds, peak), stateWith({ baseline: { min, max: 20 } }), CONFIG);

  it.each([
    ['when Min carried every window for a lead time', gone(18), true],
    ['not with a peak just inside it', gone(30, 180), false],
    ['whatever was before', gone(30, 190), true],
    ['when a higher Min carries the peak', gone(30, 180, 9), true],
    ['not when the peak is a little higher', gone(30, 180, 9, 9.01), false],
    ['when four fifths of the windows are there', gone(15), true],
    ['not with fewer', gone(14), false],
  ])('%s', (_, is, expected) => {
    expect(is).toBe(expected);
  });

  it.each([
    ['a minute at least', 59, null, 60],
    ['a lead time', 100, null, 100],
    ['three minutes at most', 181, null, 180],
    ['what the owner set', 100, 7, 7],
  ])('after %s', (_, leadTimeSeconds, scaleInStableSeconds, seconds) => {
    const config = { ...CONFIG, leadTimeSeconds, scaleInStableSeconds };
    expect(quietSeconds(stateWith(), config)).toBe(seconds);
  });
});

describe('changes', () => {
  const changed = (count: number, secondsAgo = 3599) =>
    stateWith({ changedAtSeconds: Array.from({ length: count }, () => NOW - secondsAgo) });

  it.each([
    ['ten', changed(10), false, false],
    ['eleven', changed(11), false, true],
    ['eleven, where a turn is over', changed(11), true, false],
    ['twelve, where a turn is over', changed(12), true, true],
    ['twelve of an hour ago', changed(12, 3600), false, false],
  ])('make a restless hour: %s', (_, state, isAhead, expected) => {
    expect(isRestless(state, NOW, isAhead)).toBe(expected);
  });

  it('count for an hour', () => {
    const state = stateWith({ changedAtSeconds: [NOW - 3600, NOW - 3599, NOW] });
    expect(changesOfHour(state, NOW)).toEqual([NOW - 3599, NOW]);
  });

  it.each([
    ['just inside', NOW - 19, true],
    ['at its end', NOW - 20, false],
    ['never', null, false],
  ])('lie within a spacing: %s', (_, since, expected) => {
    expect(isWithin(since, 20, NOW)).toBe(expected);
  });
});
