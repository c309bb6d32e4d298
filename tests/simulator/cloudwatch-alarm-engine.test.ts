import { describe, expect, it } from 'vitest';
import { evaluationIntervalMs, seededPhaseMs } from '../../simulator/account/cloudwatch/alarm.ts';
import { parseAlarm } from '../../simulator/account/cloudwatch/alarm-configuration.ts';
import { repeat, watched } from './cloudwatch-alarm-world.ts';
import { alarmInput, cloudWatchWorld, START_MS } from './cloudwatch-world.ts';

describe('the beat of evaluation', () => {
  it.each([
    ['10 s, the bin just visible', 10, 0, 20],
    ['10 s, 3 s later', 10, 3000, 23],
    ['10 s, 1 ms before the next beat', 10, 9999, 29.999],
    ['60 s, the bin just visible', 60, 10_000, 70],
    ['60 s, 1 ms too early', 60, 9999, 129.999],
    ['60 s, late in the minute', 60, 45_000, 105],
  ])('%s', async (_label, Period, phaseMs, second) => {
    const world = await watched([101], { Period }, { phaseMs: () => phaseMs }, Period);
    await world.runTo(200);
    expect(world.transitions()[0]).toBe(`${second}: INSUFFICIENT_DATA -> ALARM`);
  });

  it.each([
    [10, 1, 10],
    [20, 1, 10],
    [30, 1, 10],
    [10, 8640, 10],
    [60, 1, 60],
    [300, 288, 60],
    [3600, 24, 60],
    [3600, 25, 3600],
  ])('of %i s, %i periods: every %i s', (Period, EvaluationPeriods, seconds) => {
    const alarm = parseAlarm(alarmInput({ Period, EvaluationPeriods }));
    expect(evaluationIntervalMs(alarm)).toBe(seconds * 1000);
  });

  it('has a phase that seed and name decide, anywhere in the interval', () => {
    const phases = Array.from({ length: 200 }, (_, n) => seededPhaseMs(1, `alarm-${n}`, 60_000));
    expect(seededPhaseMs(1, 'alarm-7', 60_000)).toBe(phases[7]);
    expect(seededPhaseMs(2, 'alarm-7', 60_000)).not.toBe(phases[7]);
    expect(phases.every((phase) => Number.isInteger(phase) && phase >= 0 && phase < 60_000)).toBe(
      true,
    );
    const tenths = new Set(phases.map((phase) => Math.floor(phase / 6000)));
    expect(tenths.size).toBe(10);
  });

  it('uses the seeded phase unless told otherwise', async () => {
    const world = await watched([101], {}, { seed: 5, phaseMs: 'seeded' });
    await world.runTo(30);
    const second = 20 + seededPhaseMs(5, 'high', 10_000) / 1000;
    expect(world.transitions()).toEqual([`${second}: INSUFFICIENT_DATA -> ALARM`]);
  });

  it('goes on through updates, even one at every beat', async () => {
    const world = await watched(repeat(20, 101));
    world.clock.every(START_MS, 10_000, () => world.cloudWatch.putMetricAlarm(alarmInput()));
    await world.runTo(60);
    expect(world.transitions()).toEqual(['20: INSUFFICIENT_DATA -> ALARM']);
  });

  it('changes with the period', async () => {
    const world = await watched(repeat(60, 1), { Period: 60 });
    await world.runTo(125);
    world.cloudWatch.putMetricAlarm(alarmInput({ Threshold: 0.5 }));
    await world.runTo(300);
    expect(world.transitions()).toEqual(['120: INSUFFICIENT_DATA -> OK', '130: OK -> ALARM']);
  });
});

describe('transitions', () => {
  it('come once, however long the state lasts', async () => {
    const world = await watched([...repeat(10, 1), ...repeat(30, 101), ...repeat(30, 1)]);
    await world.runTo(700);
    expect(world.transitions()).toEqual([
      '20: INSUFFICIENT_DATA -> OK',
      '120: OK -> ALARM',
      '420: ALARM -> OK',
    ]);
  });

  it.each([
    [
      '2 of 3: the second breach',
      [1, 101, 1, 101, 1, 1, 1],
      2,
      3,
      ['50: OK -> ALARM', '60: ALARM -> OK'],
    ],
    ['2 of 3: breaches too far apart', [1, 101, 1, 1, 101, 1, 1], 2, 3, []],
    ['3 of 3: two in a row', [1, 101, 101, 1, 1, 1, 1], 3, 3, []],
    [
      '3 of 3: three in a row',
      [1, 101, 101, 101, 1, 1, 1],
      3,
      3,
      ['50: OK -> ALARM', '60: ALARM -> OK'],
    ],
    ['at the threshold', [1, 100, 100, 100, 1, 1, 1], 1, 1, []],
  ])('%s', async (_label, counts, DatapointsToAlarm, EvaluationPeriods, transitions) => {
    const world = await watched([1, ...counts], { DatapointsToAlarm, EvaluationPeriods });
    await world.runTo(80 + 10);
    expect(world.transitions()).toEqual(['20: INSUFFICIENT_DATA -> OK', ...shift(transitions)]);
  });

  /** The leading bin of the table moves every transition by 10 s. */
  function shift(transitions: readonly string[]): string[] {
    return transitions.map((line) => line.replace(/^\d+/, (second) => `${Number(second) + 10}`));
  }

  it('take account of data from before the alarm was made', async () => {
    const world = cloudWatchWorld();
    for (const second of [0, 10, 20]) world.invocations(second, 101);
    await world.runTo(45);
    world.cloudWatch.putMetricAlarm(alarmInput({ EvaluationPeriods: 3 }));
    await world.runTo(50);
    expect(world.transitions()).toEqual(['50: INSUFFICIENT_DATA -> ALARM']);
  });

  it('take the sum of a minute from bins of 10 s', async () => {
    const world = await watched(
      [...repeat(6, 16), ...repeat(6, 17)],
      { Period: 60 },
      { phaseMs: () => 30_000 },
    );
    await world.runTo(200);
    expect(world.transitions().slice(0, 2)).toEqual([
      '90: INSUFFICIENT_DATA -> OK',
      '150: OK -> ALARM',
    ]);
  });

  describe('judge whole windows only: of bins of 10 s that make 120 together', () => {
    it.each([
      ['30 s, the last bin just visible', 30, 40, 0, '40: OK -> ALARM'],
      ['30 s, 1 ms before', 30, 40, 9999, '49.999: OK -> ALARM'],
      ['a minute, the last bin just visible', 60, 20, 10_000, '70: INSUFFICIENT_DATA -> ALARM'],
      ['a minute, 1 ms before', 60, 20, 9999, '129.999: INSUFFICIENT_DATA -> ALARM'],
    ])('%s', async (_label, Period, count, phaseMs, last) => {
      const world = await watched(repeat(18, count), { Period }, { phaseMs: () => phaseMs });
      await world.runTo(180);
      expect(world.transitions().at(-1)).toBe(last);
    });
  });

  it('follow a threshold that is moved, at the next evaluation', async () => {
    const world = await watched(repeat(20, 50));
    await world.runTo(42);
    world.cloudWatch.putMetricAlarm(alarmInput({ Threshold: 49 }));
    expect(world.cloudWatch.describeAlarm('high')?.StateValue).toBe('OK');
    await world.runTo(60);
    expect(world.transitions()).toEqual(['20: INSUFFICIENT_DATA -> OK', '50: OK -> ALARM']);
  });

  it.each([
    ['missing', '60: ALARM -> INSUFFICIENT_DATA'],
    ['ignore', undefined],
    ['breaching', undefined],
    ['notBreaching', '60: ALARM -> OK'],
  ])('once the metric stops, with %s data treated so', async (TreatMissingData, last) => {
    const world = await watched([1, 101, 101], { TreatMissingData });
    await world.runTo(600);
    const later = world.transitions().filter((line) => Number.parseInt(line, 10) > 30);
    expect(world.cloudWatch.describeAlarm('high')?.StateValue).toBe(
      last?.split('> ')[1] ?? 'ALARM',
    );
    expect(later).toEqual(last ? [last] : []);
  });

  it('ignore gaps on AWS/DynamoDB by default', async () => {
    const world = cloudWatchWorld();
    const metric = { namespace: 'AWS/DynamoDB', metricName: 'Throttles', dimensions: {} };
    const { namespace: Namespace, metricName: MetricName } = metric;
    world.cloudWatch.putMetricAlarm(alarmInput({ Namespace, MetricName, Dimensions: [] }));
    const bin = { sum: 101, minimum: 1, maximum: 1, sampleCount: 101 };
    world.cloudWatch.recordBin(metric, START_MS, 10, bin);
    await world.runTo(600);
    expect(world.transitions()).toEqual(['20: INSUFFICIENT_DATA -> ALARM']);
  });
});
