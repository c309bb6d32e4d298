import {
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { readWindows, windowsWithData } from '../../simulator/account/cloudwatch/statistics.ts';
import {
  at,
  cloudWatchWorld,
  INVOCATIONS,
  METRIC,
  query,
  read,
  START_MS,
} from './cloudwatch-world.ts';

const HOUR = 3600;

describe('visibility of service metrics', () => {
  it.each([
    ['10 s bins, default lag', {}, 10, 20],
    ['10 s bins, their own lag', { highResolution: 3, standard: 90 }, 10, 13],
    ['30 s bins are high resolution', { highResolution: 3, standard: 90 }, 30, 33],
    ['60 s bins', { highResolution: 3, standard: 90 }, 60, 150],
    ['300 s bins', { highResolution: 3, standard: 90 }, 300, 390],
    ['no lag', { highResolution: 0, standard: 0 }, 10, 10],
  ])('%s', async (_label, metricLagSeconds, periodSeconds, visibleAt) => {
    const world = cloudWatchWorld({ metricLagSeconds });
    world.invocations(0, 42, periodSeconds);
    const input = query(0, 300, { Period: Math.max(10, periodSeconds) });
    await world.runTo(visibleAt - 0.001);
    expect(await read(world, input)).toEqual([]);
    await world.runTo(visibleAt);
    expect(await read(world, input)).toEqual([[0, 42]]);
  });

  it('is not undone by a bin that is published late', async () => {
    const world = cloudWatchWorld();
    world.invocations(10, 2);
    await world.runTo(100);
    world.invocations(0, 1);
    expect(await read(world, query(0, 100))).toEqual([
      [0, 1],
      [10, 2],
    ]);
  });

  it('shows of a minute what is visible of it', async () => {
    const world = cloudWatchWorld();
    for (let second = 0; second < 60; second += 10) world.invocations(second, 7);
    const input = query(0, 60, { Period: 60 });
    await world.runTo(69.999);
    expect(await read(world, input)).toEqual([[0, 35]]);
    await world.runTo(70);
    expect(await read(world, input)).toEqual([[0, 42]]);
  });

  it('refuses a bin without samples', () => {
    const { cloudWatch } = cloudWatchWorld();
    const empty = { sum: 0, minimum: 0, maximum: 0, sampleCount: 0 };
    expect(() => cloudWatch.recordBin(INVOCATIONS, START_MS, 10, empty)).toThrow(RangeError);
  });
});

describe('GetMetricData', () => {
  async function filled() {
    const world = cloudWatchWorld();
    for (let second = 0; second < 600; second += 10) world.invocations(second, second / 10 + 1);
    await world.runTo(HOUR);
    return world;
  }

  it.each([
    ['start inclusive, end exclusive', 20, 50, 10, [20, 30, 40]],
    ['start floored to the period', 29.9, 50, 10, [20, 30, 40]],
    ['end just past a start', 20, 50.001, 10, [20, 30, 40, 50]],
    ['20 s', 39, 80, 20, [20, 40, 60]],
    ['30 s', 59, 120, 30, [30, 60, 90]],
    ['60 s, start floored to the minute', 61, 240, 60, [60, 120, 180]],
    ['300 s, stamped from the floored minute on', 61, 600, 300, [60, 360]],
    ['nothing after the data', 600, 900, 10, []],
    ['nothing before the data', -60, 0, 10, []],
  ])('window: %s', async (_label, from, to, Period, starts) => {
    const points = await read(await filled(), query(from, to, { Period }));
    expect(points.map(([second]) => second)).toEqual(starts);
  });

  it('reads to the end of time what there is', async () => {
    const world = await filled();
    await world.client.send(
      new PutMetricDataCommand({
        Namespace: 'App',
        MetricData: [
          { MetricName: 'Busy', Value: 7, Timestamp: at(3 * HOUR), StorageResolution: 1 },
        ],
      }),
    );
    await world.runTo(HOUR + 10);
    const EndTime = new Date('9999-12-31T23:59:59Z');
    const ahead = { Metric: { Namespace: 'App', MetricName: 'Busy' } };
    expect(await read(world, { ...query(580, 0), EndTime })).toEqual([
      [580, 59],
      [590, 60],
    ]);
    expect(await read(world, { ...query(580, 0, ahead), EndTime })).toEqual([[3 * HOUR, 7]]);
  });

  it('looks only at windows that can hold data', () => {
    const day = 86_400_000;
    const all = readWindows(3600, 0, START_MS + 1000 * 365 * day);
    const { fromMs, count } = windowsWithData(all, START_MS);
    expect(fromMs).toBe(START_MS - 15 * day - HOUR * 1000);
    expect(count).toBe(15 * 24 + 1 + 2 + 1);
    expect(windowsWithData(readWindows(60, 0, day), START_MS).count).toBe(0);
    expect(windowsWithData(readWindows(60, START_MS + day, START_MS + 2 * day), START_MS)).toEqual({
      fromMs: START_MS + day,
      periodMs: 60_000,
      count: 0,
    });
  });

  it.each([
    ['Sum', 1 + 2 + 3 + 4 + 5 + 6],
    ['SampleCount', 1 + 2 + 3 + 4 + 5 + 6],
    ['Average', 1],
    ['Minimum', 1],
    ['Maximum', 1],
  ])('statistic %s over a minute of 10 s bins', async (Stat, value) => {
    expect(await read(await filled(), query(0, 60, { Period: 60, Stat }))).toEqual([[0, value]]);
  });

  it('weighs an average by samples', async () => {
    const world = cloudWatchWorld();
    const bin = (value: number, sampleCount: number) => ({
      sum: value * sampleCount,
      minimum: value - 1,
      maximum: value + 1,
      sampleCount,
    });
    world.cloudWatch.recordBin(INVOCATIONS, START_MS, 10, bin(10, 3));
    world.cloudWatch.recordBin(INVOCATIONS, START_MS + 10_000, 10, bin(20, 1));
    await world.runTo(120);
    const values = await Promise.all(
      ['Average', 'Minimum', 'Maximum'].map((Stat) =>
        read(world, query(0, 60, { Period: 60, Stat })),
      ),
    );
    expect(values).toEqual([[[0, 12.5]], [[0, 9]], [[0, 21]]]);
  });

  it('gives the newest first unless told otherwise', async () => {
    const { ScanBy: _, ...input } = query(0, 30);
    expect((await read(await filled(), input)).map(([second]) => second)).toEqual([20, 10, 0]);
  });

  it('takes dimensions in any order, and all of them', async () => {
    const world = await filled();
    const [first, second] = METRIC.Dimensions ?? [];
    const swapped = { ...METRIC, Dimensions: [second, first] };
    expect(await read(world, query(0, 10, { Metric: swapped }))).toEqual([[0, 1]]);
    const fewer = { ...METRIC, Dimensions: [first] };
    expect(await read(world, query(0, 10, { Metric: fewer }))).toEqual([]);
  });

  it('finds no data under another unit', async () => {
    const world = cloudWatchWorld();
    const bin = { sum: 1, minimum: 1, maximum: 1, sampleCount: 1 };
    world.cloudWatch.recordBin(INVOCATIONS, START_MS, 10, bin, 'Count');
    await world.runTo(60);
    expect(await read(world, query(0, 10, { Unit: 'Count' }))).toEqual([[0, 1]]);
    const other = await filled();
    expect(await read(other, query(0, 10, { Unit: 'Count' }))).toEqual([]);
  });

  it('answers several queries, and leaves out what is not to be returned', async () => {
    const { client } = await filled();
    const stat = { Metric: METRIC, Period: 60, Stat: 'Sum' };
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: at(0),
        EndTime: at(60),
        MetricDataQueries: [
          { Id: 'a', MetricStat: stat },
          { Id: 'b', MetricStat: stat, ReturnData: false },
          { Id: 'c', MetricStat: { ...stat, Stat: 'Maximum' }, Label: 'peak' },
        ],
      }),
    );
    expect(MetricDataResults).toEqual([
      { Id: 'a', Label: 'Invocations', Timestamps: [at(0)], Values: [21], StatusCode: 'Complete' },
      { Id: 'c', Label: 'peak', Timestamps: [at(0)], Values: [1], StatusCode: 'Complete' },
    ]);
  });

  it('pages through what exceeds MaxDatapoints', async () => {
    const world = await filled();
    const base = query(0, 30);
    const input = {
      ...base,
      MaxDatapoints: 4,
      MetricDataQueries: ['a', 'b'].map((Id) => ({ ...base.MetricDataQueries?.[0], Id })),
    };
    const first = await world.client.send(new GetMetricDataCommand(input));
    const results = (output: typeof first) =>
      output.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]);
    expect(results(first)).toEqual([
      ['a', [1, 2, 3], 'Complete'],
      ['b', [1], 'PartialData'],
    ]);
    const { NextToken } = first;
    const second = await world.client.send(new GetMetricDataCommand({ ...input, NextToken }));
    expect(results(second)).toEqual([
      ['a', [], 'Complete'],
      ['b', [2, 3], 'Complete'],
    ]);
    expect(second.NextToken).toBeUndefined();
    await expect(
      world.client.send(new GetMetricDataCommand({ ...input, NextToken: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  it.each([
    ['500 queries', 500, undefined],
    ['501 queries', 501, 'ValidationException'],
    ['no query', 0, 'ValidationException'],
  ])('takes 1 to 500 queries: %s', async (_label, count, refusal) => {
    const { client } = await filled();
    const MetricDataQueries = Array.from({ length: count }, (_, index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: METRIC, Period: 60, Stat: 'Sum' },
    }));
    const answer = client.send(
      new GetMetricDataCommand({ StartTime: at(0), EndTime: at(60), MetricDataQueries }),
    );
    if (refusal) await expect(answer).rejects.toMatchObject({ name: refusal });
    else expect((await answer).MetricDataResults).toHaveLength(count);
  });

  const stat = { Metric: METRIC, Period: 10, Stat: 'Sum' };
  it.each<[string, Partial<GetMetricDataCommandInput>, RegExp]>([
    ['metric math', { MetricDataQueries: [{ Id: 'e', Expression: 'm1 * 2' }] }, /metric math/],
    ['neither metric nor math', { MetricDataQueries: [{ Id: 'e' }] }, /neither/],
    [
      'a period of 15 s',
      { MetricDataQueries: [{ Id: 'p', MetricStat: { ...stat, Period: 15 } }] },
      /Period 15/,
    ],
    [
      'a period of 90 s',
      { MetricDataQueries: [{ Id: 'p', MetricStat: { ...stat, Period: 90 } }] },
      /Period 90/,
    ],
    [
      'a period of 0 s',
      { MetricDataQueries: [{ Id: 'p', MetricStat: { ...stat, Period: 0 } }] },
      /Period 0/,
    ],
    [
      'a percentile',
      { MetricDataQueries: [{ Id: 'p', MetricStat: { ...stat, Stat: 'p99' } }] },
      /p99/,
    ],
    [
      'a capital in front of an id',
      { MetricDataQueries: [{ Id: 'Q', MetricStat: stat }] },
      /pattern/,
    ],
    [
      'one id twice',
      {
        MetricDataQueries: [
          { Id: 'q', MetricStat: stat },
          { Id: 'q', MetricStat: stat },
        ],
      },
      /unique/,
    ],
    ['an end before the start', { EndTime: at(-1) }, /less than/],
    ['an end at the start', { EndTime: at(0) }, /not equal/],
    ['an unknown order', { ScanBy: 'Sideways' as 'TimestampAscending' }, /Sideways/],
  ])('refuses %s', async (_label, change, message) => {
    const { client } = await filled();
    await expect(
      client.send(new GetMetricDataCommand({ ...query(0, 60), ...change })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });
});

describe('retention', () => {
  async function aged(nowSecond: number) {
    const world = cloudWatchWorld();
    for (let second = 0; second < 120; second += 10) world.invocations(second, 1);
    await world.runTo(nowSecond);
    return world;
  }

  it('gives sub-minute data for a start of 3 h ago, none for an earlier one', async () => {
    const now = 3 * HOUR + 60;
    expect(await read(await aged(now), query(60, 120))).toHaveLength(6);
    expect(await read(await aged(now), query(59.999, 120))).toEqual([]);
    expect(await read(await aged(now), query(0, 120, { Period: 60 }))).toEqual([
      [0, 6],
      [60, 6],
    ]);
  });

  it('makes expired bins part of their minute, not data points of 10 s', async () => {
    const world = await aged(3 * HOUR + 30);
    const fine = world.cloudWatch.statistic(INVOCATIONS, 'Sum', 10, START_MS, START_MS + 60_000);
    expect(fine.map(({ startMs }) => (startMs - START_MS) / 1000)).toEqual([30, 40, 50]);
    expect(await read(world, query(0, 120, { Period: 60 }))).toEqual([
      [0, 6],
      [60, 6],
    ]);
  });

  it('gives minutes for a start of 15 days ago, none for an earlier one', async () => {
    const fifteenDays = 15 * 24 * HOUR;
    expect(await read(await aged(fifteenDays), query(0, 120, { Period: 60 }))).toHaveLength(2);
    const older = await aged(fifteenDays + 0.001);
    expect(await read(older, query(0, 120, { Period: 60 }))).toEqual([]);
    expect(await read(older, query(60, 120, { Period: 60 }))).toEqual([[60, 6]]);
    expect(await read(older, query(0, 120, { Period: 300 }))).toEqual([[0, 6]]);
  });
});
