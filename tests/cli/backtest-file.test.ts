import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { backtestFixture } from './backtest-fixture.ts';

/** Many tests ask for the same days under the same settings; a dozen replays of a day take seconds. */
vi.mock('../../simulator/bench/backtest.ts', async (importOriginal) => {
  const { remembered } = await import('./backtest-fixture.ts');
  return remembered(await importOriginal());
});

const here = backtestFixture();
const { report, run } = here;

describe('from a file', () => {
  /** A rush of five minutes every so often, as long as it is told, and little else. */
  const trace = (seconds: number, every = 1800, untilSecond = seconds) => {
    const isRush = (second: number) => second < untilSecond && second % every < 300;
    const rows = Array.from({ length: seconds }, (_, i) => `${i},${isRush(i) ? 90 : 10}`);
    const file = join(here.folder, 'trace.csv');
    writeFileSync(file, ['second,requests', ...rows].join('\n'));
    return file;
  };
  const sizes = ['--target-per-instance', '1500', '--max', '5'];

  it('needs no AWS', async () => {
    here.world.parts.account.onCall(({ operation }) => {
      throw new Error(`${operation} was called`);
    });
    const { code, stdout } = await run(['--from', trace(7200), ...sizes]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trace: 2\.0 hours$/m);
    expect(stdout).not.toMatch(/as it really ran|inside a minute/);
    expect(stdout).toMatch(/Less than a week/);
    expect(stdout).not.toMatch(/requests come every/);
  });

  it('has nothing to recommend for no load', async () => {
    const file = join(here.folder, 'idle.csv');
    writeFileSync(file, 'second,requests\n0,0\n7199,0');
    const { code, stdout, stderr } = await run(['--from', file, ...sizes]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('idle: there is no load in it, so that nothing can be recommended.');
  });

  it('tells of minutes for seconds', async () => {
    const file = join(here.folder, 'minutes.csv');
    const rows = Array.from({ length: 120 }, (_, i) => `${i * 60},900`);
    writeFileSync(file, ['second,requests', ...rows].join('\n'));
    const { code, stdout } = await run(['--from', file, ...sizes]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/· minutes: requests come every 60 s only, and all within one second/);
  });

  it.each([
    ['a second below a day', 86_399, true],
    ['a day', 86_400, false],
  ])('names a parameter to fill in from a day on: %s', async (_, seconds, isTooShort) => {
    const page = join(here.folder, 'page.html');
    const args = [
      '--from',
      trace(seconds, 3600, 6 * 3600),
      ...sizes,
      '--risk-price',
      '100',
      '--lead-time',
      '180',
    ];
    const { recommendation } = await report(...args);
    const { parameter, command } = recommendation;
    expect(recommendation).toMatchObject({ isTooShort, keepsPresent: false });
    if (isTooShort) expect([parameter, command]).toEqual([null, null]);
    else {
      expect(JSON.parse(parameter).riskPrice).toBeGreaterThan(10);
      expect(command).toBe(
        `aws ssm put-parameter --type String --overwrite --name /fast-scaler/targets/<endpoint>/<variant> --value '${parameter}'`,
      );
    }
    const { stdout } = await run([...args, '--report', page]);
    const short = 'Less than a day, too short to act on. Best on this load: ';
    expect(stdout.replace(/\s+/g, ' ')).toContain(`* ${isTooShort ? short : 'Recommended: '}`);
    expect(stdout.includes('put-parameter')).toBe(!isTooShort);
    expect(readFileSync(page, 'utf8').includes('<h1>Too short to act on.')).toBe(isTooShort);
  });

  it.each<[string, (file: string) => string[], RegExp]>([
    ['nothing to replay', () => [], /expected either TARGET or --from FILE/],
    [
      'both',
      (file) => ['checkout', '--from', file],
      /give TARGET \(checkout\) or --from, not both/,
    ],
    [
      'days of a file',
      (file) => ['--from', file, ...sizes, '--days', '3'],
      /'--days <n>' cannot be used with option '--from <file>'/,
    ],
    [
      'a price below 1',
      (file) => ['--from', file, ...sizes, '--risk-price', '0.9'],
      /Expected a number from 1 to 1000/,
    ],
    [
      'a price above 1000',
      (file) => ['--from', file, ...sizes, '--risk-price', '1001'],
      /Expected a number from 1 to 1000/,
    ],
    [
      'no size of an instance',
      (file) => ['--from', file, '--max', '3'],
      /give --target-per-instance/,
    ],
    ['no Max', (file) => ['--from', file, '--target-per-instance', '9'], /give --min and --max/],
    [
      'a Min that no endpoint has',
      (file) => ['--from', file, ...sizes, '--min', '0'],
      /Expected a whole number from 1 to 10000/,
    ],
    [
      'a Max that no endpoint has',
      (file) => ['--from', file, '--target-per-instance', '9', '--max', '10001'],
      /Expected a whole number from 1 to 10000/,
    ],
    [
      'a lead time of more than an hour',
      (file) => ['--from', file, ...sizes, '--lead-time', '3601'],
      /Expected a number above 0 and up to 3600/,
    ],
    [
      'Min above Max',
      (file) => ['--from', file, ...sizes, '--min', '6'],
      /--min 6 is above --max 5/,
    ],
    [
      'too short',
      (file) => ['--from', file, ...sizes],
      /59 minutes of load can be replayed, and 60/,
    ],
    [
      'shorter than a window',
      () => ['--from', trace(9), ...sizes],
      /trace: the load is too short: expected 10 s or more/,
    ],
    ['no such file', () => ['--from', '/nowhere.csv', ...sizes], /cannot be read/],
    [
      'a page in no folder',
      (file) => ['--from', file, ...sizes, '--report', '/nowhere/at/all.html'],
      /the folder does not exist/,
    ],
    [
      'a folder for a page',
      (file) => ['--from', file, ...sizes, '--report', '/'],
      /--report \/: is a folder, expected a file/,
    ],
  ])('ends with 2: %s', async (_, args, expected) => {
    const { code, stderr } = await run(args(trace(3599)));
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });
});
