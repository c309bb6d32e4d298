import { beforeEach, describe, expect, it } from 'vitest';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';
import { FUNCTIONS } from '../../tools/serverless.ts';
import { stackResources } from '../dashboard/body.ts';

const START_MS = Date.UTC(2026, 0, 5);

type Properties = Readonly<Record<string, unknown>>;

/** The alarms of the stack on itself, by the name without the stack's. */
const ALARMS: ReadonlyMap<string, Properties> = new Map(
  [...stackResources().values()]
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties = {} }) => {
      const name = String(Properties.AlarmName).replace(/^.*\$\{sls:stage\}-/, '');
      return [name, Properties];
    }),
);

let parts: AccountParts;

beforeEach(() => {
  parts = createAccount({
    startMs: START_MS,
    seed: 1,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.2, leadTimeSeconds: 60 },
  });
});

/** What CloudFormation puts in the place of a reference; which name does not matter here. */
const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Minutes in which all is well before the alarm is there. */
const WELL_MINUTES = 6;

/**
 * Publishes a value each minute beside an alarm that is as the stack has it; undefined: nothing.
 * @returns whether it went off at any time
 */
async function goesOff(name: string, values: readonly (number | undefined)[]): Promise<boolean> {
  const { account, cloudWatch, clock } = parts;
  const alarm = ALARMS.get(name) as Properties;
  const Dimensions = (alarm.Dimensions as { Name: string; Value: unknown }[]).map((each) => ({
    Name: each.Name,
    Value: plain(each.Value),
  }));
  const metric = {
    namespace: String(alarm.Namespace),
    metricName: String(alarm.MetricName),
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
  const publish = (value: number | undefined) => {
    if (value === undefined) return;
    const stats = { sum: value, minimum: value, maximum: value, sampleCount: 1 };
    cloudWatch.recordBin(metric, clock.nowMs - 60_000, 60, stats);
  };
  const well = metric.metricName === 'Sweeps' ? 1 : 0;
  for (let minute = 0; minute < WELL_MINUTES; minute += 1) {
    await clock.runUntil(clock.nowMs + 60_000);
    publish(well);
  }
  const actions = { AlarmActions: [], OKActions: [] };
  const input = { ...alarm, ...actions, AlarmName: name, Dimensions };
  await account.perform(cloudWatch, 'PutMetricAlarm', input);
  const states: unknown[] = [];
  for (const value of [...values, well, well]) {
    await clock.runUntil(clock.nowMs + 60_000);
    publish(value);
    states.push(cloudWatch.describeAlarm(name)?.StateValue);
  }
  return states.includes('ALARM');
}

it('each function is watched for errors and throttles', () => {
  const wanted = FUNCTIONS.flatMap((name) => [`${name}-errors`, `${name}-throttles`]);
  expect([...ALARMS.keys()]).toEqual(expect.arrayContaining(wanted));
});

it.each([...ALARMS])('%s tells the topic', (_, { AlarmActions }) => {
  expect(AlarmActions).toEqual([{ Ref: 'Notifications' }]);
});

describe('an alarm', () => {
  const none = undefined;
  const once = [...ALARMS.keys()].filter((name) => /-(errors|throttles)$/.test(name));

  it.each<[name: string, values: (number | undefined)[], expected: boolean]>([
    ...once.map((name): [string, number[], boolean] => [name, [0, 0, 1], true]),
    ...once.map((name): [string, number[], boolean] => [name, [0, 0, 0], false]),
    ['dead-letters', [0, 1], true],
    ['dead-letters', [0, 0], false],
    // Where data is missing, CloudWatch looks two periods further back.
    ['sweep-missing', [1, none, none, none, none, none, none, none], true],
    ['sweep-missing', [1, none, none, none, none, none, none], false],
    ['lease-overdue', [0, 1, 1], true],
    ['lease-overdue', [1, 0, 0, 1], false],
    ['configuration-invalid', [0, 1, 1, 1], true],
    ['configuration-invalid', [1, 1, 0, 1], false],
    ['cycles-failing', [1, 1, none, 1, 3], true],
    ['cycles-failing', [none, 1, none, 1, 3], false],
    ['nudges-failing', [1, none, 2, none, 1], true],
    ['nudges-failing', [1, none, none, none, 1], false],
    ['states-unreadable', [1, none, 2, none, 1], true],
    ['states-unreadable', [1, none, none, none, 1], false],
    ['enrolments-failing', [1, 1, none, 1, 1], true],
    ['enrolments-failing', [none, 1, none, 1, 1], false],
    ['budget-unchecked', [1, 1, none, 1, 1], true],
    ['budget-unchecked', [none, 1, none, 1, 1], false],
    ['notifications-failing', [1, 2, none, 1], true],
    ['notifications-failing', [1, none, none, 1], false],
  ])('%s after %j goes off: %s', async (name, values, expected) => {
    expect(await goesOff(name, values)).toBe(expected);
  });

  it('of each kind is among them', () => {
    const tried = [...once, 'dead-letters', 'sweep-missing', 'lease-overdue'];
    const more = ['configuration-invalid', 'cycles-failing', 'notifications-failing'];
    const most = ['nudges-failing', 'states-unreadable', 'enrolments-failing', 'budget-unchecked'];
    expect([...ALARMS.keys()].sort()).toEqual([...tried, ...more, ...most].sort());
  });
});
