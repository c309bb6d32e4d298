import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { alarmInput, at, cloudWatchWorld, INVOCATIONS, type World } from './cloudwatch-world.ts';

const ARN = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:high';

async function describeAll(world: World, filter: object = {}) {
  return (await world.client.send(new DescribeAlarmsCommand(filter))).MetricAlarms ?? [];
}

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

describe('DeleteAlarms', () => {
  it('deletes the known ones, and evaluates them no more', async () => {
    const world = cloudWatchWorld();
    for (const AlarmName of ['keep', 'drop']) {
      world.cloudWatch.putMetricAlarm(alarmInput({ AlarmName }));
    }
    await world.client.send(new DeleteAlarmsCommand({ AlarmNames: ['unknown', 'drop'] }));
    world.invocations(0, 101);
    await world.runTo(60);
    expect(world.cloudWatch.describeAlarm('drop')).toBeUndefined();
    expect(world.transitions()).toEqual([
      '20: INSUFFICIENT_DATA -> ALARM',
      '40: ALARM -> INSUFFICIENT_DATA',
    ]);
  });
});

describe('SetAlarmState', () => {
  const set = (world: World, change: object = {}) =>
    world.client.send(
      new SetAlarmStateCommand({
        AlarmName: 'high',
        StateValue: 'ALARM',
        StateReason: 'drill',
        ...change,
      }),
    );

  it('changes the state at once; the next evaluation changes it back', async () => {
    const world = cloudWatchWorld();
    world.cloudWatch.putMetricAlarm(alarmInput());
    for (let second = 0; second < 100; second += 10) world.invocations(second, 1);
    await world.runTo(34);
    await set(world, { StateReasonData: '{"by":"test"}' });
    expect(await describeAll(world)).toMatchObject([
      { StateValue: 'ALARM', StateReason: 'drill', StateReasonData: '{"by":"test"}' },
    ]);
    await world.runTo(60);
    expect(world.transitions()).toEqual([
      '20: INSUFFICIENT_DATA -> OK',
      '34: OK -> ALARM',
      '40: ALARM -> OK',
    ]);
  });

  it('emits nothing where the alarm is in that state already', async () => {
    const world = cloudWatchWorld();
    world.cloudWatch.putMetricAlarm(alarmInput());
    await set(world, { StateValue: 'INSUFFICIENT_DATA' });
    expect(world.transitions()).toEqual([]);
    expect(world.cloudWatch.describeAlarm('high')?.StateReason).toBe('drill');
  });

  it.each<[string, object, string]>([
    ['an unknown alarm', { AlarmName: 'low' }, 'ResourceNotFound'],
    ['an unknown state', { StateValue: 'alarm' }, 'ValidationException'],
    ['no reason', { StateReason: '' }, 'ValidationException'],
    ['reason data that are no JSON', { StateReasonData: '{' }, 'InvalidFormatFault'],
  ])('refuses %s', async (_label, change, name) => {
    const world = cloudWatchWorld();
    world.cloudWatch.putMetricAlarm(alarmInput());
    await expect(set(world, change)).rejects.toMatchObject({ name });
  });
});

describe('tags of alarms', () => {
  it('are added, replaced, listed and taken away', async () => {
    const { client, cloudWatch } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(alarmInput({ Tags: [{ Key: 'a', Value: '1' }] }));
    const Tags = [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ];
    await client.send(new TagResourceCommand({ ResourceARN: ARN, Tags }));
    const list = () => client.send(new ListTagsForResourceCommand({ ResourceARN: ARN }));
    expect((await list()).Tags).toEqual(Tags);
    await client.send(new UntagResourceCommand({ ResourceARN: ARN, TagKeys: ['a', 'x'] }));
    expect((await list()).Tags).toEqual([{ Key: 'b', Value: '3' }]);
  });

  it('need an alarm, and are 50 at most', async () => {
    const { client, cloudWatch } = cloudWatchWorld();
    const tag = (ResourceARN: string, count: number) => {
      const Tags = Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: '' }));
      return client.send(new TagResourceCommand({ ResourceARN, Tags }));
    };
    await expect(tag(ARN, 1)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    cloudWatch.putMetricAlarm(alarmInput());
    await expect(tag(ARN, 50)).resolves.toBeDefined();
    await expect(tag(ARN, 51)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('DisableAlarmActions and EnableAlarmActions', () => {
  it('switch the actions and pass unknown names over', async () => {
    const { client, cloudWatch } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(alarmInput());
    const AlarmNames = ['unknown', 'high'];
    await client.send(new DisableAlarmActionsCommand({ AlarmNames }));
    expect(cloudWatch.describeAlarm('high')?.ActionsEnabled).toBe(false);
    await client.send(new EnableAlarmActionsCommand({ AlarmNames }));
    expect(cloudWatch.describeAlarm('high')).toMatchObject({
      ActionsEnabled: true,
      MetricName: INVOCATIONS.metricName,
      StateValue: 'INSUFFICIENT_DATA',
    });
  });
});
