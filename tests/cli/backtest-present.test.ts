import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import type { BacktestInput, BacktestResult } from '../../simulator/bench/backtest.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { backtestFixture } from './backtest-fixture.ts';

const asked: BacktestInput[] = [];

/** What is asked for and what is made of the answer matter here; a replay takes seconds and always recommends the same. */
vi.mock('../../simulator/bench/backtest.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../simulator/bench/backtest.ts')>();
  const figures = { unservedFraction: 0, instanceHours: 1, cost: 1, changesPerHour: 0 };
  const row = { ...figures, cheaperDays: 1, dearerDays: 0 };
  const present = { ...row, name: 'present settings', changes: {} };
  const recommended = { ...row, name: 'riskPrice 30', changes: { riskPrice: 30 } };
  const answer = { present, recommended, rows: [present, recommended], isGoalMet: true };
  const backtest = ({ onRun: _, ...input }: BacktestInput): BacktestResult => {
    asked.push(input);
    return { ...answer, days: 1, runs: [] };
  };
  return { ...original, backtest };
});

const here = backtestFixture();
const { remember } = here;

beforeEach(() => asked.splice(0));

const report = () => here.report('checkout', '--days', '1');

/** One with another endpoint than the usual one. */
async function anotherWorld(options: { tag?: string; hasPolicy?: boolean }): Promise<void> {
  here.world = await OperateWorld.create();
  const { tag, hasPolicy = true } = options;
  here.world.addEndpoint({
    bounds: { min: 1, max: 6 },
    ...(tag !== undefined && { tag }),
    ...(!hasPolicy && { cooldowns: null }),
  });
}

async function modeInForce(): Promise<string> {
  const { stdout } = await fastScaler(here.world, ['status', 'checkout', '--json']);
  return JSON.parse(stdout).mode;
}

/** Puts what was recommended, as the printed command does. */
async function put(parameter: string): Promise<void> {
  await here.world.putParameter(targetParameterName(CHECKOUT), parameter);
  await here.world.run(10);
}

describe('the present settings of a target that is not enrolled', () => {
  it('are those that an empty parameter gives it', async () => {
    await anotherWorld({ hasPolicy: false });
    const defaults = { riskPrice: 50, leadTimeSeconds: 120, targetPerInstance: 1500 };
    await here.world.putParameter(DEFAULTS_PARAMETER, defaults);
    await here.world.run(180);
    remember(2);
    const before = await report();
    expect(before).toMatchObject(defaults);
    await here.world.enrol(CHECKOUT);
    expect(await report()).toMatchObject(defaults);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ price: 50, present: asked[1]?.present });
  });

  it('are the built-in ones while the defaults are not valid, and the command is said to enrol nothing', async () => {
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 0 });
    remember(2);
    const { caveats, riskPrice } = await report();
    expect(riskPrice).toBe(10);
    expect(caveats[0]).toMatch(/^The command enrols nothing yet/);
    expect(caveats[1]).toMatch(/those that an empty parameter would enrol it with/);
  });

  it('say that a metric of the owner’s has no history here', async () => {
    const signal = { namespace: 'Shop', metricName: 'Orders', dimensions: {}, statistic: 'Sum' };
    await here.world.putParameter(DEFAULTS_PARAMETER, { signal, targetPerInstance: 600 });
    remember(2);
    const { code, stderr } = await here.run(['checkout', '--days', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('is Shop Orders, of which nothing is known here');
  });
});

describe('the recommended parameter', () => {
  it('enrols what is not enrolled, and in which mode is said', async () => {
    remember(2);
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 3, mode: 'observe' });
    const { recommendation, caveats } = await report();
    expect(caveats[0]).toBe('The command enrols the target, in mode observe.');
    await put(recommendation.parameter);
    expect(await modeInForce()).toBe('observe');
  });

  it('keeps what was discovered in its mode', async () => {
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 3, discover: true });
    await here.world.run(1200);
    expect(await modeInForce()).toBe('observe');
    remember(2);
    const { recommendation, caveats } = await report();
    expect(JSON.parse(recommendation.parameter)).toMatchObject({ mode: 'observe' });
    expect(caveats[0]).toMatch(/^It was discovered\. .* keeps it in mode observe\.$/);
    await put(recommendation.parameter);
    expect(await modeInForce()).toBe('observe');
  });

  it('says nothing of the mode of what is enrolled otherwise', async () => {
    await anotherWorld({ tag: 'observe' });
    await here.world.run(1300);
    remember(2);
    const { recommendation, caveats } = await report();
    expect(JSON.parse(recommendation.parameter)).not.toHaveProperty('mode');
    expect(caveats[0]).not.toMatch(/^The command|^It was discovered/);
    await put(recommendation.parameter);
    expect(await modeInForce()).toBe('observe');
  });
});
