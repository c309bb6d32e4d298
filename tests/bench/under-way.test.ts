import { describe, expect, it } from 'vitest';
import { RequestsUnderWay } from '../../simulator/bench/under-way.ts';
import { sizedWorkload, type Workload } from '../../simulator/bench/workload.ts';

/** An instance carries ten requests a second, serves 14.3 and takes 0.2 s for each. */
const TARGET = 600;

function windowsOf(perWindow: number[], inService: number, arrivals?: Float64Array) {
  const requests = Float64Array.from(perWindow);
  const sized = sizedWorkload('load', requests, TARGET, 1, 9);
  const workload: Workload = arrivals ? { ...sized, arrivals } : sized;
  const underWay = new RequestsUnderWay(workload);
  underWay.pass(inService, 0, perWindow.length * 10);
  return underWay.windows;
}

describe('the requests under way on the bench', () => {
  it('are a rate times the time that each takes, as long as nothing waits', () => {
    // Two on average: by chance seven, and none, within ten seconds.
    const usual = { most: 7, fewest: 0 };
    expect(windowsOf([100, 100, 0], 1)).toEqual([usual, usual, { most: 0, fewest: 0 }]);
  });

  it('are counted for each instance', () => {
    const usual = { most: 7, fewest: 0 };
    expect(windowsOf([200, 200], 2)).toEqual([usual, usual]);
  });

  it('grow by what is not served', () => {
    const [first, second] = windowsOf([200, 200], 1);
    // 20 a second come and 100 / 7 are served: 57 more wait after ten seconds, and what chance makes of them.
    const more = (second?.most ?? 0) - (first?.most ?? 0);
    expect(more).toBeGreaterThan(57);
    expect(more).toBeLessThan(57 + 3 * Math.sqrt(57));
    expect(first?.fewest).toBeLessThan(3);
    expect(second?.fewest).toBeGreaterThan(30);
  });

  it('come when the load says, where its seconds are known', () => {
    const burst = Float64Array.from({ length: 20 }, (_, second) => (second === 12 ? 100 : 0));
    const [first, second] = windowsOf([0, 100], 1, burst);
    expect(first?.most).toBe(0);
    expect(second?.most).toBeGreaterThan(80);
    expect(second?.fewest).toBe(0);
  });

  it('do not depend on the steps in which time passes', () => {
    const workload = sizedWorkload('load', Float64Array.from([173, 211, 95]), TARGET, 1, 9);
    const whole = new RequestsUnderWay(workload);
    whole.pass(2, 0, 30);
    const parts = new RequestsUnderWay(workload);
    for (let at = 0; at < 30; at += 0.75) parts.pass(2, at, Math.min(30, at + 0.75));
    expect(parts.windows).toEqual(whole.windows);
    expect(whole.windows).toHaveLength(3);
  });
});
