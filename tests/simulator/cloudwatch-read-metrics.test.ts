import { GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { at, cloudWatchWorld, METRIC, START_MS } from './cloudwatch-world.ts';

const HOUR = 3600;

describe('GetMetricStatistics', () => {
  const input = {
    ...METRIC,
    StartTime: at(0),
    EndTime: at(1440),
    Period: 1,
    Statistics: ['Sum' as const],
  };

  it.each<[string, object, string]>([
    ['1441 data points', { EndTime: at(1441) }, 'InvalidParameterCombinationException'],
    ['an end at the start', { EndTime: at(0) }, 'InvalidParameterValueException'],
    ['a period of 45 s', { Period: 45 }, 'InvalidParameterValueException'],
    ['no statistic', { Statistics: [] }, 'MissingRequiredParameterException'],
    ['an unknown statistic', { Statistics: ['Sum', 'Median'] }, 'InvalidParameterValueException'],
    ['an unknown unit', { Unit: 'Second' }, 'InvalidParameterValueException'],
    ['a percentile', { ExtendedStatistics: ['p99'] }, 'InvalidParameterValueException'],
  ])('refuses %s', async (_label, change, name) => {
    const { client } = cloudWatchWorld();
    await expect(
      client.send(new GetMetricStatisticsCommand({ ...input, ...change })),
    ).rejects.toMatchObject({ name });
  });

  it('takes 1440 data points, and gives no sub-minute data of more than 3 h ago', async () => {
    const world = cloudWatchWorld();
    world.invocations(0, 5);
    await world.runTo(3 * HOUR);
    const command = new GetMetricStatisticsCommand(input);
    expect((await world.client.send(command)).Datapoints).toEqual([
      { Timestamp: at(0), Unit: 'None', Sum: 5 },
    ]);
    await world.runTo(3 * HOUR + 0.001);
    expect((await world.client.send(command)).Datapoints).toEqual([]);
  });
});

describe('ListMetrics', () => {
  it('lists what is visible, by namespace, name and dimensions', async () => {
    const world = cloudWatchWorld();
    const bin = { sum: 1, minimum: 1, maximum: 1, sampleCount: 1 };
    const publish = (metricName: string, dimensions: Record<string, string>) =>
      world.cloudWatch.recordBin(
        { namespace: 'N', metricName, dimensions },
        world.clock.nowMs,
        10,
        bin,
      );
    const names = async (filter: object) => {
      const { Metrics } = await world.client.send(new ListMetricsCommand(filter));
      return Metrics?.map(({ MetricName }) => MetricName);
    };
    publish('a', { E: '1' });
    publish('b', { E: '2', V: 'x' });
    await world.runTo(19);
    expect(await names({})).toEqual([]);
    await world.runTo(20);
    expect(await names({})).toEqual(['a', 'b']);
    expect(await names({ Namespace: 'n' })).toEqual([]);
    expect(await names({ MetricName: 'b' })).toEqual(['b']);
    expect(await names({ Dimensions: [{ Name: 'E' }] })).toEqual(['a', 'b']);
    expect(await names({ Dimensions: [{ Name: 'E', Value: '2' }] })).toEqual(['b']);
    expect(await names({ Dimensions: [{ Name: 'V' }] })).toEqual(['b']);
    await world.runTo(3 * HOUR + 1);
    publish('b', { E: '2', V: 'x' });
    expect(await names({ RecentlyActive: 'PT3H' })).toEqual(['b']);
    await world.runTo(14 * 24 * HOUR);
    expect(await names({})).toEqual(['a', 'b']);
    await world.runTo(14 * 24 * HOUR + 1);
    expect(await names({})).toEqual(['b']);
  });

  it('pages by 500', async () => {
    const world = cloudWatchWorld();
    const bin = { sum: 1, minimum: 1, maximum: 1, sampleCount: 1 };
    for (let index = 0; index < 501; index += 1) {
      const metric = { namespace: 'N', metricName: `m${index}`, dimensions: {} };
      world.cloudWatch.recordBin(metric, START_MS, 10, bin);
    }
    await world.runTo(60);
    const first = await world.client.send(new ListMetricsCommand({}));
    const { NextToken } = first;
    const second = await world.client.send(new ListMetricsCommand({ NextToken }));
    expect([first.Metrics?.length, second.Metrics?.length, second.NextToken]).toEqual([
      500,
      1,
      undefined,
    ]);
  });
});
