import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { repeat, watched } from './cloudwatch-alarm-world.ts';
import { alarmInput, START_MS } from './cloudwatch-world.ts';

describe('the evaluation range', () => {
  it.each([
    ['2 periods more than N reach 20 s of lag', 20, undefined, 'ALARM'],
    ['but not 21 s', 21, undefined, 'INSUFFICIENT_DATA'],
    ['3 periods more do', 21, 3, 'ALARM'],
    ['none more reaches no lag at all', 0, 0, 'ALARM'],
    ['and not 1 s', 1, 0, 'INSUFFICIENT_DATA'],
  ])('%s', async (_label, highResolution, evaluationRangeExtra, state) => {
    const world = await watched(
      repeat(30, 101),
      {},
      {
        metricLagSeconds: { highResolution },
        ...(evaluationRangeExtra === undefined ? {} : { evaluationRangeExtra }),
      },
    );
    await world.runTo(200);
    expect(world.cloudWatch.describeAlarm('high')?.StateValue).toBe(state);
  });

  it('slides by the minute for longer periods', async () => {
    const counts = [...repeat(30, 1), ...repeat(30, 4)];
    const world = await watched(counts, { Period: 300 }, { phaseMs: () => 15_000 });
    await world.runTo(620);
    // Of a window of 30 bins, 24 must be of the new level: 24 × 4 + 6 × 1 = 102.
    expect(world.transitions()).toEqual(['75: INSUFFICIENT_DATA -> OK', '555: OK -> ALARM']);
  });
});

describe('actions', () => {
  const POLICY =
    'arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1:resource/x:policyName/p';
  const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:ops';

  async function acted(counts: number[], input: Parameters<typeof alarmInput>[0], binSeconds = 10) {
    const world = await watched(counts, input, {}, binSeconds);
    const runs: string[] = [];
    const log = (kind: string) => (arn: string, alarm: { StateValue: string }) => {
      const second = (world.clock.nowMs - START_MS) / 1000;
      runs.push(`${second}: ${kind} ${arn === POLICY ? 'policy' : 'topic'} ${alarm.StateValue}`);
    };
    world.cloudWatch.onAutoScalingAction(log('scale'));
    world.cloudWatch.onNotificationAction(log('notify'));
    return { ...world, runs };
  }

  it('of Auto Scaling repeat every 10 s while a 10 s alarm stays in the state', async () => {
    const { runs, runTo } = await acted([...repeat(3, 101), ...repeat(10, 1)], {
      AlarmActions: [POLICY, TOPIC],
    });
    await runTo(80);
    expect(runs).toEqual([
      '20: scale policy ALARM',
      '20: notify topic ALARM',
      '30: scale policy ALARM',
      '40: scale policy ALARM',
    ]);
  });

  it.each([20, 30])('of Auto Scaling repeat every 10 s for a %i s alarm too', async (Period) => {
    const { runs, runTo } = await acted(repeat(9, 101), { Period, AlarmActions: [POLICY] }, Period);
    await runTo(120);
    const seconds = runs.map((run) => Number.parseInt(run, 10));
    expect(seconds.slice(0, 3)).toEqual([Period + 10, Period + 20, Period + 30]);
  });

  it('of Auto Scaling repeat every minute for a 60 s alarm', async () => {
    const { runs, runTo } = await acted(repeat(4, 101), { Period: 60, AlarmActions: [POLICY] }, 60);
    await runTo(299);
    expect(runs).toEqual([
      '120: scale policy ALARM',
      '180: scale policy ALARM',
      '240: scale policy ALARM',
    ]);
  });

  it('of the state entered run, OK and INSUFFICIENT_DATA included', async () => {
    const { runs, runTo } = await acted([101, 1, 1], {
      OKActions: [POLICY],
      InsufficientDataActions: [TOPIC],
    });
    await runTo(80);
    expect(runs).toEqual([
      '30: scale policy OK',
      '40: scale policy OK',
      '50: scale policy OK',
      '60: notify topic INSUFFICIENT_DATA',
    ]);
  });

  it('stop while disabled, events do not', async () => {
    const { runs, runTo, cloudWatch, transitions } = await acted([1, ...repeat(9, 101)], {
      ActionsEnabled: false,
      AlarmActions: [POLICY, TOPIC],
    });
    await runTo(45);
    expect(runs).toEqual([]);
    expect(transitions()).toEqual(['20: INSUFFICIENT_DATA -> OK', '30: OK -> ALARM']);
    cloudWatch.putMetricAlarm(alarmInput({ AlarmActions: [POLICY, TOPIC] }));
    await runTo(60);
    expect(runs).toEqual(['50: scale policy ALARM', '60: scale policy ALARM']);
  });

  it('run when the state is set by hand', async () => {
    const { runs, runTo, client } = await acted([], { AlarmActions: [POLICY, TOPIC] });
    await runTo(12);
    const state = { AlarmName: 'high', StateValue: 'ALARM' as const, StateReason: 'drill' };
    await client.send(new SetAlarmStateCommand(state));
    await runTo(30);
    expect(runs).toEqual(['12: scale policy ALARM', '12: notify topic ALARM']);
  });

  it('are awaited before time moves on', async () => {
    const world = await watched([101], { AlarmActions: [POLICY] });
    const seen: number[] = [];
    world.cloudWatch.onAutoScalingAction(async () => {
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      seen.push((world.clock.nowMs - START_MS) / 1000);
    });
    await world.runTo(25);
    expect(seen).toEqual([20]);
  });
});
