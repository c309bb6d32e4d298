import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadCounter, type Outcome } from '../../client/load-counter.ts';
import { BOUNDS, play, SECOND, type Span, sum } from './counted-load.ts';

const busy = (records: ReturnType<typeof play>) =>
  Object.fromEntries(
    records.filter(({ busyMs }) => busyMs > 0).map(({ second, busyMs }) => [second, busyMs]),
  );

describe('busy time', () => {
  it.each<[string, Span[], Record<number, number>]>([
    ['inside a second', [[100, 350]], { 0: 250 }],
    ['to the last millisecond of a second', [[0, 999]], { 0: 999 }],
    ['to the end of a second', [[0, 1000]], { 0: 1000 }],
    ['a millisecond into the next', [[0, 1001]], { 0: 1000, 1: 1 }],
    ['across two boundaries', [[900, 2200]], { 0: 100, 1: 1000, 2: 200 }],
    ['of no length', [[500, 500]], {}],
    [
      'of two at once adds up',
      [
        [0, 600],
        [400, 1200],
      ],
      { 0: 1200, 1: 200 },
    ],
    [
      'of one inside another',
      [
        [0, 3000],
        [1200, 1700],
      ],
      { 0: 1000, 1: 1500, 2: 1000 },
    ],
    [
      'of failed requests counts too',
      [
        [0, 300, 'failed'],
        [0, 200, 'throttled'],
      ],
      { 0: 500 },
    ],
  ])('%s', (_, spans, expected) => {
    expect(busy(play(spans))).toEqual(expected);
  });

  it('of a request that is still under way is told as it passes', () => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const request = counter.begin('e', undefined, 500);
    expect(busy(counter.take(2, 2300))).toEqual({ 0: 500, 1: 1000 });
    counter.end(request, 'served', 3100);
    expect(busy(counter.take(4, 3100))).toEqual({ 2: 1000, 3: 100 });
  });

  it('adds up to the durations, whatever they are', () => {
    const span = fc
      .tuple(
        fc.nat(30_000),
        fc.nat(20_000),
        fc.constantFrom<Outcome>('served', 'failed', 'throttled'),
      )
      .map(([from, length, outcome]): Span => [from, from + length, outcome]);
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 60 }), (spans) => {
        const records = play(spans);
        expect(sum(records, 'busyMs')).toBe(spans.reduce((ms, [from, to]) => ms + to - from, 0));
        expect(sum(records, 'arrivals')).toBe(spans.length);
        expect(sum(records, 'errors')).toBe(spans.filter(([, , end]) => end !== 'served').length);
        expect(sum(records, 'throttles')).toBe(
          spans.filter(([, , end]) => end === 'throttled').length,
        );
        for (const { second, busyMs } of records) {
          const overlap = spans.reduce(
            (ms, [from, to]) =>
              ms +
              Math.max(0, Math.min(to, (second + 1) * SECOND) - Math.max(from, second * SECOND)),
            0,
          );
          expect(busyMs).toBe(overlap);
        }
      }),
    );
  });

  it.each([
    ['just kept', 120, 120_000, 0],
    ['a second too long', 121, 120_000, 1],
    ['an hour of a machine that slept', 3600, 120_000, 3480],
  ])('%s', (_, seconds, keptMs, droppedSeconds) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    counter.end(counter.begin('e', undefined, 0), 'served', seconds * SECOND);
    // The second in which the request began is dropped by its age.
    const dropped = counter.dropped.busySeconds;
    const records = counter.take(seconds + 1, seconds * SECOND);
    expect(dropped).toBe(droppedSeconds);
    expect(sum(records, 'busyMs')).toBe(keptMs);
  });

  it('a clock that is set back loses nothing but the time it goes back', () => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const request = counter.begin('e', undefined, 60_000);
    counter.end(counter.begin('e', undefined, 50_000), 'served', 50_400);
    counter.end(request, 'served', 50_700);
    const records = counter.take(61, 60_000);
    expect(sum(records, 'arrivals')).toBe(2);
    expect(sum(records, 'busyMs')).toBe(400 * 2 + 300);
  });
});

describe('the variant', () => {
  const tally = (counter: LoadCounter, nowMs = 1000) =>
    counter
      .take(Math.floor(nowMs / SECOND) + 1, nowMs)
      .map(({ variantName, arrivals, busyMs }) => [variantName, arrivals, busyMs]);

  it('named by the request counts', () => {
    const counter = new LoadCounter(BOUNDS, 'default');
    counter.end(counter.begin('e', 'blue', 0), 'served', 100);
    expect(tally(counter)).toEqual([['blue', 1, 100]]);
  });

  it('given for all counts until an answer names another', () => {
    const counter = new LoadCounter(BOUNDS, 'default');
    const request = counter.begin('e', undefined, 0);
    counter.answered(request, 'green', 100);
    counter.end(request, 'served', 150);
    counter.end(counter.begin('e', undefined, 200), 'served', 300);
    expect(tally(counter)).toEqual([
      ['default', 1, 100],
      ['green', 1, 150],
    ]);
  });

  it('that nobody named yet is waited for, and what waited is its', () => {
    const counter = new LoadCounter(BOUNDS);
    counter.end(counter.begin('e', undefined, 0), 'failed', 100);
    expect(tally(counter)).toEqual([]);
    expect(counter.held).toBe(1);
    const request = counter.begin('e', undefined, 5000);
    counter.answered(request, 'blue', 5100);
    counter.end(request, 'served', 5100);
    expect(tally(counter, 6000)).toEqual([
      ['blue', 1, 100],
      ['blue', 1, 100],
    ]);
    expect(counter.held).toBe(0);
  });

  it.each([
    ['kept', 120, 1, 0],
    ['dropped, and counted as dropped', 121, 0, 1],
  ])('that nobody names for %s', (_, seconds, held, requests) => {
    const counter = new LoadCounter(BOUNDS);
    counter.end(counter.begin('e', undefined, 0), 'failed', 100);
    counter.take(seconds, seconds * SECOND);
    expect([counter.held, counter.dropped.requests]).toEqual([held, requests]);
  });

  it('of an endpoint is no other endpoint’s', () => {
    const counter = new LoadCounter(BOUNDS);
    counter.answered(counter.begin('e', undefined, 0), 'blue', 0);
    counter.begin('f', undefined, 0);
    expect(tally(counter).filter(([name]) => name !== 'blue')).toEqual([]);
  });

  it('gets its share of requests that name none', () => {
    const counter = new LoadCounter(BOUNDS);
    const variants = ['blue', 'green', 'green', 'green'];
    for (let i = 0; i < 400; i += 1) {
      const request = counter.begin('e', undefined, i);
      counter.answered(request, variants[i % 4] as string, i);
      counter.end(request, 'served', i);
    }
    const arrivals = Object.fromEntries(
      counter.take(1, 1000).map(({ variantName, arrivals }) => [variantName, arrivals]),
    );
    expect(arrivals.blue).toBeGreaterThanOrEqual(99);
    expect(arrivals.blue).toBeLessThanOrEqual(101);
  });
});
