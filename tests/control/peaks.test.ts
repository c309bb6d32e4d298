import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import { controlConfig, signalOf } from '../../lib/config/signal.ts';
import { decide } from '../../lib/control/decide.ts';
import { demandOf } from '../../lib/control/demand.ts';
import { meanOfPeak, peakAtPart, peakOf, spreadOf } from '../../lib/control/peaks.ts';
import { alarmSpecs } from '../../lib/enrolment/alarm-specs.ts';
import { variantTarget } from '../../lib/target.ts';
import { NOW, stateWith } from './fixtures.ts';

describe('how far peaks lie above a mean', () => {
  it.each([
    ['is zero without load', [{ mean: 0, peak: 0, instances: 1 }], 0],
    ['is zero where peaks are lower', [{ mean: 4, peak: 3, instances: 1 }], 0],
    ['is counted in roots of the mean', [{ mean: 4, peak: 9, instances: 1 }], 2.5],
    [
      'is that of the minute in the middle, so that a queue of some minutes does not count',
      [
        { mean: 4, peak: 8, instances: 1 },
        { mean: 4, peak: 200, instances: 1 },
        { mean: 1, peak: 3, instances: 1 },
      ],
      2,
    ],
    [
      'is that of one instance: the busiest of many lies higher',
      [{ mean: 4, peak: 9, instances: 10 }],
      2.5 - 0.3 * Math.log(10),
    ],
    [
      'is no more than chance makes of a load without a queue',
      [{ mean: 0.01, peak: 1, instances: 1 }],
      4,
    ],
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

it.each([
  ['one instance at its target', 1, 1, 13],
  ['one at four ninths of it', 4 / 9, 1, 4 + (4 / 3) * 2],
  ['the busiest of ten', 1, 10, 13 + 3 * 0.3 * Math.log(10)],
])('the peak of %s', (_, part, instances, expected) => {
  // Nine on average, and four thirds of a root of that above it.
  expect(peakAtPart(part, 13, { spread: 4 / 3 }, instances)).toBeCloseTo(expected, 10);
});

describe('demand by peaks', () => {
  // An instance at its target has four requests under way, ten come to it a second, and its peaks lie at ten.
  const spread = 3;
  const TARGET = peakOf(4, spread);
  const FIRST_START = 1000;
  const config = {
    targetPerInstance: TARGET,
    loadScope: 'instance' as const,
    windowsPerTargetUnit: 1,
    riskPrice: 10,
    peaks: { spread, requestsPerSecond: 10 },
  };

  /** The peak of the busiest instance where so many requests are under way in all. */
  const peakWith = (underWay: number, instances: number) =>
    peakOf(underWay / instances, spread + 0.3 * Math.log(instances));

  function demands(peaks: readonly number[], log: readonly (readonly [number, number])[]) {
    const load = peaks.map((value, i) => ({ startSeconds: FIRST_START + 10 * i, value }));
    return demandOf(load, config, log).map(({ demand }) => Number(demand.toFixed(3)));
  }

  it.each([
    ['one instance at its target', 4, 1, 1],
    ['ten of them', 40, 10, 10],
    ['ten of them with a tenth of it', 4, 10, 1],
    ['none under way', 0, 10, 0],
    ['two at their limit', 12, 2, 3],
  ])('is that of the requests under way: %s', (_, underWay, instances, expected) => {
    const [demand] = demands([peakWith(underWay, instances)], [[0, instances]]);
    expect(demand).toBeCloseTo(expected, 6);
  });

  it.each([
    // Twenty-five a second more than two instances serve, who serve thirty: five and a half.
    ['grows', [12, 262, 512], 2 * 1.5 + 25 / 10],
    ['grows hardly', [12, 512, 541], 2 * Math.sqrt(5)],
    ['stands still', [12, 512, 512], 2 * Math.sqrt(5)],
    [
      'stands still as the oldest are given up after a minute',
      [12, 3012, 3012],
      3 + 3000 / 60 / 10,
    ],
    ['grows by less than came within that minute', [12, 2962, 3012], 3 + 3000 / 60 / 10],
    ['shrinks', [12, 512, 262], 2],
  ])('is no queue, but what comes: one that %s', (_, underWay, expected) => {
    const peaks = underWay.map((count) => peakWith(count, 2));
    expect(demands(peaks, [[0, 2]]).at(-1)).toBeCloseTo(expected, 3);
  });

  // Where each request takes a minute: six hundred under way at the target.
  const assumed = {
    ...config,
    targetPerInstance: 600,
    peaks: { spread: 0, requestsPerSecond: 10, isAssumed: true as const },
  };
  it.each([
    ['that gather faster than one can have them', [0, 151], 151 / 100 + 1],
    ['that gather no faster', [0, 150], 150 / 100],
    ['that gather by more than chance', [100, 123], 23 / 100],
    ['that gather for a window more', [0, 60, 120], 60 / 100],
    ['that gather for longer than most take', [0, 60, 120, 180], 60 / 100 + 1],
    ['that gather by chance', [100, 122], 122 / 600],
    ['that stand', [450, 450], 450 / 600],
    ['that shrink', [450, 300], 300 / 600],
    ['of which the window before is missing', [null, 450], 450 / 600],
  ])('where the latency is assumed, is told by requests %s', (_, counts, expected) => {
    const load = counts.flatMap((value, i) =>
      value === null ? [] : [{ startSeconds: FIRST_START + 10 * i, value }],
    );
    expect(demandOf(load, assumed, [[0, 1]]).at(-1)?.demand).toBeCloseTo(expected, 6);
  });

  it('is not told by requests that gather while capacity changes', () => {
    const load = [0, 300].map((value, i) => ({ startSeconds: 1000 + 10 * i, value }));
    const log = [
      [0, 2],
      [1005, 1],
    ] as const;
    expect(demandOf(load, assumed, log).at(-1)?.demand).toBeCloseTo(300 / 600, 6);
  });

  it('is not told of growth over windows that are missing', () => {
    const load = [
      { startSeconds: 1000, value: peakWith(12, 2) },
      { startSeconds: 1020, value: peakWith(512, 2) },
    ];
    const newest = demandOf(load, config, [[0, 2]]).at(-1);
    expect(newest?.demand).toBeCloseTo(2 * Math.sqrt(5), 3);
  });

  it('is what it was before while a change of capacity leaves open of how many a peak is', () => {
    const log = [
      [0, 2],
      [1045, 6],
    ] as const;
    const counts = [12, 262, 512, 600, 600, 600, 600];
    const peaks = counts.map((count, i) => peakWith(count, i < 4 ? 2 : 6));
    const [, , grown, ...landing] = demands(peaks, log);
    expect(landing.slice(0, 3)).toEqual([grown, grown, grown]);
    expect(landing[3]).toBeCloseTo(6 * Math.sqrt(5), 3);
  });

  it('never is more than what would serve all under way at once', () => {
    const peaks = [peakWith(4, 2), peakWith(14, 2)];
    expect(demands(peaks, [[0, 2]]).at(-1)).toBeCloseTo(14 / 4, 3);
  });

  it('goes by the mean of three windows that differ by chance, and by the newest alone where not', () => {
    expect(demands([9, 12, 9], [[0, 1]]).at(-1)).toBeCloseTo(meanOfPeak(10, spread) / 4, 3);
    expect(demands([9, 13, 9], [[0, 1]]).at(-1)).toBeCloseTo(meanOfPeak(9, spread) / 4, 3);
    expect(demands([13, 9, 12, 9], [[0, 1]]).at(-1)).toBeCloseTo(meanOfPeak(10, spread) / 4, 3);
  });

  it.each([
    ['leave', 69, 2],
    ['have not left', 71, 8],
  ])(
    'counts instances that a scale-in takes while they may have requests: %s',
    (_, after, count) => {
      const log = [
        [0, 8],
        [FIRST_START + after, 2],
      ] as const;
      expect(demands([peakWith(4, count)], log)).toEqual([1]);
    },
  );
});

it('rests only below its alarm, so that every surge from rest sets that off', () => {
  const target = variantTarget('checkout', 'AllTraffic');
  const signal = {
    ...signalOf(target, 'concurrency', peakOf(2, 3)),
    peaks: { spread: 3, requestsPerSecond: 10 },
  };
  let rested = 0;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (peaks, instances) => {
        const bounds = { min: instances, max: 20 };
        const [alarm] = alarmSpecs(target, DEFAULTS, signal, instances);
        const windows = [...new Array(40).fill(3), ...peaks];
        const load = windows.map((value, i) => ({
          startSeconds: NOW - 20 - 10 * (windows.length - 1 - i),
          value,
        }));
        const { nextLookAtSeconds } = decide({
          nowSeconds: NOW,
          config: controlConfig({ ...DEFAULTS, mode: 'act' }, signal),
          state: stateWith({ baseline: bounds, capacityLog: [[NOW - 4000, instances]] }),
          observation: {
            load,
            capacity: { inService: instances, desired: instances, locked: false, scalable: true },
            bounds,
          },
        });
        if (nextLookAtSeconds !== null) return;
        rested += 1;
        expect(peaks.at(-1)).toBeLessThan(alarm?.threshold ?? 0);
      },
    ),
    { numRuns: 2000 },
  );
  expect(rested).toBeGreaterThan(200);
});
