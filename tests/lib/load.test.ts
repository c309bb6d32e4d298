import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { beforeEach, expect, it } from 'vitest';
import { cloudWatchLoad, type LoadReader } from '../../lib/aws/load.ts';
import type { MetricRef } from '../../lib/config/signal.ts';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';

const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;

const metric = (metricName: string): MetricRef => ({
  namespace: 'AWS/SageMaker',
  metricName,
  dimensions: { EndpointName: 'checkout', VariantName: 'AllTraffic' },
  statistic: 'Sum',
});

let parts: AccountParts;
let reader: LoadReader;

beforeEach(() => {
  parts = createAccount({
    startMs: START_SECONDS * 1000,
    seed: 1,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.2, leadTimeSeconds: 60 },
  });
  const { account } = parts;
  reader = cloudWatchLoad(
    new CloudWatchClient({
      region: account.context.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: account.requestHandler(),
    }),
  );
});

/** Publishes a window of ten seconds. */
function publish({ statistic: _, ...identity }: MetricRef, second: number, sum: number): void {
  const stats = { sum, minimum: sum, maximum: sum, sampleCount: 1 };
  parts.cloudWatch.recordBin(identity, (START_SECONDS + second) * 1000, 10, stats);
}

const read = async (metrics: readonly MetricRef[], from = 0, to = 120) => {
  await parts.clock.runUntil((START_SECONDS + 300) * 1000);
  const series = await reader.read(metrics, START_SECONDS + from, START_SECONDS + to);
  return series.map((points) =>
    points.map(({ startSeconds, value }) => [startSeconds - START_SECONDS, value]),
  );
};

it('gives each window that has data, and none that has not: missing is not zero', async () => {
  const load = metric('Invocations');
  for (const second of [0, 10, 50, 90]) publish(load, second, second + 1);
  expect(await read([load])).toEqual([
    [
      [0, 1],
      [10, 11],
      [50, 51],
      [90, 91],
    ],
  ]);
});

it('tells a zero that was published from a window that was not', async () => {
  const load = metric('Invocations');
  publish(load, 30, 0);
  expect(await read([load])).toEqual([[[30, 0]]]);
});

it('takes the first moment in and leaves the last one out', async () => {
  const load = metric('Invocations');
  for (const second of [0, 10, 20, 30]) publish(load, second, 1);
  const [points = []] = await read([load], 10, 30);
  expect(points.map(([second]) => second)).toEqual([10, 20]);
});

it('keeps several metrics apart, in the order in which they were asked for', async () => {
  const [first, second, third] = [metric('A'), metric('B'), metric('C')];
  publish(first, 10, 1);
  publish(third, 20, 3);
  expect(await read([third, second, first])).toEqual([[[20, 3]], [], [[10, 1]]]);
});

it('reads every page', async () => {
  const load = metric('Invocations');
  for (let second = 0; second < 120; second += 10) publish(load, second, second);
  let pages = 0;
  parts.account.intercept(({ operation, input }) => {
    if (operation !== 'GetMetricData') return;
    pages += 1;
    Object.assign(input, { MaxDatapoints: 5 });
  });
  const [points] = await read([load]);
  expect(points).toHaveLength(12);
  expect(pages).toBe(3);
});
