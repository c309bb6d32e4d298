import type { PutScheduledActionCommandInput } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../simulator/account/application-auto-scaling/schedule.ts';
import {
  epochToWallMs,
  wallToEpochMs,
} from '../../simulator/account/application-auto-scaling/time-zone.ts';
import { AT_ONE_HOUR, runs, scheduleWorld } from './autoscaling-schedule-world.ts';
import { at, DIMENSION, refusal, START_MS } from './sagemaker-world.ts';

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
    { expression: 'cron(30 6 ? * 2 *)', expected: ['2026-01-05T06:30', '2026-01-12T06:30'] },
    { expression: 'cron(0 10 L * ? *)', expected: ['2026-01-31T10:00', '2026-02-28T10:00'] },
    // 1 August 2026 is a Saturday, 15 August too, 31 May a Sunday.
    { expression: 'cron(0 10 1W 8 ? 2026)', expected: ['2026-08-03T10:00'] },
    { expression: 'cron(0 10 15W 8 ? 2026)', expected: ['2026-08-14T10:00'] },
    { expression: 'cron(0 10 31W 5 ? 2026)', expected: ['2026-05-29T10:00'] },
    { expression: 'cron(0 10 31W 6 ? 2026)', expected: [] },
    { expression: 'cron(0 10 ? * L *)', expected: ['2026-01-10T10:00', '2026-01-17T10:00'] },
    { expression: 'cron(0 10 ? * 6L *)', expected: ['2026-01-30T10:00', '2026-02-27T10:00'] },
    { expression: 'cron(0 10 ? * 3#2 *)', expected: ['2026-01-13T10:00', '2026-02-10T10:00'] },
    { expression: 'cron(0 10 ? * MON#5 *)', expected: ['2026-03-30T10:00', '2026-06-29T10:00'] },
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
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(? 10 * * ? *)',
    'cron(0 10 ? * 8#1 *)',
    'cron(0 10 ? * MON#6 *)',
    'cron(0 10 ? * MON#1,TUE#2 *)',
    'cron(0 10 32W * ? *)',
    'cron(0 10 ? * 2W *)',
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
    [
      'an unreadable schedule',
      { ...good, Schedule: 'daily' },
      /^ValidationException: Invalid schedule expression\. Details: "daily" cannot be read/,
    ],
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
