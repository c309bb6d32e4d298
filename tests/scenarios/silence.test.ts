import { expect, it } from 'vitest';
import { PER_INSTANCE, ScenarioWorld } from './world.ts';

const METRIC = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };

/** The metric of an application, which publishes nothing while nothing happens. */
function publish(world: ScenarioWorld, second: number, instances: number): void {
  const { clock, cloudWatch } = world.parts;
  const startMs = (world.startSeconds + second) * 1000;
  const sum = instances * PER_INSTANCE * 10;
  const bin = { sum, minimum: 1, maximum: 1, sampleCount: sum };
  clock.at(startMs + 10_000, () => cloudWatch.recordBin(METRIC, startMs, 10, bin));
}

// Between two sweeps, a minute apart, so that none of them can be the one that notices.
it.each([900, 920, 940])(
  'a load that fell silent above the threshold of its alarm, and comes back at %s s, is met at once',
  async (backAt) => {
    const world = await ScenarioWorld.create();
    const signal = { ...METRIC, statistic: 'Sum' };
    await world.putParameter({ signal, targetPerInstance: PER_INSTANCE * 60 });
    for (let second = 0; second < 600; second += 10) publish(world, second, 0.9);
    for (let second = backAt; second < 1200; second += 10) publish(world, second, 9);
    await world.runTo(backAt);
    expect(world.timesOf('RegisterScalableTarget')).toEqual([]);
    expect(world.timesOf('SendMessage').filter((second) => second > 700)).toEqual([]);
    await world.runTo(1200);
    const [first = Number.POSITIVE_INFINITY] = world.timesOf('RegisterScalableTarget');
    expect(first - backAt).toBeLessThanOrEqual(40);
    expect(world.deployment.failures).toEqual([]);
  },
);
