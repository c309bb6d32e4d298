import { describe, expect, it } from 'vitest';
import {
  percentChange,
  type StepRule,
  type StepScalingSettings,
  stepScaling,
  stepsIn,
  stepsOut,
} from '../../simulator/scalers/step-scaling.ts';
import { POLICY_OPTIONS, steady, viewOf } from './fixtures.ts';

const OUT: StepRule = {
  threshold: 1,
  datapoints: 2,
  evaluationPeriods: 3,
  aggregation: 'Maximum',
  aim: 1,
  cooldownSeconds: 60,
};
const IN: StepRule = { ...OUT, threshold: 0.5, datapoints: 3, aim: 0.8 };

const controllerWith = (changes: Partial<StepScalingSettings> = {}) =>
  stepScaling({ out: OUT, in: IN, ...changes }).create(POLICY_OPTIONS);

describe('a percentage of the capacity', () => {
  it.each([
    [10, 25, 2],
    [10, 9, 1],
    [10, 0, 0],
    [10, -9, -1],
    [10, -25, -2],
    [10, 150, 15],
    // 3 × 100 ÷ 3 must not fall short of 3 by a hair.
    [3, 100 / 3, 1],
    [30, 10, 3],
  ])('%i by %d %% changes by %i', (capacity, percent, expected) => {
    expect(percentChange(capacity, percent)).toBe(expected);
  });
});

describe('the steps', () => {
  it('are twenty, the most that AWS takes, and adjoin', () => {
    const steps = stepsOut({ threshold: 1, aim: 1 });
    expect(steps).toHaveLength(20);
    expect(steps[0]).toEqual({ load: 1, percent: expect.closeTo(10, 9) });
    // A load anywhere in a step is brought down to the aim by it.
    steps.slice(1).forEach((step, i) => {
      expect(steps[i]?.percent).toBeCloseTo(100 * (step.load - 1), 9);
    });
    expect(steps.at(-1)?.load).toBeGreaterThan(30);
  });

  it('bring the highest load of each up to the aim on the way in', () => {
    const steps = stepsIn({ threshold: 0.5, aim: 0.8 });
    expect(steps).toHaveLength(20);
    expect(steps[0]).toEqual({ load: 0.5, percent: expect.closeTo(-37.5, 9) });
    for (const { load, percent } of steps) expect(1 + percent / 100).toBeCloseTo(load / 0.8, 9);
  });

  it('leave a load above the aim where it is', () => {
    expect(stepsIn({ threshold: 0.9, aim: 0.8 })[0]?.percent).toBe(0);
    expect(stepsOut({ threshold: 0.5, aim: 1 })[0]?.percent).toBe(0);
  });
});

describe('the alarms', () => {
  it.each([
    ['one breaching window', [0.9, 0.9, 1.5], null],
    ['two of three', [1.5, 0.9, 1.5], 3],
    ['two of three, the newest not', [1.5, 1.5, 0.9], 3],
    ['two with a third that is too old', [1.5, 0.9, 0.9, 1.5], null],
    ['the threshold itself', [1, 1, 1], null],
    ['fewer windows than the alarm looks at', [1.5, 1.5], 3],
    ['three low ones', [0.4, 0.4, 0.4], 1],
    ['two low ones', [0.6, 0.4, 0.4], null],
    ['no windows', [], null],
  ])('%s', (_, loads, expected) => {
    const demand = loads.map((load) => 2 * load);
    expect(controllerWith().evaluate(viewOf({ demand, inService: 2 }))).toBe(expected);
  });

  it('pick the step by the highest or the mean of their windows', () => {
    const view = viewOf({ demand: [10.5, 20, 10.5], inService: 10 });
    const average = { ...OUT, aggregation: 'Average' } as const;
    // The highest is 2 of the target, in the step to 2.14; the mean is 1.37, in the step to 1.46.
    expect(controllerWith().evaluate(view)).toBe(21);
    expect(controllerWith({ out: average }).evaluate(view)).toBe(14);
  });

  it('do nothing while the endpoint is locked', () => {
    const view = viewOf({ demand: steady(9, 3), inService: 2, locked: true });
    expect(controllerWith().evaluate(view)).toBeNull();
  });
});

describe('the cooldowns', () => {
  const high = steady(6, 3);
  const low = steady(1, 3);

  it('credit a scale-out with what the last one added', () => {
    const controller = controllerWith();
    const look = (nowSeconds: number, demand: number[], inService: number, completed?: number) =>
      controller.evaluate(
        viewOf({
          demand,
          inService,
          nowSeconds,
          ...(completed === undefined ? {} : { completedAtSeconds: completed }),
        }),
      );
    expect(look(100, high, 4)).toBe(6);
    // At 8 on 6 the step brings up to 1.46 of the 4 there were, which the 6 there are cover.
    expect(look(339, steady(8, 3), 6, 280)).toBeNull();
    expect(look(340, steady(8, 3), 6, 280)).toBe(8);
  });

  it('hold a scale-in after a scale-in, until it ends or a scale-out comes', () => {
    const controller = controllerWith();
    const look = (nowSeconds: number, demand: number[], inService: number, completed: number) =>
      controller.evaluate(viewOf({ demand, inService, nowSeconds, completedAtSeconds: completed }));
    expect(look(100, low, 4, 0)).toBe(2);
    expect(look(219, low, 4, 160)).toBeNull();
    expect(look(220, low, 4, 160)).toBe(2);
    expect(look(339, low, 4, 280)).toBeNull();
    expect(look(339, high, 3, 280)).toBe(6);
    expect(look(345, low, 6, 340)).toBe(2);
  });
});
