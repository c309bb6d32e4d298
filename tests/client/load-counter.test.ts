import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadCounter, type Outcome, type Request } from '../../client/load-counter.ts';

const BOUNDS = { mostTallies: 6000, mostLanes: 100 };
const SECOND = 1000;

/** One request: from, to (milliseconds), how it ends. */
type Span = readonly [fromMs: number, toMs: number, outcome?: Outcome];

/** Plays requests to a counter in the order of time, and takes all that it counted. */
function play(
  spans: readonly Span[],
  counter = new LoadCounter(BOUNDS, 'v'),
  untilMs = Math.max(...spans.map(([, to]) => to)),
) {
  const requests = new Map<Span, Request>();
  const moments = spans.flatMap((span) => [
    {
      atMs: span[0],
      order: 0,
      run: () => requests.set(span, counter.begin('e', undefined, span[0])),
    },
    {
      atMs: span[1],
      order: 1,
      run: () => counter.end(requests.get(span) as Request, span[2] ?? 'served', span[1]),
    },
  ]);
  moments.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  for (const { run } of moments) run();
  return counter.take(Math.floor(untilMs / SECOND) + 1, untilMs);
}

const busy = (records: ReturnType<typeof play>) =>
  Object.fromEntries(
    records.filter(({ busyMs }) => busyMs > 0).map(({ second, busyMs }) => [second, busyMs]),
  );

const sum = (
  records: ReturnType<typeof play>,
  what: 'arrivals' | 'busyMs' | 'errors' | 'throttles',
) => records.reduce((total, record) => total + record[what], 0);

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

describe('calm', () => {
  const run = (usedAtSecond: number, takenAtSecond: number) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    counter.end(
      counter.begin('e', undefined, usedAtSecond * SECOND),
      'served',
      usedAtSecond * SECOND,
    );
    counter.take(usedAtSecond + 1, (usedAtSecond + 1) * SECOND);
    return counter
      .take(takenAtSecond, takenAtSecond * SECOND)
      .map(({ second, arrivals, busyMs }) => [second, arrivals, busyMs]);
  };

  it.each([
    ['the window after the last request', 1005, 1020, [[1010, 0, 0]]],
    ['in the middle of a window', 1005, 1025, [[1010, 0, 0]]],
    ['just before it is old', 1000, 1899, [[1880, 0, 0]]],
    ['once it is old', 1000, 1900, []],
  ])('is told with zeros: %s', (_, usedAt, takenAt, expected) => {
    expect(run(usedAt, takenAt)).toEqual(expected);
  });

  it('is told once a window', () => {
    const counter = new LoadCounter(BOUNDS, 'v');
    counter.end(counter.begin('e', undefined, 0), 'served', 0);
    counter.take(20, 20_000);
    expect(counter.take(20, 20_500)).toEqual([]);
    expect(counter.take(30, 30_000)).toHaveLength(1);
  });

  it.each([
    ['requests are under way', 10_000_000, true],
    ['called lately', 899_999, true],
    ['called long ago', 900_000, false],
  ])('is waited for: %s', (label, nowMs, isActive) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const request = counter.begin('e', undefined, 0);
    if (label !== 'requests are under way') {
      counter.end(request, 'served', 0);
      counter.take(1, 1000);
    }
    expect(counter.isActive(nowMs)).toBe(isActive);
  });
});

describe('memory', () => {
  it.each([
    ['as many as fit', 5, 0],
    ['one more', 6, 1],
    ['many more', 60, 55],
  ])('%s: the oldest make room and are counted', (_, seconds, dropped) => {
    const counter = new LoadCounter({ mostTallies: 5, mostLanes: 100 }, 'v');
    for (let second = 0; second < seconds; second += 1) {
      counter.end(counter.begin('e', undefined, second * SECOND), 'served', second * SECOND);
    }
    expect(counter.held).toBe(5);
    expect(counter.dropped.requests).toBe(dropped);
    expect(counter.take(seconds, seconds * SECOND).map(({ second }) => second)).toEqual(
      Array.from({ length: 5 }, (_, i) => seconds - 5 + i),
    );
  });

  it.each([
    [100, 0],
    [101, 1],
  ])('%i endpoints at once: %i requests are not counted', (endpoints, dropped) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    for (let i = 0; i < endpoints; i += 1) {
      counter.end(counter.begin(`e${i}`, undefined, i), 'served', i);
    }
    expect(counter.held).toBe(100);
    expect(counter.dropped.requests).toBe(dropped);
    expect(counter.inFlight).toBe(0);
  });

  it('an endpoint that nobody calls any more makes room', () => {
    const counter = new LoadCounter({ mostTallies: 10, mostLanes: 1 }, 'v');
    counter.end(counter.begin('old', undefined, 0), 'served', 0);
    counter.take(1, 1000);
    counter.take(900, 900_000);
    counter.end(counter.begin('new', undefined, 900_000), 'served', 900_000);
    expect(counter.dropped.requests).toBe(0);
  });

  it('what is taken, held and dropped is what arrived, however publishing goes', () => {
    const step = fc.record({
      afterMs: fc.nat(15_000),
      what: fc.constantFrom('begin', 'end', 'publish', 'fail'),
      endpoint: fc.nat(3),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, most) => {
          const counter = new LoadCounter({ mostTallies: most, mostLanes: 3 }, 'v');
          const open: { request: Request; fromMs: number }[] = [];
          let nowMs = 0;
          const total = { arrived: 0, busyMs: 0, published: 0, publishedBusyMs: 0 };
          for (const { afterMs, what, endpoint } of steps) {
            nowMs += afterMs;
            if (what === 'begin') {
              open.push({
                request: counter.begin(`e${endpoint}`, undefined, nowMs),
                fromMs: nowMs,
              });
              total.arrived += 1;
            } else if (what === 'end') {
              const ended = open.shift();
              if (!ended) continue;
              counter.end(ended.request, 'served', nowMs);
              if (ended.request.lane) total.busyMs += nowMs - ended.fromMs;
            } else {
              const records = counter.take(Math.floor(nowMs / SECOND), nowMs);
              if (what === 'fail') counter.putBack(records);
              else {
                total.published += sum(records, 'arrivals');
                total.publishedBusyMs += sum(records, 'busyMs');
              }
            }
            expect(counter.held).toBeLessThanOrEqual(most);
          }
          for (const { request, fromMs } of open) {
            counter.end(request, 'served', nowMs);
            if (request.lane) total.busyMs += nowMs - fromMs;
          }
          const rest = counter.take(Math.floor(nowMs / SECOND) + 1, nowMs);
          const { requests, busySeconds } = counter.dropped;
          expect(total.published + sum(rest, 'arrivals') + requests).toBe(total.arrived);
          expect(total.publishedBusyMs + sum(rest, 'busyMs') + busySeconds * 1000).toBeCloseTo(
            total.busyMs,
            3,
          );
        },
      ),
    );
  });
});
