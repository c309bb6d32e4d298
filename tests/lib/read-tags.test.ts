import { beforeEach, describe, expect, it } from 'vitest';
import { readTags } from '../../lib/enrolment/read-tags.ts';
import { reconcile } from '../../lib/enrolment/reconcile.ts';
import { enrolmentOf, TARGET, World } from './fakes.ts';

const DAY_MS = 86_400_000;
const SWEEP_MS = 60_000;
let world: World;

beforeEach(() => {
  world = new World();
});

const sweepTags = async () => readTags(world.runtime(), await world.enrolments.fleet());
const remember = (endpointName: string, tag: string) =>
  world.enrolments.entries.set(endpointName, { tag, news: 0, targets: new Map() });
const readNames = () => world.tagReads.map(({ endpointName }) => endpointName);

describe('the pace', () => {
  beforeEach(() => {
    for (let i = 0; i < 500; i += 1)
      world.tags.set(`endpoint-${i}`, i % 50 === 0 ? 'act' : undefined);
  });

  it('reads a quarter of a second apart, and for twenty seconds at most', async () => {
    await sweepTags();
    const times = world.tagReads.map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(70);
    expect(times.slice(1).every((atMs, i) => atMs - (times[i] as number) >= 250)).toBe(true);
    expect((times.at(-1) as number) - (times[0] as number)).toBeLessThanOrEqual(20_000);
  });

  it('reads each of five hundred endpoints once in ten sweeps', async () => {
    world.endpointAgeMs = DAY_MS;
    const startMs = world.nowMs;
    for (let sweep = 0; sweep < 10; sweep += 1) {
      world.nowMs = startMs + sweep * SWEEP_MS;
      await sweepTags();
      expect(world.nowMs - startMs).toBeLessThan((sweep + 1) * SWEEP_MS);
    }
    expect(readNames().sort()).toEqual([...world.tags.keys()].sort());
    expect([...(await sweepTags()).keys()]).toHaveLength(10);
  });

  it('leaves nobody waiting for ever where more are due than fit', async () => {
    for (let i = 500; i < 2000; i += 1) world.tags.set(`endpoint-${i}`, undefined);
    world.endpointAgeMs = DAY_MS;
    const startMs = world.nowMs;
    for (let sweep = 0; sweep < 150; sweep += 1) {
      world.nowMs = startMs + sweep * SWEEP_MS;
      await sweepTags();
    }
    expect(new Set(readNames()).size).toBe(2000);
  });

  it('reads a changed endpoint at every sweep, before the others', async () => {
    world.endpointAgeMs = DAY_MS;
    const runtime = world.runtime();
    const { list } = runtime.tags;
    runtime.tags.list = async () => [
      ...(await list()),
      { endpointName: 'new', arn: 'arn:new', modifiedAtMs: world.nowMs - 179_999 },
      { endpointName: 'old', arn: 'arn:old', modifiedAtMs: world.nowMs - 180_000 },
    ];
    for (let sweep = 0; sweep < 9; sweep += 1) {
      world.tagReads.length = 0;
      await readTags(runtime, await world.enrolments.fleet());
      expect(readNames()[0]).toBe('new');
      world.nowMs += SWEEP_MS;
    }
  });
});

describe('a fault', () => {
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

  it.each(['listEndpoints', 'listTags'])('of %s leaves every tag as it was', async (call) => {
    remember('a', 'act');
    world.tags.set('a', undefined);
    world.fail(call, throttled);
    expect([...(await sweepTags())]).toEqual([['a', 'act']]);
    world.failing.clear();
    expect([...(await sweepTags())]).toEqual([]);
  });

  it('stops the reading for this sweep, and keeps what was read before', async () => {
    for (const name of ['a', 'b', 'c']) world.tags.set(name, 'act');
    const runtime = world.runtime();
    const { read } = runtime.tags;
    let reads = 0;
    runtime.tags.read = async (...input) => {
      reads += 1;
      if (reads === 2) throw throttled;
      return read(...input);
    };
    const tags = await readTags(runtime, await world.enrolments.fleet());
    expect([tags.size, reads]).toEqual([1, 2]);
  });

  it('releases nobody: an enrolled target of a tagged endpoint stays', async () => {
    const { resourceId } = TARGET;
    world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
    const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
    world.enrolments.entries.set('checkout', { tag: 'act', news: 0, targets });
    world.tags.set('checkout', undefined);
    for (const call of ['listTags', 'listEndpoints']) {
      world.fail(call, throttled);
      await reconcile(world.runtime(), world.nowMs + 40_000);
      expect(world.enrolments.inForce.has(resourceId)).toBe(true);
      world.failing.clear();
    }
    await reconcile(world.runtime(), world.nowMs + 40_000);
    expect(world.enrolments.inForce.has(resourceId)).toBe(false);
  });
});

describe('an endpoint that is not in the listing', () => {
  it.each([
    ['keeps its tag while it exists', true],
    ['loses it when it is gone', false],
  ])('%s', async (_, exists) => {
    remember('checkout', 'act');
    if (!exists) world.endpoint = undefined;
    expect((await sweepTags()).has('checkout')).toBe(exists);
  });
});

describe('a parameter that changes while the sweep is busy', () => {
  const name = '/fast-scaler/targets/checkout/AllTraffic';

  /** Somebody writes the parameter when the sweep has read all and reads the scalable targets. */
  const reconcileWhile = async (change: () => void, tookMs: number) => {
    const runtime = world.runtime();
    const { describeAll } = runtime.scalableTargets;
    runtime.scalableTargets.describeAll = async () => {
      const standing = await describeAll();
      change();
      world.nowMs += tookMs;
      return standing;
    };
    const texts = new Map(world.parameters);
    runtime.parameters.readAll = async () => texts;
    await reconcile(runtime, world.nowMs + 40_000);
  };

  it('is not overwritten by what the sweep had read', async () => {
    world.parameters.set(name, '{"targetPerInstance":60,"riskPrice":20}');
    const write = () => world.parameters.set(name, '{"targetPerInstance":60,"riskPrice":30}');
    await reconcileWhile(write, 2000);
    expect(world.enrolments.inForce.size).toBe(0);
    await reconcile(world.runtime(), world.nowMs + 40_000);
    const { enrolment } = world.enrolments.inForce.get(TARGET.resourceId) ?? {};
    expect(enrolment?.config.riskPrice).toBe(30);
  });

  it('keeps a target enrolled that the sweep would have released', async () => {
    const { resourceId } = TARGET;
    world.enrolments.inForce.set(resourceId, { target: TARGET, enrolment: enrolmentOf() });
    const targets = new Map([[resourceId, { fingerprint: '', dueAtSeconds: 0 }]]);
    world.enrolments.entries.set('checkout', { tag: undefined, news: 0, targets });
    await reconcileWhile(() => world.parameters.set(name, '{}'), 2000);
    expect(world.enrolments.inForce.has(resourceId)).toBe(true);
  });
});
