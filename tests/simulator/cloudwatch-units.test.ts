import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { alarmInput, at, cloudWatchWorld, query, read } from './cloudwatch-world.ts';

const BUSY = { Namespace: 'App', MetricName: 'Busy' };
const UNKNOWN = { Unit: 'Second' as StandardUnit };

/** One second and 900 ms, at the same moment, of one metric. */
async function mixed() {
  const world = cloudWatchWorld();
  for (const [Unit, Value] of [
    ['Seconds', 1],
    ['Milliseconds', 900],
  ] as const) {
    const datum = { MetricName: 'Busy', Value, Unit, Timestamp: at(0), StorageResolution: 1 };
    await world.client.send(new PutMetricDataCommand({ Namespace: 'App', MetricData: [datum] }));
  }
  await world.runTo(30);
  return world;
}

describe('data of one metric in two units', () => {
  const statistics = { ...BUSY, StartTime: at(0), EndTime: at(60), Period: 60 };
  const seconds = { Timestamp: at(0), Unit: 'Seconds', Sum: 1, SampleCount: 1 };
  const milliseconds = { Timestamp: at(0), Unit: 'Milliseconds', Sum: 900, SampleCount: 1 };

  it.each([
    ['of one unit', { Unit: 'Seconds' as const }, [seconds]],
    ['of the other unit', { Unit: 'Milliseconds' as const }, [milliseconds]],
    ['of a third unit', { Unit: 'Count' as const }, []],
    ['of each unit by itself', {}, [seconds, milliseconds]],
  ])('GetMetricStatistics gives those %s', async (_, unit, expected) => {
    const { client } = await mixed();
    const command = new GetMetricStatisticsCommand({
      ...statistics,
      ...unit,
      Statistics: ['Sum', 'SampleCount'],
    });
    expect((await client.send(command)).Datapoints).toEqual(expected);
  });

  it.each([
    ['of one unit', { Unit: 'Seconds' as const }, [[0, 1]]],
    ['of a third unit', { Unit: 'Count' as const }, []],
    ['of all units together', {}, [[0, 901]]],
  ])('GetMetricData gives those %s', async (_, unit, expected) => {
    const input = query(0, 60, { Metric: BUSY, Period: 60, ...unit } as object);
    expect(await read(await mixed(), input)).toEqual(expected);
  });

  it.each([
    ['Seconds', 'OK'],
    ['Milliseconds', 'ALARM'],
    ['Count', 'INSUFFICIENT_DATA'],
  ] as const)('an alarm in %s sees its own: %s', async (Unit, state) => {
    const world = await mixed();
    const alarm = { ...BUSY, Dimensions: [], Period: 30, Unit, TreatMissingData: 'missing' };
    world.cloudWatch.putMetricAlarm(alarmInput(alarm));
    await world.runTo(40);
    expect(world.cloudWatch.describeAlarm('high')?.StateValue).toBe(state);
  });

  it('are listed as one metric', async () => {
    const { client } = await mixed();
    const { Metrics } = await client.send(new ListMetricsCommand({}));
    expect(Metrics).toEqual([{ ...BUSY, Dimensions: [] }]);
  });
});

describe('a unit that CloudWatch does not have is refused by', () => {
  const datum = { MetricName: 'Busy', Value: 1 };
  const refusals: [string, () => Promise<unknown>, RegExp][] = [
    [
      'PutMetricData',
      () =>
        cloudWatchWorld().client.send(
          new PutMetricDataCommand({
            Namespace: 'App',
            MetricData: [datum, { ...datum, ...UNKNOWN }],
          }),
        ),
      /MetricData\.member\.2\.Unit must be a value in the set \[ Seconds, .* found Second\./,
    ],
    [
      'PutMetricAlarm',
      () => cloudWatchWorld().client.send(new PutMetricAlarmCommand(alarmInput(UNKNOWN))),
      /Unit must be a value in the set/,
    ],
    [
      'GetMetricData',
      () => {
        const input = query(0, 60, UNKNOWN as { Unit: 'Count' });
        return cloudWatchWorld().client.send(new GetMetricDataCommand(input));
      },
      /MetricStat\.Unit of query "q" must be a value in the set/,
    ],
  ];
  it.each(refusals)('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
