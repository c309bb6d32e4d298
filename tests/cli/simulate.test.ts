import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateLoad } from '../../simulator/load/scenarios.ts';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let report: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  report = join(folder, 'report.html');
});

afterAll(() => rmSync(folder, { recursive: true }));

function fastScaler(...args: string[]) {
  return fastScalerIn({}, ...args);
}

function fastScalerIn(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'cli/fast-scaler.js'), 'simulate', '--report', report, ...args],
    { encoding: 'utf8', cwd: folder, env: { ...process.env, ...environment } },
  );
  return { status, stdout, stderr };
}

function trace(content: string | Uint8Array, name = 'trace.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A quiet minute, a busy one, a quiet one. */
const rows = Array.from({ length: 180 }, (_, i) => `${i},${i >= 60 && i < 120 ? 30 : 1},7`);
const csv = ['second,requests,input_tokens', ...rows].join('\n');

describe('a run', () => {
  it.each([
    ['CSV', csv, 'plain.csv'],
    ['gzipped CSV', gzipSync(csv), 'packed.csv.gz'],
    ['CSV with Windows line ends', csv.replaceAll('\n', '\r\n'), 'windows.csv'],
  ])('reads %s and prints JSON, and nothing else, to standard output', (_, content, name) => {
    const { status, stdout } = fastScaler('--trace', trace(content, name), '--json');
    expect(status).toBe(0);
    const output = JSON.parse(stdout);
    expect(output).toMatchObject({ seconds: 180, leadTimeSeconds: 180, riskPrice: 10 });
    expect(output.trace).toBe(name.split('.')[0]);
    expect(output.results.map((result: { policy: string }) => result.policy)).toEqual([
      'target-tracking',
      'fast-scaler',
    ]);
    expect(Object.keys(output.results[0])).toEqual([
      'policy',
      'reactionSeconds',
      'surges',
      'answered',
      'scaleInSeconds',
      'unservedFraction',
      'instanceHours',
      'changes',
      'p99LatencySeconds',
      'failedFraction',
    ]);
    expect(readFileSync(report, 'utf8')).toContain('<!doctype html>');
  });

  it.each([
    ['table', [], /^failed +[\d.]+ % +[\d.]+ %$/m],
    ['JSON', ['--json'], /"results": \[/],
  ])('prints its %s also where the page cannot be written in the end', (_, flags, expected) => {
    const full = fastScaler('--trace', trace(csv), '--report', '/dev/full', ...flags);
    expect(full.stdout).toMatch(expected);
    expect(full.stdout).not.toContain('Report:');
    expect(full.stderr).toMatch(
      /^fast-scaler: --report \/dev\/full: cannot be written: ENOSPC.*\n$/m,
    );
    expect(full.status).toBe(2);
  });

  it('prints a table that a terminal of 80 columns shows whole, and where the report is', () => {
    const { status, stdout } = fastScaler('--trace', trace(csv));
    expect(status).toBe(0);
    const [head, rule, ...rows] = stdout.split('\n');
    expect(head).toMatch(/^policy +target-tracking +fast-scaler$/);
    const measures = rows.slice(0, rows.indexOf(''));
    expect(measures.map((row) => row.split(/ {2,}/))).toEqual([
      ['reaction', expect.any(String), expect.any(String)],
      ['surges answered', '0 of 1', '1 of 1'],
      ['scale-in', expect.any(String), expect.any(String)],
      ['unserved', expect.stringMatching(/ %$/), expect.stringMatching(/ %$/)],
      ['instance-hours', expect.stringMatching(/^\d+\.\d\d$/), expect.any(String)],
      ['changes', expect.any(String), expect.any(String)],
      ['p99 latency', expect.stringMatching(/ s$/), expect.stringMatching(/ s$/)],
      ['failed', expect.stringMatching(/ %$/), expect.stringMatching(/ %$/)],
    ]);
    for (const line of [head, rule, ...measures]) expect(line?.length).toBeLessThanOrEqual(80);
    expect(rows.slice(measures.length)).toEqual(['', `Report: ${report}`, '']);
  });

  it('gives a scenario that follows the lead time the one that was asked for', () => {
    const { arrivals } = generateLoad('sawtooth', 1, 60);
    const lines = Array.from(arrivals, (count, second) => `${second},${count}`);
    const same = trace(['second,requests', ...lines].join('\n'), 'sawtooth.csv');
    const args = ['--lead-time', '60', '--min', '1', '--max', '20', '--json'];
    const { stdout } = fastScaler('--scenario', 'sawtooth', ...args);
    expect(stdout).toBe(
      fastScaler('--trace', same, '--target-per-instance', '1500', ...args).stdout,
    );
  });

  it('shows an endpoint whose invocations are counted by the minute', () => {
    const args = ['--scenario', 'step', '--json', '--invocations-every'];
    const unserved = (every: string) => {
      const { status, stdout } = fastScaler(...args, every);
      expect(status).toBe(0);
      const { results } = JSON.parse(stdout);
      return results.map((result: { unservedFraction: number }) => result.unservedFraction);
    };
    const [[alone, enhanced], [still, slow]] = [unserved('10'), unserved('60')];
    expect(still).toBe(alone);
    expect(slow).not.toBe(enhanced);
    expect(slow).toBeLessThan(0.6 * alone);
  });

  it('has requests take as long as was told', () => {
    const { status, stdout } = fastScaler('--trace', trace(csv), '--service-time', '7', '--json');
    expect(status).toBe(0);
    for (const { p99LatencySeconds } of JSON.parse(stdout).results) {
      expect(p99LatencySeconds).toBeGreaterThanOrEqual(7);
    }
  });

  it('prints the same for the same seed', () => {
    const args = ['--scenario', 'step', '--seed', '7', '--json'];
    expect(fastScaler(...args).stdout).toBe(fastScaler(...args).stdout);
  });

  it('tells of minutes for seconds, and of a load that Max cannot carry, beside the figures', () => {
    const minutes = Array.from({ length: 10 }, (_, i) => `${i * 60},3000`);
    const file = trace(['second,requests', ...minutes].join('\n'), 'minutes.csv');
    const { status, stdout, stderr } = fastScaler(
      ...['--trace', file, '--target-per-instance', '100', '--max', '20', '--json'],
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).seconds).toBe(541);
    expect(stderr.split('\n')).toEqual([
      'Note: minutes: requests come every 60 s only, and all within one second. If each row counts the requests of 60 s, spread them over its seconds.',
      'Note: The busiest minute needs 30 instances, and Max is 20: no policy can serve all of it.',
      'Note: Both runs begin with the 20 instances that the first minute needs, above Min (1). To see a surge met, let the trace begin some minutes before it.',
      '',
    ]);
  });

  const flat = (seconds: number) =>
    ['second,requests', ...Array.from({ length: seconds }, (_, i) => `${i},5`)].join('\n');
  it.each([
    [
      'more than Min',
      '2',
      [
        'Note: Both runs begin with the 3 instances that the first minute needs, above Min (2). To see a surge met, let the trace begin some minutes before it.',
        '',
      ],
    ],
    ['just Min', '3', ['']],
  ])('that begins with %s says so on standard error alone', (_, min, notes) => {
    const args = ['--trace', trace(flat(120), 'flat.csv'), '--target-per-instance', '100'];
    const { status, stdout, stderr } = fastScaler(...args, '--min', min, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).results).toHaveLength(2);
    expect(stderr.split('\n')).toEqual(notes);
  });

  it('says of a load without a request that there is nothing to compare', () => {
    const zeros = Array.from({ length: 120 }, (_, i) => `${i},0`);
    const file = trace(['second,requests', ...zeros].join('\n'), 'zeros.csv');
    const { status, stdout, stderr } = fastScaler('--trace', file, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).results).toHaveLength(2);
    expect(stderr).toBe(
      'Note: zeros: there is no load in it, so that nothing can be compared, and no target per instance be read off it.\n',
    );
  });

  it.each([
    ['the endpoint of an emulated account', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }],
    ['FIPS endpoints', { AWS_USE_FIPS_ENDPOINT: 'true' }],
  ])('has nothing to say of %s in the environment', (_, environment) => {
    const args = ['--trace', trace(csv)];
    const { status, stdout, stderr } = fastScalerIn(environment, ...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(fastScaler(...args).stdout);
  });
});

describe('what cannot be used', () => {
  const line = (n: number, row: string) => {
    const changed = csv.split('\n');
    changed[n - 1] = row;
    return changed.join('\n');
  };

  it.each([
    ['a missing file', () => ['--trace', join(folder, 'none.csv')], /none\.csv: cannot be read/],
    ['broken gzip', () => ['--trace', trace(gzipSync(csv).subarray(0, 40))], /cannot be read/],
    ['an empty file', () => ['--trace', trace('')], /trace\.csv:1: expected the header/],
    [
      'another header',
      () => ['--trace', trace('time,count\n0,1')],
      /:1: expected the header "second,requests"/,
    ],
    ['a header alone', () => ['--trace', trace('second,requests\n')], /:2: expected a row/],
    [
      'a negative count',
      () => ['--trace', trace(line(9, '7,-1'))],
      /:9: expected a number of requests/,
    ],
    ['a word for a count', () => ['--trace', trace(line(9, '7,many'))], /:9: .*found "many"/],
    ['no count', () => ['--trace', trace(line(9, '7,'))], /:9: expected a number of requests/],
    [
      'a second told twice',
      () => ['--trace', trace(line(9, '6,1'))],
      /:9: expected a second after 6, found 6/,
    ],
    [
      'a part of a second',
      () => ['--trace', trace(line(9, '6.5,1'))],
      /:9: expected a whole second/,
    ],
    [
      'a time of another kind among them',
      () => ['--trace', trace('second,requests\n0,1\n1800000000,1')],
      /:3: expected a second less than 92 days after the first, found 1800000000/,
    ],
    [
      'a count gone mad',
      () => ['--trace', trace(line(9, '7,1e300'))],
      /:9: expected a number of requests from 0 to 1000000000, found "1e300"/,
    ],
    ['an unknown scenario', () => ['--scenario', 'storm'], /"storm": expected one of locust-surge/],
    [
      'min above max',
      () => ['--scenario', 'step', '--min', '3', '--max', '2'],
      /--min 3 is above --max 2/,
    ],
    [
      'no instance at all',
      () => ['--scenario', 'step', '--min', '0'],
      /Expected a whole number from 1 to/,
    ],
    [
      'a period that SageMaker does not have',
      () => ['--scenario', 'step', '--invocations-every', '30'],
      /argument '30' is invalid. Allowed choices are 10, 60/,
    ],
    ['an unknown option', () => ['--scenario', 'step', '--fast'], /unknown option '--fast'/],
    [
      'a lead time of nothing',
      () => ['--scenario', 'step', '--lead-time', '0'],
      /Expected a number above 0/,
    ],
    ...[0, 60.001].map((seconds): [string, () => string[], RegExp] => [
      `a service time of ${seconds}`,
      () => ['--scenario', 'step', '--service-time', String(seconds)],
      /Expected a number above 0 and up to 60/,
    ]),
    ...[0.999, 1000.001, 0].map((price): [string, () => string[], RegExp] => [
      `a risk price of ${price}`,
      () => ['--scenario', 'step', '--risk-price', String(price)],
      /Expected a number from 1 to 1000/,
    ]),
    [
      'a folder that is not there',
      () => ['--scenario', 'step', '--report', join(folder, 'none/r.html')],
      /--report .*none\/r\.html: the folder does not exist/,
    ],
    [
      'a folder for a file',
      () => ['--scenario', 'step', '--report', folder],
      /--report \S+: is a folder, expected a file/,
    ],
    [
      'a folder that is a file',
      () => ['--scenario', 'step', '--report', join(trace(csv), 'r.html')],
      /--report .*r\.html: the folder does not exist/,
    ],
    ['a report without a name', () => ['--trace', trace(csv), '--report', ''], /Expected a name/],
    [
      'a file that is no text',
      () => ['--trace', trace(Buffer.from([27, 91, 50, 74, 7, 65]))],
      /found "\ufffd\[2J\ufffdA"/,
    ],
    ['no load', () => [], /expected either --trace FILE or --scenario NAME/],
    [
      'two loads',
      () => ['--scenario', 'step', '--trace', 'x'],
      /either --trace FILE or --scenario/,
    ],
  ])('%s: one line, exit 2, no report', (_, args, message) => {
    rmSync(report, { force: true });
    const { status, stdout, stderr } = fastScaler(...args());
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(existsSync(report)).toBe(false);
  });
});
