import { describe, expect, it } from 'vitest';
import { isUnconnected } from '../../client/connection.ts';
import { LoadCounter, type Outcome } from '../../client/load-counter.ts';
import { BOUNDS, play, type Span, sum } from './counted-load.ts';

describe('a request that never reached the model', () => {
  it.each<[string, Span[], unknown[]]>([
    ['in one second', [[100, 300, 'unreached']], [[0, 0, 0, 1]]],
    [
      'over several seconds',
      [[700, 2300, 'unreached']],
      [
        [0, 0, 0, 0],
        [1, 0, 0, 0],
        [2, 0, 0, 1],
      ],
    ],
    [
      'beside one that did',
      [
        [0, 900],
        [100, 300, 'unreached'],
      ],
      [[0, 1, 900, 1]],
    ],
    [
      'beside one that failed in the model',
      [
        [0, 900, 'failed'],
        [100, 300, 'unreached'],
      ],
      [[0, 1, 900, 2]],
    ],
  ])('is an error and no load: %s', (_, spans, expected) => {
    const records = play(spans).map(({ second, arrivals, busyMs, errors }) => [
      second,
      arrivals,
      busyMs,
      errors,
    ]);
    expect(records).toEqual(expected);
  });

  it('after its answer began is load all the same', () => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const request = counter.begin('e', undefined, 0);
    counter.answered(request, undefined, 100);
    counter.end(request, 'unreached', 400);
    expect(counter.take(1, 1000)).toMatchObject([{ arrivals: 1, busyMs: 400, errors: 1 }]);
  });

  /** A request that is published under way, ends a second later, and one of `served` after that. */
  const debt = (outcome: Outcome, servedAtMs: number, takenAtMs: number) => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const request = counter.begin('e', undefined, 9_000);
    const first = counter.take(10, 10_000);
    counter.end(request, outcome, 11_000);
    const second = takenAtMs / 1000;
    const between = counter.take(second, takenAtMs);
    for (let i = 0; i < 3; i += 1) {
      counter.end(counter.begin('e', undefined, servedAtMs), 'served', servedAtMs + 600);
    }
    const rest = counter.take(servedAtMs / 1000 + 1, servedAtMs + 1000);
    return [first, [...between, ...rest]].map((records) => [
      sum(records, 'arrivals'),
      sum(records, 'busyMs'),
    ]);
  };

  it.each<[string, Outcome, number, number, number[]]>([
    ['a served one owes nothing', 'served', 12_000, 11_000, [3, 2800]],
    [
      'what is published already is set off against what comes',
      'unreached',
      12_000,
      11_000,
      [2, 800],
    ],
    ['just in time', 'unreached', 31_000, 30_000, [2, 800]],
    ['too late to be of use', 'unreached', 31_000, 31_000, [3, 1800]],
  ])('%s', (_, outcome, servedAtMs, takenAtMs, expected) => {
    expect(debt(outcome, servedAtMs, takenAtMs)).toEqual([[1, 1000], expected]);
  });

  it('makes nothing negative, however many there are', () => {
    const counter = new LoadCounter(BOUNDS, 'v');
    const requests = Array.from({ length: 50 }, () => counter.begin('e', undefined, 9_000));
    counter.take(10, 10_000);
    for (const request of requests) counter.end(request, 'unreached', 10_500);
    counter.end(counter.begin('e', undefined, 11_000), 'served', 11_900);
    expect(counter.take(12, 12_000)).toMatchObject([
      { second: 10, arrivals: 0, busyMs: 0, errors: 50 },
      { second: 11, arrivals: 0, busyMs: 0, errors: 0 },
    ]);
  });
});

describe('a connection', () => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });

  it.each<[string, unknown, boolean]>([
    ['nobody listens', refused, true],
    ['no such host', Object.assign(new Error('no'), { syscall: 'getaddrinfo' }), true],
    ['at none of the addresses', new AggregateError([refused, refused]), true],
    ['at one of two addresses', new AggregateError([refused, reset]), false],
    ['told of by fetch', new TypeError('fetch failed', { cause: refused }), true],
    [
      'the SDK’s limit on connecting',
      new Error('@smithy/node-http-handler - the request socket did not establish a connection'),
      true,
    ],
    ['lost', reset, false],
    ['lost, told of by fetch', new TypeError('fetch failed', { cause: reset }), false],
    ['the SDK’s limit on answers', new Error('the request timed out after 5000 ms'), false],
    ['no error at all', undefined, false],
    ['a text', 'connect', false],
  ])('%s: was never there is %s', (_, error, expected) => {
    expect(isUnconnected(error)).toBe(expected);
  });

  it('whose causes go round in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(isUnconnected(error)).toBe(false);
  });
});
