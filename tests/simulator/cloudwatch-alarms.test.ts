import {
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { ARN, describeAll } from './cloudwatch-alarm-calls.ts';
import { alarmInput, at, cloudWatchWorld } from './cloudwatch-world.ts';

describe('PutMetricAlarm', () => {
  it('creates an alarm in INSUFFICIENT_DATA', async () => {
    const world = cloudWatchWorld();
    await world.runTo(7);
    const input = alarmInput({ AlarmDescription: 'load', DatapointsToAlarm: 1 });
    await world.client.send(new PutMetricAlarmCommand(input));
    expect(await describeAll(world)).toEqual([
      {
        ...input,
        AlarmArn: ARN,
        ActionsEnabled: true,
        OKActions: [],
        AlarmActions: [],
        InsufficientDataActions: [],
        AlarmConfigurationUpdatedTimestamp: at(7),
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: at(7),
        StateTransitionedTimestamp: at(7),
      },
    ]);
  });

  it('overwrites the configuration on update, and leaves state and tags', async () => {
    const world = cloudWatchWorld();
    const tags = (value: string) => ({ Tags: [{ Key: 'team', Value: value }] });
    const { client } = world;
    const described = { AlarmDescription: 'load', TreatMissingData: 'ignore' };
    await client.send(new PutMetricAlarmCommand(alarmInput({ ...described, ...tags('a') })));
    world.invocations(0, 101);
    await world.runTo(25);
    const [before] = await describeAll(world);
    await client.send(new PutMetricAlarmCommand(alarmInput({ Threshold: 1, ...tags('b') })));
    const [after] = await describeAll(world);
    expect(before).toMatchObject({ StateValue: 'ALARM', Threshold: 100, ...described });
    expect(after).toMatchObject({
      Threshold: 1,
      AlarmConfigurationUpdatedTimestamp: at(25),
      StateValue: 'ALARM',
      StateReason: before?.StateReason,
      StateReasonData: before?.StateReasonData,
      StateUpdatedTimestamp: at(20),
    });
    expect(after?.AlarmDescription).toBeUndefined();
    expect(after?.TreatMissingData).toBeUndefined();
    const list = await client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    expect(list.Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  });

  const arns = (count: number) =>
    Array.from({ length: count }, (_, index) => `arn:aws:sns:eu-central-1:1:t${index}`);

  it.each<[string, Partial<PutMetricAlarmInput>]>([
    ['10 s', { Period: 10 }],
    ['20 s', { Period: 20 }],
    ['30 s', { Period: 30 }],
    ['60 s', { Period: 60 }],
    ['180 s', { Period: 180 }],
    ['M = N', { EvaluationPeriods: 3, DatapointsToAlarm: 3 }],
    ['a day of 10 s', { Period: 10, EvaluationPeriods: 8640 }],
    ['a day of 60 s', { Period: 60, EvaluationPeriods: 1440 }],
    ['a week of hours', { Period: 3600, EvaluationPeriods: 168 }],
    ['a name of 255 characters', { AlarmName: 'a'.repeat(255) }],
    ['five actions', { AlarmActions: arns(5) }],
    ['a sliding window by name', { EvaluationWindow: { SlidingWindow: {} } }],
    ['a threshold of 0', { Threshold: 0 }],
  ])('takes %s', async (_label, change) => {
    const world = cloudWatchWorld();
    await world.client.send(new PutMetricAlarmCommand(alarmInput(change)));
    expect(await describeAll(world)).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['15 s', { Period: 15 }, 'ValidationException'],
    ['5 s', { Period: 5 }, 'ValidationException'],
    ['61 s', { Period: 61 }, 'ValidationException'],
    ['0 s', { Period: 0 }, 'ValidationException'],
    ['no period', { Period: undefined }, 'ValidationException'],
    ['M > N', { EvaluationPeriods: 3, DatapointsToAlarm: 4 }, 'ValidationException'],
    ['M = 0', { DatapointsToAlarm: 0 }, 'ValidationException'],
    ['N = 0', { EvaluationPeriods: 0 }, 'ValidationException'],
    ['N = 1.5', { EvaluationPeriods: 1.5 }, 'ValidationException'],
    ['more than a day of 10 s', { Period: 10, EvaluationPeriods: 8641 }, 'ValidationException'],
    ['more than a week of hours', { Period: 3600, EvaluationPeriods: 169 }, 'ValidationException'],
    ['no name', { AlarmName: '' }, 'ValidationException'],
    ['a name of 256 characters', { AlarmName: 'a'.repeat(256) }, 'ValidationException'],
    ['a control character in the name', { AlarmName: 'a\tb' }, 'ValidationException'],
    ['no metric', { MetricName: undefined }, 'MissingRequiredParameterException'],
    ['no threshold', { Threshold: undefined }, 'ValidationException'],
    ['no comparison', { ComparisonOperator: undefined }, 'ValidationException'],
    [
      'an anomaly comparison',
      { ComparisonOperator: 'GreaterThanUpperThreshold' },
      'ValidationException',
    ],
    ['an inherited name as comparison', { ComparisonOperator: 'toString' }, 'ValidationException'],
    ['an unknown statistic', { Statistic: 'p99' }, 'ValidationException'],
    ['an unknown treatment', { TreatMissingData: 'notbreaching' }, 'ValidationException'],
    ['six actions', { OKActions: arns(6) }, 'ValidationException'],
    ['an action that is no ARN', { AlarmActions: ['topic'] }, 'ValidationException'],
    ['metric math', { Metrics: [{ Id: 'e', Expression: 'm1' }] }, 'ValidationException'],
    ['a percentile', { ExtendedStatistic: 'p99' }, 'ValidationException'],
    [
      'a wall clock window',
      { EvaluationWindow: { WallClockWindow: { Timezone: 'UTC' } } },
      'ValidationException',
    ],
    [
      '51 tags',
      { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' })) },
      'ValidationException',
    ],
  ])('refuses %s', async (_label, change, name) => {
    const world = cloudWatchWorld();
    const input = { ...alarmInput(), ...change } as PutMetricAlarmInput;
    await expect(world.client.send(new PutMetricAlarmCommand(input))).rejects.toMatchObject({
      name,
    });
    expect(await describeAll(world)).toEqual([]);
  });
});

describe('DescribeAlarms', () => {
  async function five() {
    const world = cloudWatchWorld();
    for (const AlarmName of ['b-2', 'a-1', 'b-1', 'c-1', 'b-3']) {
      const AlarmActions = AlarmName === 'c-1' ? ['arn:aws:sns:eu-central-1:1:ops'] : [];
      await world.client.send(new PutMetricAlarmCommand(alarmInput({ AlarmName, AlarmActions })));
    }
    await world.client.send(
      new SetAlarmStateCommand({ AlarmName: 'b-3', StateValue: 'OK', StateReason: 'test' }),
    );
    return world;
  }

  it.each([
    ['all, by name', {}, ['a-1', 'b-1', 'b-2', 'b-3', 'c-1']],
    ['by names, unknown ones passed over', { AlarmNames: ['c-1', 'x', 'a-1'] }, ['a-1', 'c-1']],
    ['by prefix', { AlarmNamePrefix: 'b-' }, ['b-1', 'b-2', 'b-3']],
    ['by state', { StateValue: 'OK' }, ['b-3']],
    [
      'by prefix and state',
      { AlarmNamePrefix: 'b', StateValue: 'INSUFFICIENT_DATA' },
      ['b-1', 'b-2'],
    ],
    ['by action', { ActionPrefix: 'arn:aws:sns' }, ['c-1']],
    ['metric alarms', { AlarmTypes: ['MetricAlarm'] }, ['a-1', 'b-1', 'b-2', 'b-3', 'c-1']],
    ['composite alarms', { AlarmTypes: ['CompositeAlarm'] }, []],
  ])('%s', async (_label, filter, names) => {
    expect((await describeAll(await five(), filter)).map(({ AlarmName }) => AlarmName)).toEqual(
      names,
    );
  });

  it('pages', async () => {
    const { client } = await five();
    const pages: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const output = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken }));
      pages.push((output.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
      NextToken = output.NextToken;
    } while (NextToken);
    expect(pages).toEqual([['a-1', 'b-1'], ['b-2', 'b-3'], ['c-1']]);
    const whole = await client.send(new DescribeAlarmsCommand({ MaxRecords: 5 }));
    expect(whole.NextToken).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'names and prefix at once',
      { AlarmNames: ['a'], AlarmNamePrefix: 'a' },
      'ValidationException',
    ],
    ['pages of 101', { MaxRecords: 101 }, 'ValidationException'],
    ['pages of 0', { MaxRecords: 0 }, 'ValidationException'],
    ['an unknown state', { StateValue: 'ok' }, 'ValidationException'],
    ['a foreign token', { NextToken: 'abc' }, 'InvalidNextToken'],
  ])('refuses %s', async (_label, filter, name) => {
    await expect(describeAll(await five(), filter)).rejects.toMatchObject({ name });
  });

  it('finds the alarms of a metric', async () => {
    const { client } = await five();
    const { MetricName, Namespace, Dimensions = [] } = alarmInput();
    const find = async (change: object) => {
      const metric = { MetricName, Namespace, Dimensions, ...change };
      const output = await client.send(new DescribeAlarmsForMetricCommand(metric));
      return output.MetricAlarms?.length;
    };
    expect(await find({ Dimensions: [...Dimensions].reverse() })).toBe(5);
    expect(await find({ Dimensions: Dimensions.slice(1) })).toBe(0);
    expect(await find({ Period: 60 })).toBe(0);
    expect(await find({ Statistic: 'Sum', Period: 10 })).toBe(5);
  });
});
