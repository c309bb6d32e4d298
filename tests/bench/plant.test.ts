import { describe, expect, it } from 'vitest';
import { Plant } from '../../simulator/bench/plant.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { scripted } from '../../simulator/scalers/optimum.ts';
import { type Policy, periodic } from '../../simulator/scalers/policy.ts';
import { steady, workloadWith } from './fixtures.ts';

const OPTIONS = { ...USUAL_PLANT, leadTimeSeconds: 180 };

/** Two instances of demand for ten minutes, on a plant that starts with two. */
const plantAt = (demands: readonly number[] = steady(2, 60)) =>
  new Plant(workloadWith(demands), OPTIONS);

describe('a scale-out', () => {
  it('is billed at once, serves after the lead time, and locks until then', () => {
    const plant = plantAt();
    plant.advanceTo(100);
    expect(plant.request(4)).toBe(true);
    expect(plant).toMatchObject({ desired: 4, inService: 2, locked: true });
    plant.advanceTo(279);
    expect(plant).toMatchObject({ desired: 4, inService: 2, locked: true });
    expect(plant.request(5)).toBe(false);
    plant.advanceTo(280);
    expect(plant).toMatchObject({ desired: 4, inService: 4, locked: false });
    expect(plant.billedSeconds).toBe(100 * 2 + 180 * 4);
    expect(plant.refusals).toBe(1);
    expect(plant.request(5)).toBe(true);
  });

  it('lands in the middle of a longer step of time', () => {
    const plant = plantAt(steady(4, 60));
    plant.request(3);
    plant.advanceTo(60);
    expect(plant.request(3)).toBe(true);
    plant.advanceTo(600);
    expect(plant.changes).toEqual([{ atSeconds: 0, from: 4, to: 3 }]);

    const grown = plantAt([...steady(1, 6), ...steady(4, 54)]);
    grown.advanceTo(25);
    grown.request(4);
    grown.advanceTo(600);
    // Three are missing from 60 to 205.
    expect(grown.unservedSeconds).toBeCloseTo(3 * 145, 9);
    expect(grown.billedSeconds).toBe(25 + 575 * 4);
  });
});

describe('a scale-in', () => {
  it('stops serving and billing at once and locks for a minute', () => {
    const plant = plantAt();
    plant.advanceTo(100);
    plant.request(1);
    expect(plant).toMatchObject({ desired: 1, inService: 1, locked: true });
    plant.advanceTo(159);
    expect(plant.request(2)).toBe(false);
    plant.advanceTo(160);
    expect(plant).toMatchObject({ locked: false, billedSeconds: 260, unservedSeconds: 60 });
    expect(plant.request(2)).toBe(true);
  });
});

describe('a request', () => {
  it('is clamped into the bounds', () => {
    const plant = plantAt();
    plant.request(99);
    expect(plant.desired).toBe(8);
    plant.advanceTo(180);
    plant.request(0);
    expect(plant.desired).toBe(1);
  });

  it('for the capacity there is changes nothing and is never refused', () => {
    const plant = plantAt();
    plant.request(4);
    plant.advanceTo(10);
    expect(plant.request(4)).toBe(true);
    expect(plant).toMatchObject({ refusals: 0, completedAtSeconds: 180 });
  });

  it.each([Number.NaN, 2.5])('for %s instances is a fault of the policy', (capacity) => {
    expect(() => plantAt().request(capacity)).toThrow(`a policy asked for ${capacity} instances`);
  });
});

describe('the metric', () => {
  it('shows a window once its lag has passed', () => {
    const plant = plantAt([1, 2, 3, ...steady(2, 57)]);
    plant.advanceTo(19);
    expect([plant.windows, plant.demand(0)]).toEqual([0, undefined]);
    plant.advanceTo(20);
    expect([plant.windows, plant.demand(0), plant.requests(0)]).toEqual([1, 1, 10]);
    plant.advanceTo(45);
    expect([0, 1, 2, 3, -1].map((back) => plant.demand(back))).toEqual([
      3,
      2,
      1,
      undefined,
      undefined,
    ]);
  });

  it('shows minutes likewise', () => {
    const plant = plantAt([...steady(1, 6), ...steady(3, 6), ...steady(2, 48)]);
    plant.advanceTo(69);
    expect([plant.minutes, plant.minuteDemand(0)]).toEqual([0, undefined]);
    plant.advanceTo(70);
    expect([plant.minutes, plant.minuteDemand(0), plant.minutePerInstance(0)]).toEqual([1, 1, 1]);
    plant.advanceTo(205);
    expect([0, 1, 2, 3].map((back) => plant.minuteDemand(back))).toEqual([2, 3, 1, undefined]);
  });

  it('divides by the instances that were in service at the time', () => {
    const plant = plantAt(steady(2, 60));
    plant.advanceTo(5);
    plant.request(1);
    plant.advanceTo(40);
    expect(plant.perInstance(0)).toBeCloseTo(2, 12);
    expect(plant.perInstance(2)).toBeCloseTo((2 / 2 + 2 / 1) / 2, 12);
  });
});

describe('a run', () => {
  it('starts with what the first minute needs on average, inside the bounds', () => {
    expect(workloadWith([4, 4, 4, 1, 1, 1]).initialCapacity).toBe(3);
    expect(workloadWith(steady(0, 6)).initialCapacity).toBe(1);
  });

  it('asks a policy only within the load and hands it nothing of the future', () => {
    const seen: [number, number][] = [];
    const watcher: Policy = {
      name: 'watcher',
      usesRiskPrice: false,
      create: () =>
        periodic(45, 0, ({ nowSeconds, windows }) => {
          seen.push([nowSeconds, windows]);
          return null;
        }),
    };
    const outcome = runPolicy(workloadWith(steady(2, 6)), watcher, { ...OPTIONS, riskPrice: 10 });
    expect(seen).toEqual([
      [0, 0],
      [45, 3],
      [90, 8],
    ]);
    expect(outcome).toMatchObject({ billedSeconds: 2 * 120, unservedSeconds: 2 * 60, changes: [] });
  });

  it('refuses a policy that stands still in time', () => {
    const stuck: Policy = {
      name: 'stuck',
      usesRiskPrice: false,
      create: () => ({ nextAtSeconds: () => 0, evaluate: () => null }),
    };
    const run = () => runPolicy(workloadWith(steady(2, 6)), stuck, { ...OPTIONS, riskPrice: 10 });
    expect(run).toThrow('stuck: the look after 0 s is at 0 s');
  });

  it('plays a script', () => {
    const script = scripted('script', [{ atSeconds: 30, capacity: 3 }]);
    const outcome = runPolicy(workloadWith(steady(2, 60)), script, { ...OPTIONS, riskPrice: 10 });
    expect(outcome.changes).toEqual([{ atSeconds: 30, from: 2, to: 3 }]);
  });
});
