import { describe, expect, it } from 'vitest';
import { type SimulationOptions, simulate } from '../../simulator/run/simulate.ts';

/** `seconds` of one instance's load. */
const options = (seconds: number, riskPrice: number): SimulationOptions => ({
  load: { name: 'even', arrivals: new Float64Array(seconds).fill(25) },
  targetPerInstance: 1500,
  minCapacity: 1,
  maxCapacity: 4,
  leadTimeSeconds: 180,
  riskPrice,
  seed: 1,
});

describe('a run with the scaler', () => {
  it.each([
    { seconds: 1, riskPrice: 1 },
    { seconds: 600, riskPrice: 1000 },
  ])('of $seconds s at a risk price of $riskPrice', async ({ seconds, riskPrice }) => {
    const { result } = await simulate('fast-scaler', options(seconds, riskPrice));
    expect(result.policy).toBe('fast-scaler');
  });

  it.each([0.999, 1000.001])(
    'fails where the service refuses its parameter: risk price %d',
    async (riskPrice) => {
      await expect(simulate('fast-scaler', options(600, riskPrice))).rejects.toThrow(
        `did not enrol endpoint/checkout/variant/AllTraffic with the parameter {"signal":"invocations","targetPerInstance":1500,"riskPrice":${riskPrice}}`,
      );
    },
  );
});
