import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../simulator/plant/latency.ts';
import { RequestQueue, type ServiceModel } from '../../simulator/plant/request-queue.ts';

/** Runs a queue over `arrivals`, with the instances of each second, and returns every second. */
function run(
  model: ServiceModel,
  arrivals: readonly number[],
  instances: number | readonly number[],
) {
  const queue = new RequestQueue(model);
  const seconds = arrivals.map((count, index) =>
    queue.step(count, typeof instances === 'number' ? instances : (instances[index] ?? 0)),
  );
  return { queue, seconds };
}

describe('one saturated instance, by hand', () => {
  // 2 requests a second, 0.5 s each: one place. An idle second leaves that one place free.
  const model = { instanceThroughputPerSecond: 2, serviceSeconds: 0.5 };
  const table = [
    { arrivals: 2, served: 2, queued: 0, inService: 1, latencies: { 0.5: 2 } },
    { arrivals: 2, served: 2, queued: 0, inService: 1, latencies: { 0.5: 2 } },
    { arrivals: 6, served: 2, queued: 4, inService: 1, latencies: { 0.5: 2 } },
    { arrivals: 0, served: 2, queued: 2, inService: 1, latencies: { 1.5: 2 } },
    { arrivals: 1, served: 2, queued: 1, inService: 1, latencies: { 2.5: 2 } },
    { arrivals: 0, served: 1, queued: 0, inService: 0.5, latencies: { 1.5: 1 } },
    { arrivals: 0, served: 0, queued: 0, inService: 0, latencies: {} },
    { arrivals: 4, served: 3, queued: 1, inService: 1.5, latencies: { 0.5: 3 } },
  ];
  const { seconds, queue } = run(
    model,
    table.map(({ arrivals }) => arrivals),
    1,
  );

  it.each(table.map((expected, second) => ({ second, ...expected })))(
    'second $second: $arrivals arrive, $served served, $queued wait',
    ({ second, served, queued, inService, latencies }) => {
      const actual = seconds[second];
      expect(actual).toMatchObject({ served, queued, inService, failed: 0 });
      expect(
        Object.fromEntries(actual?.ended.map((e) => [e.latencySeconds, e.count]) ?? []),
      ).toEqual(latencies);
    },
  );

  it('adds up over the run', () => {
    expect([queue.arrived, queue.served, queue.failed, queue.queued]).toEqual([15, 14, 0, 1]);
  });
});

describe('the invocation ceiling of 60 s', () => {
  const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1 };
  const waitFor = (seconds: number) => {
    const arrivals = [1, ...new Array<number>(seconds).fill(0)];
    return run(model, arrivals, [...new Array<number>(seconds).fill(0), 1]).queue;
  };

  it('serves a request whose wait and service take 60 s', () => {
    const queue = waitFor(59);
    expect([queue.served, queue.failed, queue.latency.quantile(1)]).toEqual([1, 0, 60]);
  });

  it('fails a request that would take 61 s', () => {
    const queue = waitFor(60);
    expect([queue.served, queue.failed, queue.queued]).toEqual([0, 1, 0]);
  });

  it('serves the young after the old have failed', () => {
    const arrivals = [...new Array<number>(70).fill(1), 0];
    const { queue } = run(model, arrivals, [...new Array<number>(70).fill(0), 2]);
    // The ceiling has taken seconds 0 to 10; two instances begin four: two places, two more in the second.
    expect([queue.failed, queue.served, queue.queued]).toEqual([11, 4, 55]);
    expect(queue.latency.quantile(1)).toBe(60);
    expect(queue.latency.quantile(0.25)).toBe(57);
  });
});

describe('a bound on the queue', () => {
  const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1, queueLimitPerInstance: 3 };
  const cases = [
    { label: 'just fits', arrivals: 5, failed: 0, queued: 3 },
    { label: 'one too many', arrivals: 6, failed: 1, queued: 3 },
  ];
  it.each(cases)('$label: $arrivals arrive, $failed fail', ({ arrivals, failed, queued }) => {
    expect(run(model, [arrivals], 1).seconds[0]).toMatchObject({ served: 2, failed, queued });
  });

  it('lets who already waits keep the place when instances leave', () => {
    const { seconds } = run(model, [12, 1], [2, 1]);
    expect(seconds[0]).toMatchObject({ served: 4, failed: 2, queued: 6 });
    expect(seconds[1]).toMatchObject({ served: 1, failed: 1, queued: 5 });
  });
});

describe('a slow instance', () => {
  // One request at a time, 2.5 s each.
  const model = { instanceThroughputPerSecond: 0.4, serviceSeconds: 2.5 };

  it('takes a request at once when it is idle', () => {
    const { seconds } = run(model, [0, 0, 0, 1], 1);
    expect(seconds[3]).toMatchObject({ served: 1, queued: 0 });
  });

  it('serves exactly its throughput when it is saturated', () => {
    const { queue, seconds } = run(model, [200, ...new Array<number>(49).fill(0)], 1);
    expect(seconds[0]?.served).toBe(1);
    expect(queue.served).toBe(20 + 1);
  });

  it('does not take a second request while it is busy', () => {
    const { seconds } = run(model, [0, 0, 1, 1, 0, 0, 0], 1);
    expect(seconds.map(({ served }) => served)).toEqual([0, 0, 1, 0, 0, 1, 0]);
  });

  it('brings a free place when it joins', () => {
    const alone = run(model, [5, 0, 0], [1, 1, 1]).seconds;
    expect(alone.map(({ served }) => served)).toEqual([1, 0, 1]);
    // Credit in second 1: 0.4 left + 1 place + 2 × 0.4 = 2.2; in second 2: 0.2 + 0.8 = 1.
    const joined = run(model, [5, 0, 0], [1, 2, 2]).seconds;
    expect(joined.map(({ served }) => served)).toEqual([1, 2, 1]);
  });
});

it('counts who is in service for as long as service takes', () => {
  const model = { instanceThroughputPerSecond: 10, serviceSeconds: 2.5 };
  const { seconds } = run(model, [4, 2, 0, 0, 0], 1);
  // At the end of a second: begun in this second or the last, and half of those before.
  expect(seconds.map(({ inService }) => inService)).toEqual([4, 6, 4, 1, 0]);
});

it('serves in order of arrival', () => {
  const model = { instanceThroughputPerSecond: 1, serviceSeconds: 1 };
  const { seconds } = run(model, [3, 2, 0, 0, 0], 1);
  // Begun: the two of second 0 that fit, then its third, then the two of second 1.
  expect(seconds.map(({ ended }) => ended.map((e) => e.latencySeconds))).toEqual([
    [1],
    [2],
    [2],
    [3],
    [],
  ]);
});

describe('impossible models', () => {
  const good = { instanceThroughputPerSecond: 1, serviceSeconds: 1 };
  it.each([
    { label: 'no throughput', model: { ...good, instanceThroughputPerSecond: 0 } },
    { label: 'no service time', model: { ...good, serviceSeconds: 0 } },
    { label: 'service beyond the ceiling', model: { ...good, serviceSeconds: 60.1 } },
    { label: 'a negative bound', model: { ...good, queueLimitPerInstance: -1 } },
  ])('$label is refused', ({ model }) => {
    expect(() => new RequestQueue(model)).toThrow(RangeError);
  });

  it('service of exactly the ceiling is accepted', () => {
    expect(run({ ...good, serviceSeconds: 60 }, [1], 1).queue.latency.quantile(1)).toBe(60);
  });
});

describe('LatencyHistogram', () => {
  const of = (...latencies: number[]) => {
    const histogram = new LatencyHistogram();
    for (const latency of latencies) histogram.add(latency, 1);
    return histogram;
  };

  it('has no quantile when empty', () => {
    expect(new LatencyHistogram().quantile(0.99)).toBeNull();
  });

  it.each([
    { label: '99 of 100 low', low: 99, high: 1, p99: 1 },
    { label: '98 of 100 low', low: 98, high: 2, p99: 5 },
  ])('nearest rank, $label', ({ low, high, p99 }) => {
    const histogram = new LatencyHistogram();
    histogram.add(5, high);
    histogram.add(1, low);
    expect(histogram.quantile(0.99)).toBe(p99);
  });

  it('does not depend on the order of what is added', () => {
    expect(of(3, 1, 2).quantile(0.5)).toBe(2);
  });

  it('begins anew after clear', () => {
    const histogram = of(9);
    histogram.clear();
    histogram.add(1, 2);
    expect([histogram.count, histogram.quantile(1)]).toEqual([2, 1]);
  });
});

describe('for any load, instances and model', () => {
  const anyModel = fc.record(
    {
      instanceThroughputPerSecond: fc.double({ min: 0.05, max: 50, noNaN: true }),
      serviceSeconds: fc.double({ min: 0.01, max: 60, noNaN: true }),
      queueLimitPerInstance: fc.integer({ min: 0, max: 100 }),
    },
    { requiredKeys: ['instanceThroughputPerSecond', 'serviceSeconds'] },
  );
  const anySeconds = fc.array(
    fc.record({ arrivals: fc.nat(200), instances: fc.double({ min: 0, max: 5, noNaN: true }) }),
    { maxLength: 200 },
  );

  it('every request is served, failed or waiting, and none takes longer than the ceiling', () => {
    fc.assert(
      fc.property(anyModel, anySeconds, (model, seconds) => {
        const queue = new RequestQueue(model as ServiceModel);
        for (const { arrivals, instances } of seconds) queue.step(arrivals, instances);
        expect(queue.served + queue.failed + queue.queued).toBe(queue.arrived);
        expect(queue.arrived).toBe(seconds.reduce((sum, { arrivals }) => sum + arrivals, 0));
        expect(queue.queued).toBeGreaterThanOrEqual(0);
        expect(queue.latency.quantile(1) ?? 0).toBeLessThanOrEqual(60);
      }),
      { numRuns: 60 },
    );
  });

  it('no more are served than places and throughput allow', () => {
    fc.assert(
      fc.property(anyModel, anySeconds, fc.integer({ min: 1, max: 4 }), (model, seconds, count) => {
        const queue = new RequestQueue(model as ServiceModel);
        for (const { arrivals } of seconds) queue.step(arrivals, count);
        const rate = count * model.instanceThroughputPerSecond;
        const places =
          count * Math.max(1, model.instanceThroughputPerSecond * model.serviceSeconds);
        expect(queue.served).toBeLessThanOrEqual(rate * seconds.length + places + 1e-6);
      }),
      { numRuns: 60 },
    );
  });
});
