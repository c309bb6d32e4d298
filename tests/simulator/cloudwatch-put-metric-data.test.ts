import {
  GetMetricStatisticsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { at, cloudWatchWorld, query, read, type World } from './cloudwatch-world.ts';

const HOUR = 3600;

describe('PutMetricData', () => {
  const QUEUE = { Namespace: 'Custom', MetricName: 'QueueDepth', Dimensions: [] };

  function put(world: World, ...MetricData: Partial<MetricDatum>[]) {
    return world.client.send(
      new PutMetricDataCommand({
        Namespace: 'Custom',
        MetricData: MetricData.map((datum) => ({ MetricName: 'QueueDepth', ...datum })),
      }),
    );
  }

  it.each([
    ['high resolution', 1, 7, 12],
    ['standard resolution', 60, 0, 95],
    ['standard by default', undefined, 0, 95],
  ])(
    '%s: stamped to its resolution, visible the lag after the call',
    async (_label, StorageResolution, second, visibleAt) => {
      const world = cloudWatchWorld({ metricLagSeconds: { highResolution: 5, standard: 88 } });
      await world.runTo(7);
      await put(world, { Value: 3, ...(StorageResolution ? { StorageResolution } : {}) });
      const input = query(0, 60, { Period: 1, Metric: QUEUE });
      await world.runTo(visibleAt - 0.001);
      expect(await read(world, input)).toEqual([]);
      await world.runTo(visibleAt);
      expect(await read(world, input)).toEqual([[second, 3]]);
    },
  );

  it.each<[string, Partial<MetricDatum>, number[]]>([
    ['Value', { Value: 4 }, [4, 1, 4, 4]],
    ['Values', { Values: [1, 5] }, [6, 2, 1, 5]],
    ['Values with Counts', { Values: [1, 5, 9], Counts: [3, 1, 0] }, [8, 4, 1, 5]],
    [
      'StatisticValues',
      { StatisticValues: { Sum: 9, SampleCount: 4, Minimum: 0, Maximum: 5 } },
      [9, 4, 0, 5],
    ],
  ])('%s', async (_label, datum, [Sum, SampleCount, Minimum, Maximum]) => {
    const world = cloudWatchWorld();
    await put(world, datum);
    await world.runTo(60);
    const { Datapoints, Label } = await world.client.send(
      new GetMetricStatisticsCommand({
        ...QUEUE,
        StartTime: at(0),
        EndTime: at(60),
        Period: 60,
        Statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum'],
      }),
    );
    expect(Label).toBe('QueueDepth');
    expect(Datapoints).toEqual([
      { Timestamp: at(0), Unit: 'None', Sum, SampleCount, Minimum, Maximum },
    ]);
  });

  it('adds up what falls into one second', async () => {
    const world = cloudWatchWorld();
    const datum = { StorageResolution: 1, Timestamp: at(0.4) };
    await put(world, { ...datum, Value: 1 }, { ...datum, Value: 2, Timestamp: at(0.9) });
    await put(world, { ...datum, Value: 4, Timestamp: at(1) });
    await world.runTo(60);
    expect(await read(world, query(0, 10, { Period: 1, Metric: QUEUE }))).toEqual([
      [0, 3],
      [1, 4],
    ]);
  });

  const twoWeeks = 14 * 24 * HOUR;
  it.each([
    ['two weeks ago', -twoWeeks, true],
    ['more than two weeks ago', -twoWeeks - 1, false],
    ['two hours ahead', 2 * HOUR, true],
    ['more than two hours ahead', 2 * HOUR + 1, false],
  ])('timestamp %s', async (_label, second, isTaken) => {
    const answer = put(cloudWatchWorld(), { Value: 1, Timestamp: at(second) });
    if (isTaken) await expect(answer).resolves.toBeDefined();
    else await expect(answer).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => index);
  it.each<[string, Partial<MetricDatum>[], string]>([
    [
      'a reserved resolution',
      [{ Value: 1, StorageResolution: 10 }],
      'InvalidParameterValueException',
    ],
    ['no value', [{}], 'MissingRequiredParameterException'],
    ['two kinds of value', [{ Value: 1, Values: [1] }], 'InvalidParameterCombinationException'],
    ['a value that is no number', [{ Value: Number.NaN }], 'InvalidParameterValueException'],
    ['an infinite value', [{ Value: Number.POSITIVE_INFINITY }], 'InvalidParameterValueException'],
    ['151 values', [{ Values: many(151) }], 'InvalidParameterValueException'],
    ['counts that do not fit', [{ Values: [1, 2], Counts: [1] }], 'InvalidParameterValueException'],
    ['a negative count', [{ Values: [1], Counts: [-1] }], 'InvalidParameterValueException'],
    [
      'an empty statistic set',
      [{ StatisticValues: { Sum: 0, SampleCount: 0, Minimum: 0, Maximum: 0 } }],
      'InvalidParameterValueException',
    ],
    [
      '31 dimensions',
      [{ Value: 1, Dimensions: many(31).map((n) => ({ Name: `d${n}`, Value: 'v' })) }],
      'InvalidParameterValueException',
    ],
    ['no data', [], 'MissingRequiredParameterException'],
    ['1001 data', many(1001).map((Value) => ({ Value })), 'InvalidParameterValueException'],
    ['one bad datum among good ones', [{ Value: 1 }, {}], 'MissingRequiredParameterException'],
  ])('refuses %s, and stores nothing', async (_label, data, name) => {
    const world = cloudWatchWorld();
    await expect(put(world, ...data)).rejects.toMatchObject({ name });
    await world.runTo(120);
    expect(await read(world, query(0, 60, { Period: 60, Metric: QUEUE }))).toEqual([]);
  });

  it.each<[string, Partial<MetricDatum>[]]>([
    [
      '30 dimensions',
      [{ Value: 1, Dimensions: many(30).map((n) => ({ Name: `d${n}`, Value: 'v' })) }],
    ],
    ['150 values', [{ Values: many(150) }]],
    ['1000 data, which the SDK sends compressed', many(1000).map((Value) => ({ Value }))],
  ])('takes %s', async (_label, data) => {
    await expect(put(cloudWatchWorld(), ...data)).resolves.toBeDefined();
  });

  it('refuses a namespace of AWS', async () => {
    const { client } = cloudWatchWorld();
    const MetricData = [{ MetricName: 'm', Value: 1 }];
    await expect(
      client.send(new PutMetricDataCommand({ Namespace: 'AWS/SageMaker', MetricData })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(
      client.send(new PutMetricDataCommand({ Namespace: 'AWSome', MetricData })),
    ).resolves.toBeDefined();
  });
});
