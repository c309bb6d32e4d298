import { describe, expect, it } from 'vitest';
import { type DemandPoint, WINDOW_SECONDS } from '../../lib/control/demand-point.ts';
import { LOOKBACK_SECONDS } from '../../lib/control/learn.ts';
import { playShadow, type ShadowGain } from '../../lib/control/shadow-baseline.ts';
import { INITIAL_STATE, isWorthSaving } from '../../lib/control/state.ts';
import type { ShadowBaseline } from '../../lib/control/types.ts';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { type Outcome, runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { targetTracking } from '../../simulator/scalers/target-tracking.ts';

const START = 1_800_000_000;
const LEAD_TIME_SECONDS = 180;
const BOUNDS = { min: 1, max: 32 };

/** Looks every `everyWindows`; each sees three quarters of an hour back, as the service does. */
function play(
  demands: readonly number[],
  options: { everyWindows?: number; capacity?: number; bounds?: typeof BOUNDS } = {},
): { shadow: ShadowBaseline | null; gain: ShadowGain; seen: number[] } {
  const { everyWindows = 6, capacity = 1, bounds = BOUNDS } = options;
  let shadow: ShadowBaseline | null = null;
  const gain = { instanceHoursSaved: 0, unservedSecondsAvoided: 0 };
  const seen: number[] = [];
  for (let end = 1; end <= demands.length; end += 1) {
    const isLook = end === 1 || end % everyWindows === 0 || end === demands.length;
    if (!isLook) continue;
    const nowSeconds = START + end * WINDOW_SECONDS + 10;
    const points: DemandPoint[] = demands.slice(0, end).flatMap((demand, i) => {
      const startSeconds = START + i * WINDOW_SECONDS;
      const isReadable = startSeconds >= nowSeconds - LOOKBACK_SECONDS && !Number.isNaN(demand);
      return isReadable ? [{ startSeconds, demand }] : [];
    });
    const result = playShadow(shadow, {
      nowSeconds,
      points,
      capacityLog: [[START, capacity]],
      desired: capacity,
      bounds,
      leadTimeSeconds: LEAD_TIME_SECONDS,
    });
    shadow = result.shadow;
    gain.instanceHoursSaved += result.gain.instanceHoursSaved;
    gain.unservedSecondsAvoided += result.gain.unservedSecondsAvoided;
    seen.push(shadow?.inService ?? Number.NaN);
  }
  return { shadow, gain, seen };
}

const minutes = (...demands: readonly number[]) => demands.flatMap((d) => Array(6).fill(d));
const repeat = (demand: number, count: number) => Array<number>(count).fill(demand);

describe('against the bench’s target tracking', () => {
  it.each(['locust-surge', 'step', 'ramp', 'spike', 'on-off', 'noise'])(
    'pays and leaves unserved the same on %s',
    (name) => {
      const workload = workloadOf(generateLoad(name, 1), 16);
      const bench: Outcome = runPolicy(workload, targetTracking, {
        ...USUAL_PLANT,
        leadTimeSeconds: LEAD_TIME_SECONDS,
        riskPrice: 10,
      });
      // Against an endpoint of no instance, the gain is all that the shadow pays and serves.
      const { initialCapacity, minCapacity, maxCapacity } = workload;
      const bounds = { min: minCapacity, max: maxCapacity };
      const { gain } = play([...workload.demand], { capacity: initialCapacity, bounds });
      const hours = workload.seconds / 3600;
      const paid = gain.instanceHoursSaved + initialCapacity * hours;
      const unserved =
        gain.unservedSecondsAvoided +
        workload.shortfall.between(initialCapacity, 0, workload.seconds);
      expect(Math.abs(paid / (bench.billedSeconds / 3600) - 1)).toBeLessThan(0.01);
      expect(Math.abs(unserved / bench.unservedSeconds - 1)).toBeLessThan(0.02);
    },
  );
});

describe('the alarms', () => {
  it.each([
    ['two minutes above the target: nothing', [0, 1.5, 1.5, 0.95], 1],
    ['three: to what the highest of them needs', [0, 1.5, 3.5, 2.5], 4],
    ['three exactly at it: nothing', [0, 1, 1, 1], 1],
    ['three with a pause: nothing', [0, 2, 2, 0.95, 2, 2], 1],
  ])('%s', (_, demands, desired) => {
    expect(play(minutes(...demands, 0.95)).shadow?.desired).toBe(desired);
  });

  it.each([
    ['fourteen minutes below nine tenths: nothing', 14, 4, 4],
    ['fifteen: to what the highest of them needs', 15, 4, 2],
    ['no lower than the owner’s minimum', 15, 3, 3],
  ])('%s', (_, count, min, desired) => {
    const quiet = repeat(1.2, count);
    const played = play(minutes(3.9, ...quiet, 3.9), {
      capacity: 4,
      bounds: { min: desired === 2 ? 1 : min, max: 32 },
    });
    expect(played.shadow?.desired).toBe(desired);
  });

  it('wait for the cooldown before they release again, and not longer', () => {
    const demands = [...repeat(3.5, 3), 2.5, ...repeat(1.5, 3), ...repeat(0.5, 30)];
    const { seen } = play(minutes(...demands), { capacity: 4 });
    // Decided ten seconds into a minute, 18 and 24: six minutes of lock and cooldown apart.
    const changes = seen.flatMap((capacity, i) =>
      capacity === seen[i - 1] ? [] : [[i, capacity]],
    );
    expect(changes).toEqual([
      [0, 4],
      [19, 3],
      [25, 1],
    ]);
  });

  it('wait for the lock: more is asked for when the instances have come', () => {
    const { seen } = play(minutes(...repeat(2.5, 4), ...repeat(9.5, 20)));
    expect(seen.filter((capacity, i) => capacity !== seen[i - 1])).toEqual([1, 3, 10]);
  });

  it('take a minute without data for neither', () => {
    const gap = Number.NaN;
    expect(play(minutes(0, 2, 2, gap, 2, 0.95)).shadow?.desired).toBe(2);
    expect(play(minutes(0, 2, 2, gap, gap, 0.95)).shadow?.desired).toBe(1);
  });
});

it('follows the owner’s bounds', () => {
  const { shadow } = play(minutes(1.5, 1.5, 1.5), { capacity: 8, bounds: { min: 2, max: 5 } });
  expect(shadow?.desired).toBe(5);
});

it('comes to the same however often it is played', () => {
  // It begins at the first look, and that is the first window here for all of them.
  const demands = [...workloadOf(generateLoad('spike', 3), 16).demand];
  const often = play(demands, { everyWindows: 1 });
  for (const everyWindows of [5, 6, 30, 77]) {
    const seldom = play(demands, { everyWindows });
    expect(seldom.shadow).toEqual(often.shadow);
    expect(seldom.gain.instanceHoursSaved).toBeCloseTo(often.gain.instanceHoursSaved, 6);
    expect(seldom.gain.unservedSecondsAvoided).toBeCloseTo(often.gain.unservedSecondsAvoided, 6);
  }
});

it('gains nothing where the endpoint does as it does', () => {
  expect(play(minutes(...repeat(0.5, 60))).gain).toEqual({
    instanceHoursSaved: 0,
    unservedSecondsAvoided: 0,
  });
});

it.each([
  ['just remembered', LOOKBACK_SECONDS, true],
  ['longer ago than the load reaches', LOOKBACK_SECONDS + 1, false],
])('a shadow %s goes on: %j s, %s', (_, ageSeconds, goesOn) => {
  const { shadow } = play(minutes(0.5));
  const nowSeconds = (shadow?.untilSeconds ?? 0) + ageSeconds;
  const startSeconds = Math.floor(nowSeconds / 10) * 10 - 20;
  const next = playShadow(shadow, {
    nowSeconds,
    points: [{ startSeconds, demand: 0.5 }],
    capacityLog: [[START, 3]],
    desired: 3,
    bounds: BOUNDS,
    leadTimeSeconds: LEAD_TIME_SECONDS,
  });
  expect(next.shadow?.desired).toBe(goesOn ? 1 : 3);
  expect(next.gain.instanceHoursSaved).toBe(
    goesOn ? (-2 * (startSeconds + 10 - (shadow?.untilSeconds ?? 0))) / 3600 : 0,
  );
});

it('stays without data as it was', () => {
  const { shadow } = play(minutes(0.5));
  const input = {
    nowSeconds: START + 600,
    points: [],
    capacityLog: [],
    desired: 1,
    bounds: BOUNDS,
    leadTimeSeconds: LEAD_TIME_SECONDS,
  };
  expect(playShadow(shadow, input).shadow).toBe(shadow);
});

it('takes less than 200 bytes of the state, at a thousand instances', () => {
  const { shadow } = play(
    repeat(0, 400).map((_, i) => 700 + 300 * Math.sin(i / 9)),
    { capacity: 400, bounds: { min: 1, max: 1000 } },
  );
  expect(shadow?.desired).toBeGreaterThan(900);
  expect(Buffer.byteLength(JSON.stringify(shadow))).toBeLessThan(200);
});

it.each([
  ['not while it is less than five minutes ahead', 290, false],
  ['five minutes ahead', 300, true],
])('is worth saving: %s', (_, aheadSeconds, expected) => {
  const { shadow } = play(minutes(0.5));
  if (!shadow) throw new Error('no shadow');
  const before = { ...INITIAL_STATE, shadow };
  const untilSeconds = shadow.untilSeconds + aheadSeconds;
  expect(isWorthSaving(before, { ...before, shadow: { ...shadow, untilSeconds } })).toBe(expected);
  expect(isWorthSaving(before, { ...before, shadow: null })).toBe(true);
});
