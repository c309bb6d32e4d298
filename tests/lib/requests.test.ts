import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { cloudWatchAlarms } from '../../lib/aws/alarms.ts';
import { sageMakerTags } from '../../lib/aws/endpoint-tags.ts';
import { dynamoItemTable, type ItemTable } from '../../lib/aws/item-table.ts';
import { cloudWatchLoad } from '../../lib/aws/load.ts';
import { cloudWatchMeasurements } from '../../lib/aws/measurements.ts';
import { cloudWatchHistory } from '../../lib/aws/metric-history.ts';
import { cloudWatchMuteRules } from '../../lib/aws/mute-rules.ts';
import { operatorTable } from '../../lib/aws/operator-table.ts';
import { parameterStore } from '../../lib/aws/parameters.ts';
import { serviceQuotas } from '../../lib/aws/quotas.ts';
import { applicationAutoScaling } from '../../lib/aws/scalable-targets.ts';
import { scalingPolicies } from '../../lib/aws/scaling-policies.ts';
import { variantTarget } from '../../lib/target.ts';

const TARGET = variantTarget('checkout', 'AllTraffic');
const METRIC = { namespace: 'N', metricName: 'M', dimensions: {}, statistic: 'Sum' } as const;
const NOW_SECONDS = 1_800_000_000;

interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A client that gives these answers in turn and keeps what it was sent; an answer too few is a fault. */
function answering<Client>(answers: readonly object[]) {
  const sent: Sent[] = [];
  const left = [...answers];
  const send = async (command: { readonly input: Sent['input'] }) => {
    sent.push({ name: command.constructor.name, input: command.input });
    const answer = left.shift();
    if (!answer) throw new Error('asked once too often');
    return answer;
  };
  return { client: { send } as unknown as Client, sent };
}

const registered = (name: string, ScalableDimension = TARGET.scalableDimension as string) => ({
  ResourceId: `endpoint/${name}/variant/AllTraffic`,
  ScalableDimension,
  MinCapacity: 1,
  MaxCapacity: 2,
});
const COMPONENT = 'sagemaker:inference-component:DesiredCopyCount';
const policy = (PolicyName: string) => ({
  PolicyName,
  ResourceId: TARGET.resourceId,
  ScalableDimension: TARGET.scalableDimension,
});
const quota = (type: string) => ({ QuotaName: `${type} for endpoint usage`, Value: 4 });
const rule = (name: string) => ({
  AlarmMuteRuleArn: `arn:aws:cloudwatch:eu-west-1:1:alarm-mute-rule:${name}`,
});
const window = (Id: string, second: number) => ({
  MetricDataResults: [{ Id, Timestamps: [new Date((NOW_SECONDS + second) * 1000)], Values: [8] }],
});

/** Reads everything; what comes back, by names. */
type Read = (client: never) => Promise<readonly unknown[]>;

const PAGED: readonly (readonly [
  what: string,
  read: Read,
  pages: readonly [object, object],
  found: readonly unknown[],
])[] = [
  [
    'alarms',
    async (client) => (await cloudWatchAlarms(client).list('p')).map((each) => each.alarmName),
    [{ MetricAlarms: [{ AlarmName: 'a' }] }, { MetricAlarms: [{ AlarmName: 'b' }] }],
    ['a', 'b'],
  ],
  [
    'scalable targets',
    async (client) => [...(await applicationAutoScaling(client).describe([TARGET])).keys()],
    [{ ScalableTargets: [registered('other')] }, { ScalableTargets: [registered('checkout')] }],
    [TARGET.resourceId],
  ],
  [
    'all scalable targets',
    async (client) => [...(await applicationAutoScaling(client).describeAll()).keys()],
    [
      { ScalableTargets: [registered('a'), registered('component', COMPONENT)] },
      { ScalableTargets: [registered('b')] },
    ],
    ['endpoint/a/variant/AllTraffic', 'endpoint/b/variant/AllTraffic'],
  ],
  [
    'scaling policies',
    async (client) =>
      (await scalingPolicies(client, async () => {}).list()).map((each) => each.policyName),
    [{ ScalingPolicies: [policy('a')] }, { ScalingPolicies: [policy('b')] }],
    ['a', 'b'],
  ],
  [
    'endpoints',
    async (client) => (await sageMakerTags(client).list()).map((each) => each.endpointName),
    [
      { Endpoints: [{ EndpointName: 'a', EndpointArn: 'arn:a' }] },
      { Endpoints: [{ EndpointName: 'b', EndpointArn: 'arn:b' }] },
    ],
    ['a', 'b'],
  ],
  [
    'the tags of an endpoint',
    async (client) => [
      await sageMakerTags(client).read(
        { endpointName: 'a', arn: 'arn:a', modifiedAtMs: 0 },
        'fast-scaler',
      ),
    ],
    [
      { Tags: [{ Key: 'team', Value: 'search' }] },
      { Tags: [{ Key: 'fast-scaler', Value: 'act' }] },
    ],
    ['act'],
  ],
  [
    'mute rules',
    async (client) => (await cloudWatchMuteRules(client).active()).map((each) => each.name),
    [{ AlarmMuteRuleSummaries: [rule('a')] }, { AlarmMuteRuleSummaries: [rule('b')] }],
    ['a', 'b'],
  ],
  [
    'parameters',
    async (client) => [...(await parameterStore(client).readAll('/p')).keys()],
    [{ Parameters: [{ Name: 'a', Value: '' }] }, { Parameters: [{ Name: 'b', Value: '' }] }],
    ['a', 'b'],
  ],
  [
    'quotas',
    async (client) => [...(await serviceQuotas(client).read(['ml.a', 'ml.b'])).keys()],
    [{ Quotas: [quota('ml.a')] }, { Quotas: [quota('ml.b')] }],
    ['ml.a', 'ml.b'],
  ],
  [
    'load',
    async (client) => (await cloudWatchLoad(client).read([METRIC], 0, NOW_SECONDS)).flat(),
    [window('m0', 0), window('m0', 10)],
    [0, 10].map((second) => ({ startSeconds: NOW_SECONDS + second, value: 8 })),
  ],
  [
    'the history of minutes',
    async (client) => {
      const history = cloudWatchHistory(client, client);
      const { invocations } = await history.minutes(TARGET, NOW_SECONDS, NOW_SECONDS + 180);
      return invocations;
    },
    [window('invocations', 0), window('invocations', 120)],
    [8, null, 8],
  ],
  [
    'latencies',
    async (client) => [
      (await cloudWatchMeasurements(client).latency(TARGET, NOW_SECONDS))?.seconds ?? null,
    ],
    [
      {
        MetricDataResults: [
          { Id: 'sum0', Values: [3e6] },
          { Id: 'count0', Values: [2] },
        ],
      },
      {
        MetricDataResults: [
          { Id: 'sum0', Values: [1e6, 2e6] },
          { Id: 'count0', Values: [1] },
        ],
      },
    ],
    [2],
  ],
];

describe('what comes in pages is read to the end', () => {
  it.each(PAGED)('%s', async (_, read, [first, second], found) => {
    const { client, sent } = answering([{ ...first, NextToken: 'next' }, second]);
    expect(await read(client as never)).toEqual(found);
    const tokens = sent.map(({ input }) => input.NextToken);
    expect(tokens).toEqual([undefined, 'next']);
  });

  it('quotas that were never applied, too', async () => {
    const { client, sent } = answering([
      { Quotas: [] },
      { Quotas: [quota('ml.a')], NextToken: 'next' },
      { Quotas: [quota('ml.b')] },
    ]);
    const read = await serviceQuotas(client as never).read(['ml.a', 'ml.b']);
    expect([...read.keys()]).toEqual(['ml.a', 'ml.b']);
    expect(sent.map(({ input }) => input.NextToken)).toEqual([undefined, undefined, 'next']);
  });

  it('an answer without anything in it is no fault', async () => {
    for (const [, read] of PAGED) {
      const { client } = answering([{}, {}]);
      await expect(read(client as never)).resolves.toBeDefined();
    }
  });
});

describe('scalable targets', () => {
  const described = async (...found: object[]) => {
    const { client, sent } = answering<ApplicationAutoScalingClient>([{ ScalableTargets: found }]);
    const read = await applicationAutoScaling(client).describe([TARGET]);
    return { ids: [...read.keys()], sent };
  };

  it('are asked for by name, since an account may have thousands', async () => {
    const { sent } = await described();
    expect(sent[0]?.input.ResourceIds).toEqual([TARGET.resourceId]);
  });

  it('count by name and dimension', async () => {
    const { ids } = await described(registered('other'), registered('checkout', COMPONENT));
    expect(ids).toEqual([]);
  });

  it.each([
    ['as it was put', {}, { untilSeconds: NOW_SECONDS, restores: { min: 1, max: 20 } }],
    ['without a Min', { ScalableTargetAction: { MaxCapacity: 20 } }, undefined],
    ['without a Max', { ScalableTargetAction: { MinCapacity: 1 } }, undefined],
    ['that is repeated', { Schedule: 'rate(5 minutes)' }, undefined],
    ['without a time', { Schedule: 'at(soon)' }, undefined],
  ])('have the lease %s', async (_, changes, lease) => {
    const action = {
      Schedule: 'at(2027-01-15T08:00:00)',
      ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 20 },
      ...changes,
    };
    const { client } = answering<ApplicationAutoScalingClient>([{ ScheduledActions: [action] }]);
    expect(await applicationAutoScaling(client).lease(TARGET)).toEqual(lease);
  });
});

it.each([
  ['one batch', 100, [100]],
  ['one more than a batch', 101, [100, 1]],
  ['none', 0, []],
])('alarms are deleted by the hundred: %s', async (_, count, batches) => {
  const { client, sent } = answering(batches.map(() => ({})));
  await cloudWatchAlarms(client as never).delete(Array.from({ length: count }, (_, i) => `a${i}`));
  expect(sent.map(({ input }) => (input.AlarmNames as string[]).length)).toEqual(batches);
});

describe('the mean latency', () => {
  const data = (sums: Readonly<Record<string, number[]>>) => ({
    MetricDataResults: Object.entries(sums).map(([Id, Values]) => ({ Id, Values })),
  });

  it.each([
    ['weighs minutes by their requests', { sum0: [9e6, 1e6], count0: [9, 1] }, 1],
    ['has the overhead in it', { sum0: [1e6], count0: [1], sum1: [2e6], count1: [4] }, 1.5],
    ['is unknown without a request', {}, null],
    ['is unknown where none took any time', { sum0: [0], count0: [5] }, null],
  ])('%s', async (_, sums, seconds) => {
    const { client } = answering([data(sums)]);
    const read = cloudWatchMeasurements(client as never);
    expect((await read.latency(TARGET, NOW_SECONDS))?.seconds ?? null).toBe(seconds);
  });
});

describe('the mean latency from a moment on', () => {
  const lastMinute = Math.floor(NOW_SECONDS / 60) * 60;
  it.each([
    ['is of whole minutes', lastMinute - 119, 30, lastMinute - 60, 2],
    ['goes back an hour at most', lastMinute - 9000, 30, lastMinute - 3600, 2],
    ['is unknown for too few requests', lastMinute - 120, 31, lastMinute - 120, null],
    ['is unknown before a minute is over', lastMinute - 59, 30, undefined, null],
  ])('%s', async (_, seconds, enough, from, mean) => {
    const { client, sent } = answering([
      {
        MetricDataResults: [
          { Id: 'sum0', Values: [60e6] },
          { Id: 'count0', Values: [30] },
        ],
      },
    ]);
    const read = cloudWatchMeasurements(client as never);
    const latency = await read.latency(TARGET, NOW_SECONDS, { seconds, enough });
    expect(latency?.seconds ?? null).toBe(mean);
    expect((sent[0]?.input.StartTime as Date | undefined)?.getTime()).toBe(from && from * 1000);
  });
});

it('tells how peaks lie above the mean, minute by minute', async () => {
  const start = Math.floor(NOW_SECONDS / 60) * 60 - 120;
  const at = (seconds: number) => new Date((start + seconds) * 1000);
  const { client } = answering([
    {
      MetricDataResults: [
        { Id: 'sum0', Values: [300e6] },
        { Id: 'count0', Values: [600] },
        // Half a second each: 4 under way on average, then 1.
        { Id: 'perInstance', Values: [480, 120], Timestamps: [at(0), at(60)] },
        { Id: 'peaks', Values: [9, 11, 3], Timestamps: [at(0), at(50), at(60)] },
      ],
    },
  ]);
  const latency = await cloudWatchMeasurements(client as never).latency(TARGET, NOW_SECONDS);
  // (10 − 4) / 2 and (3 − 1) / 1: the upper one of two in the middle.
  expect(latency).toEqual({ seconds: 0.5, spread: 3 });
});

describe('what callers count is held against what SageMaker does', () => {
  const LAST = Math.floor(NOW_SECONDS / 60) * 60 - 120;
  const FIRST = LAST - 900;
  const points = (
    Id: string,
    values: readonly (readonly [startSeconds: number, value: number])[],
  ) => ({
    Id,
    Values: values.map(([, value]) => value),
    Timestamps: values.map(([startSeconds]) => new Date(startSeconds * 1000)),
  });
  const all = [
    [FIRST, 100],
    [FIRST + 60, 200],
    [FIRST + 120, 400],
  ] as const;

  it.each([
    [
      'in all of a quarter of an hour',
      [
        [FIRST, 90],
        [FIRST + 60, 150],
      ],
      240,
      700,
    ],
    [
      'from the first whole minute in which they publish',
      [
        [FIRST + 60, 90],
        [FIRST + 120, 399],
      ],
      399,
      400,
    ],
    ['to the end, though they fell silent', [[FIRST, 90]], 90, 700],
    ['when they have said nothing', [], 0, 700],
  ] as const)('%s', async (_, callers, byCallers, bySageMaker) => {
    const listed = { MetricName: 'Arrivals', Dimensions: [{}, {}] };
    const { client, sent } = answering([
      { Metrics: [listed] },
      { MetricDataResults: [points('callers', callers), points('sagemaker', all)] },
    ]);
    const read = cloudWatchMeasurements(client as never);
    expect(await read.countedByCallers(TARGET, NOW_SECONDS)).toEqual({
      arrivals: true,
      busy: false,
      compared: { byCallers, bySageMaker },
    });
    const [, { input }] = sent as [unknown, { input: { StartTime: Date; EndTime: Date } }];
    const span = [input.StartTime, input.EndTime].map((time) => time.getTime() / 1000);
    expect(span).toEqual([FIRST, LAST]);
  });

  it('not where they publish nothing', async () => {
    const { client, sent } = answering([{ Metrics: [] }]);
    const read = cloudWatchMeasurements(client as never);
    expect(await read.countedByCallers(TARGET, NOW_SECONDS)).toEqual({
      arrivals: false,
      busy: false,
    });
    expect(sent).toHaveLength(1);
  });
});

describe('items of the table are read as they are now, not as they were a moment ago', () => {
  const table = (answer: object) => {
    const { client, sent } = answering([answer]);
    return { items: dynamoItemTable(client as never, () => 'table'), sent };
  };

  it.each<[string, (items: ItemTable) => Promise<unknown>]>([
    ['one', (items) => items.get({ pk: { S: 'a' }, sk: { S: 'b' } })],
    ['a partition', (items) => items.query('a')],
  ])('%s', async (_, read) => {
    const { items, sent } = table({});
    await read(items);
    expect(sent.map(({ input }) => input.ConsistentRead)).toEqual([true]);
  });
});

it.each<[string, 'decisionsAfter' | 'decisionsUntil', string[]]>([
  ['after it', 'decisionsAfter', ['decision#2027-01-15T08:00:00.001Z', 'decision#~']],
  ['up to it', 'decisionsUntil', ['decision#', 'decision#2027-01-15T08:00:00.000Z#~']],
])('decisions %s are asked for from a moment on, none twice', async (_, which, [from, to]) => {
  const { client, sent } = answering([{}]);
  await operatorTable(client as never, () => 'table')[which](TARGET, NOW_SECONDS * 1000, 9);
  expect(sent[0]?.input.ExpressionAttributeValues).toMatchObject({
    ':from': { S: from },
    ':to': { S: to },
  });
});
