import { describe, expect, it } from 'vitest';
import { reportPayload } from '../../simulator/report/payload.ts';
import { runClock } from '../../simulator/run/markers.ts';
import { madeUpReport } from '../browser/report-data.ts';

/** The page's modules are browser code outside this project's type check, so they are named here. */
interface Format {
  clockTime(seconds: number, hours?: boolean): string;
  dayTime(seconds: number): string;
  lengthOf(seconds: number): string;
  number(value: number | null, decimals?: number): string;
  joined(numbers: readonly string[]): string;
  fixed(value: number | null, decimals: number): string;
  axisNumber(value: number): string;
  roundTop(value: number): number;
}

interface Range {
  from: number;
  to: number;
}

interface PageRun {
  times: number[];
  columns: Record<string, (number | null)[]>;
  decisions: unknown[];
}

interface Runs {
  readRuns(payload: unknown): PageRun[];
  sampleAt(run: PageRun, seconds: number): number;
  knownSampleAt(run: PageRun, seconds: number): number | undefined;
  highest(run: PageRun, column: string, range: Range): number;
}

interface View {
  range: Range;
  zoomed: boolean;
  zoom(range: Range): void;
  showAll(): void;
  time(seconds: number): string;
  axisTime(seconds: number, stepSeconds: number): string;
  share(seconds: number): number;
  onRange(listener: () => void): void;
}

async function pageModule<T>(name: string): Promise<T> {
  const module: unknown = await import(
    new URL(`../../simulator/report/page/${name}`, import.meta.url).href
  );
  return module as T;
}

const { clockTime, dayTime, lengthOf, number, joined, fixed, axisNumber, roundTop } =
  await pageModule<Format>('format.js');
const { readRuns, sampleAt, knownSampleAt, highest } = await pageModule<Runs>('runs.js');
const { View } = await pageModule<{ View: new (whole: Range, least: number) => View }>('view.js');

describe('numbers and times of the page', () => {
  it.each([
    [0, '0:00'],
    [59.4, '0:59'],
    [59.9, '0:59'],
    [59.999_999_9, '1:00'],
    [3599, '59:59'],
    [3599.9, '59:59'],
    [3600, '1:00:00'],
    [86_400, '24:00:00'],
    [360_000, '100:00:00'],
  ])('clockTime(%d) is %s', (seconds, text) => {
    expect(clockTime(seconds)).toBe(text);
  });

  it('shows the hours of an axis that has some', () => {
    expect(clockTime(61, true)).toBe('0:01:01');
  });

  it.each([
    [0, '0 s'],
    [30, '30 s'],
    [2400, '40 min'],
    [3690, '1 h 1 min 30 s'],
    [86_400, '1 d'],
    [97_810, '1 d 3 h 10 min 10 s'],
    [15 * 86_400, '15 d'],
  ])('a run of %d s is %s long', (seconds, text) => {
    expect(lengthOf(seconds)).toBe(text);
  });

  it('tells the times of a run of more than a day as its sentences do', () => {
    const start = Date.UTC(2026, 0, 5) / 1000;
    for (const [seconds, text] of [
      [0, 'day 1 00:00:00'],
      [86_399.9, 'day 1 23:59:59'],
      [97_810, 'day 2 03:10:10'],
      [15 * 86_400, 'day 16 00:00:00'],
    ] as const) {
      expect(dayTime(seconds)).toBe(text);
      expect(runClock(start, 90_000)((start + seconds) * 1000, 0)).toBe(text);
    }
    expect(runClock(start, 86_400)((start + 86_399) * 1000, 0)).toBe('23:59:59');
  });

  it('leaves out of the labels of a long axis what they do not differ in', () => {
    const long = new View({ from: 0, to: 15 * 86_400 }, 40);
    expect(long.time(97_810)).toBe('day 2 03:10:10');
    expect([10, 600, 86_400].map((step) => long.axisTime(86_400, step))).toEqual([
      'day 2 00:00:00',
      'day 2 00:00',
      'day 2',
    ]);
    const short = new View({ from: 0, to: 86_400 }, 40);
    expect(short.axisTime(86_400, 600)).toBe('24:00:00');
  });

  it('says once of several numbers that none is known', () => {
    expect(joined(['1', '20'])).toBe('1–20');
    expect(joined(['1', '–'])).toBe('1––');
    expect(joined(['–', '–'])).toBe('–');
  });

  it.each([
    { value: null, text: '–' },
    { value: 0, text: '0' },
    { value: 0.004, text: '0' },
    { value: 12.345, text: '12.35' },
    { value: 12_345, text: '12,345' },
  ])('number($value) is $text', ({ value, text }) => {
    expect(number(value)).toBe(text);
  });

  it.each([
    { value: null, text: '–' },
    { value: 0, text: '0.00' },
    { value: 0.0049, text: '<0.01' },
    { value: 0.005, text: '0.01' },
    { value: 1234.5, text: '1,234.50' },
  ])('fixed($value, 2) is $text', ({ value, text }) => {
    expect(fixed(value, 2)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.25, '0.25'],
    [999, '999'],
    [1500, '1.5k'],
    [2_000_000, '2m'],
  ])('axisNumber(%d) is %s', (value, text) => {
    expect(axisNumber(value)).toBe(text);
  });

  it.each([
    [0, 1],
    [Number.NaN, 1],
    [0.04, 0.04],
    [1, 1],
    [1.01, 1.2],
    [14.84, 15],
    [81, 100],
    [100, 100],
    [101, 120],
  ])('roundTop(%d) is %d', (value, top) => {
    expect(roundTop(value)).toBeCloseTo(top, 9);
  });
});

describe('runs of the page', () => {
  const report = madeUpReport({ seconds: 2400 });
  const runs = readRuns(reportPayload(report));

  it('gets every decision back with its words', () => {
    expect(report.runs[0]?.decisions.length).toBeGreaterThan(2);
    const rounded = (value: number | null) =>
      value === null ? null : Math.round(value * 1000) / 1000;
    for (const [index, run] of report.runs.entries()) {
      const wanted = run.decisions.map((decision) => ({
        ...decision,
        steps: decision.steps.map((step) => ({
          ...step,
          before: rounded(step.before),
          after: rounded(step.after),
        })),
      }));
      expect(runs[index]?.decisions).toEqual(wanted);
    }
  });

  it('takes the samples as they are when they reach the end', () => {
    expect(runs[0]?.times).toHaveLength(241);
    expect(runs[0]?.times.at(-1)).toBe(2400);
  });

  it('carries the last sample on to the end, but makes up no latency', () => {
    const cut = report.runs.map((run) => ({
      ...run,
      ...Object.fromEntries(
        Object.entries(run).map(([key, value]) =>
          Array.isArray(value) && key !== 'decisions' ? [key, value.slice(0, 240)] : [key, value],
        ),
      ),
    }));
    const run = readRuns(reportPayload({ ...report, runs: cut }))[0];
    expect(run?.times.slice(-2)).toEqual([2390, 2400]);
    expect(run?.columns.capacity?.at(-1)).toBe(run?.columns.capacity?.at(-2));
    expect(run?.columns.latencyP99Seconds?.at(-1)).toBeNull();
    expect(run?.columns.latencyP99Seconds).toHaveLength(241);
  });

  it.each([
    { seconds: -5, index: 0 },
    { seconds: 0, index: 0 },
    { seconds: 9.9, index: 0 },
    { seconds: 10, index: 1 },
    { seconds: 2400, index: 240 },
    { seconds: 9999, index: 240 },
  ])('holds sample $index at $seconds s', ({ seconds, index }) => {
    expect(sampleAt(runs[0] as PageRun, seconds)).toBe(index);
  });

  it.each([
    { seconds: -1, index: undefined },
    { seconds: 0, index: 0 },
    { seconds: 2400, index: 240 },
    { seconds: 2401, index: undefined },
  ])('knows sample $index at $seconds s', ({ seconds, index }) => {
    expect(knownSampleAt(runs[0] as PageRun, seconds)).toBe(index);
  });

  it('knows no sample of a run without any', () => {
    const run = { stepSeconds: 10, times: [], columns: {}, decisions: [] };
    expect(knownSampleAt(run, 0)).toBeUndefined();
  });

  it('finds the highest value of a range, and 0 where nothing is known', () => {
    const run = {
      stepSeconds: 10,
      times: [0, 10, 20, 30, 40],
      columns: { queue: [9, 1, 3, 2, 8], latencyP99Seconds: [null, null, null, null, null] },
      decisions: [],
    };
    expect(highest(run, 'queue', { from: 0, to: 40 })).toBe(9);
    expect(highest(run, 'queue', { from: 10, to: 25 })).toBe(3);
    expect(highest(run, 'latencyP99Seconds', { from: 0, to: 40 })).toBe(0);
  });
});

describe('view of the page', () => {
  const whole = { from: 0, to: 1000 };
  it.each([
    { label: 'inside the run', ask: { from: 200, to: 400 }, get: { from: 200, to: 400 } },
    { label: 'beyond the start', ask: { from: -100, to: 100 }, get: { from: 0, to: 200 } },
    { label: 'beyond the end', ask: { from: 900, to: 1100 }, get: { from: 800, to: 1000 } },
    { label: 'as short as can be', ask: { from: 200, to: 240 }, get: { from: 200, to: 240 } },
    { label: 'too short', ask: { from: 215, to: 225 }, get: { from: 200, to: 240 } },
    { label: 'longer than the run', ask: { from: -500, to: 2000 }, get: whole },
  ])('zooms to a range $label', ({ ask, get }) => {
    const view = new View(whole, 40);
    let told = 0;
    view.onRange(() => {
      told += 1;
    });
    view.zoom(ask);
    expect(view.range).toEqual(get);
    expect(view.zoomed).toBe(get !== whole);
    view.showAll();
    expect(view.range).toEqual(whole);
    expect(view.zoomed).toBe(false);
    expect(told).toBe(2);
  });

  it('shows all of a run that is shorter than the shortest zoom', () => {
    const view = new View({ from: 0, to: 30 }, 40);
    view.zoom({ from: 10, to: 12 });
    expect(view.range).toEqual({ from: 0, to: 30 });
  });

  it('tells where a time lies', () => {
    const view = new View(whole, 40);
    view.zoom({ from: 200, to: 400 });
    expect([100, 200, 300, 400].map((seconds) => view.share(seconds))).toEqual([-0.5, 0, 0.5, 1]);
  });
});
