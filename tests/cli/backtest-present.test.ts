import { describe, expect, it } from 'vitest';
import { commandNotes, notesOf } from '../../cli/operate/backtest-notes.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { type BacktestFacts, backtestFacts } from '../../lib/operate/backtest-facts.ts';
import { changedParameter } from '../../lib/operate/present-settings.ts';
import { operatorRuntime } from '../../lib/operate/runtime.ts';
import { DEFAULT_STAGE, stackNames } from '../../lib/operate/stack-names.ts';
import { parseTargetName } from '../../lib/operate/target-name.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { backtestFixture } from './backtest-fixture.ts';

const here = backtestFixture();
const SIZES = { targetPerInstance: 1500, bounds: { min: 1, max: 6 } };

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

function facts(): Promise<BacktestFacts> {
  const { account, clock } = here.world.parts;
  const runtime = operatorRuntime({
    now: () => clock.nowMs,
    sleep: async () => undefined,
    names: stackNames(DEFAULT_STAGE, 'Table'),
    clientConfig: account.clientConfig(),
  });
  return backtestFacts(runtime, parseTargetName('checkout'));
}

async function modeInForce(): Promise<string> {
  const { stdout } = await fastScaler(here.world, ['status', 'checkout', '--json']);
  return JSON.parse(stdout).mode;
}

/** Puts what would be recommended, as the printed command does. */
async function put({ parameter, kept }: BacktestFacts): Promise<string> {
  const changed = changedParameter(parameter, { ...kept, riskPrice: 30 });
  await here.world.putParameter(targetParameterName(CHECKOUT), changed);
  await here.world.run(10);
  return changed;
}

describe('the present settings of a target that is not enrolled', () => {
  it('are those that an empty parameter gives it', async () => {
    await anotherWorld({ hasPolicy: false });
    const defaults = { riskPrice: 50, leadTimeSeconds: 120, targetPerInstance: 1500 };
    await here.world.putParameter(DEFAULTS_PARAMETER, defaults);
    await here.world.run(180);
    const before = await facts();
    expect(before.config).toMatchObject(defaults);
    expect([before.leadTimeSeconds, before.targetPerInstance]).toEqual([120, 1500]);
    await here.world.enrol(CHECKOUT);
    await here.world.run(10);
    const enrolled = await facts();
    expect([before.isEnrolled, enrolled.isEnrolled]).toEqual([false, true]);
    expect(enrolled.config).toEqual(before.config);
  });

  it('are the built-in ones while the defaults are not valid, and the command is said to enrol nothing', async () => {
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 0 });
    const read = await facts();
    expect(read.config.riskPrice).toBe(10);
    expect(commandNotes(read)).toEqual([expect.stringMatching(/^The command enrols nothing yet/)]);
    expect(notesOf(read, SIZES, {})[0]).toMatch(
      /those that an empty parameter would enrol it with/,
    );
  });

  it('say that a metric of the owner’s has no history here', async () => {
    const signal = { namespace: 'Shop', metricName: 'Orders', dimensions: {}, statistic: 'Sum' };
    await here.world.putParameter(DEFAULTS_PARAMETER, { signal, targetPerInstance: 600 });
    const { code, stderr } = await here.run(['checkout', '--days', '1']);
    expect(code).toBe(2);
    expect(stderr).toContain('is Shop Orders, of which nothing is known here');
  });
});

describe('the recommended parameter', () => {
  it('enrols what is not enrolled, and in which mode is said', async () => {
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 3, mode: 'observe' });
    const read = await facts();
    expect(commandNotes(read)).toEqual(['The command enrols the target, in mode observe.']);
    await put(read);
    expect(await modeInForce()).toBe('observe');
  });

  it('keeps what was discovered in its mode', async () => {
    await here.world.putParameter(DEFAULTS_PARAMETER, { riskPrice: 3, discover: true });
    await here.world.run(1200);
    expect(await modeInForce()).toBe('observe');
    const read = await facts();
    expect(JSON.parse(await put(read))).toMatchObject({ mode: 'observe' });
    expect(commandNotes(read)).toEqual([
      expect.stringMatching(/^It was discovered\. .* keeps it in mode observe\.$/),
    ]);
    expect(await modeInForce()).toBe('observe');
  });

  it('says nothing of the mode of what is enrolled otherwise', async () => {
    await anotherWorld({ tag: 'observe' });
    await here.world.run(1300);
    const read = await facts();
    expect(JSON.parse(await put(read))).not.toHaveProperty('mode');
    expect(commandNotes(read)).toEqual([]);
    expect(await modeInForce()).toBe('observe');
  });
});
