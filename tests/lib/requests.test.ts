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
import { answering } from './answering.ts';

const TARGET = variantTarget('checkout', 'AllTraffic');
const METRIC = { namespace: 'N', metricName: 'M', dimensions: {}, statistic: 'Sum' } as const;
const NOW_SECONDS = 1_800_000_000;

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
      (await cloudWatchMeasurements(client).latency(TARGET, NOW_SECONDS, null))?.seconds ?? null,
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
