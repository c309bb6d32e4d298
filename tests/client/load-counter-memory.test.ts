import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadCounter, type Request } from '../../client/load-counter.ts';
import { BOUNDS, SECOND, sum } from './counted-load.ts';

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
    ['of an endpoint that is called again', true],
    ['of one that is not', false],
  ])('is told all along when the clock was set back by an hour: %s', (_, isCalledAgain) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const call = (second: number) =>
      counter.end(counter.begin('e', undefined, second * SECOND), 'served', second * SECOND);
    call(7200);
    counter.take(7210, 7210 * SECOND);
    if (isCalledAgain) call(3600);
    const seconds: number[] = [];
    for (let end = 3610; end <= 3660; end += 10) {
      seconds.push(...counter.take(end, end * SECOND).map(({ second }) => second));
    }
    // Two windows may pass until it shows that the last request is none of the future.
    expect(seconds.slice(-4)).toEqual([3620, 3630, 3640, 3650]);
  });

  it.each([
    ['as late as is kept', 120, 1, 0],
    ['a second later', 121, 0, 1],
  ])('load of %s after the clock was set back', (_, seconds, kept, dropped) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    counter.end(counter.begin('e', undefined, 7200 * SECOND), 'served', 7200 * SECOND);
    counter.take(7200 - seconds, (7200 - seconds) * SECOND);
    expect(sum(counter.take(7201, 7200 * SECOND), 'arrivals')).toBe(kept);
    expect(counter.dropped.requests).toBe(dropped);
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

  it.each([
    [100, 0],
    [101, 3],
  ])(
    '%i endpoints whose variant the answers tell: %i requests are not counted',
    (endpoints, dropped) => {
      const counter = new LoadCounter(BOUNDS);
      let published = 0;
      for (let second = 0; second < 3; second += 1) {
        const nowMs = second * SECOND;
        const requests = Array.from({ length: endpoints }, (_, i) =>
          counter.begin(`e${i}`, undefined, nowMs),
        );
        for (const request of requests) counter.answered(request, 'blue', nowMs + 50);
        for (const request of requests) counter.end(request, 'served', nowMs + 100);
        published += sum(counter.take(second + 1, nowMs + SECOND), 'arrivals');
      }
      expect(counter.dropped.requests).toBe(dropped);
      expect(published + dropped).toBe(3 * endpoints);
    },
  );

  it.each([
    ['while a request of an unknown variant is under way', [], 1],
    ['once it is answered', ['answered'], 0],
    ['once it is over', ['end'], 0],
  ])('two variants at most: another has a place %s', (_, steps, dropped) => {
    const counter = new LoadCounter({ mostTallies: 10, mostLanes: 2 });
    const unknown = counter.begin('e', undefined, 0);
    counter.answered(counter.begin('e', 'blue', 0), 'blue', 0);
    if (steps.includes('answered')) counter.answered(unknown, 'blue', 10);
    if (steps.includes('end')) counter.end(unknown, 'failed', 10);
    counter.begin('f', 'green', 20);
    expect(counter.dropped.requests).toBe(dropped);
  });

  it('what came before the variant was known is told as it came', () => {
    const counter = new LoadCounter(BOUNDS);
    const requests = [0, 100, 200].map((atMs) => counter.begin('e', undefined, atMs));
    for (const request of requests) counter.answered(request, 'blue', 300);
    for (const request of requests) counter.end(request, 'served', 1400);
    const records = counter.take(2, 2000);
    expect(records.every(({ variantName }) => variantName === 'blue')).toBe(true);
    expect([sum(records, 'arrivals'), sum(records, 'busyMs')]).toEqual([3, 1400 + 1300 + 1200]);
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
