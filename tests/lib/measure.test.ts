import { Metrics } from '@aws-lambda-powertools/metrics';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCycle } from '../../lib/cycle/cycle.ts';
import { sweep } from '../../lib/sweep.ts';
import { CONFIG, NOW_SECONDS, TARGET, World } from './fakes.ts';

/** Lines of embedded metrics, as they would be printed. */
class Lines extends Metrics {
  readonly lines: Record<string, unknown>[] = [];

  override publishStoredMetrics(): this {
    this.lines.push({ ...this.serializeMetrics() } as unknown as Record<string, unknown>);
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }

  /** Values of the lines that carry a dimension (`null`: none but the service). */
  of(dimension: string | null): Record<string, unknown>[] {
    return this.lines
      .filter((line) => {
        const { CloudWatchMetrics } = line._aws as {
          CloudWatchMetrics: { Dimensions: string[][] }[];
        };
        expect(CloudWatchMetrics[0]?.Dimensions).toHaveLength(1);
        const names = CloudWatchMetrics[0]?.Dimensions[0] ?? [];
        expect(names.length).toBeLessThanOrEqual(2);
        return dimension === null ? names.length === 1 : names.includes(dimension);
      })
      .map(({ _aws, service, ...values }) => values);
  }
}

let world: World;
let metrics: Lines;
const cycle = () => runCycle({ ...world.runtime(), metrics }, 'checkout', { cause: 'event' });
const BASELINE = { min: 1, max: 20 };

beforeEach(() => {
  world = new World();
  metrics = new Lines({ namespace: 'FastScaler' });
});

describe('a look', () => {
  it('tells demand, capacity, bounds, baseline, lease and what is not served', async () => {
    world.setDemand(2.5);
    world.endpoint = world.withCounts(2, 3, 'Updating');
    world.bounds.set(TARGET.resourceId, { min: 3, max: 20 });
    const lease = { untilSeconds: NOW_SECONDS + 600, restores: BASELINE };
    const written = { min: 3, max: 20 };
    world.record = world.enrolled({ baseline: BASELINE, written, before: BASELINE, lease });
    await cycle();
    expect(metrics.of('ResourceId')).toEqual([
      {
        ResourceId: TARGET.resourceId,
        Capacity: 2,
        DesiredCapacity: 3,
        InstanceHours: 0,
        Demand: 2.5,
        UnservedInstances: 0.5,
        MinCapacity: 3,
        MaxCapacity: 20,
        BaselineMin: 1,
        BaselineMax: 20,
        LeaseSecondsLeft: 600,
        TargetTrackingCapacityEstimate: 3,
        InstanceHoursSavedEstimate: 0,
        UnservedAvoidedEstimate: 0,
      },
    ]);
  });

  const shadow = (inService: number) => ({
    untilSeconds: NOW_SECONDS - 310,
    inService,
    desired: inService,
    unlockedAtSeconds: 0,
    mayReleaseAtSeconds: 0,
    highMinutes: 0,
    lowMinutes: 0,
    loadOfMinute: 0,
  });

  it('counts once what was gained on target tracking alone since the last save', async () => {
    world.setDemand(2.5);
    world.endpoint = world.withCounts(3, 3);
    world.bounds.set(TARGET.resourceId, { min: 3, max: 20 });
    const written = { min: 3, max: 20 };
    const state = { baseline: BASELINE, written, before: BASELINE, shadow: shadow(12) };
    world.record = world.enrolled({ ...state, capacityLog: [[NOW_SECONDS - 3000, 3]] });
    await cycle();
    const [first] = metrics.of('ResourceId');
    // Thirty windows of nine instances more; the newest is ten seconds old.
    expect(first?.InstanceHoursSavedEstimate).toBeCloseTo((9 * 300) / 3600, 6);
    expect(first).toMatchObject({ UnservedAvoidedEstimate: 0, TargetTrackingCapacityEstimate: 12 });
    metrics.lines.length = 0;
    world.record = world.enrolled(world.saved.at(-1)?.get(TARGET.resourceId));
    await cycle();
    expect(metrics.of('ResourceId')).toHaveLength(1);
    expect(metrics.of('ResourceId')[0]).not.toHaveProperty('InstanceHoursSavedEstimate');
  });

  it('counts demand that target tracking alone would have left unserved', async () => {
    world.setDemand(2.5);
    world.endpoint = world.withCounts(3, 3);
    world.bounds.set(TARGET.resourceId, { min: 3, max: 20 });
    const written = { min: 3, max: 20 };
    const state = { baseline: BASELINE, written, before: BASELINE, shadow: shadow(1) };
    world.record = world.enrolled({ ...state, capacityLog: [[NOW_SECONDS - 3000, 3]] });
    await cycle();
    const [line] = metrics.of('ResourceId');
    // It asks for three after three minutes, and pays for them from then on.
    expect(line?.UnservedAvoidedEstimate).toBeCloseTo(1.5 * 300, 6);
    expect(line?.InstanceHoursSavedEstimate).toBeLessThan(0);
  });

  it.each(['observe', 'paused'] as const)(
    'counts no gain in mode %s, where nobody acts',
    async (mode) => {
      world.setDemand(2.5);
      world.record = world.enrolled(
        { baseline: BASELINE, shadow: shadow(12) },
        { ...CONFIG, mode },
      );
      await cycle();
      const [line] = metrics.of('ResourceId');
      for (const name of ['InstanceHoursSavedEstimate', 'TargetTrackingCapacityEstimate']) {
        expect(line).not.toHaveProperty(name);
      }
    },
  );

  it('counts no gain when another cycle was first', async () => {
    world.setDemand(2.5);
    world.outrun = true;
    world.record = world.enrolled({ baseline: BASELINE, shadow: shadow(12) });
    await cycle();
    expect(metrics.of('ResourceId')).toEqual([]);
  });

  it('tells no demand without data', async () => {
    world.load = [];
    await cycle();
    const [line] = metrics.of('ResourceId');
    expect(line).not.toHaveProperty('Demand');
    expect(line).not.toHaveProperty('UnservedInstances');
    expect(line).toMatchObject({ Capacity: 1 });
  });

  const lease = { untilSeconds: NOW_SECONDS + 600, restores: BASELINE };
  it.each<[label: string, demand: number, state: object, isAll: boolean]>([
    ['at rest: what it needs and what it has', 0.5, { baseline: BASELINE }, false],
    ['at rest with a lease: everything', 0.5, { baseline: BASELINE, lease }, true],
    ['awake: everything', 2.5, { baseline: BASELINE }, true],
  ])('tells of a target %s', async (_, demand, state, isAll) => {
    world.setDemand(demand);
    world.record = world.enrolled(state);
    await cycle();
    const [line] = metrics.of('ResourceId');
    expect(line).toMatchObject({ Demand: demand, Capacity: 1 });
    expect(Object.hasOwn(line as object, 'MinCapacity')).toBe(isAll);
    if (!isAll) expect(Object.keys(line as object)).toHaveLength(3);
  });

  it.each([
    ['as long as it lasts', 10, 10],
    ['none once it should have ended', -10, 0],
  ])('tells what is left of a lease: %s', async (_, untilSeconds, left) => {
    world.setDemand(2.5);
    world.fail('putLease');
    const ending = { ...lease, untilSeconds: NOW_SECONDS + untilSeconds };
    world.bounds.set(TARGET.resourceId, { min: 3, max: 20 });
    world.record = world.enrolled({
      baseline: BASELINE,
      written: { min: 3, max: 20 },
      lease: ending,
    });
    await cycle();
    expect(metrics.of('ResourceId')[0]?.LeaseSecondsLeft).toBe(left);
  });

  it('tells how long a scale-out took to be asked for', async () => {
    world.setDemand(1);
    for (const point of world.load.slice(-3)) Object.assign(point, { value: 90 });
    await cycle();
    // The newest window began 20 s ago, the first of three 20 s before it.
    expect(metrics.of('ResourceId')).toMatchObject([{ ReactionTime: 40 }]);
  });

  it.each([
    ['when it is in service', 9, 170],
    ['not while it is not', 8, undefined],
  ])('tells the lead time of capacity %s', async (_, inService, expected) => {
    world.setDemand(9);
    world.endpoint = world.withCounts(inService, 9, inService < 9 ? 'Updating' : 'InService');
    const pending = { capacity: 9, sentAtSeconds: NOW_SECONDS - 170 };
    world.bounds.set(TARGET.resourceId, { min: 9, max: 20 });
    const written = { min: 9, max: 20 };
    world.record = world.enrolled({ baseline: BASELINE, written, before: BASELINE, pending });
    await cycle();
    expect(metrics.of('ResourceId')[0]?.LeadTime).toBe(expected);
  });
});

describe('counts', () => {
  it('of decisions go by their reason', async () => {
    world.setDemand(9);
    await cycle();
    expect(metrics.of('Reason')).toEqual([{ Reason: 'floor-raised', Decisions: 1 }]);
  });

  it.each([
    ['NudgeFailed', 'nudge'],
    ['EventFailed', 'events'],
    ['CycleFailed', 'endpoints'],
  ])('%s belong to the service, not to a target', async (name, port) => {
    world.setDemand(9);
    world.fail(port);
    await cycle();
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    expect(metrics.of(null)).toEqual([{ [name]: 1 }]);
  });

  it('NotificationFailed belongs to the service too', async () => {
    world.setDemand(30);
    world.endpoint = world.withCounts(20, 20);
    world.fail('publish');
    await cycle();
    metrics.publishStoredMetrics();
    expect(metrics.of(null)).toEqual([{ NotificationFailed: 1 }]);
  });

  it('of an overdue lease and of an answer that could not be had belong to the service', async () => {
    world.setDemand(9);
    world.fail('putLease');
    world.fail('activities');
    const written = { min: 9, max: 20 };
    world.bounds.set(TARGET.resourceId, written);
    const lease = { untilSeconds: NOW_SECONDS - 100, restores: BASELINE };
    const pending = { capacity: 9, sentAtSeconds: NOW_SECONDS - 10 };
    world.record = world.enrolled({
      baseline: BASELINE,
      written,
      before: BASELINE,
      lease,
      pending,
    });
    await cycle();
    expect(Object.assign({}, ...metrics.of(null))).toMatchObject({
      LeaseOverdue: 1,
      RefusalUnread: 1,
    });
  });
});

it('a sweep says that it lives, what it knows and what is invalid', async () => {
  const { enrolments } = world;
  const convergence = { fingerprint: 'x', dueAtSeconds: NOW_SECONDS + 1800 };
  await enrolments.converged(TARGET, convergence);
  const broken = { ...TARGET, resourceId: 'endpoint/checkout/variant/B', variantName: 'B' };
  await enrolments.converged(broken, { ...convergence, isInvalid: true });
  await sweep({ ...world.runtime(), metrics });
  metrics.publishStoredMetrics();
  expect(metrics.of(null)).toEqual([{ Sweeps: 1, Targets: 2, InvalidConfigurations: 1 }]);
});
