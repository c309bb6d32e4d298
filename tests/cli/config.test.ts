import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS_PARAMETER } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';
import { fastScaler } from '../operate/command-line.ts';
import { CHECKOUT, OperateWorld } from '../operate/world.ts';
import { expectGolden } from './golden.ts';

let world: OperateWorld;

beforeAll(async () => {
  world = await OperateWorld.create();
  world.addEndpoint();
  world.addEndpoint({ endpointName: 'quiet' });
  await world.enrol();
  await world.enrol(variantTarget('quiet', 'AllTraffic'));
});

describe('config check', () => {
  const check = (args: string[], stdin = '') =>
    fastScaler(world, ['config', 'check', ...args], { stdin });

  it('lists every fault with the values allowed', async () => {
    const text = JSON.stringify({
      riskPrice: 0,
      modee: 'act',
      mode: 'on',
      leaseSeconds: '900',
      scaleInStableSeconds: 10,
      targetPerInstance: 0,
      signal: { namespace: 'X', metricName: 'y', statistic: 'p99' },
    });
    await expectGolden('config-faults.txt', await check(['-'], text));
    await expectGolden('config-faults.json.txt', await check(['-', '--json'], text));
  });

  it('shows what would be in force', async () => {
    await expectGolden(
      'config-good.txt',
      await check(['-'], '{"riskPrice": 30, "mode": "observe"}'),
    );
    await expectGolden(
      'config-defaults.txt',
      await check(['-', '--defaults'], '{"discover": true, "accountMaxInstanceHoursPerDay": 400}'),
    );
  });

  it.each<[string, string[], string, RegExp]>([
    ['text that is no JSON', ['-'], '{"mode": act}', /not JSON: /],
    ['a list', ['-'], '[]', /expected object/],
    [
      'text with a byte order mark',
      ['-'],
      '\ufeff{"mode": "act"}',
      /^ {2}not JSON: it begins with a byte order mark; save it as UTF-8 without one$/m,
    ],
    [
      'what only the defaults have',
      ['-'],
      '{"discover": true}',
      /Unrecognized key: "discover"; discover belongs in \/fast-scaler\/defaults only, which --defaults checks\n {4}allowed: the keys mode/,
    ],
    [
      'several keys that only the defaults have, and one that nothing has',
      ['-'],
      '{"discover": true, "accountMaxInstanceHoursPerDay": 9, "modee": "act"}',
      /"modee"; discover and accountMaxInstanceHoursPerDay belong in \/fast-scaler\/defaults only/,
    ],
    [
      'a key that nothing has',
      ['-', '--defaults'],
      '{"modee": true}',
      /Unrecognized key: "modee"\n {4}allowed: the keys mode.*accountMaxInstanceHoursPerDay/,
    ],
    [
      'a Min above Max beside another fault',
      ['-'],
      '{"minCapacity": 5, "maxCapacity": 3, "riskPrice": 0, "modee": 1}',
      /riskPrice: Too small[\s\S]*modee[\s\S]*minCapacity 5 \(from target\) is above maxCapacity 3/,
    ],
    [
      'a Min above Max of the defaults beside another fault',
      ['-', '--defaults'],
      '{"minCapacity": 5, "maxCapacity": 3, "riskPrice": 0}',
      /riskPrice: Too small[\s\S]*minCapacity 5 \(from defaults\) is above maxCapacity 3/,
    ],
    [
      'a window that says nothing of instances',
      ['-'],
      '{"windows": [{"cron": "0 8 * * *", "durationMinutes": 60}]}',
      /windows\.0: says neither "minInstances" nor "maxInstances"\n {4}allowed: the keys cron, /,
    ],
    [
      'a cron expression of four fields',
      ['-'],
      '{"windows": [{"cron": "0 8 * *", "durationMinutes": 60, "minInstances": 2}]}',
      /windows\.0\.cron: "0 8 \* \*" is no cron expression of five fields: it has 4\n {4}allowed: minute, .*, such as 0 8 \* \* 1-5\n/,
    ],
    [
      'a time zone that there is not',
      ['-'],
      '{"windows": [{"cron": "0 8 * * *", "timeZone": "Berlin", "durationMinutes": 60, "minInstances": 2}]}',
      /windows\.0\.timeZone: "Berlin" is no IANA .*\n {4}allowed: an IANA time zone, such as Europe\/Berlin\n/,
    ],
    [
      'a Min above Max',
      ['-'],
      '{"minCapacity": 3, "maxCapacity": 2}',
      /minCapacity 3 .* is above maxCapacity 2/,
    ],
    [
      'a key that is given twice',
      ['-'],
      '{\n\t"riskPrice": 3,\n\t"riskPrice": 30\n}',
      /line 3, column 2: the key "riskPrice" stands there again, and only the last one would count\n/,
    ],
    [
      'a key that is given twice further inside, spelt otherwise',
      ['-', '--defaults'],
      '{"windows": [{"cron": "0 8 * * *", "cro\\u006e": "0 9 * * *", "durationMinutes": 60, "minInstances": 2}]}',
      /^✗ standard input is not valid:\n {2}line 1, column 36: the key "cro\\u006e" stands there again/,
    ],
    [
      'a key that is given three times, beside another fault',
      ['-', '--json'],
      '{"riskPrice": 3, "riskPrice": 3, "riskPrice": 0}',
      /column 18: [\s\S]*column 34: [\s\S]*Too small/,
    ],
    [
      'more than a parameter holds',
      ['-'],
      `{"riskPrice": 3${' '.repeat(4081)}}`,
      /4097 bytes are too many/,
    ],
  ])('refuses %s', async (_, args, text, message) => {
    const { code, stdout } = await check(args, text);
    expect(stdout).toMatch(message);
    expect(code).toBe(1);
  });

  it.each([
    ['a capacity that is none itself', '{"minCapacity": -1, "maxCapacity": 3}'],
    ['text that is no JSON', '{"minCapacity": 5, "maxCapacity": 3'],
    ['a list', '[5, 3]'],
  ])('does not compare Min and Max of %s', async (_, text) => {
    const { stdout } = await check(['-'], text);
    expect(stdout).not.toContain('is above');
  });

  it('takes as much as a parameter holds', async () => {
    expect((await check(['-'], `{"riskPrice": 3${' '.repeat(4080)}}`)).code).toBe(0);
  });

  it('refuses a file that is not UTF-8', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'latin.json');
    writeFileSync(file, Buffer.from('{"mode": "\xe4"}', 'latin1'));
    const { code, stderr } = await check([file]);
    expect([code, stderr]).toEqual([
      2,
      `${file} cannot be read: it is not UTF-8; save it as UTF-8.`,
    ]);
    rmSync(folder, { recursive: true });
  });

  it('takes one key in several objects', async () => {
    const windows = [8, 9].map((hour) => ({
      cron: `0 ${hour} * * *`,
      durationMinutes: 60,
      minInstances: 2,
    }));
    expect((await check(['-'], JSON.stringify({ windows }))).code).toBe(0);
  });

  it('reads files, parameters and targets, with all that counts there', async () => {
    await world.putParameter(DEFAULTS_PARAMETER, { leaseSeconds: 600 });
    for (const what of [
      'checkout',
      'checkout/AllTraffic',
      '/fast-scaler/targets/checkout/AllTraffic',
    ]) {
      const { code, stdout } = await check([what]);
      expect(stdout).toMatch(/leaseSeconds +600 +defaults/);
      expect(code).toBe(0);
    }
    const file = await check(['docs/schema/target.schema.json']);
    expect(file.stdout).toContain('docs/schema/target.schema.json is not valid');
    const alone = await check(['-'], '{}');
    expect(alone.stdout).toMatch(/leaseSeconds +900 +built-in/);
    const unwritten = await check(['-', '--defaults'], '{}');
    expect(unwritten.stdout).toMatch(/discover +false +built-in/);
    const written = await check(['-', '--defaults'], '{"discover": false}');
    expect(written.stdout).toMatch(/discover +false +this/);
    const there = await check(['-', '--target', 'checkout'], '{}');
    expect(there.stdout).toMatch(/leaseSeconds +600 +defaults/);
    const defaults = await check([DEFAULTS_PARAMETER]);
    expect(defaults.stdout).toMatch(/leaseSeconds +600 +this/);
  });

  it('blames the tag for its value', async () => {
    const tagged = await OperateWorld.create();
    tagged.addEndpoint({ tag: 'on' });
    await tagged.run(60);
    await tagged.enrol();
    await tagged.run(660);
    const { code, stdout } = await fastScaler(tagged, ['config', 'check', 'checkout/AllTraffic']);
    expect(stdout).toBe(
      '✗ /fast-scaler/targets/checkout/AllTraffic cannot be resolved: the tag is not valid:\n  the tag is "on": expected "act" or "observe"\n',
    );
    expect(code).toBe(1);
  });

  it.each<[string, string, string | RegExp, number]>([
    [
      'on',
      'checkout',
      '✗ checkout/AllTraffic cannot be resolved: the tag is not valid:\n  the tag is "on": expected "act" or "observe"\n',
      1,
    ],
    [
      'observe',
      'checkout/AllTraffic',
      /^✓ checkout\/AllTraffic is valid[\s\S]*mode +"observe" +tag\n/,
      0,
    ],
  ])('shows what the tag %s alone makes of %s', async (tag, name, expected, exitCode) => {
    const tagged = await OperateWorld.create();
    tagged.addEndpoint({ tag });
    await tagged.run(660);
    const { code, stdout } = await fastScaler(tagged, ['config', 'check', name]);
    if (typeof expected === 'string') expect(stdout).toBe(expected);
    else expect(stdout).toMatch(expected);
    expect(code).toBe(exitCode);
    expect(
      await fastScaler(tagged, ['config', 'check', '/fast-scaler/targets/checkout/AllTraffic']),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no parameter') });
  });

  it('says so where there are no defaults', async () => {
    const empty = await OperateWorld.create();
    expect(await fastScaler(empty, ['config', 'check', DEFAULTS_PARAMETER])).toEqual({
      code: 2,
      stdout: '',
      stderr: `There is no parameter ${DEFAULTS_PARAMETER}: the built-in defaults hold, and nothing is discovered.`,
    });
  });

  it('blames the defaults for their faults', async () => {
    const faulty = await OperateWorld.create();
    faulty.addEndpoint();
    await faulty.run(60);
    await faulty.enrol(CHECKOUT, { riskPrice: 20 });
    await faulty.putParameter(DEFAULTS_PARAMETER, '{"riskPrice": 0}');
    const { code, stdout } = await fastScaler(faulty, ['config', 'check', 'checkout/AllTraffic']);
    expect(stdout).toBe(
      [
        '✗ /fast-scaler/targets/checkout/AllTraffic cannot be resolved: /fast-scaler/defaults is not valid:',
        '  riskPrice: Too small: expected number to be >=1',
        '    allowed: 1 to 1000',
        '  fix: fast-scaler config check /fast-scaler/defaults',
        '',
      ].join('\n'),
    );
    expect(code).toBe(1);
    const args = ['config', 'check', '-', '--target', 'checkout', '--json'];
    const json = await fastScaler(faulty, args, { stdin: '{"mode": "on"}' });
    const { valid, faults } = JSON.parse(json.stdout);
    expect(valid).toBe(false);
    expect(faults).toEqual([
      expect.objectContaining({ path: 'mode' }),
      expect.objectContaining({ path: 'riskPrice', where: DEFAULTS_PARAMETER }),
    ]);
    expect(faults[0]).not.toHaveProperty('where');
  });

  it.each([
    ['of a kind of instance that is known', 'ml.m5.large', {}, /leadTimeSeconds +240 +built-in\n/],
    ['that somebody set', 'ml.m5.large', { leadTimeSeconds: 100 }, /leadTimeSeconds +100 +this\n/],
    ['of a kind of which nothing is known', 'ml.x9.large', {}, /leadTimeSeconds +300 +built-in\n/],
  ])('shows the lead time %s', async (_, instanceType, config, expected) => {
    const there = await OperateWorld.create();
    there.addEndpoint({ instanceType });
    await there.run(60);
    await there.enrol(CHECKOUT, config);
    const { stdout } = await fastScaler(there, ['config', 'check', 'checkout']);
    expect(stdout).toMatch(expected);
  });

  it('finds a fault that only the defaults make', async () => {
    await world.putParameter(DEFAULTS_PARAMETER, { maxCapacity: 2 });
    const { code, stdout } = await check(['-', '--target', 'checkout'], '{"minCapacity": 3}');
    expect(stdout).toContain('minCapacity 3 (from target) is above maxCapacity 2 (from defaults)');
    expect(code).toBe(1);
  });

  it.each([
    ['a file that is not there', ['none.json'], 2, /There is no file none\.json/],
    ['a parameter of others', ['/other/parameter'], 2, /no parameter of the scaler: expected/],
    [
      'a parameter that is not there',
      ['nobody/AllTraffic'],
      2,
      /There is no parameter \/fast-scaler/,
    ],
    [
      'a mistyped name of a file',
      ['nofile'],
      2,
      /^No variant of nofile is enrolled.* \(There is no file nofile, so it was taken for a target\.\)$/,
    ],

    ['contradicting options', ['-', '--defaults', '--target', 'checkout'], 2, /exclude each other/],
    ['a folder', ['docs'], 2, /docs cannot be read/],
  ])('ends at %s', async (_, args, code, message) => {
    const ended = await check(args);
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
  });
});
