import { describe, expect, it } from 'vitest';
import {
  DefaultBehaviour,
  hpa,
  recommendedReplicas,
  scaleUpLimit,
} from '../../simulator/scalers/hpa.ts';
import { KnativeAutoscaler, knative } from '../../simulator/scalers/knative.ts';
import { RayServeAutoscaler, rayServe } from '../../simulator/scalers/ray-serve.ts';
import {
  highResolutionTargetTracking,
  targetTracking,
} from '../../simulator/scalers/target-tracking.ts';
import { POLICY_OPTIONS, steady, viewOf } from './fixtures.ts';

describe('target tracking', () => {
  /** Metric `metric` on `instances` with target 5, for `points` minutes. */
  const afterMinutes = (instances: number, metric: number, points: number) =>
    targetTracking
      .create(POLICY_OPTIONS)
      .evaluate(
        viewOf({ demand: steady((instances * metric) / 5, 6 * points), inService: instances }),
      );

  it.each([
    ['2 at 12 for three minutes', 2, 12, 3, 5],
    ['2 at 12 for two minutes', 2, 12, 2, null],
    ['2 at the target itself', 2, 5, 15, null],
    ['5 at 4.6, above the margin', 5, 4.6, 15, null],
    ['5 at 4.5, the margin itself', 5, 4.5, 15, null],
    ['5 at 4.4, which rounds back to 5', 5, 4.4, 15, null],
    ['5 at 3.9 for fifteen minutes', 5, 3.9, 15, 4],
    ['5 at 3.9 for fourteen minutes', 5, 3.9, 14, null],
  ])('%s', (_, instances, metric, points, expected) => {
    expect(afterMinutes(instances, metric, points)).toBe(expected);
  });

  it('takes the highest of the points that set the alarm off', () => {
    const demand = [...steady(3, 6), ...steady(4.5, 6), ...steady(3.5, 6)];
    expect(targetTracking.create(POLICY_OPTIONS).evaluate(viewOf({ demand, inService: 2 }))).toBe(
      5,
    );
  });

  it('reads three windows of ten seconds in high resolution', () => {
    const evaluate = (demand: number[]) =>
      highResolutionTargetTracking
        .create(POLICY_OPTIONS)
        .evaluate(viewOf({ demand, inService: 2 }));
    expect(evaluate([4.8, 4.8, 4.8])).toBe(5);
    expect(evaluate([4.8, 4.8])).toBeNull();
    expect(evaluate([4.8, 2, 4.8])).toBeNull();
    expect(evaluate(steady(1.7, 90))).toBeNull();
    expect(evaluate(steady(0.9, 89))).toBeNull();
    expect(evaluate(steady(0.9, 90))).toBe(1);
  });

  it('asks for nothing while the endpoint is locked', () => {
    const view = viewOf({ demand: steady(9, 18), inService: 2, locked: true });
    expect(targetTracking.create(POLICY_OPTIONS).evaluate(view)).toBeNull();
  });

  it('waits for its cooldown between scale-ins, but not before a scale-out', () => {
    const low = steady(1.5, 90);
    const at = (nowSeconds: number, demand: number[], inService: number) =>
      viewOf({ demand, inService, nowSeconds, completedAtSeconds: 1000 });
    const controller = targetTracking.create(POLICY_OPTIONS);
    expect(controller.evaluate(at(930, low, 4))).toBe(2);
    expect(controller.evaluate(at(1299, low, 3))).toBeNull();
    expect(controller.evaluate(at(1300, low, 3))).toBe(2);
    expect(controller.evaluate(at(1299, steady(6, 18), 3))).toBe(6);
  });

  it('evaluates each point as it becomes readable', () => {
    const standard = targetTracking.create(POLICY_OPTIONS);
    expect([-1, 10, 69, 70].map((now) => standard.nextAtSeconds(now))).toEqual([10, 70, 70, 130]);
    const fast = highResolutionTargetTracking.create(POLICY_OPTIONS);
    expect([-1, 10, 11].map((now) => fast.nextAtSeconds(now))).toEqual([10, 20, 20]);
  });
});

describe('Knative', () => {
  it('panics at twice the ready pods, holds for a stable window and then shrinks', () => {
    const autoscaler = new KnativeAutoscaler(10, 0);
    expect(autoscaler.scale(0, 100, 100, 10)).toBe(10);
    expect(autoscaler.scale(2, 100, 200, 10)).toBe(20);
    expect(autoscaler.scale(30, 150, 90, 20)).toBe(20);
    // Exactly a stable window after the panic: the test is strict.
    expect(autoscaler.scale(62, 150, 90, 20)).toBe(20);
    expect(autoscaler.scale(64, 150, 90, 20)).toBe(15);
  });

  it('does not panic just below the threshold', () => {
    const autoscaler = new KnativeAutoscaler(10, 0);
    expect(autoscaler.scale(0, 100, 190, 10)).toBe(10);
  });

  it('halves at most', () => {
    expect(new KnativeAutoscaler(10, 0).scale(0, 10, 10, 10)).toBe(5);
  });

  it('begins in panic with more than one pod', () => {
    const autoscaler = new KnativeAutoscaler(10, 4);
    expect(autoscaler.scale(60, 10, 10, 4)).toBe(4);
    expect(autoscaler.scale(62, 10, 10, 4)).toBe(2);
    expect(new KnativeAutoscaler(10, 1).scale(0, 0, 0, 1)).toBe(0);
  });

  it('averages a minute of windows for the stable mean and reads the newest for panic', () => {
    const controller = knative.create(POLICY_OPTIONS);
    controller.evaluate(viewOf({ demand: [1.6], inService: 1, nowSeconds: 20 }));
    const demand = [...steady(1.6, 5), 0.8];
    // 5 × 1.6 and 0.8 make a mean of 1.47, over an aim of 0.8.
    expect(controller.evaluate(viewOf({ demand, inService: 2, nowSeconds: 400 }))).toBe(2);
  });
});

describe('HPA', () => {
  it.each([
    ['4 at 11 of 10: the edge of the tolerance', 44, 4, 4],
    ['4 at 11.1 of 10', 44.4, 4, 5],
    ['4 at 9 of 10: the other edge', 36, 4, 4],
    ['4 at 8.9 of 10, which rounds back', 35.6, 4, 4],
    ['4 at 7 of 10', 28, 4, 3],
    ['no load', 0, 4, 0],
  ])('%s', (_, load, replicas, expected) => {
    expect(recommendedReplicas(load, 10, replicas)).toBe(expected);
  });

  it.each([
    ['2: four pods more are more than a doubling', 2, 0, 6],
    ['10: a doubling is more', 10, 0, 20],
    ['10, of which 5 came just now', 10, 5, 10],
  ])('limits a scale-up from %s', (_, replicas, added, expected) => {
    expect(scaleUpLimit(replicas, added)).toBe(expected);
  });

  it('goes no lower than the highest recommendation of five minutes', () => {
    const behaviour = new DefaultBehaviour();
    expect(behaviour.apply(0, 8, 8)).toBe(8);
    expect(behaviour.apply(150, 8, 5)).toBe(8);
    expect(behaviour.apply(299, 8, 3)).toBe(8);
    expect(behaviour.apply(300, 8, 3)).toBe(5);
  });

  it('counts what was added within fifteen seconds', () => {
    const behaviour = new DefaultBehaviour();
    expect(behaviour.apply(0, 2, 50)).toBe(6);
    behaviour.scaledUp(0, 4);
    expect(behaviour.apply(14, 6, 50)).toBe(6);
    expect(behaviour.apply(15, 6, 50)).toBe(12);
  });

  it('scales on the newest window', () => {
    const controller = hpa.create(POLICY_OPTIONS);
    expect(controller.evaluate(viewOf({ demand: [1, 4.5], inService: 2 }))).toBe(5);
    expect(controller.evaluate(viewOf({ demand: [], inService: 2 }))).toBeNull();
  });
});

describe('Ray Serve', () => {
  it('rounds up and waits ten minutes before it shrinks', () => {
    const autoscaler = new RayServeAutoscaler(2);
    expect(autoscaler.decide(0, 7, 4)).toBe(4);
    expect(autoscaler.decide(10, 6, 4)).toBe(4);
    expect(autoscaler.decide(609, 6, 4)).toBe(4);
    expect(autoscaler.decide(610, 6, 4)).toBe(3);
  });

  it('grows after thirty seconds, to the latest count', () => {
    const autoscaler = new RayServeAutoscaler(2);
    expect(autoscaler.decide(0, 20, 4)).toBe(4);
    expect(autoscaler.decide(29, 20, 4)).toBe(4);
    expect(autoscaler.decide(30, 12, 4)).toBe(6);
  });

  it('counts anew when the direction changes or nothing is to be changed', () => {
    const autoscaler = new RayServeAutoscaler(2);
    autoscaler.decide(0, 20, 4);
    autoscaler.decide(20, 8, 4);
    expect(autoscaler.decide(30, 20, 4)).toBe(4);
    expect(autoscaler.decide(60, 20, 4)).toBe(10);
  });

  it('keeps a refused change due and starts anew after a taken one', () => {
    const autoscaler = new RayServeAutoscaler(2);
    autoscaler.decide(0, 20, 4);
    expect(autoscaler.decide(30, 20, 4)).toBe(10);
    expect(autoscaler.decide(40, 20, 4)).toBe(10);
    autoscaler.taken();
    expect(autoscaler.decide(50, 40, 10)).toBe(10);
    expect(autoscaler.decide(80, 40, 10)).toBe(20);
  });

  it('keeps one replica', () => {
    const autoscaler = new RayServeAutoscaler(2);
    autoscaler.decide(0, 0, 2);
    expect(autoscaler.decide(600, 0, 2)).toBe(1);
  });

  it('looks back over thirty seconds', () => {
    const controller = rayServe.create(POLICY_OPTIONS);
    const look = (nowSeconds: number) =>
      controller.evaluate(viewOf({ demand: [9, 1.8, 1.8, 2.7], inService: 2, nowSeconds }));
    // The mean of the last three is 2.1, over an aim of 0.9.
    expect(look(10)).toBe(2);
    expect(look(40)).toBe(3);
  });
});
