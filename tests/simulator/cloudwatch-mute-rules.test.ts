import {
  DeleteAlarmMuteRuleCommand,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
  PutAlarmMuteRuleCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { alarmInput, at, cloudWatchWorld } from './cloudwatch-world.ts';

const ARN = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm-mute-rule:quiet';

/** The world begins on Monday, 5 January 2026, at midnight UTC. */
function rule(Expression: string, Duration = 'PT10M', Timezone?: string) {
  return new PutAlarmMuteRuleCommand({
    Name: 'quiet',
    Rule: { Schedule: { Expression, Duration, ...(Timezone && { Timezone }) } },
    MuteTargets: { AlarmNames: ['high'] },
  });
}

describe('the status of a mute rule', () => {
  it.each([
    ['once, before it begins', rule('at(2026-01-05T00:10)'), 599, 'SCHEDULED'],
    ['once, from its first instant', rule('at(2026-01-05T00:10)'), 600, 'ACTIVE'],
    ['once, to its last instant', rule('at(2026-01-05T00:10)'), 1199, 'ACTIVE'],
    ['once, when it is over', rule('at(2026-01-05T00:10)'), 1200, 'EXPIRED'],
    ['again and again, in a window', rule('cron(30 0 * * *)'), 1800, 'ACTIVE'],
    ['again and again, after a window', rule('cron(30 0 * * *)'), 2400, 'SCHEDULED'],
    ['on Mondays', rule('cron(0 0 * * MON)', 'P1D'), 86_399, 'ACTIVE'],
    ['on Mondays, on a Tuesday', rule('cron(0 0 * * MON)', 'P1D'), 86_400, 'SCHEDULED'],
    ['in a time zone', rule('at(2026-01-05T01:10)', 'PT1M', 'Europe/Paris'), 600, 'ACTIVE'],
  ])('%s', async (_, put, second, status) => {
    const { client, runTo } = cloudWatchWorld();
    await client.send(put);
    await runTo(second);
    const { Status } = await client.send(
      new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'quiet' }),
    );
    expect(Status).toBe(status);
    const list = new ListAlarmMuteRulesCommand({ Statuses: ['ACTIVE'] });
    const { AlarmMuteRuleSummaries = [] } = await client.send(list);
    expect(AlarmMuteRuleSummaries.map(({ AlarmMuteRuleArn }) => AlarmMuteRuleArn)).toEqual(
      status === 'ACTIVE' ? [ARN] : [],
    );
  });

  it.each([
    ['a duration below a minute', rule('at(2026-01-05T00:10)', 'PT0M'), /PT0M/],
    ['a duration above fifteen days', rule('at(2026-01-05T00:10)', 'P15DT1M'), /P15DT1M/],
    ['a schedule of no form', rule('tomorrow'), /tomorrow/],
    ['a rate', rule('rate(5 minutes)'), /rate\(5 minutes\)/],
    ['a cron without fields', rule('cron(nope)'), /cron\(nope\)/],
    ['a minute that no hour has', rule('cron(61 2 * * *)'), /minute: 61/],
    ['six fields of a cron', rule('cron(0 2 * * ? *)'), /minutes hours day-of-month/],
    ['a nickname of a cron', rule('cron(@daily)'), /@daily/],
    ['a day that no month has', rule('at(2026-02-30T00:00)'), /2026-02-30/],
    ['a cron in no zone', rule('cron(0 2 * * *)', 'PT1H', 'CEST'), /CEST/],
    ['a time in no zone', rule('at(2026-01-05T00:10)', 'PT1H', 'Mars/X'), /Mars\/X/],
  ])('refuses %s and keeps no rule', async (_, put, message) => {
    const { client, runTo, cloudWatch } = cloudWatchWorld();
    const refusal = await client.send(put).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    cloudWatch.putMetricAlarm(alarmInput());
    await runTo(60);
    const { AlarmMuteRuleSummaries } = await client.send(new ListAlarmMuteRulesCommand({}));
    expect(AlarmMuteRuleSummaries).toEqual([]);
  });
});

describe('a mute rule from StartDate to before ExpireDate', () => {
  // Windows of ten minutes at each half hour; the rule holds from 00:35 to 01:35.
  const dated = () => {
    const put = rule('cron(0,30 * * * *)');
    return new PutAlarmMuteRuleCommand({ ...put.input, StartDate: at(2100), ExpireDate: at(5700) });
  };

  it.each([
    ['in a window before StartDate', 1800, 'SCHEDULED'],
    ['from StartDate, within a window', 2100, 'ACTIVE'],
    ['after that window', 2400, 'SCHEDULED'],
    ['in a window of its own', 3600, 'ACTIVE'],
    ['in its last window, before ExpireDate', 5699, 'ACTIVE'],
    ['from ExpireDate, within a window', 5700, 'EXPIRED'],
    ['in a window after ExpireDate', 7200, 'EXPIRED'],
  ])('%s', async (_, second, status) => {
    const { client, runTo } = cloudWatchWorld();
    await client.send(dated());
    await runTo(second);
    const { AlarmMuteRuleSummaries } = await client.send(new ListAlarmMuteRulesCommand({}));
    expect(AlarmMuteRuleSummaries).toMatchObject([{ Status: status, ExpireDate: at(5700) }]);
    expect(
      await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'quiet' })),
    ).toMatchObject({ Status: status, StartDate: at(2100), ExpireDate: at(5700) });
  });

  it('mutes an alarm for the part of a window that it holds for', async () => {
    const world = cloudWatchWorld();
    world.cloudWatch.putMetricAlarm(alarmInput());
    await world.client.send(dated());
    await world.runTo(5670);
    world.invocations(5670, 101);
    await world.runTo(5698);
    const change = world.events.find(({ 'detail-type': type }) => type.endsWith('State Change'));
    expect(change?.detail).toMatchObject({
      muteDetail: {
        muteWindowStart: '2026-01-05T01:30:00.000+0000',
        muteWindowEnd: '2026-01-05T01:35:00.000+0000',
      },
    });
  });

  it('is refused when it would end before it begins', async () => {
    const { client } = cloudWatchWorld();
    const put = new PutAlarmMuteRuleCommand({ ...dated().input, ExpireDate: at(2100) });
    await expect(client.send(put)).rejects.toThrow(/StartDate must be before ExpireDate/);
  });
});

it('a muted alarm changes its state and tells by what it is muted, but runs no action', async () => {
  const world = cloudWatchWorld();
  const actions: string[] = [];
  world.cloudWatch.onNotificationAction((arn) => void actions.push(arn));
  world.cloudWatch.putMetricAlarm(
    alarmInput({ AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:topic'] }),
  );
  await world.client.send(rule('at(2026-01-05T00:00)', 'PT2M'));
  const events: unknown[] = [];
  world.bus.addRule({
    name: 'all',
    pattern: { 'detail-type': ['CloudWatch Alarm State Change'] },
    deliver: async ({ detail }) => void events.push(detail),
  });
  world.invocations(0, 101, 10);
  await world.runTo(30);
  expect(actions).toEqual([]);
  expect(events).toMatchObject([
    {
      state: { value: 'ALARM' },
      muteDetail: {
        mutedByArn: ARN,
        muteWindowStart: '2026-01-05T00:00:00.000+0000',
        muteWindowEnd: '2026-01-05T00:02:00.000+0000',
      },
    },
  ]);
  await world.client.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'quiet' }));
  await expect(
    world.client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'quiet' })),
  ).rejects.toThrow(/quiet/);
});
