import { describe, expect, it } from 'vitest';
import { jumpsThatReach } from '../../simulator/bench/ramps.ts';
import { generatedSources } from '../../simulator/bench/sources.ts';
import { workloadOf } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { generateLoad, SCENARIOS } from '../../simulator/load/scenarios.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';

const LEAD_TIMES_SECONDS = [60, 180, 480];
const RISK_PRICES = [3, 10, 30];
const PEAK_INSTANCES = 16;

/** Every lead time under every price. */
const WORLDS = LEAD_TIMES_SECONDS.flatMap((leadTimeSeconds) =>
  RISK_PRICES.map((riskPrice) => ({ ...USUAL_PLANT, leadTimeSeconds, riskPrice })),
);

describe.each(WORLDS)('a load that leaps, $leadTimeSeconds s ×$riskPrice', (world) => {
  it.each(
    [1, 2, 3].flatMap((seed) => [
      { name: 'step', riseSeconds: 900, topSeconds: 910, endSeconds: 2700, seed },
      { name: 'locust-surge', riseSeconds: 600, topSeconds: 610, endSeconds: 1800, seed },
    ]),
  )('is answered within 30 s, and its end within 300 s: $name, seed $seed', (leap) => {
    const { name, riseSeconds, topSeconds, endSeconds, seed } = leap;
    const workload = workloadOf(generateLoad(name, seed), PEAK_INSTANCES);
    const top = workload.demand.subarray(topSeconds / 10, endSeconds / 10);
    const enough = top.reduce((sum, demand) => sum + demand, 0) / top.length;
    const { changes } = runPolicy(workload, fastScaler(), world);

    const [first] = changes;
    expect(first?.from).toBe(workload.initialCapacity);
    expect(first?.to).toBeGreaterThanOrEqual(enough);
    expect(first?.atSeconds).toBeGreaterThan(riseSeconds);
    expect(first?.atSeconds).toBeLessThanOrEqual(riseSeconds + 30);

    const [back, ...others] = changes.filter(({ atSeconds }) => atSeconds >= endSeconds);
    expect(back?.to).toBe(workload.minCapacity);
    expect(back?.atSeconds).toBeLessThanOrEqual(endSeconds + 300);
    expect(others).toEqual([]);
  });
});

describe('a load that climbs within 10 to 120 s', () => {
  const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);

  it.each(WORLDS)(
    'gets enough in one jump in 95 % of 200, when nothing is known yet: $leadTimeSeconds s ×$riskPrice',
    (world) => {
      expect(jumpsThatReach(SEEDS, world).length).toBeGreaterThanOrEqual(0.95 * SEEDS.length);
    },
  );

  it.each(RISK_PRICES)('and so where starting is known to take 480 s: ×%d', (riskPrice) => {
    const world = { leadTimeSeconds: 480, expectedLeadTimeSeconds: 480, riskPrice };
    const found = jumpsThatReach(SEEDS, world);
    expect(found.length).toBeGreaterThanOrEqual(0.95 * SEEDS.length);
  });

  it.each(RISK_PRICES)('without asking for half as much again on average: ×%d', (riskPrice) => {
    const found = jumpsThatReach(SEEDS, { leadTimeSeconds: 180, riskPrice });
    const ratios = found.map(({ ramp, to }) => to / ramp.plateau);
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(mean).toBeLessThan(1.5);
  });
});

describe.each(Object.keys(SCENARIOS))('the generated load %s', (name) => {
  const source = generatedSources(1).find((each) => each.name === name);

  it.each(WORLDS)(
    'changes capacity 12 times in any hour, no more: $leadTimeSeconds s ×$riskPrice',
    (world) => {
      const load = source?.load(world.leadTimeSeconds);
      if (!load) throw new Error(`no load ${name}`);
      const { changes } = runPolicy(workloadOf(load, PEAK_INSTANCES), fastScaler(), world);
      const inHourFrom = changes.map(
        ({ atSeconds: from }) =>
          changes.filter(({ atSeconds: at }) => at >= from && at < from + 3600).length,
      );
      expect(Math.max(0, ...inHourFrom)).toBeLessThanOrEqual(12);
    },
  );
});
