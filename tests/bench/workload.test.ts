import { describe, expect, it } from 'vitest';
import { Shortfall, workloadOf } from '../../simulator/bench/workload.ts';
import { generateLoad, SCENARIOS } from '../../simulator/load/scenarios.ts';
import { loadOf, steady } from './fixtures.ts';

describe('a workload', () => {
  it('sizes instances so that the busiest minute needs the peak', () => {
    const workload = workloadOf(loadOf([...steady(1, 12), ...steady(5, 6), ...steady(2, 6)]), 16);
    expect(workload.targetPerInstance).toBeCloseTo((5 * 60) / 16, 9);
    expect(Math.max(...workload.demand)).toBeCloseTo(16, 9);
    expect(workload).toMatchObject({ minCapacity: 1, maxCapacity: 32, windows: 24, seconds: 240 });
    expect(workload.demandedSeconds).toBeCloseTo((16 / 5) * (12 + 30 + 12) * 10, 6);
    expect(workload.requests[0]).toBe(10);
  });

  it('leaves out a last window that is not filled', () => {
    const arrivals = Float64Array.from({ length: 29 }, () => 1);
    expect(workloadOf({ name: 'cut', arrivals }, 4)).toMatchObject({ windows: 2, seconds: 20 });
  });

  it('refuses a load shorter than a window', () => {
    const load = (length: number) => ({ name: 'short', arrivals: new Float64Array(length) });
    expect(() => workloadOf(load(9), 4)).toThrow(
      'short: 9 s of load is too short: expected 10 s or more',
    );
    expect(workloadOf(load(10), 4).windows).toBe(1);
  });

  it('needs nothing for a load without requests', () => {
    const workload = workloadOf(loadOf(steady(0, 30)), 16);
    expect(workload).toMatchObject({ demandedSeconds: 0, initialCapacity: 1 });
  });
});

describe('the shortfall', () => {
  const shortfall = new Shortfall(Float64Array.of(1, 4, 2.5));

  it.each([
    ['all of it', 1, 0, 30, 45],
    ['nothing above the demand', 4, 0, 30, 0],
    ['part of a window', 2, 12, 17, 10],
    ['across edges', 2, 15, 25, 12.5],
    ['the end', 2, 30, 30, 0],
  ])('%s', (_, capacity, from, to, expected) => {
    expect(shortfall.between(capacity, from, to)).toBeCloseTo(expected, 9);
  });
});

describe('the scenarios', () => {
  it.each(Object.keys(SCENARIOS))('%s is the same for the same seed', (name) => {
    const { arrivals } = generateLoad(name, 5);
    expect(generateLoad(name, 5).arrivals).toEqual(arrivals);
    expect(arrivals).toHaveLength(SCENARIOS[name]?.seconds as number);
    if (name !== 'idle') expect(generateLoad(name, 6).arrivals).not.toEqual(arrivals);
  });

  it('the sawtooth follows the lead time', () => {
    const mean = (leadTimeSeconds: number, from: number, to: number) =>
      generateLoad('sawtooth', 1, leadTimeSeconds)
        .arrivals.subarray(from, to)
        .reduce((sum, value) => sum + value / (to - from), 0);
    // The last tenth of a tooth is near its top of 14 instances, the first near its foot of 2.
    expect(mean(480, 432, 480)).toBeGreaterThan(25 * 13);
    expect(mean(480, 480, 528)).toBeLessThan(25 * 3);
    expect(mean(60, 54, 60)).toBeGreaterThan(25 * 12);
    expect(mean(60, 60, 66)).toBeLessThan(25 * 4);
  });

  it('the noise is wilder than chance in single arrivals, around its rate', () => {
    const { arrivals } = generateLoad('noise', 1);
    const minutes = Array.from({ length: 120 }, (_, i) =>
      arrivals.subarray(60 * i, 60 * i + 60).reduce((sum, value) => sum + value, 0),
    );
    const mean = minutes.reduce((sum, value) => sum + value, 0) / minutes.length;
    const variance = minutes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / minutes.length;
    expect(mean / 60).toBeGreaterThan(25 * 7);
    expect(mean / 60).toBeLessThan(25 * 9);
    expect(variance / mean).toBeGreaterThan(100);
  });
});
