import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOfPeak, peakOf, spreadOf } from '../../lib/config/peaks.ts';

describe('how far peaks lie above a mean', () => {
  it.each([
    ['is zero without load', [{ mean: 0, peak: 0 }], 0],
    ['is zero where peaks are lower', [{ mean: 4, peak: 3 }], 0],
    ['is counted in roots of the mean', [{ mean: 4, peak: 9 }], 2.5],
    [
      'is that of the minute in the middle, so that a queue of some minutes does not count',
      [
        { mean: 4, peak: 8 },
        { mean: 4, peak: 200 },
        { mean: 1, peak: 3 },
      ],
      2,
    ],
    ['is no more than chance makes of a load without a queue', [{ mean: 0.01, peak: 1 }], 4],
  ])('%s', (_, minutes, spread) => {
    expect(spreadOf(minutes)).toBeCloseTo(spread, 10);
  });

  it('leads to a peak and back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e4, noNaN: true }),
        fc.double({ min: 0, max: 4, noNaN: true }),
        (mean, spread) => {
          const peak = peakOf(mean, spread);
          expect(peak).toBeGreaterThanOrEqual(mean);
          expect(meanOfPeak(peak, spread) / mean).toBeCloseTo(1, 6);
        },
      ),
    );
  });
});
