import { describe, expect, it } from 'vitest';
import { MOST_INSTANCES } from '../../lib/control/bands.ts';
import { decide } from '../../lib/control/decide.ts';
import { RULES } from '../../lib/control/rules.ts';
import { commit } from '../../lib/control/state.ts';
import type { Proposal, Tuning } from '../../lib/control/types.ts';
import { CONFIG, decideFor, NOW, observed, reasons, stateWith, steady } from './fixtures.ts';

describe('scale-out', () => {
  it('raises the floor in one jump when demand stands above capacity', () => {
    const decision = decideFor(observed([...steady(1), 13, 13], { desired: 1 }));
    expect(decision.proposal).toEqual({
      bounds: { min: 13, max: 20 },
      direction: 'out',
      from: 1,
    });
  });

  it.each([
    ['not before it stood for five windows', 4, null],
    ['then', 5, 20],
  ])('answers an overload by itself where no rule would: %s', (_, count, min) => {
    const before = decideFor(observed(steady(4), { desired: 4 }, { min: 4, max: 20 }));
    const { tuning } = before.state as { tuning: Tuning };
    const slow = RULES.findIndex(({ memory, jumps }) => memory === 2 && !jumps);
    const chosen = Array.from({ length: 20 }, () => slow);
    const state = stateWith({ tuning: { ...tuning, chosen } });
    const load = observed(
      [...steady(4), ...steady(20, count)],
      { desired: 4 },
      { min: 4, max: 20 },
    );
    const decision = decideFor(load, state, { riskPrice: 3 });
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
  });

  it('carries a steep rise on to the present', () => {
    const decision = decideFor(observed([...steady(0), 7.3], { desired: 1 }));
    // The window ended 10 s ago and its middle lies 1.5 windows back: 7.3 + 1.5 × 7.3.
    expect(decision.proposal?.bounds.min).toBe(19);
    expect(reasons(decision)).toContain('demand-growing');
  });

  it('waits one window when the first one over capacity is only a little over', () => {
    const decision = decideFor(observed([...steady(0), 2], { desired: 1 }));
    expect(decision.proposal).toBeNull();
    expect(reasons(decision)).toContain('ramp-still-steepening');
    expect(decision.nextLookAtSeconds).toBe(NOW + 10);
  });

  it.each([
    ['just under three times capacity', 2.99, null],
    ['three times capacity', 3, 8],
  ])('tells a decisive first window: %s', (_, demand, min) => {
    const decision = decideFor(observed([...steady(0), demand], { desired: 1 }));
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
  });

  it.each([
    ['a fifth instance used for less than 1.7 thirds of the time', 4.56, null],
    ['and for more', 4.57, 5],
  ])('sizes at the boundary: demand %s', (_, demand, min) => {
    const decision = decideFor(observed(steady(demand), { desired: 4 }, { min: 4, max: 20 }));
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
  });

  it('never goes above the owner’s maximum, and says so', () => {
    const decision = decideFor(observed(steady(33), { desired: 1 }));
    expect(decision.proposal?.bounds).toEqual({ min: 20, max: 20 });
    expect(reasons(decision)).toContain('owner-maximum');
  });

  it('does not ask while the endpoint is locked, and looks again at the next window', () => {
    const decision = decideFor(observed(steady(9), { desired: 5, inService: 1, locked: true }));
    expect(decision.proposal).toBeNull();
    expect(reasons(decision)).toContain('endpoint-locked');
    expect(decision.nextLookAtSeconds).toBe(NOW + 10);
  });

  it.each([
    ['just inside the spacing', 19, null],
    ['at its end', 20, 9],
  ])('keeps scale-outs apart: %s', (_, ago, min) => {
    const state = stateWith({ lastScaleOutAtSeconds: NOW - ago });
    const decision = decideFor(observed(steady(9), { desired: 5 }), state);
    expect(decision.proposal?.bounds.min ?? null).toBe(min);
  });

  it('sends a lost nudge again without waiting for the spacing', () => {
    const state = stateWith({
      written: { min: 9, max: 20 },
      before: { min: 1, max: 20 },
      pending: { capacity: 9, sentAtSeconds: NOW - 10 },
      lastScaleOutAtSeconds: NOW - 10,
    });
    const decision = decideFor(observed(steady(9), { desired: 1 }, { min: 9, max: 20 }), state);
    expect(reasons(decision)).toContain('nudge-lost-while-locked');
    expect(decision.proposal).toMatchObject({ bounds: { min: 9, max: 20 }, direction: 'out' });
  });

  it('counts starting instances as capacity', () => {
    const decision = decideFor(observed(steady(9), { desired: 9, inService: 1, locked: true }));
    expect(decision.proposal).toBeNull();
    expect(reasons(decision)).toContain('capacity-sufficient');
  });
});

describe('scale-in', () => {
  const raised = stateWith({ written: { min: 9, max: 20 }, before: { min: 1, max: 20 } });

  it('lowers Min and Max together to what demand needs', () => {
    const decision = decideFor(observed(steady(2.5), { desired: 9 }, { min: 9, max: 20 }), raised);
    expect(decision.proposal).toEqual({
      bounds: { min: 3, max: 3 },
      direction: 'in',
      from: 9,
    });
  });

  it.each([
    ['for 68 s', 7, 9],
    ['for longer than a memory of five minutes takes to fall to a tenth', 70, 3],
  ])('follows once the use that is remembered is not worth it: quiet %s', (_, quiet, max) => {
    const demands = [...steady(9), ...steady(3, quiet)];
    const decision = decideFor(observed(demands, { desired: 9 }, { min: 9, max: 20 }), raised);
    expect(decision.proposal?.bounds.max ?? 9).toBe(max);
  });

  it('gives the ceiling back at the next look', () => {
    const state = stateWith({ written: { min: 3, max: 3 }, before: { min: 9, max: 20 } });
    const capacity = { desired: 3, inService: 9, locked: true };
    const decision = decideFor(observed(steady(2.5), capacity, { min: 3, max: 3 }), state);
    expect(decision.proposal).toEqual({
      bounds: { min: 3, max: 20 },
      direction: 'none',
      from: 3,
    });
    expect(reasons(decision)).toContain('ceiling-returned');
  });

  it('gives the ceiling back without data, too', () => {
    const state = stateWith({ written: { min: 3, max: 3 }, before: { min: 9, max: 20 } });
    const load = [{ startSeconds: NOW - 120, value: 30 }];
    const decision = decideFor(
      { ...observed([], { desired: 3 }, { min: 3, max: 3 }), load },
      state,
    );
    expect(decision.proposal?.bounds).toEqual({ min: 3, max: 20 });
  });

  it('restores the owner’s bounds at the baseline and then rests', () => {
    const state = stateWith({ written: { min: 1, max: 1 }, before: { min: 9, max: 20 } });
    const returning = decideFor(observed(steady(0.1), { desired: 1 }, { min: 1, max: 1 }), state);
    expect(returning.proposal?.bounds).toEqual({ min: 1, max: 20 });
    const after = stateWith({ written: { min: 1, max: 20 }, before: { min: 1, max: 1 } });
    const resting = decideFor(observed(steady(0.1), { desired: 1 }), after);
    expect(resting.proposal).toBeNull();
    expect(resting.nextLookAtSeconds).toBeNull();
    expect(reasons(resting)).toContain('at-rest');
  });

  it.each([
    ['less than two minutes', steady(1, 11), null],
    ['enough', steady(1, 12), 1],
  ])('holds when history is short: %s', (_, demands, max) => {
    const decision = decideFor(observed(demands, { desired: 9 }, { min: 9, max: 20 }), raised);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
  });

  it.each([
    ['eleven, the oldest an hour ago', 11, 3600, 1],
    ['eleven within the hour', 11, 3599, null],
    ['ten within the hour', 10, 3599, 1],
  ])('gives nothing back after too many changes: %s', (_, count, oldestSeconds, max) => {
    const changedAtSeconds = Array.from(
      { length: count },
      (__, i) => NOW - oldestSeconds + 300 * i,
    );
    const state = { ...raised, changedAtSeconds };
    const decision = decideFor(observed(steady(1), { desired: 9 }, { min: 9, max: 20 }), state);
    expect(decision.proposal?.bounds.max ?? null).toBe(max);
    expect(reasons(decision).includes('change-limit')).toBe(max === null);
    const out = decideFor(observed(steady(15), { desired: 9 }, { min: 9, max: 20 }), state);
    expect(out.proposal?.direction).toBe('out');
  });

  it('counts its own changes, and forgets them after an hour', () => {
    const bounds = { min: 9, max: 20 };
    const { proposal } = decideFor(observed(steady(15), { desired: 9 }, bounds), raised);
    const state = { ...raised, changedAtSeconds: [NOW - 3600, NOW - 3599] };
    const after = commit(state, proposal as Proposal, bounds, CONFIG, NOW);
    expect(after.changedAtSeconds).toEqual([NOW - 3599, NOW]);
  });

  it('counts no change where it only observes, but remembers the latest', () => {
    const bounds = { min: 9, max: 20 };
    const { proposal } = decideFor(observed(steady(15), { desired: 9 }, bounds), raised);
    const state = { ...raised, changedAtSeconds: [NOW - 60] };
    const config = { ...CONFIG, mode: 'observe' } as const;
    const after = commit(state, proposal as Proposal, bounds, config, NOW);
    expect(after.changedAtSeconds).toEqual([NOW]);
  });

  it.each([
    ['a nudge that never arrived', { min: 1, max: 20 }, 9, [NOW - 1800]],
    ['a request that came to nothing', { min: 12, max: 20 }, 9, [NOW - 1800]],
    ['a request that is there', { min: 12, max: 20 }, 12, [NOW - 1800, NOW - 60]],
  ])('counts what became of them: %s', (_, bounds, instances, changedAtSeconds) => {
    const state = stateWith({
      before: { min: 1, max: 20 },
      written: { min: 12, max: 20 },
      writes: [{ bounds: { min: 12, max: 20 }, atSeconds: NOW - 60 }],
      pending: { capacity: 12, sentAtSeconds: NOW - 60 },
      changedAtSeconds: [NOW - 1800, NOW - 60],
    });
    const decision = decideFor(observed(steady(5), { desired: instances }, bounds), state);
    expect(decision.state.changedAtSeconds).toEqual(changedAtSeconds);
  });

  it('does not scale in below the newest window', () => {
    const demands = [...steady(1), 1.4];
    const decision = decideFor(observed(demands, { desired: 9 }, { min: 9, max: 20 }), raised);
    expect(decision.proposal).toBeNull();
    expect(reasons(decision)).toContain('recent-peak-needs-capacity');
  });

  describe('while the latency is not known', () => {
    // As many as 600 may be under way in an instance, if each took a minute; ten come to it a second.
    const assumed = {
      targetPerInstance: 600,
      windowsPerTargetUnit: 1,
      loadScope: 'instance' as const,
      peaks: { spread: 0, requestsPerSecond: 10, isAssumed: true as const },
    };
    const nine = (demands: readonly number[]) =>
      observed(demands, { desired: 9 }, { min: 9, max: 20 });

    it.each([
      ['there are requests', steady(0.2), true],
      ['there was one in the quiet span', [...steady(0, 25), 0.1, ...steady(0, 15)], true],
      ['there was none for longer', [...steady(0, 5), 0.1, ...steady(0, 35)], false],
    ])('gives nothing back as long as %s', (_, demands, isKept) => {
      const decision = decideFor(nine(demands), raised, assumed);
      expect(decision.proposal?.direction === 'in').toBe(!isKept);
      expect(reasons(decision).includes('latency-unknown')).toBe(isKept);
    });

    it('but goes down to a limit that its owner set', () => {
      const budget = { maxInstanceSeconds: 60, isAccountSpent: true };
      const decision = decide({
        nowSeconds: NOW,
        config: { ...CONFIG, ...assumed },
        state: raised,
        observation: nine(steady(0.2)),
        budget,
      });
      expect(decision.proposal).toMatchObject({ bounds: { max: 1 }, direction: 'in' });
      expect(reasons(decision)).not.toContain('latency-unknown');
    });

    it('does once it is', () => {
      const peaks = { spread: 0, requestsPerSecond: 10 };
      const decision = decideFor(nine(steady(0.2)), raised, { ...assumed, peaks });
      expect(decision.proposal?.direction).toBe('in');
    });
  });

  it('keeps what a longer span needed after reversals', () => {
    const demands = [...steady(9, 30), ...steady(1, 20)];
    const calm = decideFor(observed(demands, { desired: 9 }, { min: 9, max: 20 }), raised);
    const flapping = decideFor(observed(demands, { desired: 9 }, { min: 9, max: 20 }), {
      ...raised,
      reversals: 2,
      lastReversalAtSeconds: NOW - 600,
    });
    expect(calm.proposal?.bounds.max).toBe(1);
    expect(flapping.proposal).toBeNull();
    expect(reasons(flapping)).toContain('flap-guard');
  });
});

it.each([
  ['stays while the endpoint does not show it yet', 4, null],
  ['is asked for again when it should be shown', 5, 'out'],
])('a floor that was just raised %s', (_, secondsAgo, direction) => {
  const [floor, sentAtSeconds] = [{ min: 6, max: 20 }, NOW - secondsAgo];
  const state = stateWith({
    written: floor,
    before: { min: 1, max: 20 },
    pending: { capacity: 6, sentAtSeconds },
    lastScaleOutAtSeconds: sentAtSeconds,
  });
  const decision = decideFor(observed([...steady(1), 6, 6, 6], { desired: 1 }, floor), state);
  expect(decision.proposal?.direction ?? null).toBe(direction);
});

describe('rest', () => {
  it.each([
    ['below the wake threshold', 1, 0.79, null],
    ['at the wake threshold', 1, 0.8, NOW + 10],
    ['where there is neither an instance nor load', 0, 0, null],
    ['where there is load and no instance', 0, 0.8, NOW + 10],
  ])('rests only where the alarm would be quiet: %s', (_, min, demand, nextLook) => {
    const owner = { min, max: 20 };
    const observation = observed(steady(demand), { desired: min }, owner);
    const decision = decideFor(observation, stateWith({ baseline: owner }));
    expect(decision.nextLookAtSeconds).toBe(nextLook);
  });

  it('rests when the owner left no room, whatever the load', () => {
    const state = stateWith({ baseline: { min: 2, max: 2 } });
    const decision = decideFor(observed(steady(9), { desired: 2 }, { min: 2, max: 2 }), state);
    expect(decision.proposal).toBeNull();
    expect(decision.nextLookAtSeconds).toBeNull();
  });
});

describe('huge counts and fractions', () => {
  it.each([
    ['a thousand instances', 1000, { min: 1, max: 2000 }, 1000],
    ['a tenth of an instance', 0.1, { min: 0, max: 10 }, 1],
  ])('sizes %s', (_, demand, bounds, wanted) => {
    const state = stateWith({ baseline: bounds });
    expect(decideFor(observed(steady(demand), { desired: 1 }, bounds), state).wanted).toBe(wanted);
  });

  it.each([
    ['at once', [...steady(1), 9e6, 9e6]],
    ['for a long time', steady(9e6)],
  ])('does not count up to demand that nothing can serve, which comes %s', (_, demands) => {
    const { steps, wanted } = decideFor(observed(demands, { desired: 1 }));
    const measured = steps.find(({ name }) => name === 'demand');
    expect(measured?.after).toBe(MOST_INSTANCES);
    expect(wanted).toBe(20);
  });
});
