import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import { commit } from '../../lib/control/state.ts';
import type { Observation, TargetState } from '../../lib/control/types.ts';
import { CONFIG, NOW, observed, stateWith } from './fixtures.ts';

const bounds = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }))
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

const demands = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 60 });

const limit = fc.option(fc.integer({ min: 0, max: 40 }), { nil: null });
const windows = fc.array(
  fc.record({
    source: fc.constantFrom('schedule' as const, 'prewarm' as const),
    fromSeconds: fc.integer({ min: NOW - 1000, max: NOW + 1000 }),
    untilSeconds: fc.integer({ min: NOW - 10, max: NOW + 1000 }),
    atLeast: limit,
    atMost: limit,
  }),
  { maxLength: 4 },
);
const budget = fc.record({
  maxInstanceSeconds: fc.option(fc.constantFrom(1, 1000, 1e9), { nil: null }),
  isAccountSpent: fc.boolean(),
});

const situation = fc.record({
  windows,
  budget: fc.option(budget, { nil: undefined }),
  withoutWindows: limit,
  owner: bounds,
  demands,
  desired: fc.integer({ min: 0, max: 40 }),
  inService: fc.integer({ min: 0, max: 40 }),
  locked: fc.boolean(),
  written: fc.option(bounds, { nil: null }),
  outAgo: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }),
  riskPrice: fc.integer({ min: 1, max: 100 }),
});

type Situation = typeof situation extends fc.Arbitrary<infer S> ? S : never;

function decideIn(s: Situation) {
  const state: TargetState = stateWith({
    baseline: s.owner,
    written: s.written,
    withoutWindows: s.withoutWindows,
    spent: { untilSeconds: NOW, instances: s.desired, instanceSeconds: 500 },
    lastScaleOutAtSeconds: s.outAgo === null ? null : NOW - s.outAgo,
  });
  const observation: Observation = observed(
    s.demands,
    { desired: s.desired, inService: s.inService, locked: s.locked },
    s.written ?? s.owner,
  );
  const config = { ...CONFIG, riskPrice: s.riskPrice };
  return decide({
    nowSeconds: NOW,
    config,
    state,
    observation,
    windows: s.windows,
    budget: s.budget,
  });
}

it('asks only for bounds inside the owner’s, Min never above Max', () => {
  fc.assert(
    fc.property(situation, (s) => {
      const { proposal } = decideIn(s);
      if (!proposal) return;
      expect(proposal.bounds.min).toBeLessThanOrEqual(proposal.bounds.max);
      expect(proposal.bounds.min).toBeGreaterThanOrEqual(s.owner.min);
      expect(proposal.bounds.max).toBeLessThanOrEqual(s.owner.max);
    }),
    { numRuns: 2000 },
  );
});

/** The most that windows and budget leave, and the owner's Min in any case. */
function mostAllowed({ windows: given, budget: limits, owner, desired }: Situation): number {
  const ceilings = given
    .filter(({ fromSeconds, untilSeconds }) => fromSeconds <= NOW && NOW < untilSeconds)
    .map(({ atMost }) => atMost ?? Number.POSITIVE_INFINITY);
  const isSpent = limits?.isAccountSpent || limits?.maxInstanceSeconds === 1;
  return Math.max(owner.min, isSpent ? 0 : Math.min(...ceilings), desired);
}

it('asks for no more than windows and budget allow', () => {
  let reached = 0;
  fc.assert(
    fc.property(situation, (s) => {
      const { proposal } = decideIn(s);
      if (proposal?.direction !== 'out') return;
      const most = mostAllowed(s);
      expect(proposal.bounds.min).toBeLessThanOrEqual(most);
      if (proposal.bounds.min === most) reached += 1;
    }),
    { numRuns: 2000 },
  );
  expect(reached).toBeGreaterThan(10);
});

it('moves no capacity while the endpoint is locked', () => {
  fc.assert(
    fc.property(situation, (s) => {
      const { proposal } = decideIn({ ...s, locked: true });
      expect(proposal?.direction ?? 'none').toBe('none');
    }),
  );
});

it('wants no less for more load', () => {
  fc.assert(
    fc.property(situation, fc.double({ min: 1, max: 3, noNaN: true }), (s, factor) => {
      const less = decideIn({ ...s, written: null }).wanted;
      const more = decideIn({
        ...s,
        written: null,
        demands: s.demands.map((demand) => demand * factor),
      }).wanted;
      if (less !== null && more !== null) expect(more).toBeGreaterThanOrEqual(less);
    }),
  );
});

it('asks for nothing new once what it asked for stands', () => {
  fc.assert(
    fc.property(situation, (s) => {
      const first = decideIn({ ...s, written: null });
      if (first.proposal?.direction !== 'out') return;
      const { min } = first.proposal.bounds;
      const again = decide({
        nowSeconds: NOW,
        config: { ...CONFIG, riskPrice: s.riskPrice },
        state: commit(first.state, first.proposal, s.owner, CONFIG, NOW),
        observation: observed(s.demands, { desired: min, locked: true }, first.proposal.bounds),
        windows: s.windows,
        budget: s.budget,
      });
      expect(again.proposal).toBeNull();
    }),
  );
});
