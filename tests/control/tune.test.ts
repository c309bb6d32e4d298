import { describe, expect, it } from 'vitest';
import { RecentDemand } from '../../lib/control/recent.ts';
import { candidatesFor, LONGEST_SPAN_SECONDS, type Setting } from '../../lib/control/settings.ts';
import { surge } from '../../lib/control/size.ts';
import { tune, wish } from '../../lib/control/tune.ts';
import { steady } from './fixtures.ts';

const BOUNDS = { min: 1, max: 20 };
const points = (demands: readonly number[], fromSeconds = 0) =>
  demands.map((demand, i) => ({ startSeconds: fromSeconds + 10 * i, demand }));

describe('recent demand', () => {
  const recent = new RecentDemand(points([9, 1, 2, 3, 4]));

  it.each([
    ['the whole span', 50, 1, 9],
    ['a window less', 40, 1, 4],
    ['the lower half', 40, 0.5, 2],
    ['just above the lower half', 40, 0.51, 3],
    ['more than there is', 900, 1, 9],
  ])('%s', (_, seconds, q, expected) => {
    expect(recent.quantile(seconds, q)).toBe(expected);
  });

  it('may end before the newest window', () => {
    expect(new RecentDemand(points([1, 2, 9]), 2).quantile(20, 1)).toBe(2);
  });

  it('is zero, and covers nothing, without data', () => {
    const none = new RecentDemand([]);
    expect([none.quantile(60, 1), none.count(60)]).toEqual([0, 0]);
  });
});

describe('what a setting asks for', () => {
  const setting: Setting = {
    outQuantile: 0.5,
    outSeconds: 60,
    outFactor: 1,
    inQuantile: 1,
    inSeconds: 100,
    inFactor: 1,
  };
  const asks = (demands: readonly number[], desired: number) =>
    wish(setting, new RecentDemand(points(demands)), desired, BOUNDS);

  it.each([
    ['out at the middle of the out span', [...steady(1, 10), 7, 7, 7, 8], 2, 7],
    ['nothing more for less than half of it', [...steady(1, 10), 7, 7], 2, 2],
    ['in when the whole in span is lower', steady(2, 10), 9, 2],
    ['nothing less when one window of it is not', [9, ...steady(2, 9)], 9, 9],
    ['nothing less on too short a history', steady(2, 7), 9, 9],
    ['less on just enough of it', steady(2, 8), 9, 2],
    ['no more than the owner allows', steady(50, 10), 2, 20],
  ])('%s', (_, demands, desired, expected) => {
    expect(asks(demands, desired)).toBe(expected);
  });
});

describe('candidates', () => {
  it.each([
    [1, 3],
    [5, 3],
    [6, 10],
    [17, 10],
    [18, 30],
    [1000, 30],
  ])('of the nearest risk price by ratio: %d takes those of %d', (price, nearest) => {
    expect(candidatesFor(price)).toBe(candidatesFor(nearest));
  });

  it.each([3, 10, 30])(
    'look no further back than the load that is read (risk price %d)',
    (price) => {
      for (const { outSeconds, inSeconds } of candidatesFor(price)) {
        expect(Math.max(outSeconds, inSeconds)).toBeLessThanOrEqual(LONGEST_SPAN_SECONDS);
      }
    },
  );
});

describe('tuning', () => {
  const input = { riskPrice: 10, leadTimeSeconds: 180, bounds: BOUNDS, capacity: 1 };
  /** Spikes of one window every five minutes: too short for any instance to help. */
  const spikes = Array.from({ length: 720 }, (_, i) => (i % 30 === 7 ? 12 : 0.5));

  it('takes the first candidate until there is enough to judge by', () => {
    expect(tune(null, points(spikes.slice(0, 180)), input).chosen).toBe(0);
  });

  it('then takes the cheapest', () => {
    const { chosen, shadows } = tune(null, points(spikes), input);
    const costs = shadows.map(({ cost }) => cost);
    expect(costs[chosen]).toBeLessThanOrEqual(1.01 * Math.min(...costs));
    expect(Math.max(...costs)).toBeGreaterThan(1.2 * Math.min(...costs));
  });

  it('comes to the same whether windows arrive one by one or in bulk', () => {
    const all = points(spikes);
    const inBulk = tune(null, all, input);
    let oneByOne = tune(null, all.slice(0, 1), input);
    for (let end = 2; end <= all.length; end += 1) {
      oneByOne = tune(oneByOne, all.slice(Math.max(0, end - 300), end), input);
    }
    expect(oneByOne).toEqual(inBulk);
  });

  it('scores a window once', () => {
    const once = tune(null, points(spikes), input);
    expect(tune(once, points(spikes), input)).toEqual(once);
  });

  it('fits, with everything else, into the state that is allowed for a target', () => {
    expect(JSON.stringify(tune(null, points(spikes), input)).length).toBeLessThan(4096);
  });
});

describe('a surge', () => {
  const sees = (demands: readonly number[], capacity: number) =>
    surge(points(demands), capacity, 10);

  it.each([
    ['demand up to 1.6 times the capacity is none', [...steady(1, 12), 3.2], 2, 0],
    ['above that it is carried on to the present', [...steady(1, 12), 3.3], 2, 7],
    ['once it stands it is taken as it is', [...steady(1, 12), 13, 13, 13], 2, 13],
    ['and no longer when it stood for minutes', steady(13, 15), 2, 0],
    ['noise of that size is none', [1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9], 2, 0],
  ])('%s', (_, demands, capacity, expected) => {
    expect(sees(demands, capacity).capacity).toBe(expected);
  });

  it.each([
    ['its first window is not decisive', [...steady(1, 12), 5.9], true],
    ['its first window is decisive', [...steady(1, 12), 6], false],
    ['it is the second one', [...steady(1, 12), 3.3, 5.9], false],
  ])('may still steepen: %s', (_, demands, stillSteepening) => {
    expect(sees(demands, 2).stillSteepening).toBe(stillSteepening);
  });
});
