import { describe, expect, it } from 'vitest';
import { emptyRecording, type Recording } from '../../simulator/run/recorder.ts';
import { reactions, returns, score } from '../../simulator/run/score.ts';

/** A recording in steps of ten seconds; `desired` is what was asked for at the start of each. */
function recording(parts: Partial<Recording>): Recording {
  return { ...emptyRecording(), ...parts };
}

describe('reaction', () => {
  it.each([
    [
      'from the start of the first window over capacity',
      [1, 5, 5, 5],
      [1, 1, 1, 6],
      [24],
      [[14, 4, true]],
    ],
    ['none while capacity suffices', [1, 1, 1, 1], [1, 1, 1, 1], [], []],
    ['a rise that falls back at once is left out', [1, 5, 1, 1], [1, 1, 1, 1], [], []],
    [
      'one that lasted and was never answered, with its length',
      [5, 5, 5, 5, 1],
      [1, 1, 1, 1, 1, 1],
      [],
      [[40, 4, false]],
    ],
    ['one that the end of the run cuts off, so far', [5, 5, 5], [1, 1, 1], [], [[30, 4, false]]],
    ['but not before it has lasted', [1, 5, 5], [1, 1, 1], [], []],
    [
      'each with the most that it lacked',
      [3, 9, 9, 9],
      [1, 1, 6, 12],
      [15, 25],
      [
        [15, 8, true],
        [5, 3, true],
      ],
    ],
  ])('%s', (_, demand, desired, changesAt, expected) => {
    const changes = changesAt.map((atSeconds) => ({ atSeconds, from: 1, to: 6 }));
    const found = reactions(recording({ demand, desired, changes }));
    expect(found.map(({ seconds, missing, isAnswered }) => [seconds, missing, isAnswered])).toEqual(
      expected,
    );
  });

  // Three times demand is above one instance by `above`, for 40 s each; then by eight, for 80 s.
  const hovering = [35, 85, 135];
  it.each([
    ['a leap outweighs what hovers about the capacity', 0.1, [...hovering, 225], [75, 4]],
    ['which counts where it lacks more', 3, [...hovering, 225], [35, 4]],
    ['a leap without an answer leaves no time to tell', 0.1, hovering, [null, 3]],
    ['nor do answers to less than half of the need', 3, [35, 85], [null, 2]],
    ['what hovers without one takes nothing from the answer to a leap', 0.1, [225], [75, 1]],
    ['answers to most of the need are enough, and the time is theirs', 2.7, hovering, [35, 3]],
    ['none answered is none, however short they were', 3, [], [null, 0]],
  ])('%s', (_, above, changesAt, [seconds, answered]) => {
    const hover = [1 + above, 1 + above, 1 + above, 1 + above, 1];
    const demand = [...hover, ...hover, ...hover, ...new Array<number>(8).fill(9), 1];
    const ones = demand.map(() => 1);
    const changes = changesAt.map((atSeconds) => ({ atSeconds, from: 1, to: 6 }));
    const run = recording({ demand, desired: ones, inService: ones, billed: ones, changes });
    const result = score('any', run, 1);
    expect(result).toMatchObject({ reactionSeconds: seconds, surges: 4, answered });
  });
});

describe('return', () => {
  it.each([
    ['from the first window that the baseline carries', [5, 1, 1, 1], [5, 5, 5, 1], [20], null],
    ['anew when demand rises in between', [5, 1, 5, 5, 5, 1, 1], [5, 5, 5, 5, 5, 5, 1], [10], null],
    ['through a rise that is no surge', [5, 1, 5, 5, 1, 1], [5, 5, 5, 5, 5, 1], [40], null],
    ['not from within such a rise', [5, 5, 5, 5, 1], [5, 5, 5, 1, 1], [], null],
    ['none when capacity never stood above', [1, 1, 1], [1, 1, 1], [], null],
    ['open at the end of the run, with its length so far', [5, 1, 1], [5, 5, 5], [], 20],
    ['not open while demand needs it', [5, 1, 5], [5, 5, 5], [], null],
  ])('%s', (_, demand, inService, ended, open) => {
    expect(returns(recording({ demand, inService }), 1)).toEqual({ ended, open });
  });

  // A way back of 20 s, then another of which the run shows a part.
  it.each([
    ['shorter so far than the median', 1, 20],
    ['as long', 2, 20],
    ['longer', 3, 25],
    ['far longer', 20, 110],
  ])('the one that the run cuts off may raise the median: %s', (_, steps, expected) => {
    const calm = new Array<number>(steps).fill(1);
    const high = new Array<number>(steps).fill(5);
    const run = recording({
      demand: [5, 1, 1, 1, 5, ...calm],
      inService: [5, 5, 5, 1, 5, ...high],
      desired: [5, 5, 5, 1, 5, ...high],
    });
    expect(score('any', run, 1).scaleInSeconds).toBe(expected);
  });

  it('is none where the run shows none whole', () => {
    const run = recording({ demand: [5, 1, 1], inService: [5, 5, 5], desired: [5, 5, 5] });
    expect(score('any', run, 1).scaleInSeconds).toBeNull();
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
