import { describe, expect, it } from 'vitest';
import { paced } from '../../lib/operate/pace.ts';
import { chooseTarget, parseTargetName } from '../../lib/operate/target-name.ts';
import {
  amount,
  count,
  duration,
  listed,
  moment,
  secondsBetween,
} from '../../lib/operate/words.ts';
import { variantTarget } from '../../lib/target.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';

describe('words', () => {
  it.each([
    [0, '0'],
    [0.004, '0.004'],
    [0.1234, '0.123'],
    [4.652, '4.65'],
    [9, '9'],
    [13.44, '13.4'],
    [999.6, '1 000'],
    [1500, '1 500'],
    [1234567, '1 234 567'],
  ])('the amount %d is %s', (value, expected) => {
    expect(amount(value)).toBe(expected);
  });

  it.each([
    [-3, '0 s'],
    [0.4, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [189, '3 min 9 s'],
    [3600, '1 h'],
    [3660, '1 h 1 min'],
    [7300, '2 h 1 min'],
    [90_000, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(duration(seconds)).toBe(expected);
  });

  it.each([
    [1, '1 change'],
    [2, '2 changes'],
    [0, '0 changes'],
  ])('%d of something is %s', (number, expected) => {
    expect(count(number, 'change')).toBe(expected);
  });

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('%j is listed as "%s"', (items, expected) => {
    expect(listed(items)).toBe(expected);
  });

  it('names the day only of another day', () => {
    const at = Date.UTC(2026, 0, 5, 9, 2, 20);
    expect(moment(at, at + 3_600_000)).toBe('09:02:20');
    expect(moment(at, at + 24 * 3_600_000)).toBe('2026-01-05 09:02:20');
  });

  it('counts the seconds that two times show', () => {
    expect(secondsBetween(9_900, 21_000)).toBe(12);
    expect(secondsBetween(9_000, 21_999)).toBe(12);
  });
});

describe('a target’s name', () => {
  const [a, b] = [variantTarget('shop', 'a'), variantTarget('shop', 'b')];

  it.each([
    ['an endpoint', 'shop', { endpointName: 'shop', variantName: undefined }],
    ['a variant', 'shop/a', { endpointName: 'shop', variantName: 'a' }],
    ['a resource id', 'endpoint/shop/variant/a', { endpointName: 'shop', variantName: 'a' }],
  ])('may be %s', (_, text, expected) => {
    expect(parseTargetName(text)).toMatchObject(expected);
  });

  it.each(['', '-shop', 'shop/', 'shop/a/b', 'endpoint/shop/variant/'])(
    'may not be "%s"',
    (text) => {
      expect(() => parseTargetName(text)).toThrow(/names no target: expected <endpoint>/);
    },
  );

  it.each([
    ['the only variant', 'shop', [a], a],
    ['the variant named', 'shop/b', [a, b], b],
    ['a variant that is not enrolled, when named', 'shop/b', [], b],
  ])('means %s', (_, text, known, expected) => {
    expect(chooseTarget(parseTargetName(text), known)).toEqual(expected);
  });

  it.each([
    ['nothing is enrolled', [], /No variant of shop is enrolled/],
    ['several are', [a, b], /several variants; name one of shop\/a, shop\/b/],
  ])('is refused when %s', (_, known, message) => {
    expect(() => chooseTarget(parseTargetName('shop'), known)).toThrow(message);
  });
});

describe('the pace', () => {
  it('begins no two within a tenth of a second, and works on four at most', async () => {
    const clock = new VirtualClock(0);
    const sleep = (milliseconds: number) =>
      new Promise<void>((resolve) => void clock.after(milliseconds, resolve));
    let [atOnce, most] = [0, 0];
    const starts: number[] = [];
    const work = async (item: number) => {
      starts.push(clock.nowMs);
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(450);
      atOnce -= 1;
      return 2 * item;
    };
    const done: number[] = [];
    const all = paced([1, 2, 3, 4, 5, 6], work, sleep, (number) => done.push(number));
    while (done.length < 6) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.runUntil(clock.nowMs + 50);
    }
    expect(await all).toEqual([2, 4, 6, 8, 10, 12]);
    expect(starts).toEqual([0, 100, 200, 300, 450, 550]);
    expect(most).toBe(4);
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('does not sleep for a single one, or for none', async () => {
    const sleep = () => Promise.reject(new Error('slept'));
    expect(await paced([7], async (item) => item, sleep)).toEqual([7]);
    expect(await paced([], async (item) => item, sleep)).toEqual([]);
  });

  it('passes a fault on', async () => {
    const work = () => Promise.reject(new Error('fault'));
    await expect(paced([1, 2], work, async () => {})).rejects.toThrow('fault');
  });
});
