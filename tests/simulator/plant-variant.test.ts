import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { Plant, type PlantOptions } from '../../simulator/plant/plant.ts';
import type { VariantModel, VariantSecond } from '../../simulator/plant/variant.ts';
import { MODEL, RecordingSink, START_MS } from './sagemaker-world.ts';

const START_SECOND = START_MS / 1000;
const IDENTITY = { endpointName: 'chat', variantName: 'main', instanceType: 'ml.g5.xlarge' };

interface Setup {
  readonly model?: Partial<VariantModel>;
  readonly plant?: Partial<PlantOptions>;
  readonly instances?: number;
  readonly metricSeconds?: number;
}

/** One variant on a plant, with what it published and did. */
function variantWorld({ model, plant, instances = 2, metricSeconds = 60 }: Setup = {}) {
  const clock = new VirtualClock(START_MS);
  const sink = new RecordingSink(clock);
  const options = { clock, metrics: sink, model: { ...MODEL, ...model }, ...plant };
  const thePlant = new Plant(options);
  const variant = thePlant.createVariant(IDENTITY, metricSeconds);
  variant.open(instances, 0, () => {});
  const seconds: VariantSecond[] = [];
  variant.onSecond((second) => seconds.push(second));
  const outcomes: string[] = [];
  return {
    clock,
    sink,
    plant: thePlant,
    variant,
    seconds,
    outcomes,
    runTo: (second: number) => clock.runUntil(START_MS + second * 1000),
    scaleTo: (count: number) =>
      variant.scaleTo(count, (outcome) =>
        outcomes.push(`${(clock.nowMs - START_MS) / 1000}: ${outcome}`),
      ),
    /** A member of every second so far. */
    every: (member: keyof VariantSecond) => seconds.map((second) => second[member]),
  };
}

describe('instances', () => {
  it('serve a lead time after they were asked for, and cost money from then on', async () => {
    const world = variantWorld({ model: { leadTimeSeconds: 5 } });
    await world.runTo(3);
    world.scaleTo(5);
    expect(world.variant.instances).toMatchObject({ inService: 2, desired: 5, starting: 3 });
    await world.runTo(10);
    expect(world.every('inService')).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 5, 5]);
    expect(world.every('billed')).toEqual([2, 2, 2, 5, 5, 5, 5, 5, 5, 5]);
    expect(world.every('desired')).toEqual([2, 2, 2, 5, 5, 5, 5, 5, 5, 5]);
    expect(world.outcomes).toEqual(['8: fulfilled']);
  });

  it('stop serving at the beginning of a scale-in and are released at its end', async () => {
    const world = variantWorld({ model: { scaleInSeconds: 4 }, instances: 3 });
    await world.runTo(2);
    world.scaleTo(1);
    expect(world.variant.instances).toMatchObject({ inService: 1, desired: 1, draining: 2 });
    await world.runTo(10);
    expect(world.every('inService')).toEqual([3, 3, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(world.every('billed')).toEqual([3, 3, 3, 3, 3, 3, 1, 1, 1, 1]);
    expect(world.outcomes).toEqual(['6: fulfilled']);
  });

  it('take 60 s to go unless told otherwise', async () => {
    const world = variantWorld();
    world.scaleTo(1);
    await world.runTo(70);
    expect(world.outcomes).toEqual(['60: fulfilled']);
  });

  it('count for the part of a second that they were there', async () => {
    const world = variantWorld({ model: { leadTimeSeconds: 2.25 }, instances: 1 });
    await world.runTo(1.5);
    world.scaleTo(2);
    await world.runTo(10);
    // Asked for at 1.5 s, in service at 3.75 s.
    expect(world.every('billed').slice(0, 4)).toEqual([1, 1.5, 2, 2]);
    expect(world.every('inService').slice(0, 6)).toEqual([1, 1, 1, 1.25, 2, 2]);
  });

  it('serve with exactly their share of a second', async () => {
    const model = { leadTimeSeconds: 2.5, instanceThroughputPerSecond: 4, serviceSeconds: 1 };
    const world = variantWorld({ model, instances: 1 });
    world.variant.setLoad(() => 100);
    world.scaleTo(2);
    await world.runTo(10);
    // 4 places and 4 a second; half an instance more brings 2 places and 2, then the other half.
    expect(world.every('served').slice(0, 5)).toEqual([8, 4, 4 + 2 + 2, 8 + 2, 8]);
  });

  it('refuse a second update while one runs, which would be a defect of the caller', () => {
    const world = variantWorld();
    world.scaleTo(3);
    expect(() => world.scaleTo(4)).toThrow('changing');
  });

  it('take over from the old ones together when they are replaced', async () => {
    const world = variantWorld({ model: { leadTimeSeconds: 3 } });
    world.variant.replaceWith(4, () => {});
    await world.runTo(10);
    expect(world.every('inService').slice(0, 5)).toEqual([2, 2, 2, 4, 4]);
    expect(world.every('billed').slice(0, 5)).toEqual([6, 6, 6, 4, 4]);
  });
});

describe('lead times that differ', () => {
  const model = { leadTimeSeconds: 100, leadTimeJitterFraction: 0.2 };
  /** When each count of instances was first in service. */
  const joins = async (joining: 'together' | 'one-by-one', seed: number) => {
    const world = variantWorld({ model: { ...model, joining }, plant: { seed }, instances: 1 });
    world.scaleTo(4);
    await world.runTo(130);
    const counts = world.every('inService') as number[];
    return { at: [2, 3, 4].map((count) => counts.findIndex((now) => now >= count)), world };
  };

  it('together: all join when the slowest is ready', async () => {
    const { world } = await joins('together', 7);
    const whole = (world.every('inService') as number[]).filter(Number.isInteger);
    expect([...new Set(whole)]).toEqual([1, 4]);
  });

  it('one by one: each joins when it is ready, the last with the end of the update', async () => {
    const { at, world } = await joins('one-by-one', 7);
    const [first = 0, second = 0, third = 0] = at;
    expect(first < second && second < third).toBe(true);
    expect(world.outcomes[0]).toMatch(new RegExp(`^${third - 1}\\.\\d+: fulfilled$`));
    expect(first).toBeGreaterThanOrEqual(80);
    expect(third).toBeLessThanOrEqual(121);
  });

  it('are the same for the same seed and others for another', async () => {
    const { at } = await joins('one-by-one', 7);
    expect((await joins('one-by-one', 7)).at).toEqual(at);
    expect((await joins('one-by-one', 8)).at).not.toEqual(at);
  });
});

describe('load', () => {
  it('arrives second by second, in order, each second once', async () => {
    const world = variantWorld();
    const asked: number[] = [];
    world.variant.setLoad((second) => {
      asked.push(second - START_SECOND);
      return 3;
    });
    await world.runTo(4);
    expect(world.variant.requests.arrived).toBe(12);
    await world.runTo(12);
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(world.variant.requests.arrived).toBe(36);
  });

  it('carries parts of a request over', async () => {
    const world = variantWorld();
    world.variant.setLoad(() => 0.1);
    await world.runTo(30);
    const seconds = world.seconds.filter(({ arrivals }) => arrivals > 0);
    expect(seconds.map(({ second }) => second - START_SECOND)).toEqual([9, 19, 29]);
  });

  it('changes from the second that the clock stands in', async () => {
    const world = variantWorld();
    await world.runTo(2.5);
    world.variant.setLoad(() => 1);
    await world.runTo(10);
    expect(world.every('arrivals')).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('of %s is refused', (load) => {
    const world = variantWorld();
    world.variant.setLoad(() => load);
    return expect(world.runTo(10)).rejects.toThrow(/load of chat\/main in second \d+ is/);
  });

  it('is set by name, and an unknown name is an error that says what there is', async () => {
    const world = variantWorld();
    world.plant.setLoad('chat', 'main', () => 2);
    await world.runTo(10);
    expect(world.variant.requests.arrived).toBe(20);
    expect(() => world.plant.setLoad('chat', 'other', () => 2)).toThrow(
      'no variant chat/other; it has chat/main',
    );
  });
});

describe('metrics', () => {
  const bin = (sum: number, minimum: number, maximum: number, sampleCount: number) => ({
    sum,
    minimum,
    maximum,
    sampleCount,
  });

  it('are published at the end of each minute, of every ten seconds for concurrency', async () => {
    const world = variantWorld();
    await world.runTo(120);
    expect(world.sink.of('Invocations').map((b) => [b.second, b.publishedAt])).toEqual([
      [0, 60],
      [60, 120],
    ]);
    const concurrency = world.sink.of('ConcurrentRequestsPerModel');
    expect(concurrency).toHaveLength(12);
    expect(concurrency[1]).toMatchObject({ second: 10, periodSeconds: 10, publishedAt: 20 });
    expect(concurrency[0]?.dimensions).toEqual({ EndpointName: 'chat', VariantName: 'main' });
  });

  it('of invocations come every ten seconds when they are enhanced', async () => {
    const world = variantWorld({ metricSeconds: 10 });
    world.variant.setLoad((second) => second - START_SECOND);
    await world.runTo(20);
    const ofTen = { periodSeconds: 10 };
    expect(world.sink.of('Invocations')).toMatchObject([
      { second: 0, ...ofTen, ...bin(45, 1, 1, 45) },
      { second: 10, ...ofTen, ...bin(145, 1, 1, 145) },
    ]);
  });

  it('give each request its share of the instances in service at that time', async () => {
    const world = variantWorld({ metricSeconds: 10, model: { leadTimeSeconds: 5 } });
    world.variant.setLoad(() => 8);
    world.scaleTo(4);
    await world.runTo(10);
    // 5 s × 8 requests ÷ 2 instances, then 5 s × 8 ÷ 4.
    expect(world.sink.of('InvocationsPerInstance')).toMatchObject([bin(30, 0.25, 0.5, 80)]);
  });

  it('of concurrency are per instance, a sample a second', async () => {
    const model = { instanceThroughputPerSecond: 4, serviceSeconds: 1 };
    const world = variantWorld({ model });
    world.variant.setLoad((second) => (second - START_SECOND < 5 ? 4 : 0));
    await world.runTo(10);
    // 4 requests in service on 2 instances for 5 s, then none.
    expect(world.sink.of('ConcurrentRequestsPerModel')).toMatchObject([bin(10, 0, 2, 10)]);
  });

  it('of concurrency include who waits', async () => {
    const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1 };
    const world = variantWorld({ model });
    world.variant.setLoad((second) => (second === START_SECOND ? 10 : 0));
    await world.runTo(10);
    // 4 begin at once and 6 wait; then 2 a second begin, and who began before is done.
    expect(world.every('concurrency').slice(0, 6)).toEqual([10, 6, 4, 2, 0, 0]);
    expect(world.sink.of('ConcurrentRequestsPerModel')).toMatchObject([{ maximum: 5, minimum: 0 }]);
  });

  it('of latency are in microseconds, of the requests that were served', async () => {
    const model = { instanceThroughputPerSecond: 1, serviceSeconds: 0.5 };
    const world = variantWorld({ model, instances: 1, metricSeconds: 10 });
    world.variant.setLoad((second) => (second === START_SECOND ? 4 : 0));
    await world.runTo(10);
    // Two at once, then one a second: 0.5, 0.5, 1.5 and 2.5 s.
    expect(world.sink.of('ModelLatency')).toMatchObject([bin(5e6, 0.5e6, 2.5e6, 4)]);
  });

  it('of errors count who failed among who ended', async () => {
    const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1, queueLimitPerInstance: 1 };
    const world = variantWorld({ model, instances: 1, metricSeconds: 10 });
    world.variant.setLoad((second) => (second === START_SECOND ? 7 : 0));
    await world.runTo(10);
    expect(world.sink.of('Invocation5XXErrors')).toMatchObject([bin(4, 0, 1, 7)]);
  });

  it('are zero without load, and latency is absent', async () => {
    const world = variantWorld();
    await world.runTo(60);
    const published = (name: string) => world.sink.of(name).map(({ sum }) => sum);
    expect(published('Invocations')).toEqual([0]);
    expect(published('InvocationsPerInstance')).toEqual([0]);
    expect(published('Invocation5XXErrors')).toEqual([0]);
    expect(published('ConcurrentRequestsPerModel')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(published('ModelLatency')).toEqual([]);
    expect(world.sink.bins.every(({ sampleCount }) => sampleCount > 0)).toBe(true);
  });

  it('go on under a new period from the moment that it is set', async () => {
    const world = variantWorld();
    world.variant.setLoad(() => 1);
    await world.runTo(75);
    world.variant.metricPublishFrequencySeconds = 10;
    await world.runTo(90);
    const bins = world.sink.of('Invocations');
    expect(bins.map((b) => [b.second, b.periodSeconds, b.sum])).toEqual([
      [0, 60, 60],
      [60, 60, 15],
      [70, 10, 5],
      [80, 10, 10],
    ]);
  });

  it('end with the variant', async () => {
    const world = variantWorld();
    await world.runTo(30);
    world.plant.removeVariant(world.variant);
    await world.runTo(120);
    expect(world.sink.of('Invocations')).toEqual([]);
    expect(world.sink.of('ConcurrentRequestsPerModel')).toHaveLength(3);
    expect(world.seconds).toHaveLength(30);
  });
});

describe('the account', () => {
  it('has a quota per instance type over all endpoints', () => {
    const { plant, scaleTo } = variantWorld({ plant: { instanceQuota: { 'ml.g5.xlarge': 6 } } });
    const other = plant.createVariant({ ...IDENTITY, endpointName: 'other' }, 60);
    other.open(1, 0, () => {});
    const large = plant.createVariant({ ...IDENTITY, variantName: 'l', instanceType: 'ml.l' }, 60);
    large.open(50, 0, () => {});
    expect(plant.quotaRefusal('ml.g5.xlarge', 3)).toBeUndefined();
    expect(plant.quotaRefusal('ml.g5.xlarge', 4)).toEqual({
      instanceType: 'ml.g5.xlarge',
      limit: 6,
      utilization: 3,
      added: 4,
    });
    expect(plant.quotaRefusal('ml.l', 1000)).toBeUndefined();
    scaleTo(4);
    expect(plant.quotaRefusal('ml.g5.xlarge', 1)).toBeUndefined();
    expect(plant.quotaRefusal('ml.g5.xlarge', 2)).toMatchObject({ utilization: 5 });
    expect(plant.quotaRefusal('ml.g5.xlarge', 0)).toBeUndefined();
  });

  it('counts instances that EC2 has not provided against the quota, but not in money', async () => {
    const world = variantWorld({ plant: { instanceQuota: { 'ml.g5.xlarge': 6 } } });
    world.variant.scaleTo(5, (outcome) => world.outcomes.push(outcome), 100);
    expect(world.plant.quotaRefusal('ml.g5.xlarge', 2)).toMatchObject({ utilization: 5 });
    expect(world.variant.instances).toMatchObject({ desired: 5, inService: 2, starting: 0 });
    await world.runTo(110);
    expect(world.outcomes).toEqual(['unfulfilled']);
    expect(world.variant.instances).toMatchObject({ desired: 2, inService: 2 });
    expect(new Set(world.every('billed'))).toEqual(new Set([2]));
    expect(world.plant.quotaRefusal('ml.g5.xlarge', 4)).toBeUndefined();
  });

  it('tells the source of insufficient capacity what is to start', () => {
    const starts: unknown[] = [];
    const insufficientCapacity = (start: unknown) => {
      starts.push(start);
      return { forSeconds: 1500 };
    };
    const { plant, variant } = variantWorld({ plant: { insufficientCapacity } });
    expect(plant.insufficientCapacity(variant, 3)).toBe(1500);
    expect(starts).toEqual([{ ...IDENTITY, added: 3, atMs: START_MS }]);
  });
});

it('loses nothing between arrival and end, whatever happens to the instances', async () => {
  const world = variantWorld({ model: { leadTimeSeconds: 30.5, queueLimitPerInstance: 40 } });
  world.variant.setLoad((second) => 25 + 20 * Math.sin(second / 40));
  await world.runTo(100.3);
  world.scaleTo(5);
  await world.runTo(300.7);
  world.scaleTo(1);
  await world.runTo(600);
  const { arrived, served, failed, queued } = world.variant.requests;
  expect(arrived).toBeGreaterThan(10_000);
  expect(failed).toBeGreaterThan(0);
  expect(served + failed + queued).toBe(arrived);
  const total = (member: 'served' | 'failed' | 'arrivals') =>
    world.seconds.reduce((sum, second) => sum + second[member], 0);
  expect([total('arrivals'), total('served'), total('failed')]).toEqual([arrived, served, failed]);
});
