import {
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { ARN, describeAll } from './cloudwatch-alarm-calls.ts';
import { alarmInput, cloudWatchWorld, INVOCATIONS, type World } from './cloudwatch-world.ts';

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
