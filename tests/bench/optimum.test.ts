import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../simulator/bench/score.ts';
import type { Workload } from '../../simulator/bench/workload.ts';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { runPolicy, type WorldOptions } from '../../simulator/bench/world.ts';
import { POLICIES } from '../../simulator/scalers/index.ts';
import { optimalPlan, type PlannedRequest, scripted } from '../../simulator/scalers/optimum.ts';
import { type Policy, periodic } from '../../simulator/scalers/policy.ts';
import { loadOf, steady, workloadWith } from './fixtures.ts';

const world = (changes: Partial<WorldOptions> = {}): WorldOptions => ({
  leadTimeSeconds: 60,
  scaleInLockSeconds: 60,
  metricLagSeconds: 10,
  riskPrice: 10,
  ...changes,
});

const costUnder = (workload: Workload, policy: Policy, options: WorldOptions) =>
  costOf(runPolicy(workload, policy, options), options.riskPrice);

/** Tries every request at every edge of a window, on the plant itself. */
function bruteForce(workload: Workload, options: WorldOptions): number {
  const { minCapacity, maxCapacity, windows } = workload;
  let best = Number.POSITIVE_INFINITY;
  const extend = (requests: PlannedRequest[], from: number, capacity: number) => {
    best = Math.min(best, costUnder(workload, scripted('try', requests), options));
    for (let window = from; window < windows; window += 1) {
      for (let next = minCapacity; next <= maxCapacity; next += 1) {
        if (next === capacity) continue;
        const seconds = next > capacity ? options.leadTimeSeconds : options.scaleInLockSeconds;
        extend(
          [...requests, { atSeconds: window * 10, capacity: next }],
          window + seconds / 10,
          next,
        );
      }
    }
  };
  extend([], 0, workload.initialCapacity);
  return best;
}

const SMALL = fc.record({
  demands: fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 9 }),
  leadTimeSeconds: fc.constantFrom(10, 20, 30),
  scaleInLockSeconds: fc.constantFrom(10, 20),
  riskPrice: fc.constantFrom(1, 3, 10),
});

/** Demand that stays at a level for a while and then jumps to another. */
const SPANS = fc
  .array(
    fc.record({
      demand: fc.double({ min: 0, max: 15, noNaN: true }),
      windows: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((spans) => spans.flatMap(({ demand, windows }) => steady(demand, windows)));

describe('the optimum', () => {
  it('is what trying everything finds', () => {
    fc.assert(
      fc.property(SMALL, ({ demands, ...options }) => {
        fc.pre(demands.some((demand) => demand > 0.1));
        const workload = workloadOf(loadOf(demands), 2);
        const plan = optimalPlan(workload, world(options));
        expect(plan.cost).toBeCloseTo(bruteForce(workload, world(options)), 6);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('costs what its plan costs on the plant', () => {
    fc.assert(
      fc.property(
        SPANS,
        fc.constantFrom(60, 180, 480),
        fc.constantFrom(3, 10, 30),
        (demands, leadTimeSeconds, riskPrice) => {
          const workload = workloadOf(loadOf(demands), 8);
          const options = world({ leadTimeSeconds, riskPrice });
          const plan = optimalPlan(workload, options);
          const cost = costUnder(workload, scripted('optimum', plan.requests), options);
          expect(cost).toBeCloseTo(plan.cost, 4);
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  it('is below every policy, whatever the load', () => {
    fc.assert(
      fc.property(
        SPANS,
        fc.constantFrom(60, 180, 480),
        fc.constantFrom(3, 10, 30),
        (demands, leadTimeSeconds, riskPrice) => {
          const workload = workloadOf(loadOf(demands), 8);
          const options = world({ leadTimeSeconds, riskPrice });
          const { cost } = optimalPlan(workload, options);
          for (const policy of POLICIES) {
            const own = costUnder(workload, policy, options);
            expect(own, policy.name).toBeGreaterThanOrEqual(cost * (1 - 1e-9));
          }
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  it('is below requests between the edges of windows too', () => {
    const requests = fc.array(
      fc.record({ gap: fc.integer({ min: 1, max: 90 }), capacity: fc.integer({ min: 1, max: 8 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 6, maxLength: 90 }),
        requests,
        fc.constantFrom(10, 60, 180),
        (demands, gaps, leadTimeSeconds) => {
          let at = -1;
          const script = gaps.map(({ gap, capacity }) => {
            at += gap;
            return { atSeconds: at, capacity };
          });
          const workload = workloadWith(demands);
          const options = world({ leadTimeSeconds });
          const { cost } = optimalPlan(workload, options);
          const own = costUnder(workload, scripted('random', script), options);
          expect(own).toBeGreaterThanOrEqual(cost * (1 - 1e-9));
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  it('asks before the demand comes, so that it lands in time', () => {
    const workload = workloadWith([...steady(1, 30), ...steady(4, 60)]);
    const { requests } = optimalPlan(workload, world({ leadTimeSeconds: 180 }));
    expect(requests).toEqual([{ atSeconds: 120, capacity: 4 }]);
  });

  it('asks again as soon as the lock of a scale-in is over', () => {
    const gap = (windows: number) => {
      const demands = [...steady(4, 30), ...steady(1, windows), ...steady(4, 30)];
      return optimalPlan(workloadWith(demands), world({ leadTimeSeconds: 180 })).requests;
    };
    expect(gap(24)).toEqual([
      { atSeconds: 300, capacity: 1 },
      { atSeconds: 360, capacity: 4 },
    ]);
    expect(gap(30).map(({ atSeconds }) => atSeconds)).toEqual([300, 420]);
  });

  it('leaves a spike unserved that costs less than the instances for it', () => {
    const workload = workloadWith([...steady(1, 30), 4, ...steady(1, 30)]);
    const spike = (riskPrice: number) =>
      optimalPlan(workload, world({ leadTimeSeconds: 180, riskPrice })).requests.filter(
        ({ atSeconds }) => atSeconds <= 300,
      );
    expect(spike(3)).toEqual([]);
    expect(spike(100)).not.toEqual([]);
  });

  it.each([
    ['lead time', { leadTimeSeconds: 65 }],
    ['lead time', { leadTimeSeconds: 0 }],
    ['lock of a scale-in', { scaleInLockSeconds: 61 }],
  ])('refuses a %s that is not whole windows', (what, changes) => {
    const plan = () => optimalPlan(workloadWith(steady(1, 6)), world(changes));
    expect(plan).toThrow(`the optimum needs a ${what} of whole windows`);
  });

  it('finds nothing to do for a policy that never asks', () => {
    const idle: Policy = {
      name: 'idle',
      usesRiskPrice: false,
      create: () => periodic(60, 0, () => null),
    };
    const workload = workloadOf(loadOf(steady(0, 60)), 8);
    expect(costUnder(workload, idle, world())).toBe(600);
    expect(optimalPlan(workload, world())).toEqual({ requests: [], cost: 600 });
  });
});
