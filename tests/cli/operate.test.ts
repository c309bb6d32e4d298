import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asExit } from '../../cli/operate/connection.ts';
import { fitted, Printer } from '../../cli/operate/print.ts';
import { processSurroundings } from '../../cli/operate/surroundings.ts';
import { TargetNameError } from '../../lib/operate/target-name.ts';

const root = resolve(import.meta.dirname, '../..');
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'operate-'));
});

afterAll(() => rmSync(home, { recursive: true }));

/** The program itself, as a user runs it, without any AWS configuration. */
function fastScaler(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [join(root, 'cli/fast-scaler.js'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    input: '{"riskPrice": 0}',
  });
}

/** A configuration with a profile that has no credentials. */
const PROFILES = join(root, 'tests/fixtures/aws-profiles.ini');

const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('the program', () => {
  const OPERATING = ['status', 'watch', 'explain', 'doctor', 'config check', 'pause', 'resume'];

  it.each([...OPERATING, 'prewarm', 'backtest', 'simulate', 'bench', 'emulate'])(
    'has a help with examples for %s',
    (command) => {
      const { status, stdout } = fastScaler([...command.split(' '), '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain('Examples:');
      expect(stdout).toContain(`  $ fast-scaler ${command}`);
      if (['simulate', 'bench', 'emulate'].includes(command)) return;
      expect(stdout).toMatch(/--json[\s\S]*--region[\s\S]*--stage[\s\S]*FAST_SCALER_STAGE/);
    },
  );

  it.each<[string, string[], Record<string, string>, number, RegExp]>([
    [
      'no region',
      ['status'],
      KEYS,
      3,
      /^fast-scaler: no AWS region: set AWS_REGION, or give --region\.\n$/,
    ],
    [
      'no credentials',
      ['status', '--region', 'eu-west-1'],
      {},
      3,
      /^fast-scaler: no AWS credentials: .*"aws sts get-caller-identity" must work first/,
    ],
    [
      'nobody who answers',
      ['status', '--region', 'eu-west-1'],
      { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      3,
      /^fast-scaler: nothing listens at http:\/\/127\.0\.0\.1:1 \(AWS_ENDPOINT_URL\)\. Is "fast-scaler emulate" running there\?\n$/,
    ],
    [
      'a region that cannot be',
      ['status', '--region', 'eu_west_1'],
      KEYS,
      2,
      /^fast-scaler: --region eu_west_1 names no region: expected one such as eu-west-1\.\n$/,
    ],
    [
      'a region in the environment that cannot be',
      ['doctor'],
      { ...KEYS, AWS_REGION: 'EU-WEST-1' },
      2,
      /^fast-scaler: AWS_REGION EU-WEST-1 names no region/,
    ],
    [
      'a region of the AWS CLI that is none',
      ['doctor'],
      { ...KEYS, AWS_DEFAULT_REGION: 'EU-WEST-1' },
      2,
      /^fast-scaler: AWS_DEFAULT_REGION EU-WEST-1 names no region/,
    ],
    [
      'an address without a scheme',
      ['status', '--region', 'eu-west-1'],
      { ...KEYS, AWS_ENDPOINT_URL: '127.0.0.1:14580' },
      2,
      /^fast-scaler: AWS_ENDPOINT_URL is 127\.0\.0\.1:14580: expected a URL such as http:\/\/127\.0\.0\.1:14580\.\n$/,
    ],
    [
      'an address that reads like a scheme',
      ['status', '--region', 'eu-west-1'],
      { ...KEYS, AWS_ENDPOINT_URL_DYNAMODB: 'localhost:14580' },
      2,
      /^fast-scaler: AWS_ENDPOINT_URL_DYNAMODB is localhost:14580: expected a URL such as http:\/\/localhost:14580\.\n$/,
    ],
    [
      'an address that is none at all',
      ['status', '--region', 'eu-west-1'],
      { ...KEYS, AWS_ENDPOINT_URL: 'http://' },
      2,
      /^fast-scaler: AWS_ENDPOINT_URL is http:\/\/: expected a URL such as http:\/\/127\.0\.0\.1:4580\.\n$/,
    ],
    [
      'addresses that are to be ignored',
      ['status'],
      { ...KEYS, AWS_ENDPOINT_URL: 'localhost:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      3,
      /no AWS region/,
    ],
    [
      'a profile that there is not',
      ['status', '--region', 'eu-west-1', '--profile', 'nosuch'],
      KEYS,
      2,
      /^fast-scaler: --profile nosuch names no profile of your AWS configuration: "aws configure list-profiles" lists them\.\n$/,
    ],
    [
      'a profile in the environment that there is not',
      ['doctor', '--region', 'eu-west-1'],
      { ...KEYS, AWS_PROFILE: 'nosuch' },
      2,
      /^fast-scaler: AWS_PROFILE nosuch names no profile [^\n]+\n$/,
    ],
    [
      'a profile beside keys in the environment, which goes first',
      ['status', '--profile', 'empty'],
      { ...KEYS, AWS_REGION: 'eu-west-1', AWS_CONFIG_FILE: PROFILES },
      3,
      /^fast-scaler: no AWS credentials: [^\n]+\n$/,
    ],
    [
      'a profile of the environment beside keys there, which go first',
      ['status'],
      {
        ...KEYS,
        AWS_REGION: 'eu-west-1',
        AWS_PROFILE: 'empty',
        AWS_CONFIG_FILE: PROFILES,
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      },
      3,
      /^fast-scaler: nothing listens at [^\n]+\n$/,
    ],
    [
      'a region that a script left empty',
      ['status', '--region', ''],
      KEYS,
      2,
      /^fast-scaler: option '--region <name>' argument '' is invalid\. Expected a name\.\n$/,
    ],
    [
      'an empty region in the environment',
      ['status'],
      { ...KEYS, AWS_REGION: '' },
      2,
      /^fast-scaler: AWS_REGION is empty: set it, or give --region\.\n$/,
    ],
    ['no command of that name', ['stattus'], {}, 2, /unknown command 'stattus'/],
    ['no target', ['pause'], {}, 2, /missing required argument 'target'/],
  ])('ends with a line on standard error for %s', (_, args, environment, code, message) => {
    const { status, stdout, stderr } = fastScaler(args, environment);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(code);
  });

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(fastScaler(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it('ends quietly when its reader has had enough', () => {
    const command = `node "${join(root, 'cli/fast-scaler.js')}" config check - | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      encoding: 'utf8',
      env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: home },
      input: '{"riskPrice": 0}',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^[01]\n$/);
  });

  it('says in a line that its output finds no room', () => {
    const command = `node "${join(root, 'cli/fast-scaler.js')}" config check - > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['-c', command], {
      encoding: 'utf8',
      env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: home },
      input: '{}',
    });
    expect(stderr).toMatch(/^fast-scaler: standard output cannot be written: ENOSPC[^\n]*\n$/);
    expect(status).toBe(2);
  });

  it('checks standard input without AWS', () => {
    const { status, stdout } = fastScaler(['config', 'check', '-']);
    expect(stdout).toContain('riskPrice: Too small');
    expect(status).toBe(1);
  });
});

describe('an error', () => {
  it('of a name is wrong usage', () => {
    expect(asExit(new TargetNameError('no'), 'Table')).toMatchObject({ code: 2, message: 'no' });
  });

  it.each<[string, Error, number, RegExp]>([
    [
      'a region of the profile that cannot be',
      new Error('Region not accepted: region="eu_west_1" is not a valid hostname component.'),
      2,
      /^the region of your AWS profile cannot be used: .*eu_west_1/,
    ],
    [
      'an address of the profile that cannot be',
      Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: '1:2' }),
      2,
      /^the endpoint_url of your AWS profile is 1:2: expected a URL/,
    ],
    [
      'several addresses that refuse',
      Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
      3,
      /^AWS does not answer as it should: AggregateError: ECONNREFUSED$/,
    ],
  ])('of %s is told', (_, error, code, message) => {
    expect(asExit(error, 'Table')).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined, string]>([
    ['by the option', { AWS_REGION: 'eu-west-1' }, 'us-east-2', ' --region us-east-2'],
    ['by the environment', { AWS_REGION: 'eu-west-1' }, undefined, ' --region eu-west-1'],
    [
      'by the environment for the AWS CLI',
      { AWS_DEFAULT_REGION: 'eu-west-1' },
      undefined,
      ' --region eu-west-1',
    ],
    ['by the profile, which is not read', {}, undefined, ''],
  ])('of a missing table tells how to deploy in the region %s', (_, environment, region, given) => {
    const missing = Object.assign(new Error('Requested resource not found'), {
      name: 'ResourceNotFoundException',
    });
    const { message } = asExit(missing, 'Table', environment, region) as Error;
    expect(message).toContain(`Deploy the stack (npx serverless deploy${given}), or`);
  });

  it('that AWS did not make is a defect, and stays what it is', () => {
    const defect = new TypeError('x is not a function');
    expect(asExit(defect, 'Table')).toBe(defect);
    expect(asExit('text', 'Table')).toBe('text');
  });
});

describe('on a terminal', () => {
  const written: string[] = [];
  const output = { isTTY: true, columns: 50, write: (text: string) => written.push(text) };
  const surroundings = { ...processSurroundings(), stdout: output, environment: {} };

  it('text is broken to its width, and keeps its own lines', () => {
    written.length = 0;
    new Printer(surroundings).paragraph(`${'word '.repeat(11)}end\n  second`, '    ');
    expect(written.join('')).toBe(
      '    word word word word word word word word word\n    word word end\n    second\n',
    );
  });

  it('a table is cut to its width, and left whole elsewhere', () => {
    const text = `${'a'.repeat(50)}\n${'b'.repeat(51)}`;
    expect(fitted(text, output)).toBe(`${'a'.repeat(50)}\n${'b'.repeat(49)}…`);
    expect(fitted(text, { ...output, isTTY: false })).toBe(text);
    expect(fitted(text, { ...output, columns: undefined })).toBe(text);
    expect(fitted(text, { ...output, columns: 0 })).toBe(text);
  });
});
