import { describe, expect, it } from 'vitest';
import { blindDemand } from '../../lib/control/blind.ts';
import { hiddenDemand } from '../../lib/control/hidden.ts';
import { NOW } from './fixtures.ts';

/**
 * Demands of the newest windows, at the instances in service since the times of the log.
 * @param ageSeconds how long ago the newest one began
 */
function ask(
  demands: readonly number[],
  log: readonly (readonly [number, number])[],
  growth = 3,
  ageSeconds = 20,
): number {
  return blindDemand({
    points: demands.map((demand, i) => ({
      startSeconds: NOW - ageSeconds - 10 * (demands.length - 1 - i),
      demand,
    })),
    capacityLog: log,
    inService: log.at(-1)?.[1] ?? 0,
    nowSeconds: NOW,
    growth,
  });
}

describe('without a queue to see', () => {
  const log = [
    [NOW - 4000, 2],
    [NOW - 40, 4],
  ] as const;
  it.each<[string, number[], number]>([
    ['load that grew with capacity asks for twice of it', [3, 3, 3, 6, 6, 6], 2 * 4],
    ['by a twentieth less', [3, 3, 3, 5.71, 5.71, 5.71], 2 * 4],
    ['by more than that', [3, 3, 3, 5.69, 5.69, 5.69], 0],
    ['as in the window before capacity came', [3, 2.9, 3.04, 6.36, 6.36, 6.36], 2 * 4],
    ['load that stayed', [3, 3, 3, 3, 3, 3], 0],
    ['load at the target', [2, 2, 2, 4, 4, 4], 2 * 4],
    ['load below the target', [1.99, 1.99, 1.99, 3.98, 3.98, 3.98], 0],
    ['a ramp', [2.5, 2.75, 3, 6, 6, 6], 0],
  ])('%s', (_, demands, expected) => {
    expect(ask(demands, log)).toBe(expected);
  });

  it.each([
    ['of forty seconds ago', 40, 8],
    ['older than that', 41, 0],
  ])('goes by a newest window %s', (_, ageSeconds, expected) => {
    const shift = ageSeconds - 20;
    const later = log.map(([at, instances]) => [at - shift, instances] as const);
    expect(ask([3, 3, 3, 6, 6, 6], later, 3, ageSeconds)).toBe(expected);
  });

  it.each([
    ['by a fifth', 6, 12],
    ['by less', 5.99, 0],
  ])('tells nothing of capacity that grew %s', (_, capacity, expected) => {
    const grown = [
      [NOW - 4000, 5],
      [NOW - 40, capacity],
    ] as const;
    const demands = [6, 6, 6, ...Array(3).fill((6 / 5) * capacity)];
    expect(ask(demands, grown)).toBe(expected);
  });

  it.each([
    [30, [3, 3, 3, 6, 6], 4],
    [20, [3, 3, 3, 3, 6], 4],
    [20, [3, 3, 3, 3, 3], 0],
  ])('keeps what came %i s ago until it shows', (secondsAgo, demands, expected) => {
    const fresh = [
      [NOW - 4000, 2],
      [NOW - secondsAgo, 4],
    ] as const;
    expect(ask(demands, fresh)).toBe(expected);
  });

  it.each([
    [3, 8],
    [1.5, 6],
    [1, 0],
  ])('goes no further than load may grow in one step: %s times', (growth, expected) => {
    expect(ask([3, 3, 3, 6, 6, 6], log, growth)).toBe(expected);
  });
});

it.each([
  ['nobody counts requests under way', null],
  ['nobody has counted any yet', { scope: 'variant' as const, points: [] }],
])('nothing tells of a queue where %s', (_, underWay) => {
  const demands = [3, 3, 3, 6, 6, 6];
  const hidden = hiddenDemand({
    points: demands.map((demand, i) => ({ startSeconds: NOW - 70 + 10 * i, demand })),
    underWay,
    service: { seconds: 0.5, untilSeconds: NOW - 3600 },
    capacityLog: [
      [NOW - 4000, 2],
      [NOW - 40, 4],
    ],
    leadTimeSeconds: 60,
    requestsPerSecond: 10,
    riskPrice: 30,
    nowSeconds: NOW,
    inService: 4,
  });
  expect(hidden).toBe(2 * 4);
});
