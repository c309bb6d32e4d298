import { describe, expect, it } from 'vitest';
import { type BacktestRow, backtest, recommendedOf } from '../../simulator/bench/backtest.ts';
import { daysOf } from '../../simulator/bench/days.ts';
import {
  BRIDGED_MINUTES,
  coverageOf,
  holdLevel,
  SHORTEST_STRETCH_MINUTES,
  spreadRequests,
} from '../../simulator/bench/history.ts';
import { costOf } from '../../simulator/bench/score.ts';
import { sizedWorkload } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';
import { targetTracking } from '../../simulator/scalers/target-tracking.ts';

const load = (count: number, value = 6) => Array<number | null>(count).fill(value);
const gap = (count: number) => Array<null>(count).fill(null);

describe('a gap', () => {
  it('of five minutes is bridged by a straight line', () => {
    const minutes = [...load(60, 6), ...gap(BRIDGED_MINUTES), ...load(60, 12)];
    const { stretches, covered, bridged, missing, longestGap } = coverageOf(minutes, 'skip');
    expect([covered, bridged, missing, longestGap]).toEqual([125, 5, 5, 5]);
    expect(stretches).toHaveLength(1);
    expect(stretches[0]?.values.slice(59, 66)).toEqual([6, 7, 8, 9, 10, 11, 12]);
  });

  it('of six cuts', () => {
    const minutes = [...load(60), ...gap(BRIDGED_MINUTES + 1), ...load(70)];
    const { stretches, covered, bridged, missing } = coverageOf(minutes, 'skip');
    expect([covered, bridged, missing]).toEqual([130, 0, 6]);
    expect(stretches.map(({ fromMinute, values }) => [fromMinute, values.length])).toEqual([
      [0, 60],
      [66, 70],
    ]);
  });

  it('at an edge is left out, however short', () => {
    const { stretches, bridged } = coverageOf([...gap(2), ...load(60), ...gap(3)], 'skip');
    expect(stretches.map(({ fromMinute, values }) => [fromMinute, values.length])).toEqual([
      [2, 60],
    ]);
    expect(bridged).toBe(0);
  });

  it('is no load only where the owner says so', () => {
    const minutes = [...load(30), ...gap(100), ...load(30)];
    expect(coverageOf(minutes, 'skip').covered).toBe(0);
    const { stretches, missing } = coverageOf(minutes, 'zero');
    expect(stretches[0]?.values.slice(29, 32)).toEqual([6, 0, 0]);
    expect(missing).toBe(100);
  });

  it.each([
    ['a stretch of an hour stays', SHORTEST_STRETCH_MINUTES, 1],
    ['a shorter one goes', SHORTEST_STRETCH_MINUTES - 1, 0],
  ])('%s', (_, length, expected) => {
    expect(coverageOf(load(length), 'skip').stretches).toHaveLength(expected);
  });
});

describe('minutes as windows', () => {
  it.each([
    ['few', [0, 1, 7, 59, 60]],
    ['many', [61, 1500, 20_000]],
  ])('keep their requests: %s', (_, minutes) => {
    const windows = spreadRequests(minutes, 3);
    minutes.forEach((total, i) => {
      const own = windows.subarray(6 * i, 6 * i + 6);
      expect(own.reduce((sum, count) => sum + count, 0)).toBe(total);
      expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
    });
  });

  it('fall by chance, the same for the same seed', () => {
    const one = spreadRequests([6000, 6000], 1);
    expect(spreadRequests([6000, 6000], 1)).toEqual(one);
    expect(spreadRequests([6000, 6000], 2)).not.toEqual(one);
    // A tenth of 1000 is three standard deviations.
    for (const count of one) expect(Math.abs(count - 1000)).toBeLessThan(100);
    expect(new Set(one).size).toBeGreaterThan(4);
  });

  it('hold a level', () => {
    expect([...holdLevel([6, 12])]).toEqual([...Array(6).fill(1), ...Array(6).fill(2)]);
  });
});

it('the days add up to the cost, and begin where they begin', () => {
  const minutes = Array.from({ length: 3000 }, (_, i) => (i % 200 < 40 ? 9000 : 800));
  const workload = sizedWorkload('load', spreadRequests(minutes, 1), 1500, 1, 12);
  const world = { ...USUAL_PLANT, leadTimeSeconds: 190, riskPrice: 10 };
  const fromSeconds = Date.UTC(2026, 0, 5, 20) / 1000;
  for (const policy of [targetTracking, fastScaler()]) {
    const outcome = runPolicy(workload, policy, world);
    expect(outcome.changes.length).toBeGreaterThan(10);
    const days = daysOf([{ workload, fromSeconds }], [outcome], world);
    expect([...days.keys()].map((day) => day - Math.floor(fromSeconds / 86_400))).toEqual([
      0, 1, 2,
    ]);
    const sum = [...days.values()].reduce((total, cost) => total + cost, 0);
    expect(sum / costOf(outcome, 10)).toBeCloseTo(1, 6);
  }
});

describe('recommended', () => {
  const row = (name: string, figures: Partial<BacktestRow>): BacktestRow => ({
    name,
    changes: {},
    unservedFraction: 0.05,
    instanceHours: 100,
    cost: 200,
    changesPerHour: 1,
    cheaperDays: 6,
    dearerDays: 1,
    ...figures,
  });
  const present = row('present', { cheaperDays: 0, dearerDays: 0 });

  it.each<[string, Partial<BacktestRow>, number | undefined, string]>([
    ['what is clearly cheaper', { cost: 193.9 }, undefined, 'other'],
    ['not what is hardly cheaper', { cost: 194 }, undefined, 'present'],
    [
      'what is cheaper on twice as many days',
      { cost: 150, cheaperDays: 4, dearerDays: 2 },
      undefined,
      'other',
    ],
    [
      'not what a few days have made cheaper',
      { cost: 150, cheaperDays: 3, dearerDays: 2 },
      undefined,
      'present',
    ],
    [
      'what reaches the goal, whatever it costs',
      { unservedFraction: 0.02, instanceHours: 300, cost: 400 },
      0.02,
      'other',
    ],
    ['what comes nearest to it', { unservedFraction: 0.03, instanceHours: 300 }, 0.02, 'other'],
    [
      'not what misses it, when the present settings reach it',
      { unservedFraction: 0.06, instanceHours: 50 },
      0.05,
      'present',
    ],
    [
      'what reaches it with clearly fewer hours',
      { unservedFraction: 0.05, instanceHours: 96.9 },
      0.05,
      'other',
    ],
    ['not with hardly fewer', { unservedFraction: 0.05, instanceHours: 97 }, 0.05, 'present'],
  ])('is %s', (_, figures, goal, expected) => {
    expect(recommendedOf([present, row('other', figures)], present, goal).name).toBe(expected);
  });
});

const PRESENT = {
  riskPrice: 5,
  scaleInStableSeconds: 300,
  scaleInSpacingSeconds: 60,
  leadTimeSeconds: 300,
  scaleOutSpacingSeconds: 20,
  wakeFraction: 0.8,
  dailyPattern: true,
};

it('tries the price, then what goes with the best one; nothing twice', () => {
  const minutes = Array.from({ length: 180 }, (_, i) => (i % 60 < 20 ? 9000 : 800));
  const done: string[] = [];
  const result = backtest({
    stretches: [
      { workload: sizedWorkload('load', spreadRequests(minutes, 1), 1500, 1, 12), fromSeconds: 0 },
    ],
    present: PRESENT,
    price: 5,
    leadTimeSeconds: 180,
    onRun: (count, total) => done.push(`${count}/${total}`),
  });
  const names = result.rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.slice(0, 5)).toEqual([
    'present settings',
    'riskPrice 3',
    'riskPrice 10',
    'riskPrice 20',
    'riskPrice 30',
  ]);
  expect(names.slice(-2)).toEqual(['target-tracking', 'target-tracking-high-resolution']);
  expect(names.some((name) => name.includes('scaleInStableSeconds 300'))).toBe(false);
  expect(done).toHaveLength(names.length);
  // The page has the optimum besides, which nobody undercuts.
  expect(result.runs).toHaveLength(names.length + 1);
  for (const { cell } of result.runs) expect(cell.regret).toBeGreaterThanOrEqual(0.999);
});

it.each<[string, number, number | undefined, number[]]>([
  ['the price asked for', 300, undefined, [300]],
  ['a price below the others', 1, undefined, [1]],
  ['one of the others', 20, undefined, []],
  ['the present one', 5, undefined, []],
  ['a goal that one of the others reaches', 5, 1, []],
  ['a goal that none reaches', 5, 0, [100, 300, 1000]],
])('tries prices besides for %s', (_, price, unservedAtMost, besides) => {
  const minutes = Array.from({ length: 60 }, (_, i) => (i % 30 < 10 ? 9000 : 800));
  const workload = sizedWorkload('load', spreadRequests(minutes, 1), 1500, 1, 12);
  const { rows } = backtest({
    stretches: [{ workload, fromSeconds: 0 }],
    present: PRESENT,
    price,
    ...(unservedAtMost !== undefined && { unservedAtMost }),
    leadTimeSeconds: 180,
  });
  const tried = rows.flatMap(({ name }) => /^riskPrice (\d+)$/.exec(name)?.[1] ?? []).map(Number);
  expect(tried).toEqual([3, 10, 20, 30, ...besides]);
});

it.each([
  ['requests', true],
  ['requests under way', false],
])('reads the requests under way beside a load only where it is not: %s', (_, countsRequests) => {
  const level = Array.from({ length: 180 }, (_, minute) => (minute % 60 < 15 ? 300 : 200));
  const workload = sizedWorkload('load', holdLevel(level), 100, 1, 40);
  const present = { ...PRESENT, riskPrice: 10 };
  const asked = { stretches: [{ workload, fromSeconds: 0 }], present, price: 10, countsRequests };
  const { present: row } = backtest({ ...asked, leadTimeSeconds: 180 });
  const world = { ...USUAL_PLANT, leadTimeSeconds: 180, riskPrice: 10 };
  const changes = [true, false].map((readsUnderWay) => {
    const policy = fastScaler({ config: present, readsUnderWay });
    return runPolicy(workload, policy, world).changes.length;
  });
  expect(changes[0]).not.toBe(changes[1]);
  expect(row.changesPerHour * 3).toBeCloseTo(changes[countsRequests ? 0 : 1] as number, 9);
});
