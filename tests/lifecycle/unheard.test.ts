import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricSeries, MetricSink } from '../../simulator/plant/metrics.ts';
import { CHECKOUT, LifecycleWorld, PER_INSTANCE } from './world.ts';

const OWNERS = { min: 1, max: 20 };
const METRIC = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };
const ORDERS = { signal: { ...METRIC, statistic: 'Sum' }, targetPerInstance: 600 };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
let world: LifecycleWorld;
let orders: number | null;

beforeEach(async () => {
  world = await LifecycleWorld.create();
  world.addEndpoint();
  orders = 60;
});

/** First lines of the notifications of the kind. */
const told = () =>
  world.parts.sns.published.flatMap(({ attributes, message }) =>
    attributes.kind === 'blind' ? message.split('\n')[0] : [],
  );

/** Publishes the owner's metric, some seconds after the end of each window, so many windows at a time. */
function publish(lateSeconds: number, windows = 1): void {
  const { clock, cloudWatch } = world.parts;
  const bins: [startMs: number, sum: number][] = [];
  clock.every(clock.nowMs + 10_000, 10_000, () => {
    if (orders !== null) bins.push([clock.nowMs - 10_000, orders]);
    if (bins.length < windows) return;
    for (const [startMs, sum] of bins.splice(0)) {
      clock.at(clock.nowMs + lateSeconds * 1000, () =>
        cloudWatch.recordBin(METRIC, startMs, 10, {
          sum,
          minimum: 1,
          maximum: 1,
          sampleCount: sum,
        }),
      );
    }
  });
}

/** The highest Min that stood at the end of any of the next minutes. */
async function highestMin(minutes: number): Promise<number> {
  let highest = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.run(MINUTE);
    highest = Math.max(highest, world.bounds(CHECKOUT)?.min ?? 0);
  }
  return highest;
}

describe('a signal without data, while SageMaker counts load', () => {
  it('that was never there is told of once, names what to look at, and is over when it speaks', async () => {
    world.setDemand(0.5);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(HOUR - MINUTE);
    expect(told()).toEqual([]);
    await world.run(15 * MINUTE);
    expect(told()).toEqual([
      expect.stringMatching(
        /^checkout\/AllTraffic .*SageMaker counted \d+ invocations, and the metric Shop Orders had no data.*with no dimensions.*"signal" in \/fast-scaler\/targets\/checkout\/AllTraffic\.$/,
      ),
    ]);
    world.setDemand(0);
    await world.run(HOUR);
    world.setDemand(0.5);
    await world.run(1.5 * HOUR);
    expect(told()).toHaveLength(1);
    publish(5);
    await world.run(HOUR);
    orders = null;
    await world.run(2 * HOUR);
    expect(told()).toHaveLength(2);
  });

  it('that comes half an hour late is told of as one that is not there', async () => {
    world.setDemand(0.1);
    publish(1800);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(3 * HOUR);
    expect(told()).toEqual([expect.stringContaining('Shop Orders had no data')]);
  });

  it('is told of an endpoint with few, long requests too', async () => {
    world.parts.plant.setLoad('checkout', 'AllTraffic', (second) => (second % 30 === 0 ? 1 : 0));
    await world.apply(CHECKOUT, ORDERS);
    await world.run(2 * HOUR);
    expect(told()).toHaveLength(1);
  });

  it.each([
    ['in a load that ended', 0],
    ['under the calls of a monitor', 1 / 30 / PER_INSTANCE],
  ])('is not told of %s', async (_, instances) => {
    world.setDemand(0.5);
    publish(5);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(HOUR);
    orders = null;
    world.setDemand(instances);
    await world.run(1.5 * HOUR);
    expect(told()).toEqual([]);
  });

  it('is not told of where nobody scales by it', async () => {
    world.setDemand(0.5);
    await world.apply(CHECKOUT, { ...ORDERS, mode: 'observe' });
    await world.run(2 * HOUR);
    expect(told()).toEqual([]);
  });

  it('asks SageMaker for its count twice an hour, and only as long as the signal is not seen', async () => {
    publish(5);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(HOUR);
    const before = world.countOf('GetMetricData');
    const looks = world.countOf('SendMessage');
    await world.run(2 * HOUR);
    const seen = world.countOf('GetMetricData') - before;
    orders = null;
    await world.run(HOUR);
    const later = world.countOf('GetMetricData');
    await world.run(2 * HOUR);
    expect(looks).toBeGreaterThan(0);
    expect(world.countOf('GetMetricData') - later - seen).toBe(4);
  });
});

describe('load that is seen too late', () => {
  it.each([
    ['two minutes after the end of each window', 120, 1],
    ['a minute and a half after', 90, 1],
    ['five minutes of it at a time, after two', 120, 30],
  ])('%s is told of once, and no surge is answered', async (_, lateSeconds, windows) => {
    world.setDemand(0.1);
    publish(lateSeconds, windows);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(1.5 * HOUR);
    expect(told()).toEqual([
      expect.stringMatching(/seen more than a minute late: windows of the metric Shop Orders/),
    ]);
    orders = 900;
    await world.run(HOUR);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
    orders = null;
    world.setDemand(0);
    await world.run(HOUR);
    orders = 60;
    await world.run(1.5 * HOUR);
    expect(told()).toHaveLength(1);
  });

  it.each([
    ['in time and ended', 5, 1],
    ['late for twelve minutes and ended', 120, 1],
    ['three minutes at a time and ended', 5, 18],
  ])('is not told of a load that came %s', async (_, lateSeconds, windows) => {
    publish(lateSeconds, windows);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(12 * MINUTE);
    orders = null;
    await world.run(1.5 * HOUR);
    expect(told()).toEqual([]);
  });
});

describe('load that is kept by the minute', () => {
  /** Without a storage resolution of 1: what a minute counts is readable from its first publication on, and grows. */
  function publishMinutes(everySeconds: number, forSeconds: number): void {
    const { account, clock, cloudWatch } = world.parts;
    const untilMs = clock.nowMs + forSeconds * 1000;
    clock.every(clock.nowMs + everySeconds * 1000, everySeconds * 1000, () => {
      if (clock.nowMs > untilMs || orders === null) return;
      const Value = (everySeconds / 10) * orders;
      const Timestamp = (clock.nowMs - 1) / 1000;
      const MetricData = [{ MetricName: METRIC.metricName, Value, Timestamp }];
      const input = { Namespace: METRIC.namespace, MetricData };
      cloudWatch.operations.PutMetricData?.(input, account.context);
    });
  }

  it.each([
    ['once a minute', MINUTE],
    ['every ten seconds', 10],
  ])(
    'published %s asks for no six times as much, is told of once, and is over with finer windows',
    async (_, everySeconds) => {
      orders = 190;
      publishMinutes(everySeconds, HOUR);
      await world.run(10 * MINUTE);
      await world.apply(CHECKOUT, ORDERS);
      const highest = await highestMin(25);
      expect(highest).toBeGreaterThanOrEqual(2);
      expect(highest).toBeLessThanOrEqual(4);
      expect(told()).toEqual([]);
      await world.run(20 * MINUTE);
      expect(told()).toEqual([
        expect.stringMatching(
          /^checkout\/AllTraffic is scaled late\. The metric Shop Orders has one value a minute/,
        ),
      ]);
      await world.run(5 * MINUTE);
      publish(5);
      await world.run(45 * MINUTE);
      expect(told()).toHaveLength(1);
      expect(world.deployment.failures).toEqual([]);
    },
  );

  /** The value of each minute, readable so long after its end. */
  function publishWhole(lateSeconds: number): void {
    const { clock, cloudWatch } = world.parts;
    clock.every(clock.nowMs + MINUTE * 1000, MINUTE * 1000, () => {
      if (orders === null) return;
      const startMs = clock.nowMs - MINUTE * 1000;
      const bin = { sum: 6 * orders, minimum: 1, maximum: 1, sampleCount: 6 * orders };
      clock.at(clock.nowMs + lateSeconds * 1000, () =>
        cloudWatch.recordBin(METRIC, startMs, MINUTE, bin),
      );
    });
  }

  it.each([
    ['while it can be read', 5, /scaled late.*has one value a minute/],
    ['as late where it never can in time', 70, /has not been scaled.*seen more than a minute late/],
  ])('is told of %s, once, though calm comes between', async (_, lateSeconds, telling) => {
    publishWhole(lateSeconds);
    await world.apply(CHECKOUT, ORDERS);
    for (let day = 0; day < 3; day += 1) {
      orders = 60;
      await world.run(1.5 * HOUR);
      orders = null;
      await world.run(1.5 * HOUR);
    }
    expect(told()).toEqual([expect.stringMatching(telling)]);
  });

  it('asks for no more after a night without values than before', async () => {
    orders = 190;
    publishMinutes(10, 9 * HOUR);
    await world.run(10 * MINUTE);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(HOUR);
    orders = null;
    await world.run(3 * HOUR);
    orders = 190;
    let highest = 0;
    for (let look = 0; look < 40; look += 1) {
      await world.run(30);
      highest = Math.max(highest, world.bounds(CHECKOUT)?.min ?? 0);
    }
    expect(highest).toBeGreaterThanOrEqual(2);
    expect(highest).toBeLessThanOrEqual(4);
  });

  it('and then silent under load is told of as that', async () => {
    world.setDemand(0.5);
    publishWhole(5);
    await world.apply(CHECKOUT, ORDERS);
    await world.run(HOUR);
    orders = null;
    await world.run(1.5 * HOUR);
    expect(told()).toEqual([
      expect.stringContaining('has one value a minute'),
      expect.stringContaining('Shop Orders had no data'),
    ]);
  });
});

describe('invocations that SageMaker does not publish every ten seconds, as the endpoint has it', () => {
  const isOfInvocations = ({ metricName }: MetricSeries) => metricName.startsWith('Invocations');

  /** An account whose invocations arrive otherwise. */
  async function inAccount(publishOtherwise: (sink: MetricSink) => MetricSink['recordBin']) {
    world = await LifecycleWorld.create(1, {
      metricSink: (sink) => {
        const otherwise = publishOtherwise(sink);
        return {
          recordBin: (series, ...bin) =>
            isOfInvocations(series) ? otherwise(series, ...bin) : sink.recordBin(series, ...bin),
        };
      },
    });
    world.addEndpoint();
    world.setDemand(0.5);
    await world.run(15 * MINUTE);
    await world.apply(CHECKOUT);
  }

  it('but never: they are held against the requests under way, and told of once', async () => {
    await inAccount(() => () => undefined);
    await world.run(1.5 * HOUR);
    expect(told()).toEqual([
      expect.stringMatching(
        /requests under way in \d+ minutes, and the metric AWS\/SageMaker Invocations had no data.*Set "signal": "concurrency" in/,
      ),
    ]);
    expect(world.bounds(CHECKOUT)).toEqual(OWNERS);
  });

  it('but by the minute: they ask for what is needed and not for six times as much, and are told of once', async () => {
    await inAccount((sink) => (series, startMs, _, stats) => {
      sink.recordBin(series, Math.floor(startMs / 60_000) * 60_000, MINUTE, stats);
    });
    world.setDemand(1.9);
    const highest = await highestMin(60);
    expect(highest).toBeGreaterThanOrEqual(2);
    expect(highest).toBeLessThanOrEqual(4);
    expect(told()).toEqual([
      expect.stringMatching(/Invocations has one value a minute.*Set "signal": "concurrency" in/),
    ]);
  });
});
