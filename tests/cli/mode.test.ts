import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER, targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';
import { deny } from './troubles.ts';

const NAME = targetParameterName(CHECKOUT);
/** What can be done while a configuration is not valid. */
const MEANWHILE =
  /Until then an alarm mute rule in CloudWatch pauses it, on the alarm fast-scaler\/endpoint\/checkout\/variant\/AllTraffic\/high \(docs\/configuration\.md\)\.$/;
const OWNER = { min: 1, max: 20 };
let world: OperateWorld;
const run = (...args: string[]) => fastScaler(world, args);
const parameter = () => world.parameter(NAME);
const modeInForce = async () => {
  const { stdout } = await run('status', 'checkout', '--json');
  return JSON.parse(stdout).mode;
};

/** One endpoint, in the middle of a surge once it is enrolled in `act`. */
async function surging(config?: object | string, tag?: string): Promise<void> {
  world.addEndpoint(tag === undefined ? {} : { tag });
  world.setDemand(0.3);
  await world.run(600);
  if (config !== undefined) await world.enrol(CHECKOUT, config);
  await world.run(700);
  world.setDemand(9);
  await world.run(60);
}

beforeEach(async () => {
  world = await OperateWorld.create();
});

describe('pause', () => {
  it('gives the bounds back and keeps everything else', async () => {
    await surging({ riskPrice: 20, mode: 'act', leaseSeconds: 600 });
    expect(world.bounds()?.min).toBeGreaterThan(8);
    await expectGolden('pause.txt', await run('pause', 'checkout'));
    expect(JSON.parse((await parameter()) ?? '')).toEqual({
      riskPrice: 20,
      mode: 'paused',
      leaseSeconds: 600,
    });
    await world.run(30);
    expect(world.bounds()).toEqual(OWNER);
    await expectGolden('pause-again.txt', await run('pause', 'checkout'));
    await expectGolden('resume.txt', await run('resume', 'checkout'));
    await world.run(5);
    expect(await modeInForce()).toBe('act');
  });

  it('prints JSON', async () => {
    await surging({});
    await expectGolden('pause.json.txt', await run('pause', 'checkout', '--json'));
  });

  it('keeps the layout of a parameter of several lines', async () => {
    await surging('{\n  "riskPrice": 20\n}');
    await run('pause', 'checkout');
    expect(await parameter()).toBe('{\n  "riskPrice": 20,\n  "mode": "paused"\n}');
  });

  it.each([
    [
      'no JSON',
      '{"riskPrice": 20',
      /is not JSON .* left as it is; mend it first:\n\{"riskPrice": 20\n/,
    ],
    ['a list', '[1]', /is not a JSON object and was left as it is; mend it first:\n\[1\]\n/],
    ['null', 'null', /is not a JSON object/],
    [
      'an unknown key',
      '{"riskprice": 20}',
      /would not be taken[\s\S]*Unrecognized key: "riskprice"\nMend it first: fast-scaler config check checkout\/AllTraffic\n/,
    ],
  ])('leaves a parameter alone that is %s', async (_, text, message) => {
    await surging({});
    await world.enrol(CHECKOUT, text);
    const { code, stdout, stderr } = await run('pause', 'checkout');
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(MEANWHILE);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(await parameter()).toBe(text);
  });

  it('writes nothing that the defaults would make void', async () => {
    await surging({});
    await world.putParameter(DEFAULTS_PARAMETER, '{"mode": "on"}');
    const { code, stderr } = await run('pause', 'checkout');
    expect(stderr).toMatch(
      /would not be taken[\s\S]*\/fast-scaler\/defaults is not a valid[\s\S]*Mend it first: fast-scaler config check \/fast-scaler\/defaults\n/,
    );
    expect(stderr).toMatch(MEANWHILE);
    expect(code).toBe(1);
    expect(await parameter()).toBe('{}');
  });

  describe('with a tag that was not valid when it was last read', () => {
    /** The sweep reads an old endpoint's tag once in ten minutes. */
    async function refused(): Promise<void> {
      await surging(undefined, 'act');
      putTag('actt');
      await world.run(660);
      expect((await run('status', 'checkout')).stdout).toContain('is "actt": expected');
    }

    const putTag = (Value: string) => {
      const { sageMaker, account } = world.parts;
      const ResourceArn = sageMaker.describeEndpoint({ EndpointName: 'checkout' }).EndpointArn;
      const input = { ResourceArn, Tags: [{ Key: 'fast-scaler', Value }] };
      sageMaker.operations.AddTags?.(input, account.context);
    };

    it('pauses at once after it was mended', async () => {
      await refused();
      putTag('act');
      expect((await run('config', 'check', 'checkout')).code).toBe(0);
      const { code, stdout } = await run('pause', 'checkout');
      expect(stdout).toContain('the mode is now paused');
      expect(code).toBe(0);
      await world.run(30);
      expect(world.bounds()).toEqual(OWNER);
      expect(await modeInForce()).toBe('paused');
    });

    it.each([
      ['not mended', () => {}],
      [
        'mended, but may not be read',
        () => {
          putTag('act');
          deny(world, 'ListTags');
        },
      ],
    ])('pauses nothing while it is %s', async (_, arrange) => {
      await refused();
      arrange();
      const { code, stderr } = await run('pause', 'checkout');
      expect(stderr).toMatch(/would not be taken[\s\S]*is "actt": expected "act" or "observe"/);
      expect(stderr).toMatch(MEANWHILE);
      expect(code).toBe(1);
      expect(await parameter()).toBeUndefined();
    });
  });

  it('says of a name that no endpoint has, as does resume, that nothing is there yet', async () => {
    await world.enrol(CHECKOUT, { mode: 'observe' });
    for (const args of [
      ['pause', 'checkout/AllTraffic'],
      ['resume', 'checkout/AllTraffic', '--mode', 'act'],
    ]) {
      const { code, stdout } = await run(...args);
      expect(code).toBe(0);
      expect(stdout).toContain(
        'There is no scalable target for it: it counts once the endpoint is',
      );
    }
  });

  it('enrols nobody', async () => {
    world.addEndpoint();
    const { code, stderr } = await run('pause', 'checkout/AllTraffic');
    expect(stderr).toContain('is not enrolled: there is nothing to pause');
    expect(code).toBe(1);
    expect(await parameter()).toBeUndefined();
  });
});

describe('resume', () => {
  it.each([
    ['the mode that the parameter named', '{"mode":"observe"}', '{"mode":"observe"}', 'observe'],
    ['the mode of the lower layers', '{"riskPrice":20}', '{"riskPrice":20}', 'act'],
  ])('brings back %s', async (_, before, after, mode) => {
    await surging(before);
    await run('pause', 'checkout');
    await run('pause', 'checkout');
    const { code, stdout } = await run('resume', 'checkout');
    expect(stdout).toContain(`the mode is now ${mode}`);
    expect(code).toBe(0);
    expect(await parameter()).toBe(after);
  });

  it('passes over versions that were never in force', async () => {
    await surging('{"mode":"observe"}');
    await world.putParameter(NAME, '{"mode":');
    await world.putParameter(NAME, '{"mode":"paused"}');
    await run('resume', 'checkout');
    expect(await parameter()).toBe('{"mode":"observe"}');
  });

  it('deletes the parameter that only the pause had made', async () => {
    await surging(undefined, 'act');
    const paused = await run('pause', 'checkout');
    expect(paused.stdout).toContain('before: there was no such parameter');
    await world.run(30);
    expect(world.bounds()).toEqual(OWNER);
    const { stdout } = await run('resume', 'checkout');
    expect(stdout).toMatch(/the mode is now act[\s\S]*now: {4}deleted, as before the pause/);
    expect(await parameter()).toBeUndefined();
    await world.run(5);
    expect(await modeInForce()).toBe('act');
  });

  it('does not make a discovered target act', async () => {
    await world.putParameter(DEFAULTS_PARAMETER, '{"discover": true}');
    await surging();
    await run('pause', 'checkout');
    const { stdout } = await run('resume', 'checkout');
    expect(stdout).toContain('the mode is now observe');
    await world.run(120);
    expect(world.bounds()).toEqual(OWNER);
  });

  it.each(['act', 'observe'])('sets the mode named: %s', async (mode) => {
    await surging('{"riskPrice":20,"mode":"paused"}');
    await run('resume', 'checkout', '--mode', mode);
    expect(await parameter()).toBe(`{"riskPrice":20,"mode":"${mode}"}`);
  });

  it('names a mode for a target that its tag enrols', async () => {
    await surging(undefined, 'observe');
    const { code } = await run('resume', 'checkout', '--mode', 'act');
    expect(code).toBe(0);
    expect(await parameter()).toBe('{"mode":"act"}');
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      'a target that was paused from the first',
      () => surging('{"riskPrice":20,"mode":"paused"}'),
      /No earlier version of .* tells the mode before the pause/,
    ],
    [
      'a pause with settings beside it, which would be lost with the parameter',
      () => surging('{"riskPrice":20,"mode":"paused"}', 'act'),
      /No earlier version/,
    ],
    [
      'a pause that nothing else would follow',
      () => surging('{"mode":"paused"}'),
      /No earlier version/,
    ],
    [
      'a pause that the defaults make',
      async () => {
        await world.putParameter(DEFAULTS_PARAMETER, '{"mode":"paused"}');
        await surging('{}');
      },
      /It is \/fast-scaler\/defaults that pauses it/,
    ],
    ['a target without a parameter', () => surging(undefined, 'act'), /There is no parameter/],
  ])('asks back for %s', async (_, arrange, message) => {
    await arrange();
    const before = await parameter();
    const { code, stderr } = await run('resume', 'checkout');
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(await parameter()).toBe(before);
  });

  it('writes nothing while the defaults are not valid, which may have discovered the target', async () => {
    await world.putParameter(DEFAULTS_PARAMETER, '{"discover": true}');
    await surging();
    await run('pause', 'checkout');
    await world.putParameter(DEFAULTS_PARAMETER, '{"discover": "yes"}');
    const { code, stderr } = await run('resume', 'checkout');
    expect(stderr).toMatch(
      /Nothing was written\.\n[\s\S]*Mend it first: fast-scaler config check \/fast-scaler\/defaults$/,
    );
    expect(code).toBe(1);
    expect(await parameter()).toBe('{"mode":"paused"}');
  });

  it('has nothing to do for a target that acts', async () => {
    await surging({});
    const { code, stdout } = await run('resume', 'checkout');
    expect(stdout).toBe(
      'checkout/AllTraffic: unchanged\n  Its mode is act already; nothing was written.\n',
    );
    expect(code).toBe(0);
  });

  it.each([['paused'], ['on']])('takes no mode %s', async (mode) => {
    const { code, stderr } = await run('resume', 'checkout', '--mode', mode);
    expect(stderr).toContain('Allowed choices are act, observe');
    expect(code).toBe(2);
  });
});
