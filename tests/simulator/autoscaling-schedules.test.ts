import { DeleteScheduledActionCommand } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { AT_ONE_HOUR, scheduleWorld } from './autoscaling-schedule-world.ts';
import { at, RESOURCE_ID, refusal, START_MS, TARGET } from './sagemaker-world.ts';

describe('a one-time action', () => {
  it('sets both bounds at its time and moves capacity inside', async () => {
    const world = scheduleWorld();
    await world.put({
      Schedule: AT_ONE_HOUR,
      ScalableTargetAction: { MinCapacity: 5, MaxCapacity: 7 },
    });
    await world.runTo(3599.999);
    expect([world.bounds(), world.state()]).toEqual([
      [1, 9],
      ['InService', 3, 3],
    ]);
    await world.runTo(3600);
    expect([world.bounds(), world.state()]).toEqual([
      [5, 7],
      ['Updating', 3, 5],
    ]);
    expect(world.activities()).toMatchObject([
      {
        Cause: 'minimum capacity was set to 5',
        Description: 'Setting desired instance count to 5.',
        StatusCode: 'InProgress',
      },
      {
        Cause: 'scheduled action name restore was triggered',
        Description: 'Setting min capacity to 5 and max capacity to 7',
        StatusCode: 'Successful',
        StatusMessage: 'Successfully set min capacity to 5 and max capacity to 7',
        StartTime: (START_MS + 3_600_000) / 1000,
      },
    ]);
  });

  it.each([
    { change: { MinCapacity: 4 }, bounds: [4, 9], description: 'Setting min capacity to 4' },
    { change: { MaxCapacity: 2 }, bounds: [1, 2], description: 'Setting max capacity to 2' },
  ])('may leave out one bound: $change', async ({ change, bounds, description }) => {
    const world = scheduleWorld();
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: change });
    await world.runTo(3600);
    expect(world.bounds()).toEqual(bounds);
    expect(world.activities()[1]?.Description).toBe(description);
  });

  it('fails when the one bound does not fit the other', async () => {
    const world = scheduleWorld();
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 10 } });
    await world.runTo(4000);
    expect(world.bounds()).toEqual([1, 9]);
    expect(world.activities()).toMatchObject([
      {
        StatusCode: 'Failed',
        StatusMessage:
          'Failed to set min capacity to 10. Reason: Maximum capacity cannot be less than minimum capacity',
      },
    ]);
  });

  it('runs once and stays listed until it is deleted', async () => {
    const world = scheduleWorld();
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 2 } });
    await world.runTo(3600);
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1 });
    await world.runTo(200_000);
    expect(world.bounds()).toEqual([1, 9]);
    expect(await world.actions()).toMatchObject([{ ScheduledActionName: 'restore' }]);
    const remove = () =>
      world.autoScalingClient.send(
        new DeleteScheduledActionCommand({ ...TARGET, ScheduledActionName: 'restore' }),
      );
    await remove();
    expect(await world.actions()).toEqual([]);
    expect(await refusal(remove())).toMatch(
      /^ObjectNotFoundException: No scheduled action found for .*, scheduled action name: restore$/,
    );
  });

  it('stores the bounds and leaves capacity while the endpoint is Updating', async () => {
    const world = scheduleWorld();
    await world.put({
      Schedule: AT_ONE_HOUR,
      ScalableTargetAction: { MinCapacity: 5, MaxCapacity: 7 },
    });
    await world.runTo(3590);
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 4 });
    await world.runTo(7000);
    expect([world.bounds(), world.state()]).toEqual([
      [5, 7],
      ['InService', 4, 4],
    ]);
  });

  it('ends a raised floor even though nobody else acts', async () => {
    const world = scheduleWorld({}, { MinCapacity: 1, MaxCapacity: 3 });
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 6, MaxCapacity: 6 });
    await world.put({
      Schedule: AT_ONE_HOUR,
      ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 3 },
    });
    await world.runTo(3660);
    expect([world.bounds(), world.state()]).toEqual([
      [1, 3],
      ['InService', 3, 3],
    ]);
  });

  it('runs late by as much as the account is set to', async () => {
    const world = scheduleWorld({ autoScaling: { scheduleDelaySeconds: 4 } });
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 2 } });
    await world.runTo(3603.999);
    expect(world.bounds()).toEqual([1, 9]);
    await world.runTo(3604);
    expect(world.bounds()).toEqual([2, 9]);
  });

  it('does not run while scheduled scaling is suspended', async () => {
    const world = scheduleWorld();
    const SuspendedState = { ScheduledScalingSuspended: true };
    world.autoScaling.registerScalableTarget({ ...TARGET, SuspendedState });
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 5 } });
    await world.runTo(4000);
    expect([world.bounds(), world.activities()]).toEqual([[1, 9], []]);
  });

  it('goes with its target', async () => {
    const world = scheduleWorld();
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 5 } });
    world.autoScaling.deregisterScalableTarget(TARGET);
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 9 });
    expect(await world.actions()).toEqual([]);
    await world.runTo(4000);
    expect(world.bounds()).toEqual([1, 9]);
  });

  it.each([
    { pastTimes: 'refuses', expected: /is in the past/ },
    { pastTimes: 'never-runs', expected: undefined },
  ] as const)('in the past: the account $pastTimes', async ({ pastTimes, expected }) => {
    const world = scheduleWorld({ autoScaling: { pastTimes } });
    await world.runTo(3600);
    const put = world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 5 } });
    if (expected) expect(await refusal(put)).toMatch(expected);
    else await put;
    expect(await world.actions()).toHaveLength(expected ? 0 : 1);
    await world.runTo(9000);
    expect(world.bounds()).toEqual([1, 9]);
  });
});

describe('putting an action again', () => {
  it('moves its time, so the old one passes', async () => {
    const world = scheduleWorld();
    const change = { MinCapacity: 2, MaxCapacity: 8 };
    await world.put({ Schedule: AT_ONE_HOUR, ScalableTargetAction: change });
    await world.runTo(3000);
    await world.put({ Schedule: 'at(2026-01-05T02:00:00)' });
    await world.runTo(7199);
    expect(world.bounds()).toEqual([1, 9]);
    await world.runTo(7200);
    expect(world.bounds()).toEqual([2, 8]);
    expect(await world.actions()).toHaveLength(1);
  });

  it('keeps what is not given, but drops start and end', async () => {
    const world = scheduleWorld();
    await world.put({
      Schedule: 'cron(0 9 * * ? *)',
      Timezone: 'Europe/Berlin',
      StartTime: at(100),
      EndTime: at(900_000),
      ScalableTargetAction: { MinCapacity: 2 },
    });
    const [before] = await world.actions();
    expect(before).toEqual({
      ...TARGET,
      ScheduledActionName: 'restore',
      ScheduledActionARN: expect.stringMatching(
        /^arn:aws:autoscaling:eu-central-1:123456789012:scheduledAction:[0-9a-f-]{36}:resource\/sagemaker\/endpoint\/Chat\/variant\/main:scheduledActionName\/restore$/,
      ),
      Schedule: 'cron(0 9 * * ? *)',
      Timezone: 'Europe/Berlin',
      StartTime: at(100),
      EndTime: at(900_000),
      ScalableTargetAction: { MinCapacity: 2 },
      CreationTime: at(0),
    });
    await world.runTo(60);
    await world.put({ ScalableTargetAction: { MaxCapacity: 5 } });
    const { StartTime: _start, EndTime: _end, ...kept } = before ?? {};
    expect(await world.actions()).toEqual([{ ...kept, ScalableTargetAction: { MaxCapacity: 5 } }]);
  });
});

describe('a recurring action', () => {
  const runsOf = (world: ReturnType<typeof scheduleWorld>) => {
    const found: number[] = [];
    world.autoScaling.onBoundsChange(({ atMs, by }) => {
      if (by === 'scheduled-action') found.push((atMs - START_MS) / 1000);
    });
    return found;
  };
  const change = { ScalableTargetAction: { MinCapacity: 1 } };

  it('at a rate runs first one period after it was put', async () => {
    const world = scheduleWorld();
    const found = runsOf(world);
    await world.runTo(30);
    await world.put({ Schedule: 'rate(10 minutes)', ...change });
    await world.runTo(2000);
    expect(found).toEqual([630, 1230, 1830]);
  });

  it('with start and end runs at the start, and not after the end', async () => {
    const world = scheduleWorld();
    const found = runsOf(world);
    const window = { StartTime: at(100), EndTime: at(1300) };
    await world.put({ Schedule: 'rate(10 minutes)', ...window, ...change });
    await world.runTo(5000);
    expect(found).toEqual([100, 700, 1300]);
  });

  it('by cron runs at its times in its zone', async () => {
    const world = scheduleWorld();
    const found = runsOf(world);
    const schedule = { Schedule: 'cron(0/30 3 * * ? *)', Timezone: 'Europe/Berlin' };
    await world.put({ ...schedule, ...change });
    await world.runTo(86_400);
    expect(found).toEqual([2 * 3600, 2.5 * 3600]);
  });
});

it('actions of one instant run in the order in which they were put', async () => {
  const world = scheduleWorld();
  for (const [name, MinCapacity] of [
    ['b', 2],
    ['a', 3],
  ] as const) {
    await world.put({
      ScheduledActionName: name,
      Schedule: AT_ONE_HOUR,
      ScalableTargetAction: { MinCapacity },
    });
  }
  await world.runTo(3600);
  expect(world.bounds()).toEqual([3, 9]);
});

it.each([
  { label: 'by name', input: { ScheduledActionNames: ['b'] }, expected: ['b'] },
  { label: 'by resource', input: { ResourceId: RESOURCE_ID }, expected: ['a', 'b'] },
  { label: 'of another resource', input: { ResourceId: 'endpoint/x/variant/y' }, expected: [] },
  { label: 'by page', input: { MaxResults: 1 }, expected: ['a'] },
])('DescribeScheduledActions $label', async ({ input, expected }) => {
  const world = scheduleWorld();
  for (const ScheduledActionName of ['a', 'b']) {
    const ScalableTargetAction = { MinCapacity: 1 };
    await world.put({ ScheduledActionName, Schedule: AT_ONE_HOUR, ScalableTargetAction });
  }
  const found = await world.actions(input);
  expect(found.map(({ ScheduledActionName }) => ScheduledActionName)).toEqual(expected);
});
