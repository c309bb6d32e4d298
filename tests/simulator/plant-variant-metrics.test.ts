import { describe, expect, it } from 'vitest';
import { IDENTITY, START_SECOND, variantWorld } from './plant-variant-world.ts';
import { START_MS } from './sagemaker-world.ts';

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

  it('of concurrency are per instance, a mean each second, and the most that one had', async () => {
    const model = { instanceThroughputPerSecond: 4, serviceSeconds: 1 };
    const world = variantWorld({ model });
    world.variant.setLoad((second) => (second - START_SECOND < 5 ? 4 : 0));
    await world.runTo(10);
    // 4 requests in service on 2 instances for 5 s, then none; by chance one of them has 6 for a moment.
    expect(world.sink.of('ConcurrentRequestsPerModel')).toMatchObject([bin(10, 0, 6, 10)]);
  });

  it('of concurrency include who waits', async () => {
    const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1 };
    const world = variantWorld({ model });
    world.variant.setLoad((second) => (second === START_SECOND ? 10 : 0));
    await world.runTo(10);
    // 4 begin at once and 6 wait; then 2 a second begin, and who began before is done.
    expect(world.every('concurrency').slice(0, 6)).toEqual([10, 6, 4, 2, 0, 0]);
    // No more than came, all of them to one instance.
    expect(world.sink.of('ConcurrentRequestsPerModel')).toMatchObject([
      { maximum: 10, minimum: 0, sum: 11 },
    ]);
  });

  it('of latency are in microseconds, of the requests that were served', async () => {
    const model = { instanceThroughputPerSecond: 1, serviceSeconds: 0.5 };
    const world = variantWorld({ model, instances: 1, metricSeconds: 10 });
    world.variant.setLoad((second) => (second === START_SECOND ? 4 : 0));
    await world.runTo(10);
    // Two at once, then one a second: 0.5, 0.5, 1.5 and 2.5 s.
    expect(world.sink.of('ModelLatency')).toMatchObject([bin(5e6, 0.5e6, 2.5e6, 4)]);
    const units = world.sink.bins.map(({ metricName, unit }) => [metricName, unit]);
    expect(Object.fromEntries(units)).toEqual({
      ConcurrentRequestsPerModel: 'None',
      Invocations: 'None',
      InvocationsPerInstance: 'None',
      Invocation5XXErrors: 'None',
      ModelLatency: 'Microseconds',
    });
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
