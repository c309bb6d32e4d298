import { describe, expect, it } from 'vitest';
import { START_SECOND, variantWorld } from './plant-variant-world.ts';

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
