import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { Bins } from '../../simulator/account/cloudwatch/bins.ts';
import { MetricStore } from '../../simulator/account/cloudwatch/metric-store.ts';
import { START_MS } from './cloudwatch-world.ts';

const METRIC = { namespace: 'N', metricName: 'm', dimensions: {} };
const sample = (value: number) => ({ sum: value, minimum: value, maximum: value, sampleCount: 1 });
const DAY_SECONDS = 86_400;

function storeAt(lagSeconds = 10) {
  const clock = new VirtualClock(START_MS);
  const lag = { highResolution: lagSeconds, standard: lagSeconds };
  return { clock, store: new MetricStore(clock, lag) };
}

describe('Bins', () => {
  const entries = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 9 })),
    { maxLength: 200 },
  );

  it('hold the same as a map does, in order, in whatever order they are written', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const bins = new Bins();
        const expected = new Map<number, number>();
        for (const [start, value] of written) {
          bins.add(start, sample(value));
          expected.set(start, (expected.get(start) ?? 0) + value);
        }
        const seen: [number, number][] = [];
        bins.visit(0, 61, (start, { sum }) => seen.push([start, sum]));
        expect(seen).toEqual([...expected].sort(([a], [b]) => a - b));
        expect(bins.size).toBe(expected.size);
      }),
    );
  });

  it('shed from the old end and take more at the new one', () => {
    const bins = new Bins();
    const shed: number[] = [];
    for (let start = 0; start < 1000; start += 1) {
      bins.add(start, sample(start));
      bins.shed(start - 99, (old, { sum }) => {
        expect(sum).toBe(old);
        shed.push(old);
      });
    }
    expect(shed).toEqual(Array.from({ length: 900 }, (_, index) => index));
    const left: number[] = [];
    bins.visit(0, 2000, (start) => left.push(start));
    expect(left).toEqual(Array.from({ length: 100 }, (_, index) => 900 + index));
  });
});

describe('MetricStore', () => {
  it('keeps a bounded number of bins of a metric that nobody reads', async () => {
    const { clock, store } = storeAt();
    let largest = 0;
    for (let second = 0; second < 2 * DAY_SECONDS; second += 10) {
      store.recordBin(METRIC, clock.nowMs, 10, sample(1));
      await clock.runUntil(START_MS + (second + 10) * 1000);
      largest = Math.max(largest, store.size);
    }
    const [threeHoursOfTens, twoDaysOfMinutes, underway] = [1080, 2 * 1440, 4];
    expect(largest).toBeGreaterThan(twoDaysOfMinutes);
    expect(largest).toBeLessThanOrEqual(threeHoursOfTens + twoDaysOfMinutes + underway);
  });

  it('loses no sample to expiry within 15 days', async () => {
    const { clock, store } = storeAt();
    for (let second = 0; second < DAY_SECONDS; second += 10) {
      store.recordBin(METRIC, clock.nowMs, 10, sample(second));
      await clock.runUntil(START_MS + (second + 10) * 1000);
    }
    await clock.runUntil(START_MS + (DAY_SECONDS + 10) * 1000);
    const [day] = store.windows(METRIC, START_MS, DAY_SECONDS * 1000, 1);
    expect(day).toEqual({
      sum: (8640 * (DAY_SECONDS - 10)) / 2,
      minimum: 0,
      maximum: DAY_SECONDS - 10,
      sampleCount: 8640,
    });
  });

  it('tells metrics apart by every part of their name', async () => {
    const { clock, store } = storeAt(0);
    const variants = [
      METRIC,
      { ...METRIC, namespace: 'n' },
      { ...METRIC, metricName: 'M' },
      { ...METRIC, dimensions: { a: 'b' } },
      { ...METRIC, dimensions: { a: 'c' } },
      { ...METRIC, dimensions: { a: 'b', c: 'd' } },
    ];
    for (const [index, metric] of variants.entries()) {
      store.recordBin(metric, START_MS, 10, sample(index + 1));
    }
    await clock.runUntil(START_MS + 10_000);
    const sums = variants.map((metric) => store.windows(metric, START_MS, 10_000, 1)[0]?.sum);
    expect(sums).toEqual([1, 2, 3, 4, 5, 6]);
    const swapped = { ...METRIC, dimensions: { c: 'd', a: 'b' } };
    expect(store.windows(swapped, START_MS, 10_000, 1)[0]?.sum).toBe(6);
  });
});
