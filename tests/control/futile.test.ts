import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import { learnRefusal, withinReach } from '../../lib/control/futile.ts';
import type { Futility, RequestRefusal } from '../../lib/control/types.ts';
import type { CapacityWindow } from '../../lib/control/windows.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

const capacity = (desired: number, inService = desired) => ({
  desired,
  inService,
  locked: false,
  scalable: true,
});
const pendingOf = (instances: number) => ({ capacity: instances, sentAtSeconds: NOW - 10 });
const NO_CAPACITY: RequestRefusal = { reason: 'insufficient-capacity', quota: null };

/** One instance stood when nine were asked for. */
const quota = (limit: number, inUse: number, asked = 8): RequestRefusal => ({
  reason: 'quota-refused',
  quota: { name: 'ml.g5.xlarge for endpoint usage', limit, inUse, asked },
});

function futility(changes: Partial<Futility> = {}): Futility {
  return {
    ...quota(4, 1),
    wanted: 9,
    most: 4,
    attempts: 1,
    refusedAtSeconds: NOW - 10,
    retryAtSeconds: NOW + 50,
    ...changes,
  };
}

describe('a refused request', () => {
  const learn = (refusal: RequestRefusal, futile: Futility | null = null, requested = 9) =>
    learnRefusal(
      { futile, pending: pendingOf(requested) },
      { refusal, capacity: capacity(1) },
      NOW,
    );

  it.each([
    ['what the quota leaves', quota(4, 1), 4],
    ['beside other endpoints that use it', quota(10, 7), 4],
    ['nothing where it is used up', quota(5, 5), 1],
    ['nothing where it is overdrawn', quota(4, 6), 1],
    ['nothing where the refusal names no quota', { ...quota(4, 1), quota: null }, 1],
    ['nothing where there is no capacity', NO_CAPACITY, 1],
  ])('leaves within reach %s', (_, refusal, most) => {
    expect(learn(refusal)).toMatchObject({ most, wanted: 9, attempts: 1 });
  });

  it('leaves nothing within reach when even what the quota leaves was refused', () => {
    expect(learn(quota(4, 1, 3), futility(), 4)).toMatchObject({ most: 1, attempts: 2 });
    expect(learn(quota(4, 1, 4), futility(), 5)).toMatchObject({ most: 4, attempts: 2 });
  });

  it.each([
    [1, 60],
    [2, 120],
    [3, 240],
    [5, 960],
    [6, 1800],
    [20, 1800],
  ])('number %i is tried again after %i s', (attempts, waitSeconds) => {
    const before = attempts === 1 ? null : futility({ attempts: attempts - 1 });
    expect(learn(quota(4, 1), before)?.retryAtSeconds).toBe(NOW + waitSeconds);
  });

  it.each([
    ['less than was asked for before', 12, 9, 12],
    ['more than that', 9, 12, 12],
  ])('remembers the most that was asked for in vain: %s', (_, before, requested, wanted) => {
    expect(learn(quota(4, 1), futility({ wanted: before }), requested)).toMatchObject({ wanted });
  });

  it('for another reason begins anew', () => {
    expect(learn(NO_CAPACITY, futility({ attempts: 5, wanted: 12 }))).toMatchObject({
      attempts: 1,
      wanted: 9,
      reason: 'insufficient-capacity',
    });
  });
});

describe('what was refused is forgotten', () => {
  const later = (futile: Futility, inService: number, nowSeconds = NOW) =>
    learnRefusal({ futile, pending: null }, { capacity: capacity(inService) }, nowSeconds);

  it('when more came into service than was thought possible', () => {
    expect(later(futility(), 4)).not.toBeNull();
    expect(later(futility(), 5)).toBeNull();
  });

  it('an hour after an attempt was due that nobody made', () => {
    const { retryAtSeconds } = futility();
    expect(later(futility(), 1, retryAtSeconds + 3599)).not.toBeNull();
    expect(later(futility(), 1, retryAtSeconds + 3600)).toBeNull();
  });
});

describe('within reach', () => {
  it.each([
    ['everything, where nothing was refused', 9, 1, 1, null, 9],
    ['what the quota allows', 9, 1, 1, futility(), 4],
    ['less than that', 3, 1, 1, futility(), 3],
    ['what stands, though it is more', 9, 6, 1, futility(), 6],
    ['a scale-in', 2, 6, 1, futility(), 2],
    ['what the quota allows, down to the owner’s Min', 9, 1, 4, futility(), 4],
    ['what stands, where the quota allows less than the owner’s Min', 9, 1, 5, futility(), 1],
    [
      'nothing new a second before the next attempt',
      9,
      4,
      1,
      futility({ retryAtSeconds: NOW + 1 }),
      4,
    ],
    ['everything at the next attempt', 9, 4, 1, futility({ retryAtSeconds: NOW }), 9],
  ])('lies %s', (_, wanted, desired, ownersMin, futile, expected) => {
    expect(withinReach(wanted, desired, ownersMin, futile, NOW)).toBe(expected);
  });
});

describe('a decision', () => {
  const written = { written: { min: 9, max: 20 }, before: { min: 1, max: 20 } };
  const look = (refusal: RequestRefusal, futile: Futility | null = null) =>
    decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({
        ...written,
        pending: pendingOf(9),
        lastScaleOutAtSeconds: NOW - 10,
        capacityLog: [[NOW - 3000, 1]],
        futile,
      }),
      observation: { ...observed(steady(9), { desired: 1 }, written.written), refusal },
    });

  it('asks for what the quota allows at once', () => {
    const { proposal, state, steps } = look(quota(4, 1));
    expect(proposal?.bounds).toEqual({ min: 4, max: 20 });
    expect(state).toMatchObject({
      futile: { most: 4 },
      refusedFor: 'quota-refused',
      pending: null,
    });
    expect(steps.map(({ name, reason }) => [name, reason])).toEqual(
      expect.arrayContaining([
        ['pending', 'quota-refused'],
        ['hold', 'quota-refused'],
      ]),
    );
  });

  it('takes back a floor that cannot be reached and goes on looking', () => {
    const { proposal, nextLookAtSeconds, state } = look(NO_CAPACITY);
    expect(proposal).toMatchObject({ bounds: { min: 1, max: 20 }, direction: 'none' });
    expect(nextLookAtSeconds).not.toBeNull();
    expect(state.refusedFor).toBe('insufficient-capacity');
  });

  it.each([
    ['more is wanted than that', 5, true],
    ['no more is', 4, false],
  ])('is named as the limit only where %s', (_, demand, isLimit) => {
    const { steps } = decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ futile: futility() }),
      observation: observed(steady(demand), { desired: 1 }),
    });
    expect(steps.some(({ reason }) => reason === 'quota-refused')).toBe(isLimit);
  });

  it('leaves the owner’s Min alone where the quota allows less', () => {
    const owner = { min: 5, max: 20 };
    const { proposal, nextLookAtSeconds, state } = decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({ baseline: owner, futile: futility() }),
      observation: observed(steady(9), { desired: 1 }, owner),
    });
    expect(proposal).toBeNull();
    expect(nextLookAtSeconds).not.toBeNull();
    expect(state.refusedFor).toBe('quota-refused');
  });
});

describe('a window for more than a quota allows', () => {
  const window: CapacityWindow = {
    source: 'prewarm',
    fromSeconds: NOW - 600,
    untilSeconds: NOW + 6 * 3600,
    atLeast: 9,
    atMost: null,
  };
  const owner = { min: 1, max: 20 };
  const look = (instances: number, retryInSeconds: number, load = steady(0.5)) => {
    const bounds = { min: instances, max: 20 };
    return decide({
      nowSeconds: NOW,
      config: CONFIG,
      state: stateWith({
        baseline: owner,
        written: bounds,
        futile: futility({ most: instances, retryAtSeconds: NOW + retryInSeconds }),
      }),
      observation: observed(load, { desired: instances }, bounds),
      windows: [window],
    });
  };

  it.each([
    ['holds what there is, and rests until the next attempt', 4, 800, NOW + 800],
    ['or until a sweep finds it due', 4, 1800, null],
    ['so too where there is no more than the owner’s Min', 1, 800, NOW + 800],
  ])('%s', (_, instances, retryInSeconds, nextLook) => {
    const { proposal, nextLookAtSeconds } = look(instances, retryInSeconds);
    expect(proposal).toBeNull();
    expect(nextLookAtSeconds).toBe(nextLook);
  });

  it('is tried again when that is due', () => {
    expect(look(4, 0).proposal?.bounds).toEqual({ min: 9, max: 20 });
  });

  it('keeps looking where load needs more', () => {
    expect(look(4, 800, steady(6)).nextLookAtSeconds).toBe(NOW + 10);
  });

  it('without sight of the load rests, too', () => {
    expect(look(4, 800, []).nextLookAtSeconds).toBe(NOW + 800);
  });
});
