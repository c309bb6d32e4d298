import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../simulator/plant/latency.ts';
import type { Recording } from '../../simulator/run/recorder.ts';
import { reactions, returns, score } from '../../simulator/run/score.ts';

/** A recording in steps of ten seconds; `desired` is what was asked for at the start of each. */
function recording(parts: Partial<Recording>): Recording {
  const none: Recording = {
    demand: [],
    inService: [],
    billed: [],
    desired: [],
    queue: [],
    failed: [],
    arrived: [],
    latencyP99Seconds: [],
    latency: new LatencyHistogram(),
    changes: [],
    bounds: [],
  };
  return { ...none, ...parts };
}

describe('reaction', () => {
  it.each([
    ['from the start of the first window over capacity', [1, 5, 5, 5], [1, 1, 1, 6], [24], [14]],
    ['none while capacity suffices', [1, 1, 1, 1], [1, 1, 1, 1], [], []],
    ['a rise that falls back at once is left out', [1, 5, 1, 1], [1, 1, 1, 1], [], []],
    [
      'one that lasted and was never answered counts whole',
      [5, 5, 5, 5, 1],
      [1, 1, 1, 1, 1, 1],
      [],
      [40],
    ],
  ])('%s', (_, demand, desired, changesAt, expected) => {
    const changes = changesAt.map((atSeconds) => ({ atSeconds, from: 1, to: 6 }));
    expect(reactions(recording({ demand, desired, changes }))).toEqual(expected);
  });
});

describe('return', () => {
  it.each([
    ['from the first window that the baseline carries', [5, 1, 1, 1], [5, 5, 5, 1], [20]],
    ['anew when demand rises in between', [5, 1, 5, 1, 1], [5, 5, 5, 5, 1], [10]],
    ['none when capacity never stood above', [1, 1, 1], [1, 1, 1], []],
  ])('%s', (_, demand, inService, expected) => {
    expect(returns(recording({ demand, inService }), 1)).toEqual(expected);
  });
});

it('adds up what was unserved, billed and failed', () => {
  const run = recording({
    demand: [4, 2],
    inService: [1, 3],
    billed: [4, 3],
    desired: [1, 4],
    failed: [5, 0],
    arrived: [60, 40],
  });
  expect(score('any', run, 1)).toMatchObject({
    unservedFraction: 3 / 6,
    instanceHours: 70 / 3600,
    failedFraction: 0.05,
    p99LatencySeconds: null,
  });
});
