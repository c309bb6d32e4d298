import { describe, expect, it } from 'vitest';
import type { LiveDecision, LiveStep } from '../../simulator/server/feed.ts';
import { scoreSteps } from '../../tools/live/score-steps.ts';

const VARIANT = { endpointName: 'checkout', variantName: 'AllTraffic' };
const START = 1_000_000;

/** A step from demand, capacity in service and what is asked for at its end. */
function step(
  [demand, capacity, desired]: readonly [number, number, number],
  i: number,
  all: readonly (readonly [number, number, number])[],
): LiveStep {
  const bounds = { minCapacity: 1, maxCapacity: 20 };
  return {
    ...VARIANT,
    atSeconds: START + 10 * i,
    arrived: demand * 10,
    billed: desired,
    concurrency: 0,
    endpointStatus: 'InService',
    alarms: [],
    demand,
    capacity,
    desired: all[i - 1]?.[2] ?? desired,
    ...bounds,
    atEnd: { desired, ...bounds },
    queue: 0,
    latencyP99Seconds: null,
    failed: demand,
  };
}

/** Quiet, three windows unanswered, an answer in the fourth, service, an end, and the way back. */
const SURGE = [
  [0, 1, 1],
  [4, 1, 1],
  [4, 1, 1],
  [4, 1, 4],
  [4, 4, 4],
  [0, 4, 4],
  [0, 4, 1],
  [0, 1, 1],
] as const;

function decision(atSeconds: number, kind: 'scale-out' | 'scale-in'): LiveDecision {
  return { ...VARIANT, marker: { atSeconds: START + atSeconds, kind, title: '', steps: [] } };
}

describe('score of what a feed told', () => {
  it.each([
    { label: 'in its step', decisions: [decision(33, 'scale-out')], reactionSeconds: 23 },
    { label: 'in another step', decisions: [decision(41, 'scale-out')], reactionSeconds: 29 },
    { label: 'of another kind', decisions: [decision(33, 'scale-in')], reactionSeconds: 29 },
    { label: 'unknown', decisions: [], reactionSeconds: 29 },
  ])('dates a change by its decision: $label', ({ decisions, reactionSeconds }) => {
    expect(scoreSteps('p', SURGE.map(step), decisions, 1).reactionSeconds).toBe(reactionSeconds);
  });

  it('counts the rest as a simulated run does', () => {
    expect(scoreSteps('p', SURGE.map(step), [], 1)).toEqual({
      policy: 'p',
      reactionSeconds: 29,
      surges: 1,
      answered: 1,
      scaleInSeconds: 20,
      unservedFraction: 9 / 16,
      instanceHours: (17 * 10) / 3600,
      changes: 2,
      failedFraction: 0.1,
    });
  });

  it('takes the first answer and the last return of a surge in two stages', () => {
    const stages = [
      [0, 1, 1],
      [4, 1, 2],
      [4, 2, 2],
      [4, 2, 2],
      [4, 2, 4],
      [4, 4, 4],
      [0, 4, 1],
      [0, 1, 1],
    ] as const;
    const result = scoreSteps('p', stages.map(step), [], 1);
    expect([result.reactionSeconds, result.scaleInSeconds]).toEqual([9, 10]);
  });

  it('tells no time of a surge that nobody answered', () => {
    const unanswered = SURGE.map(([demand]) => [demand, 1, 1] as const);
    expect(scoreSteps('p', unanswered.map(step), [], 1)).toMatchObject({
      reactionSeconds: null,
      surges: 1,
      answered: 0,
    });
  });

  it('has nothing to say of no step', () => {
    expect(scoreSteps('p', [], [], 1)).toMatchObject({ reactionSeconds: null, changes: 0 });
  });
});
