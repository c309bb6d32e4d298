import { describe, expect, it } from 'vitest';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { type SimulatedPolicy, simulate } from '../../simulator/run/simulate.ts';

const options = {
  targetPerInstance: 1500,
  minCapacity: 1,
  maxCapacity: 20,
  leadTimeSeconds: 180,
  riskPrice: 10,
};

/** The demand that the surge reaches, in whole instances. */
const ENOUGH = 14;

const run = (policy: SimulatedPolicy, seed: number) =>
  simulate(policy, { ...options, load: generateLoad('locust-surge', seed), seed });

describe('the question: 20,000 invocations a minute on one instance that should carry 1,500', () => {
  it('target tracking alone asks after minutes and comes back after a quarter of an hour', async () => {
    const { result, timeline } = await run('target-tracking', 1);
    expect(result.reactionSeconds).toBeGreaterThanOrEqual(180);
    expect(result.scaleInSeconds).toBeGreaterThanOrEqual(900);
    expect(timeline.decisions.map(({ title }) => title)).toEqual([
      'Target tracking: 14 instances',
      'Target tracking: 1 instance',
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'the scaler asks for enough in one jump within 30 s and is back within 5 minutes (seed %i)',
    async (seed) => {
      const { result, decisions } = await run('fast-scaler', seed);
      expect(result.reactionSeconds).toBeLessThanOrEqual(30);
      expect(result.scaleInSeconds).toBeLessThanOrEqual(300);
      const out = decisions.filter(({ requested }) => requested?.direction === 'out');
      expect(out).toHaveLength(1);
      expect(out[0]?.requested?.bounds.min).toBeGreaterThanOrEqual(ENOUGH);
    },
  );
});
