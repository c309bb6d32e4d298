import { describe, expect, it } from 'vitest';
import { cloudWatchMeasurements } from '../../lib/aws/measurements.ts';
import { variantTarget } from '../../lib/target.ts';
import { answering } from './answering.ts';

const TARGET = variantTarget('checkout', 'AllTraffic');
const NOW_SECONDS = 1_800_000_000;

describe('the mean latency', () => {
  const data = (sums: Readonly<Record<string, number[]>>) => ({
    MetricDataResults: Object.entries(sums).map(([Id, Values]) => ({
      Id,
      Values,
      Timestamps: Values.map((_, minute) => new Date(60_000 * minute)),
    })),
  });

  it.each([
    ['weighs minutes by their requests', { sum0: [9e6, 1e6], count0: [9, 1] }, 1],
    ['of usual requests is of all', { sum0: [60e6, 220e6], count0: [60, 110] }, 280 / 170],
    [
      'twice as long as of the quickest tenth is of all',
      { sum0: [10e6, 190e6], count0: [10, 90] },
      2,
    ],
    [
      'has no queue in it: of much more than twice as long it is of the quickest minutes',
      { sum0: [10e6, 191e6], count0: [10, 90] },
      1,
    ],
    [
      'with a queue is of a tenth of the requests',
      { sum0: [300e6, 2e6, 900e6], count0: [60, 10, 60] },
      302 / 70,
    ],
    ['has the overhead in it', { sum0: [1e6], count0: [1], sum1: [2e6], count1: [4] }, 1.5],
    ['is unknown without a request', {}, null],
    ['is unknown where none took any time', { sum0: [0], count0: [5] }, null],
  ])('%s', async (_, sums, seconds) => {
    const { client } = answering([data(sums)]);
    const read = cloudWatchMeasurements(client as never);
    expect((await read.latency(TARGET, NOW_SECONDS, null))?.seconds ?? null).toBe(seconds);
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
    const latency = await read.latency(TARGET, NOW_SECONDS, null, { seconds, enough });
    expect(latency?.seconds ?? null).toBe(mean);
    expect((sent[0]?.input.StartTime as Date | undefined)?.getTime()).toBe(from && from * 1000);
  });
});

it.each([
  ['one instance', 1, 3],
  ['the busiest of four', 4, 3 - 0.3 * Math.log(4)],
])('tells how peaks lie above the mean, minute by minute: %s', async (_, instances, spread) => {
  const start = Math.floor(NOW_SECONDS / 60) * 60 - 120;
  const at = (seconds: number) => new Date((start + seconds) * 1000);
  const { client } = answering([
    {
      MetricDataResults: [
        { Id: 'sum0', Values: [300e6] },
        { Id: 'count0', Values: [600] },
        // Half a second each: 4 under way on average, then 1.
        { Id: 'perInstance', Values: [480, 120], Timestamps: [at(0), at(60)] },
        { Id: 'requests', Values: [480 * instances, 120 * instances], Timestamps: [at(0), at(60)] },
        { Id: 'peaks', Values: [9, 11, 3], Timestamps: [at(0), at(50), at(60)] },
      ],
    },
  ]);
  const latency = await cloudWatchMeasurements(client as never).latency(TARGET, NOW_SECONDS, null);
  // (10 − 4) / 2 and (3 − 1) / 1: the upper one of two in the middle.
  expect(latency?.seconds).toBe(0.5);
  expect(latency?.spread).toBeCloseTo(spread, 10);
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

  it.each([
    ['nothing', []],
    ['by a dimension more', [{ MetricName: 'Arrivals', Dimensions: [{}, {}, {}] }]],
    ['another metric', [{ MetricName: 'Failures', Dimensions: [{}, {}] }]],
  ])('not where they publish %s', async (_, listed) => {
    const { client, sent } = answering([{ Metrics: listed }]);
    const read = cloudWatchMeasurements(client as never);
    expect(await read.countedByCallers(TARGET, NOW_SECONDS)).toEqual({
      arrivals: false,
      busy: false,
    });
    expect(sent).toHaveLength(1);
  });
});
