import {
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../simulator/account/application-auto-scaling/schedule.ts';
import {
  epochToWallMs,
  wallToEpochMs,
} from '../../simulator/account/application-auto-scaling/time-zone.ts';
import {
  DIMENSION,
  RESOURCE_ID,
  refusal,
  START_MS,
  sageMakerWorld,
  TARGET,
  type WorldOptions,
} from './sagemaker-world.ts';

/** The first runs of a schedule after the start, as ISO text to the minute. */
function runs(expression: string, count: number, zone = 'UTC', fromMs = START_MS): string[] {
  const schedule = parseSchedule(expression, zone, fromMs);
  const found: string[] = [];
  for (let afterMs = fromMs; found.length < count; ) {
    const nextMs = schedule.nextMs(afterMs);
    if (nextMs === undefined) break;
    found.push(new Date(nextMs).toISOString().slice(0, 16));
    afterMs = nextMs;
  }
  return found;
}

describe('a schedule', () => {
  // The start is Monday 2026-01-05, 00:00 UTC.
  it.each([
    { expression: 'at(2026-01-05T08:30:00)', expected: ['2026-01-05T08:30'] },
    { expression: 'at(2026-01-05T9:36:00)', expected: ['2026-01-05T09:36'] },
    { expression: 'at(2026-01-05T00:00:00)', expected: [] },
    { expression: 'at(2026-01-05T00:00:01)', expected: ['2026-01-05T00:00'] },
    { expression: 'rate(1 minute)', expected: ['2026-01-05T00:01', '2026-01-05T00:02'] },
    { expression: 'rate(5 hours)', expected: ['2026-01-05T05:00', '2026-01-05T10:00'] },
    { expression: 'rate(2 days)', expected: ['2026-01-07T00:00', '2026-01-09T00:00'] },
    { expression: 'cron(0 10 * * ? *)', expected: ['2026-01-05T10:00', '2026-01-06T10:00'] },
    { expression: 'cron(0 18 ? * FRI,TUE *)', expected: ['2026-01-06T18:00', '2026-01-09T18:00'] },
    { expression: 'cron(0 0 ? * MON-FRI *)', expected: ['2026-01-06T00:00', '2026-01-07T00:00'] },
    { expression: 'cron(30 6 * * 2 *)', expected: ['2026-01-05T06:30', '2026-01-12T06:30'] },
    { expression: 'cron(0 8 1 * ? *)', expected: ['2026-02-01T08:00', '2026-03-01T08:00'] },
    {
      expression: 'cron(0/20 8-9 ? * * *)',
      expected: [
        '2026-01-05T08:00',
        '2026-01-05T08:20',
        '2026-01-05T08:40',
        '2026-01-05T09:00',
        '2026-01-05T09:20',
        '2026-01-05T09:40',
        '2026-01-06T08:00',
      ],
    },
    { expression: 'cron(0 0 29 FEB ? *)', expected: ['2028-02-29T00:00', '2032-02-29T00:00'] },
    {
      expression: 'cron(0 12 24 DEC ? 2026-2027)',
      expected: ['2026-12-24T12:00', '2027-12-24T12:00'],
    },
    { expression: 'cron(0 12 24 12 ? 2025)', expected: [] },
  ])('$expression', ({ expression, expected }) => {
    expect(runs(expression, Math.max(1, expected.length))).toEqual(expected);
  });

  it.each([
    'at(2026-02-30T08:30:00)',
    'at(tomorrow)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'rate(minute)',
    'cron(0 10 * * ?)',
    'cron(60 10 * * ? *)',
    'cron(0 10 * * MON#1 *)',
    'cron(0 10 L * ? *)',
    'cron(0 10 0 * ? *)',
    'cron(9-5 10 * * ? *)',
    'every day',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression, 'UTC', START_MS)).toThrow(
      expect.objectContaining({ code: 'ValidationException' }),
    );
  });

  it.each([
    { zone: 'America/New_York', expected: ['2026-01-05T22:00'] },
    { zone: 'Etc/GMT+9', expected: ['2026-01-06T02:00'] },
    { zone: 'Asia/Kolkata', expected: ['2026-01-05T11:30'] },
  ])('means the wall clock of $zone', ({ zone, expected }) => {
    expect(runs('at(2026-01-05T17:00:00)', 1, zone)).toEqual(expected);
  });

  it('keeps its hour through the changes to and from summer time', () => {
    const beforeSpring = Date.UTC(2026, 2, 28, 12);
    expect(runs('cron(0 9 * * ? *)', 2, 'Europe/Berlin', beforeSpring)).toEqual([
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ]);
    const beforeAutumn = Date.UTC(2026, 9, 24, 6, 59);
    expect(runs('cron(0 9 * * ? *)', 2, 'Europe/Berlin', beforeAutumn)).toEqual([
      '2026-10-24T07:00',
      '2026-10-25T08:00',
    ]);
  });

  it('takes the first of two equal wall-clock times, and moves one that does not exist', () => {
    const twice = wallToEpochMs(Date.UTC(2026, 9, 25, 2, 30), 'Europe/Berlin');
    expect(new Date(twice).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    const missing = wallToEpochMs(Date.UTC(2026, 2, 29, 2, 30), 'Europe/Berlin');
    expect(new Date(missing).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(epochToWallMs(missing, 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 3, 30));
  });
});

function scheduleWorld(options: WorldOptions = {}, bounds = { MinCapacity: 1, MaxCapacity: 9 }) {
  const world = sageMakerWorld({ instances: 3, ...options });
  world.autoScaling.registerScalableTarget({ ...TARGET, ...bounds });
  const { autoScalingClient } = world;
  return {
    ...world,
    put: (input: Partial<PutScheduledActionCommandInput>) =>
      autoScalingClient.send(
        new PutScheduledActionCommand({ ...TARGET, ScheduledActionName: 'restore', ...input }),
      ),
    actions: async (input: object = {}) =>
      (
        await autoScalingClient.send(
          new DescribeScheduledActionsCommand({ ServiceNamespace: 'sagemaker', ...input }),
        )
      ).ScheduledActions ?? [],
    bounds: () => {
      const [target] = world.autoScaling.describeScalableTargets({
        ServiceNamespace: 'sagemaker',
      }).ScalableTargets;
      return [target?.MinCapacity, target?.MaxCapacity];
    },
    activities: () => world.autoScaling.describeScalingActivities({ ...TARGET }).ScalingActivities,
  };
}

const at = (second: number) => new Date(START_MS + second * 1000);
const AT_ONE_HOUR = 'at(2026-01-05T01:00:00)';

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

describe('PutScheduledAction refuses', () => {
  const good = { Schedule: AT_ONE_HOUR, ScalableTargetAction: { MinCapacity: 1 } };
  const cases: [label: string, Partial<PutScheduledActionCommandInput>, string | RegExp][] = [
    ['no schedule', { ScalableTargetAction: { MinCapacity: 1 } }, /Value null at 'schedule'/],
    ['no action', { Schedule: AT_ONE_HOUR }, /Value null at 'scalableTargetAction'/],
    [
      'neither bound',
      { ...good, ScalableTargetAction: {} },
      'ValidationException: At least one of minimum capacity and maximum capacity should be provided',
    ],
    [
      'Min above Max',
      { ...good, ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 2 } },
      'ValidationException: Maximum capacity cannot be less than minimum capacity',
    ],
    ['an unknown zone', { ...good, Timezone: 'Mars/Base' }, /Timezone Mars\/Base is not/],
    ['an unreadable schedule', { ...good, Schedule: 'daily' }, /Schedule "daily" cannot be read/],
    [
      'an end before the start',
      { ...good, Schedule: 'rate(1 hour)', StartTime: at(9), EndTime: at(9) },
      /start time must be before the end time/,
    ],
    [
      'a target that is not registered',
      { ...good, ResourceId: 'endpoint/x/variant/y' },
      'ObjectNotFoundException: No scalable target registered for service namespace: sagemaker, ' +
        `resource ID: endpoint/x/variant/y, scalable dimension: ${DIMENSION}`,
    ],
  ];
  it.each(cases)('%s', async (_label, input, expected) => {
    const world = scheduleWorld();
    const message = await refusal(world.put(input));
    if (typeof expected === 'string') expect(message).toBe(expected);
    else expect(message).toMatch(expected);
    expect(await world.actions()).toEqual([]);
  });

  it('a 201st action, but not a change of the 200th', async () => {
    const world = scheduleWorld();
    const add = (name: string) => world.put({ ...good, ScheduledActionName: name });
    for (let index = 0; index < 200; index += 1) await add(`a${index}`);
    expect(await refusal(add('more'))).toMatch(/^LimitExceededException: /);
    await add('a199');
  });
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
