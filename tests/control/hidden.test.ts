import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/control/decide.ts';
import {
  growth,
  hiddenDemand,
  learnService,
  requestsPerSecond,
  withHidden,
} from '../../lib/control/hidden.ts';
import { isWorthSaving } from '../../lib/control/state.ts';
import type { ServiceTime, UnderWay } from '../../lib/control/types.ts';
import { CONFIG, NOW, observed, stateWith, steady } from './fixtures.ts';

/** An instance is meant to carry ten requests a second, each half a second long: five at once. */
const PER_SECOND = 10;
const SERVICE: ServiceTime = { seconds: 0.5, untilSeconds: NOW - 3600 };
const LOG = [[NOW - 4000, 2]] as const;

const startOf = (count: number, i: number) => NOW - 20 - 10 * (count - 1 - i);

function points(demands: readonly number[]) {
  return demands.map((demand, i) => ({ startSeconds: startOf(demands.length, i), demand }));
}

/** @param fewest in any instance in each window; default: not known */
function underWay(
  values: readonly number[],
  scope: UnderWay['scope'] = 'variant',
  fewest?: readonly number[],
): UnderWay {
  return {
    scope,
    points: values.map((value, i) => ({
      startSeconds: startOf(values.length, i),
      value,
      ...(fewest && { fewest: fewest[i] as number }),
    })),
  };
}

interface Case {
  readonly demands: readonly number[];
  readonly underWay: UnderWay | null;
  readonly service?: ServiceTime | null;
  readonly log?: readonly (readonly [number, number])[];
  readonly leadTimeSeconds?: number;
}

function tell({ demands, log = LOG, service = SERVICE, leadTimeSeconds = 60, ...rest }: Case) {
  const input = {
    points: points(demands),
    capacityLog: log,
    requestsPerSecond: PER_SECOND,
    riskPrice: 30,
    leadTimeSeconds,
    service,
    ...rest,
  };
  const whole = withHidden(input);
  const inService = log.at(-1)?.[1] ?? 0;
  return {
    whole: whole.map(({ demand }) => demand),
    hidden: hiddenDemand({ ...input, nowSeconds: NOW, inService }),
  };
}

it('reckons requests a second from the target per instance', () => {
  expect(requestsPerSecond({ targetPerInstance: 1500, windowsPerTargetUnit: 6 })).toBe(25);
});

it.each([
  [1, 1],
  [4.49, 1],
  [4.5, 1.5],
  [8, 2],
  [18, 3],
  [19, 3],
])('at risk price %s a step takes load that is held back to %s times at most', (price, factor) => {
  expect(growth(price)).toBe(factor);
});

describe('the service time', () => {
  const learn = (demands: number[], values: number[], service: ServiceTime | null = null) =>
    learnService({
      points: points(demands),
      underWay: underWay(values),
      service,
      capacityLog: LOG,
      requestsPerSecond: PER_SECOND,
    })?.seconds;

  it.each<[string, number, number, ServiceTime | null, number | undefined]>([
    ['first seen: requests over their rate', 1, 5, null, 0.5],
    ['at nine tenths of the capacity', 1.8, 9, null, 0.5],
    ['above, where requests may wait', 1.81, 9, null, undefined],
    ['without a request', 0, 0, null, undefined],
    ['between two moments at which it was looked', 1, 0, null, undefined],
    ['shorter: believed soon', 1, 4, SERVICE, 0.47],
    ['longer: believed slowly', 1, 6, SERVICE, 0.502],
    ['much longer: counts as twice', 1, 100, SERVICE, 0.51],
    ['of few requests, shorter', 0.49, 1.96, SERVICE, 0.47],
    ['of few requests, longer: not believed', 0.49, 4.9, SERVICE, 0.5],
    ['of a quarter of the capacity, longer', 0.5, 5, SERVICE, 0.51],
  ])('%s', (_, demand, value, service, expected) => {
    const learned = learn([demand], [value], service);
    if (expected === undefined) expect(learned).toBeUndefined();
    else expect(learned).toBeCloseTo(expected, 6);
  });

  it('counts a window once', () => {
    const once = { seconds: 0.5, untilSeconds: startOf(1, 0) };
    expect(learn([1], [4], once)).toBe(0.5);
  });

  it('is that of the busiest instance times all of them, where only that is known', () => {
    const learned = learnService({
      points: points([1]),
      underWay: underWay([3], 'instance'),
      service: null,
      capacityLog: LOG,
      requestsPerSecond: PER_SECOND,
    });
    expect(learned?.seconds).toBe(0.6);
  });

  it('becomes that of a model that got slower within ten minutes', () => {
    const windows = 60;
    const learned = learn(Array(windows).fill(1), Array(windows).fill(10), SERVICE);
    expect(learned).toBeGreaterThan(0.8);
  });

  it('is no reason to save: the next look learns it again', () => {
    const later = stateWith({ service: { ...SERVICE, untilSeconds: NOW } });
    expect(isWorthSaving(stateWith({ service: SERVICE }), later)).toBe(false);
    expect(isWorthSaving(stateWith(), { ...later, reversals: 1 })).toBe(true);
  });
});

describe('a queue', () => {
  // Two instances at the limit show 1.5 times what they are meant to carry: 15 requests at once.
  it.each<[string, number[], UnderWay | null, number]>([
    ['of as many as the load explains', [3, 3, 3], underWay([15, 15, 15]), 0],
    ['within four roots of it', [3, 3, 3], underWay([30, 30, 30]), 0],
    ['beyond', [3, 3, 3], underWay([31, 31, 31]), 3 * 2],
    ['of one window', [3, 3, 3], underWay([15, 15, 100]), 0],
    ['of two', [3, 3, 3], underWay([15, 100, 100]), 3 * 2],
    ['of an instance, as the busiest shows it', [3, 3], underWay([19, 19], 'instance'), 6],
    ['of an instance, within chance', [3, 3], underWay([18, 18], 'instance'), 0],
    ['that keeps all busy', [3, 3], underWay([19, 19], 'instance', [1, 1]), 6],
    ['that comes at once and is over', [3, 3], underWay([19, 19], 'instance', [1, 0]), 0],
    ['that stood before none was idle', [3, 3], underWay([19, 19], 'instance', [0, 1]), 0],
    ['that nobody counted', [3, 3, 3], null, 0],
  ])('%s', (_, demands, beside, expected) => {
    expect(tell({ demands, underWay: beside }).hidden).toBe(expected);
  });

  it('asks for what would serve all at once, within three times what is there', () => {
    const service = { ...SERVICE, seconds: 0.9 };
    // Nine at once in an instance: 46 are 5.1 instances, beyond twice the load of 2.2.
    expect(tell({ demands: [2.2, 2.2], underWay: underWay([46, 46]), service }).hidden).toBeCloseTo(
      46 / 9,
    );
  });

  it.each([
    ['not within three minutes', 2130, 60, 6],
    ['within three minutes', 2145, 60, 0],
    ['later, and not within the lead time', 2130, 180, 6],
    ['later, within the lead time', 2130, 192, 0],
  ])('that shrinks: gone %s', (_, first, leadTimeSeconds, expected) => {
    // 1915 wait at the end: by 10 a second they are gone in 191.5 s, by 10.75 in 178 s.
    const values = [first, (first + 1930) / 2, 1930];
    expect(tell({ demands: [3, 3, 3], underWay: underWay(values), leadTimeSeconds }).hidden).toBe(
      expected,
    );
  });

  it.each([
    // Load of 3 is 30 requests a second, 600 in the twenty seconds: 15 % of them are 90.
    ['grows by more than 15 % of what comes in', [900, 950, 991], 3],
    ['grows by less', [900, 950, 990], 6],
    ['grew by more, and stands by now', [900, 991, 991], 6],
  ])('is asked for at once, but not remembered while it %s', (_, values, remembered) => {
    const { whole, hidden } = tell({ demands: [3, 3, 3], underWay: underWay(values) });
    expect(hidden).toBe(6);
    expect(whole.at(-1)).toBe(remembered);
  });

  it.each([
    // 399 requests in a window: a twentieth and four roots of them are 99.85.
    ['within chance', [3, 3, 3.99], 6],
    ['beyond', [3, 3, 4.02], 4.02],
    ['beyond, and stands by now', [4.02, 3, 3], 3],
    ['beyond, two windows before', [4.02, 3, 3, 3], 6],
  ])('is asked for at once, but not remembered where load moves: %s', (_, demands, remembered) => {
    const values = underWay(demands.map(() => 900));
    const { whole, hidden } = tell({ demands, underWay: values });
    expect(hidden).toBe(6);
    expect(whole.at(-1)).toBe(remembered);
  });

  it.each([
    ['the queue stood for one window only: what came stays', 29, 6],
    ['two windows', 30, 3 * 6],
  ])('after more came into service: %s', (_, secondsAgo, expected) => {
    const log = [
      [NOW - 4000, 2],
      [NOW - secondsAgo, 6],
    ] as const;
    const demands = [3, 3, 3, 9, 9];
    const values = [900, 900, 900, 900, 900];
    expect(tell({ demands, underWay: underWay(values), log }).hidden).toBe(expected);
  });

  it('is not told of by windows that nobody has read for long', () => {
    const old = underWay([900, 900, 15, 15, 15]);
    expect(tell({ demands: [3, 3, 3, 3, 3], underWay: old }).hidden).toBe(0);
  });

  it('never lowers demand, and adds nothing without one', () => {
    const values = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { maxLength: 40 });
    const scope = fc.constantFrom('variant' as const, 'instance' as const);
    fc.assert(
      fc.property(values, values, scope, (load, waiting, kind) => {
        const demands = load.map((value) => value / 100);
        const { whole, hidden } = tell({ demands, underWay: underWay(waiting, kind) });
        expect(hidden).toBeLessThanOrEqual(3 * 2);
        for (const [i, demand] of whole.entries()) {
          expect(demand).toBeGreaterThanOrEqual(demands[i] as number);
          expect(demand).toBeLessThanOrEqual(Math.max(demands[i] as number, 3 * 2));
        }
      }),
    );
    const calm = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 40 });
    const noise = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(calm, noise, (demands, factors) => {
        const values = demands.map((demand, i) => demand * 5 * (factors[i] as number));
        const { whole, hidden } = tell({ demands, underWay: underWay(values) });
        expect(whole).toEqual(demands);
        expect(hidden).toBe(0);
      }),
    );
  });
});

describe('a decision', () => {
  const LOAD = [...steady(0.5), 1.4, 1.4];
  const waiting = (last: number) => ({
    scope: 'instance' as const,
    points: [...steady(0.5).map(() => 1), last, last].map((value, i) => ({
      startSeconds: startOf(LOAD.length, i),
      value,
    })),
  });
  const decideWith = (beside: UnderWay, max = 20, riskPrice = 18) =>
    decide({
      nowSeconds: NOW,
      config: { ...CONFIG, riskPrice },
      state: stateWith({ capacityLog: [[NOW - 4000, 1]] }),
      observation: {
        ...observed(LOAD, { desired: 1 }, { min: 1, max }),
        underWay: beside,
      },
    });

  it('asks for what waits, and says so', () => {
    const { steps, proposal, demand } = decideWith(waiting(100));
    expect(proposal?.bounds.min).toBe(3);
    expect(demand).toBe(3);
    expect(steps).toContainEqual({
      name: 'hidden',
      before: 1,
      after: 3,
      reason: 'hidden-demand',
      constrained: false,
    });
  });

  it('leaves it where nothing waits', () => {
    const { steps, demand } = decideWith(waiting(3));
    expect(demand).toBe(1.4);
    expect(steps.map(({ reason }) => reason)).not.toContain('hidden-demand');
  });

  it.each([
    [4.49, 1],
    [4.5, 2],
    [10, 3],
    [18, 3],
    [100, 3],
  ])('goes by the risk price: at %s, from one instance to %i', (riskPrice, capacity) => {
    const { proposal } = decideWith(waiting(100), 20, riskPrice);
    expect(proposal?.bounds.min ?? 1).toBe(capacity);
  });

  it('stays within the owner’s Max', () => {
    expect(decideWith(waiting(100), 2).proposal?.bounds.min).toBe(2);
  });
});
