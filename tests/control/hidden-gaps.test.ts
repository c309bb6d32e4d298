import { expect, it } from 'vitest';
import { hiddenDemand, withHidden } from '../../lib/control/hidden.ts';
import { NOW } from './fixtures.ts';

/** Two instances, each of which carries ten requests a second of half a second each. */
const KNOWN = {
  capacityLog: [[NOW - 4000, 2]],
  requestsPerSecond: 10,
  riskPrice: 30,
  leadTimeSeconds: 60,
  service: { seconds: 0.5, untilSeconds: NOW - 3600 },
} as const;

/**
 * Windows so many seconds before the newest one.
 * @param waiting requests under way in each; null: not readable
 */
function tell(agesSeconds: readonly number[], waiting: readonly (number | null)[]) {
  const starts = agesSeconds.map((age) => NOW - 20 - age);
  const counted = starts.flatMap((startSeconds, i) => {
    const value = waiting[i] ?? null;
    return value === null ? [] : [{ startSeconds, value }];
  });
  const input = {
    ...KNOWN,
    points: starts.map((startSeconds) => ({ startSeconds, demand: 3 })),
    underWay: { scope: 'variant', points: counted } as const,
  };
  return {
    remembered: withHidden(input).map(({ demand }) => demand),
    hidden: hiddenDemand({ ...input, nowSeconds: NOW, inService: 2 }),
  };
}

it.each([
  ['as soon as the load', [100, 100, 100, 100], 6],
  ['a window later than the load', [100, 100, 100, null], 6],
  ['two windows later', [100, 100, null, null], 0],
])('a queue is told by requests under way that are readable %s', (_, waiting, expected) => {
  expect(tell([30, 20, 10, 0], waiting).hidden).toBe(expected);
});

it.each([
  ['in a row', [20, 10, 0], { remembered: 6, hidden: 6 }],
  ['with a gap between them', [30, 20, 0], { remembered: 3, hidden: 0 }],
])('a queue is told by two windows %s', (_, agesSeconds, expected) => {
  const { remembered, hidden } = tell(agesSeconds, [15, 100, 100]);
  expect({ remembered: remembered.at(-1), hidden }).toEqual(expected);
});
