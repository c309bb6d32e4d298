import { describe, expect, it } from 'vitest';
import { logCapacity } from '../../lib/control/capacity-log.ts';
import { decide } from '../../lib/control/decide.ts';
import { learnCapacity, learnMetricLag, nextWindowReadableAt } from '../../lib/control/learn.ts';
import { CONFIG, NOW, observed, stateWith, steady, tuned } from './fixtures.ts';

describe('lead time', () => {
  const pending = { capacity: 9, sentAtSeconds: NOW - 200 };
  const arrived = { inService: 9, desired: 9, locked: false, scalable: true };

  it('takes the first measurement as it is and later ones by weight', () => {
    const first = learnCapacity(stateWith({ pending }), arrived, NOW).state;
    expect(first).toMatchObject({ pending: null, learnedLeadTimeSeconds: 200 });
    const second = learnCapacity({ ...first, pending }, arrived, NOW + 100).state;
    expect(second.learnedLeadTimeSeconds).toBeCloseTo(200 + 0.3 * 100);
  });

  it('takes none for longer than an instance can need', () => {
    const sent = { ...pending, sentAtSeconds: NOW - 4 * 3600 };
    const { state } = learnCapacity(stateWith({ pending: sent }), arrived, NOW);
    expect(state.learnedLeadTimeSeconds).toBe(3600);
  });

  it.each([
    ['is learned while somebody looks', 600, 200],
    ['is not where nobody looked for long', 601, null],
  ])('%s', (_, scoredAgo, learned) => {
    const points = [{ startSeconds: NOW - scoredAgo, demand: 1 }];
    const input = {
      riskPrice: 10,
      targetPerInstance: 1500,
      leadTimeSeconds: 180,
      quietSeconds: 180,
      capacity: 1,
    };
    const tuning = tuned(null, points, input);
    const { state } = learnCapacity(stateWith({ pending, tuning }), arrived, NOW);
    expect(state).toMatchObject({ pending: null, learnedLeadTimeSeconds: learned });
  });

  it('waits while the endpoint is locked', () => {
    const learned = learnCapacity(
      stateWith({ pending }),
      { ...arrived, inService: 1, locked: true },
      NOW,
    );
    expect(learned).toMatchObject({ requestLost: false, state: { pending } });
  });

  it.each([
    ['just sent', 4, false],
    ['five seconds old', 5, true],
  ])('calls a request lost that the endpoint does not show: %s', (_, ago, requestLost) => {
    const sent = { capacity: 9, sentAtSeconds: NOW - ago };
    const capacity = { ...arrived, inService: 1, desired: 1 };
    expect(learnCapacity(stateWith({ pending: sent }), capacity, NOW).requestLost).toBe(
      requestLost,
    );
  });
});

describe('metric lag', () => {
  const windowEnded = (secondsAgo: number) => ({ startSeconds: NOW - 10 - secondsAgo, value: 1 });

  it.each([
    ['seen earlier than believed', 7.4, 7],
    ['seen when expected', 10, 10],
    ['up to a window late looking', 19.9, 10],
    ['the next window is a second overdue', 21, 11],
    ['not a whole second overdue', 20.9, 10],
    ['a window overdue', 30, 11],
    ['long gone: no lag but silence', 31, 10],
    ['not over yet, by a clock that is behind', -1, 10],
  ])('%s', (_, age, lag) => {
    expect(learnMetricLag(stateWith(), windowEnded(age), NOW).metricLagSeconds).toBe(lag);
  });

  it('is no longer than half a minute', () => {
    const state = stateWith({ metricLagSeconds: 30 });
    expect(learnMetricLag(state, windowEnded(41), NOW).metricLagSeconds).toBe(30);
  });

  it.each([
    ['early', -3, 7],
    ['late', 11, 11],
  ])('is learned from the newest window of a look that comes %s', (_, seconds, lag) => {
    const { state } = decide({
      nowSeconds: NOW + seconds,
      config: CONFIG,
      state: stateWith(),
      observation: observed(steady(1), { desired: 1 }),
    });
    expect(state.metricLagSeconds).toBe(lag);
  });

  it.each([
    ['on the grid', 10, NOW, NOW + 10],
    ['two seconds before it', 10, NOW + 8, NOW + 10],
    ['less than two seconds before it', 10, NOW + 8.1, NOW + 20],
    ['with a lag off the grid', 7, NOW, NOW + 7],
  ])('looks when the next window should be readable: %s', (_, metricLagSeconds, now, expected) => {
    expect(nextWindowReadableAt(stateWith({ metricLagSeconds }), now)).toBe(expected);
  });
});

describe('capacity log', () => {
  it('keeps one entry a change and the one in force at the start of the span', () => {
    let log = logCapacity([], 1, 0, -900);
    log = logCapacity(log, 1, 10, -890);
    log = logCapacity(log, 4, 20, -880);
    log = logCapacity(log, 2, 1000, 100);
    expect(log).toEqual([
      [20, 4],
      [1000, 2],
    ]);
  });
});
