import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';
import { faultyDeliveries } from '../../simulator/faults/deliveries.ts';
import { FaultInjector } from '../../simulator/faults/injector.ts';
import { Counts, type StormKind } from '../../simulator/faults/kinds.ts';
import { faultyMetrics } from '../../simulator/faults/metrics.ts';
import { STUCK_SECONDS } from '../../simulator/faults/supply.ts';
import type { StatisticSet } from '../../simulator/plant/metrics.ts';

const START_MS = Date.UTC(2026, 0, 5);
const CONTEXT = { getRemainingTimeInMillis: () => 15_000 } as Context;

let faults: FaultInjector;
let parts: AccountParts;

beforeEach(async () => {
  const instanceType = 'ml.g5.xlarge';
  faults = await FaultInjector.create({ startMs: START_MS, seed: 1, instanceType });
  parts = createAccount({
    ...faults.accountOptions,
    model: { instanceThroughputPerSecond: 10, serviceSeconds: 0.2, leadTimeSeconds: 60 },
  });
});

/** From now on for an hour, every unit is hit, or with the probability given. */
function storm(kind: StormKind, probability = 1, seconds = 3600): void {
  const untilMs = faults.clock.nowMs + seconds * 1000;
  faults.storms.begin({ kind, probability, untilMs, seed: 7 });
}

describe('a clock that waits for rest', () => {
  it('lets tasks sleep, and meet each other half-way', async () => {
    const clock = new VirtualClock(0, 'rest');
    const told: string[] = [];
    const task = (name: string, sleeps: number) => async () => {
      told.push(`${name} begins at ${clock.nowMs}`);
      await Promise.all([clock.sleep(sleeps), clock.sleep(10)]);
      told.push(`${name} ends at ${clock.nowMs}`);
    };
    clock.at(5, task('a', 100));
    clock.at(50, task('b', 20));
    await clock.runUntil(1000);
    expect(told).toEqual(['a begins at 5', 'b begins at 50', 'b ends at 70', 'a ends at 105']);
  });

  it('tells of a task that fails after it slept', async () => {
    const clock = new VirtualClock(0, 'rest');
    clock.at(5, async () => {
      await clock.sleep(10);
      throw new Error('late');
    });
    await clock.runUntil(10);
    await expect(clock.runUntil(20)).rejects.toThrow('late');
  });

  it('is the only one on which tasks may sleep', () => {
    expect(() => new VirtualClock(0).sleep(1)).toThrow('never ends');
  });
});

describe('a storm', () => {
  it.each([
    ['in its last millisecond', 59_999, true],
    ['when it is over', 60_000, false],
  ])('strikes %s', async (_, afterMs, strikes) => {
    storm('call-slow', 1, 60);
    await faults.clock.runUntil(START_MS + afterMs);
    expect(faults.storms.strike('call-slow') !== undefined).toBe(strikes);
  });

  it('strikes as often as it is likely to, each time the same', () => {
    storm('call-slow', 0.3);
    const hits = Array.from({ length: 1000 }, () => faults.storms.strike('call-slow')).filter(
      Boolean,
    );
    expect(hits.length).toBeGreaterThan(250);
    expect(hits.length).toBeLessThan(350);
    expect(faults.storms.counts.of('call-slow')).toBe(hits.length);
    faults.storms.calm();
    storm('call-slow', 0.3);
    const again = Array.from({ length: 1000 }, () => faults.storms.strike('call-slow'));
    expect(again.filter(Boolean).length).toBe(hits.length);
  });

  it('ends when all is calm, and other kinds are untouched by it', () => {
    storm('call-slow');
    expect(faults.storms.strike('call-failed')).toBeUndefined();
    faults.storms.calm();
    expect(faults.storms.strike('call-slow')).toBeUndefined();
  });

  it('tells when something was last wrong with more than a delivery', async () => {
    storm('event-dropped');
    storm('call-slow');
    await faults.clock.runUntil(START_MS + 1000);
    faults.storms.strike('event-dropped');
    expect(faults.storms.lastFaultMs).toBe(Number.NEGATIVE_INFINITY);
    faults.storms.strike('call-slow');
    expect(faults.storms.lastFaultMs).toBe(START_MS + 1000);
  });

  it('is counted', () => {
    const counts = new Counts();
    counts.add('a');
    counts.addAll({ a: 2, b: 1 });
    expect(counts.toJSON()).toEqual({ a: 3, b: 1 });
  });
});

describe('deliveries', () => {
  const fate = () => faultyDeliveries(faults.storms)({} as never, 'rule');

  it('are as usual without a storm', () => {
    expect(fate()).toEqual([0]);
  });

  it('are dropped', () => {
    storm('event-dropped');
    expect(fate()).toEqual([]);
  });

  it.each([
    ['event-reordered', 20_000],
    ['event-delayed', 3_600_000],
  ] as const)('are late: %s', (kind, most) => {
    storm(kind);
    const delays = Array.from({ length: 50 }, () => fate()[0] as number);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeGreaterThan(most / 2);
    expect(Math.max(...delays)).toBeLessThan(most);
  });

  it('come twice', () => {
    storm('event-duplicated');
    expect(fate()).toHaveLength(2);
  });
});

describe('metrics', () => {
  const stats: StatisticSet = { sum: 6, minimum: 1, maximum: 3, sampleCount: 3 };

  const publish = async (...kinds: StormKind[]) => {
    for (const kind of kinds) storm(kind);
    const seen: [afterMs: number, sum: number][] = [];
    const sink = faultyMetrics(
      {
        recordBin: (_series, _startMs, _period, { sum }) =>
          seen.push([faults.clock.nowMs - START_MS, sum]),
      },
      faults.clock,
      faults.storms,
      () => {},
    );
    sink.recordBin({ namespace: 'n', metricName: 'm', dimensions: {} }, START_MS, 10, stats);
    await faults.clock.runUntil(START_MS + 400_000);
    return seen;
  };

  it.each([
    ['are as they are without a storm', [], [[0, 6]]],
    ['are missing', ['metric-missing'], []],
    ['are zero', ['metric-zero'], [[0, 0]]],
    ['are absurd', ['metric-absurd'], [[0, 6e6]]],
  ] as const)('%s', async (_, kinds, expected) => {
    expect(await publish(...kinds)).toEqual(expected);
  });

  it('keep their unit', () => {
    const units: unknown[] = [];
    const sink = faultyMetrics(
      { recordBin: (_series, _startMs, _period, _stats, unit) => units.push(unit) },
      faults.clock,
      faults.storms,
      () => {},
    );
    const series = { namespace: 'n', metricName: 'm', dimensions: {} };
    sink.recordBin(series, START_MS, 10, stats, 'Microseconds');
    expect(units).toEqual(['Microseconds']);
  });

  it.each([
    ['metric-late', 5_000, 45_000],
    ['metric-stale', 60_000, 300_000],
  ] as const)('come later: %s', async (kind, least, most) => {
    const [[afterMs] = [0]] = await publish(kind);
    expect(afterMs).toBeGreaterThanOrEqual(least);
    expect(afterMs).toBeLessThanOrEqual(most);
  });
});

describe('what EC2 has', () => {
  it('is nothing for 35 minutes in a storm', () => {
    const { insufficientCapacity } = faults.accountOptions;
    expect(insufficientCapacity({} as never)).toBeUndefined();
    storm('capacity-insufficient');
    expect(insufficientCapacity({} as never)).toEqual({ forSeconds: STUCK_SECONDS });
  });

  it('is limited by a quota that can be lowered and raised', () => {
    faults.quota.limit = 3;
    expect(parts.plant.quotaRefusal('ml.g5.xlarge', 4)).toMatchObject({ limit: 3 });
    faults.quota.limit = undefined;
    expect(parts.plant.quotaRefusal('ml.g5.xlarge', 4)).toBeUndefined();
    expect(faults.quota.limit).toBeUndefined();
  });
});

describe('functions', () => {
  let ssm: SSMClient;
  let nowOf: () => number;
  let wrap: (name: string, handler: () => Promise<unknown>) => () => Promise<unknown>;

  beforeEach(() => {
    const { surroundings, handler } = faults.deploymentOptions(parts);
    ssm = new SSMClient(surroundings?.clientConfig ?? {});
    nowOf = surroundings?.now as () => number;
    wrap = (name, run) => {
      const wrapped = handler?.(name, run) as (event: never, context: Context) => Promise<unknown>;
      return () => wrapped({} as never, CONTEXT);
    };
  });

  const put = (Value: string) =>
    ssm.send(new PutParameterCommand({ Name: '/p', Type: 'String', Overwrite: true, Value }));
  const get = async () =>
    (await ssm.send(new GetParameterCommand({ Name: '/p' }))).Parameter?.Value;

  /** Runs a function to its end; gives its answer or its error. */
  const run = async (body: () => Promise<unknown>, name = 'alarm') => {
    let outcome: unknown;
    faults.clock.after(0, async () => {
      outcome = await wrap(name, body)().catch((error: unknown) => error);
    });
    await faults.clock.runUntil(faults.clock.nowMs + 60_000);
    return outcome;
  };

  it('take time with every call', async () => {
    const took = await run(async () => {
      const from = nowOf();
      await put('a');
      await get();
      return nowOf() - from;
    });
    expect(took).toBeGreaterThanOrEqual(10);
    expect(took).toBeLessThanOrEqual(80);
  });

  it.each([
    ['call-throttled', 'ThrottlingException', undefined, 3],
    ['call-failed', 'InternalFailure', undefined, 3],
    ['call-timed-out', 'TimeoutError', 'a', 3],
  ] as const)('are tried three times at %s', async (kind, name, effect, attempts) => {
    storm(kind);
    expect(await run(() => put('a'))).toMatchObject({ name });
    expect(faults.storms.counts.of(kind)).toBe(attempts);
    faults.storms.calm();
    const left = await run(() => get().catch(() => undefined));
    expect(left).toBe(effect);
  });

  it('do not try again what AWS refuses', async () => {
    const calls: string[] = [];
    parts.account.onCall(({ operation }) => calls.push(operation));
    expect(await run(get)).toMatchObject({ name: 'ParameterNotFound' });
    expect(calls).toEqual(['GetParameter']);
  });

  it('die before one of their calls, of which nothing takes effect', async () => {
    storm('handler-killed');
    const outcome = await run(async () => {
      for (let i = 0; i < 20; i += 1) await put(String(i)).catch(() => {});
      return 'survived';
    });
    expect(outcome).toMatchObject({ name: 'Killed' });
    expect(faults.storms.counts.of('handler-killed')).toBe(1);
    faults.storms.calm();
    expect(Number(await run(() => get().catch(() => -1)))).toBeLessThan(12);
  });

  it('end at their timeout', async () => {
    const outcome = await run(async () => {
      await faults.clock.sleep(15_000);
      await put('late');
    });
    expect(outcome).toMatchObject({
      name: 'Killed',
      message: expect.stringContaining('timed out'),
    });
    expect(await run(() => get().catch(() => 'nothing'))).toBe('nothing');
  });

  it('may have a clock that is half a minute off', async () => {
    storm('clock-skewed');
    const skew = await run(async () => nowOf() - faults.clock.nowMs);
    expect(Math.abs(skew as number)).toBe(30_000);
    expect(nowOf()).toBe(faults.clock.nowMs);
  });

  it('are not called by a schedule that does not fire', async () => {
    storm('sweep-skipped');
    expect(await run(async () => 'swept', 'sweep')).toBeUndefined();
    expect(await run(async () => 'alarmed', 'alarm')).toBe('alarmed');
  });

  it('are known to whoever watches their calls, and to nobody else', async () => {
    const seen: (string | undefined)[] = [];
    parts.account.intercept(() => void seen.push(faults.invocations.current?.functionName));
    await run(() => put('a'), 'endpoint');
    expect(seen).toEqual(['endpoint']);
    expect(faults.invocations.current).toBeUndefined();
  });

  it('sign nothing, and every client takes that', () => {
    const { surroundings } = faults.deploymentOptions(parts);
    expect(() => new ApplicationAutoScalingClient(surroundings?.clientConfig ?? {})).not.toThrow();
  });
});
