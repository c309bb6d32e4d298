import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busiestCount, idlestCount, RequestsAtOnce } from '../../simulator/plant/at-once.ts';
import { type Random, seededRandom } from '../../simulator/plant/random.ts';

/** Chance that a count of Poisson's is `count` or less, summed from logarithms. */
function atMost(count: number, mean: number): number {
  let sum = 0;
  let logarithm = -mean;
  for (let k = 0; k <= count; k += 1) {
    if (k > 0) logarithm += Math.log(mean / k);
    sum += Math.exp(logarithm);
  }
  return sum;
}

describe('the count of the busiest instance', () => {
  it('is the median of the highest of so many, to a request', () => {
    const mean = fc.double({ min: 0.001, max: 600, noNaN: true });
    const turns = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(mean, turns, (mean, turns) => {
        const count = busiestCount({ mean, turns });
        const draws = 4 * turns;
        const slack = mean > 50 ? 1 : 0;
        expect(Number.isInteger(count)).toBe(true);
        expect(atMost(count + slack, mean) ** draws).toBeGreaterThan(0.5 - 1e-9);
        const below = count - 1 - slack;
        if (below >= 0) expect(atMost(below, mean) ** draws).toBeLessThan(0.5 + 1e-9);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['no load', 0, 50, 0],
    ['a request now and then', 0.02, 15, 1],
    ['a request in every third instance', 0.3, 400, 3],
    ['just below the end of the sums', 50, 50, 70],
    ['just above it', 50.01, 50, 70],
    ['a long queue', 500, 50, 561],
  ])('of %s', (_, mean, turns, expected) => {
    expect(busiestCount({ mean, turns })).toBe(expected);
  });

  it.each([
    ['light load', 8, 0.1, 0.2],
    ['an instance at its target', 8, 2, 0.2],
    ['many instances', 16, 5, 0.2],
    ['slow requests', 2, 12, 4],
    ['quick ones', 4, 0.5, 0.05],
    ['one instance', 1, 2, 0.2],
  ])('is what requests by chance come to: %s', (_, instances, mean, serviceSeconds) => {
    const random = seededRandom(7);
    const peaks = Array.from({ length: 201 }, () =>
      peakByChance(random, instances, (mean * instances) / serviceSeconds, serviceSeconds),
    ).sort((a, b) => a - b);
    const told = busiestCount({ mean, turns: (instances * 10) / serviceSeconds });
    expect(Math.abs(told - (peaks[100] as number))).toBeLessThanOrEqual(1);
  });
});

describe('the count of the idlest instance', () => {
  it('is the median of the lowest of so many, to a request', () => {
    const mean = fc.double({ min: 0.001, max: 600, noNaN: true });
    const turns = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(mean, turns, (mean, turns) => {
        const count = idlestCount({ mean, turns });
        const draws = 4 * turns;
        const slack = mean > 50 ? 1 : 0;
        const noneIsBelow = (limit: number) => (1 - atMost(limit - 1, mean)) ** draws;
        expect(Number.isInteger(count)).toBe(true);
        expect(noneIsBelow(count - slack)).toBeGreaterThan(0.5 - 1e-6);
        expect(noneIsBelow(count + 1 + slack)).toBeLessThan(0.5 + 1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['usual load', 2, 400, 0],
    ['a queue', 30, 50, 16],
    ['a long queue', 500, 50, 441],
  ])('of %s', (_, mean, turns, expected) => {
    expect(idlestCount({ mean, turns })).toBe(expected);
  });
});

describe('a period of requests at once', () => {
  const second = (inService: number, most: number, fewest = most, arrivals = 1000) => {
    const atSteps = { most, fewest };
    return { arrivals, inService, concurrency: fewest, atSteps, isCounted: false };
  };
  const of = (...seconds: ReturnType<typeof second>[]) => {
    const atOnce = new RequestsAtOnce(50);
    for (const each of seconds) atOnce.add(each);
    return { ...atOnce.take(), atOnce };
  };

  it('has the peak of its busiest moment, and the low of its idlest', () => {
    const { most, fewest } = of(second(2, 20), second(2, 80, 40), second(2, 30));
    expect(most).toBe(busiestCount({ mean: 40, turns: 100 }));
    expect(fewest).toBe(idlestCount({ mean: 10, turns: 100 }));
  });

  it('goes by the instances of each second', () => {
    expect(of(second(1, 20), second(4, 20)).most).toBe(busiestCount({ mean: 20, turns: 200 }));
  });

  it.each([
    ['came', second(2, 4, 4, 3), 3],
    ['were counted at once', { ...second(2, 3.5), isCounted: true }, 4],
  ])('has no more than %s', (_, each, expected) => {
    expect(of(each).most).toBe(expected);
  });

  it('has those that are under way from the period before', () => {
    const { atOnce } = of(second(2, 4, 4, 9));
    atOnce.add(second(2, 4, 4, 0));
    expect(atOnce.take().most).toBe(4);
    atOnce.add(second(2, 0, 0, 0));
    expect(atOnce.take()).toEqual({ most: 0, fewest: 0 });
  });

  it('of one instance whose requests are all known has just those', () => {
    const { most, fewest } = of({ ...second(1, 9, 5), isCounted: true });
    expect([most, fewest]).toEqual([9, 5]);
    expect(of({ ...second(1, 9, 5), isCounted: true }, second(1, 9)).most).toBeGreaterThan(9);
  });

  it('has no less than the mean, and no more', () => {
    const atOnce = new RequestsAtOnce(0.01);
    atOnce.add(second(1, 4.6));
    const { most, fewest } = atOnce.take();
    expect(most).toBeGreaterThanOrEqual(4.6);
    expect(fewest).toBeLessThanOrEqual(4.6);
  });
});

/** Highest number of requests in one of some instances in ten seconds, each request sent to any of them. */
function peakByChance(
  random: Random,
  instances: number,
  perSecond: number,
  serviceSeconds: number,
): number {
  const ends = Array.from({ length: instances }, (): number[] => []);
  let peak = 0;
  for (let at = -2 * serviceSeconds; ; ) {
    at -= Math.log(1 - random()) / perSecond;
    if (at >= 10) return peak;
    const chosen = Math.floor(random() * instances);
    const underWay = [...(ends[chosen] ?? []).filter((end) => end > at), at + serviceSeconds];
    ends[chosen] = underWay;
    if (at >= 0) peak = Math.max(peak, underWay.length);
  }
}
