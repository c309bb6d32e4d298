import { describe, expect, it } from 'vitest';
import { alarmInput, cloudWatchWorld } from './cloudwatch-world.ts';

const ARN = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:high';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const METRICS = [
  {
    id: expect.stringMatching(UUID),
    metricStat: {
      metric: {
        namespace: 'AWS/SageMaker',
        name: 'Invocations',
        dimensions: { EndpointName: 'chat', VariantName: 'main' },
      },
      period: 10,
      stat: 'Sum',
    },
    returnData: true,
  },
];

describe('CloudWatch Alarm State Change', () => {
  it('has the documented shape', async () => {
    const { cloudWatch, events, invocations, runTo } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(
      alarmInput({ AlarmDescription: 'too much', DatapointsToAlarm: 1, EvaluationPeriods: 2 }),
    );
    invocations(0, 41);
    invocations(10, 33);
    invocations(20, 101.5);
    await runTo(40);
    const changes = events.filter((event) => event['detail-type'].endsWith('State Change'));
    expect(changes[1]).toEqual({
      version: '0',
      id: expect.stringMatching(UUID),
      'detail-type': 'CloudWatch Alarm State Change',
      source: 'aws.cloudwatch',
      account: '123456789012',
      time: '2026-01-05T00:00:40Z',
      region: 'eu-central-1',
      resources: [ARN],
      detail: {
        alarmName: 'high',
        configuration: { description: 'too much', metrics: METRICS },
        state: {
          value: 'ALARM',
          reason:
            'Threshold Crossed: 1 out of the last 2 datapoints [101.5 (05/01/26 00:00:20), ' +
            '33.0 (05/01/26 00:00:10)] was greater than the threshold (100.0) ' +
            '(minimum 1 datapoint for OK -> ALARM transition).',
          reasonData: JSON.stringify({
            version: '1.0',
            queryDate: '2026-01-05T00:00:40.000+0000',
            startDate: '2026-01-05T00:00:10.000+0000',
            statistic: 'Sum',
            period: 10,
            recentDatapoints: [33, 101.5],
            threshold: 100,
            evaluatedDatapoints: [
              { timestamp: '2026-01-05T00:00:20.000+0000', value: 101.5, sampleCount: 101.5 },
              { timestamp: '2026-01-05T00:00:10.000+0000', value: 33, sampleCount: 33 },
            ],
          }),
          timestamp: '2026-01-05T00:00:40.000+0000',
        },
        previousState: {
          value: 'OK',
          reason: expect.stringContaining(
            'Threshold Crossed: 1 out of the last 1 datapoints [41.0',
          ),
          reasonData: expect.any(String),
          timestamp: '2026-01-05T00:00:20.000+0000',
        },
      },
    });
  });

  it('gives the first state no reason data, and a configuration without description none', async () => {
    const { cloudWatch, events, invocations, runTo } = cloudWatchWorld();
    await runTo(5);
    cloudWatch.putMetricAlarm(alarmInput());
    invocations(0, 1);
    await runTo(20);
    const first = events.find((event) => event['detail-type'].endsWith('State Change'));
    expect(first?.detail).toMatchObject({ configuration: { metrics: METRICS } });
    expect(first?.detail.configuration).not.toHaveProperty('description');
    expect(first?.detail.previousState).toEqual({
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      timestamp: '2026-01-05T00:00:05.000+0000',
    });
  });

  const scenarios: [
    label: string,
    input: Parameters<typeof alarmInput>[0],
    counts: number[],
    state: string,
    reason: RegExp,
  ][] = [
    [
      'one of one',
      {},
      [101],
      'ALARM',
      /^Threshold Crossed: 1 datapoint \[101\.0 \([^)]*\)\] was greater than the threshold \(100\.0\)\.$/,
    ],
    [
      'three of three',
      { EvaluationPeriods: 3 },
      [1, 101, 102, 103],
      'ALARM',
      /^Threshold Crossed: 3 datapoints \[103\.0 .*, 102\.0 .*, 101\.0 .*\] were greater than the threshold \(100\.0\)\.$/,
    ],
    [
      'back within',
      { DatapointsToAlarm: 2, EvaluationPeriods: 3 },
      [101, 101, 1, 1],
      'OK',
      /^Threshold Crossed: 2 out of the last 3 datapoints \[.*\] were not greater than the threshold \(100\.0\) \(minimum 2 datapoints for ALARM -> OK transition\)\.$/,
    ],
    [
      'gaps that breach',
      { EvaluationPeriods: 2, TreatMissingData: 'breaching' },
      [],
      'ALARM',
      /^Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as \[Breaching\]\.$/,
    ],
    [
      'a gap that does not breach',
      { TreatMissingData: 'notBreaching' },
      [],
      'OK',
      /^Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as \[NonBreaching\]\.$/,
    ],
    [
      'no data',
      { EvaluationPeriods: 2 },
      [101, 101],
      'INSUFFICIENT_DATA',
      /^Insufficient Data: 2 datapoints were unknown\.$/,
    ],
    [
      'at most',
      { ComparisonOperator: 'LessThanOrEqualToThreshold' },
      [100],
      'ALARM',
      /was less than or equal to the threshold/,
    ],
  ];

  it.each(scenarios)('words the reason: %s', async (_label, input, counts, state, reason) => {
    const { cloudWatch, events, invocations, runTo } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(alarmInput(input));
    for (const [index, count] of counts.entries()) invocations(index * 10, count);
    await runTo(600);
    const reasons = events
      .filter((event) => event['detail-type'].endsWith('State Change'))
      .map((event) => event.detail.state as { value: string; reason: string })
      .filter(({ value }) => value === state)
      .map((entry) => entry.reason);
    expect(reasons).toContainEqual(expect.stringMatching(reason));
  });

  it('leaves recent data points empty, and names the missing ones, without data', async () => {
    const { cloudWatch, events, invocations, runTo } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(alarmInput());
    invocations(0, 101);
    await runTo(600);
    const state = events.at(-1)?.detail.state as { value: string; reasonData: string };
    expect(state.value).toBe('INSUFFICIENT_DATA');
    expect(JSON.parse(state.reasonData)).toEqual({
      version: '1.0',
      queryDate: '2026-01-05T00:00:40.000+0000',
      statistic: 'Sum',
      period: 10,
      recentDatapoints: [],
      threshold: 100,
      evaluatedDatapoints: [{ timestamp: '2026-01-05T00:00:30.000+0000' }],
    });
  });
});

describe('CloudWatch Alarm Configuration Change', () => {
  it('is emitted on create, update and delete', async () => {
    const { cloudWatch, events, runTo } = cloudWatchWorld();
    cloudWatch.putMetricAlarm(alarmInput({ AlarmDescription: 'too much' }));
    await runTo(3);
    cloudWatch.putMetricAlarm(alarmInput({ Threshold: 50, DatapointsToAlarm: 1 }));
    await runTo(4);
    cloudWatch.deleteAlarms(['high']);
    const created = {
      evaluationPeriods: 1,
      threshold: 100,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'missing',
      metrics: METRICS,
      alarmName: 'high',
      description: 'too much',
      actionsEnabled: true,
      timestamp: '2026-01-05T00:00:00.000+0000',
      okActions: [],
      alarmActions: [],
      insufficientDataActions: [],
    };
    const { description: _, ...rest } = created;
    const updated = {
      ...rest,
      threshold: 50,
      datapointsToAlarm: 1,
      timestamp: '2026-01-05T00:00:03.000+0000',
    };
    const state = { value: 'INSUFFICIENT_DATA', timestamp: '2026-01-05T00:00:00.000+0000' };
    const about = { alarmName: 'high', state };
    expect(events.map((event) => [event['detail-type'], event.time, event.resources])).toEqual(
      ['00', '03', '04'].map((second) => [
        'CloudWatch Alarm Configuration Change',
        `2026-01-05T00:00:${second}Z`,
        [ARN],
      ]),
    );
    expect(events.map((event) => event.detail)).toEqual([
      { ...about, operation: 'create', configuration: created },
      { ...about, operation: 'update', configuration: updated, previousConfiguration: created },
      { ...about, operation: 'delete', configuration: updated },
    ]);
  });

  it('reaches a rule by name prefix and state, after the latency', async () => {
    const { bus, clock, cloudWatch, invocations, runTo } = cloudWatchWorld();
    const seen: string[] = [];
    bus.addRule({
      name: 'alarms',
      pattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [{ prefix: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:fast-' }],
        detail: { state: { value: ['ALARM'] } },
      },
      deliver: (event) => {
        seen.push(`${event.detail.alarmName} at ${new Date(clock.nowMs).toISOString()}`);
      },
    });
    for (const AlarmName of ['fast-high', 'slow-high']) {
      cloudWatch.putMetricAlarm(alarmInput({ AlarmName }));
    }
    invocations(0, 101);
    await runTo(60);
    expect(seen).toEqual(['fast-high at 2026-01-05T00:00:20.500Z']);
  });
});
