import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerBench } from '../../cli/bench.ts';

let folder: string;
const trace = (rates: readonly number[]) =>
  `second,requests\n${rates.map((rate, second) => `${second},${rate}`).join('\n')}\n`;
const rates = Array.from({ length: 600 }, (_, second) => (second < 300 ? 2 : 9));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeFileSync(join(folder, 'b-plain.csv'), trace(rates));
  writeFileSync(join(folder, 'a-packed.csv.gz'), gzipSync(trace(rates.toReversed())));
  writeFileSync(join(folder, 'README.md'), 'no trace');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command; standard output, and what went wrong. */
async function bench(...args: string[]): Promise<{ output: string; error: string }> {
  let output = '';
  let error = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
  const program = new Command().exitOverride().configureOutput({
    writeErr: (text) => {
      error += text;
    },
  });
  registerBench(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(['bench', ...args], { from: 'user' });
  } catch (cause) {
    error ||= (cause as Error).message;
  }
  return { output, error: error.trim() };
}

describe('fast-scaler bench', () => {
  it('prints only JSON with --json, every trace of the folder in it', async () => {
    const { output, error } = await bench(
      ...['--traces', folder, '--json', '--lead-times', '60,180', '--risk-prices', '10'],
      ...['--policies', 'hpa,optimum', '--peak-instances', '4'],
    );
    expect(error).toBe('');
    const { cells } = JSON.parse(output) as { cells: Record<string, unknown>[] };
    expect(
      cells.map(({ trace, leadTimeSeconds, policy }) => [trace, leadTimeSeconds, policy]),
    ).toEqual(
      ['a-packed', 'b-plain'].flatMap((name) =>
        [60, 180].flatMap((lead) => ['hpa', 'optimum'].map((policy) => [name, lead, policy])),
      ),
    );
    expect(Object.keys(cells[0] ?? {})).toEqual([
      'trace',
      'leadTimeSeconds',
      'riskPrice',
      'policy',
      'unservedFraction',
      'instanceHours',
      'changes',
      'regret',
    ]);
  });

  it('prints tables otherwise', async () => {
    const { output } = await bench(
      ...['--traces', folder, '--lead-times', '60', '--risk-prices', '10'],
      ...['--policies', 'fast-scaler,hpa,optimum'],
    );
    expect(output).toContain('Regret, geometric mean');
    expect(output).toContain('against the best peer');
    expect(output).toMatch(/^optimum +1\.000/m);
  });

  it('counts a load without demand in no mean, and tells so on standard error', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bench-zeros-'));
    const args = ['--lead-times', '60', '--risk-prices', '10', '--policies', 'hpa'];
    let notes = '';
    const play = () => {
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
        notes += String(text);
        return true;
      });
      return bench('--traces', other, '--peak-instances', '4', ...args);
    };
    const totals = (output: string) =>
      /^hpa +([\d.]+) +([\d.]+ %)/m.exec(output.split('Over all').at(-1) ?? '');
    writeFileSync(join(other, 'busy.csv'), trace(rates));
    const alone = await play();
    expect(notes).not.toContain('no load');
    writeFileSync(join(other, 'zeros.csv'), trace(rates.map(() => 0)));
    const both = await play();
    rmSync(other, { recursive: true });
    expect(totals(alone.output)?.[0]).toBeDefined();
    expect(totals(both.output)?.[0]).toBe(totals(alone.output)?.[0]);
    expect(notes).toContain('Note: zeros: there is no load in it, so that no mean counts it\n');
  });

  it('tells of minutes for seconds, on standard error', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bench-minutes-'));
    const minutes = Array.from({ length: 12 }, (_, i) => `${60 * i},300\n`).join('');
    writeFileSync(join(other, 'minutes.csv'), `second,requests\n${minutes}`);
    writeFileSync(join(other, 'seconds.csv'), trace(rates));
    let notes = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      notes += String(text);
      return true;
    });
    try {
      await bench(
        ...['--traces', other, '--lead-times', '60', '--risk-prices', '10'],
        ...['--policies', 'hpa,optimum', '--peak-instances', '4', '--json'],
      );
    } finally {
      rmSync(other, { recursive: true });
    }
    const told = notes.split('\n').filter((line) => line.startsWith('Note: '));
    expect(told).toEqual([expect.stringMatching(/^Note: minutes: requests come every 60 s only/)]);
  });

  it('has the generated loads where no folder is given', async () => {
    const { output } = await bench(
      ...['--json', '--lead-times', '60', '--risk-prices', '10', '--policies', 'ray-serve'],
    );
    const { cells } = JSON.parse(output) as { cells: { trace: string }[] };
    expect(cells.map((cell) => cell.trace)).toEqual(
      expect.arrayContaining([
        ...['step', 'ramp', 'spike', 'on-off', 'diurnal', 'sawtooth', 'noise', 'idle'],
      ]),
    );
  });

  it.each([
    [
      'a folder that is not there',
      ['--traces', '/no/such/folder'],
      /^\/no\/such\/folder: expected a/,
    ],
    [
      'an unknown policy',
      ['--policies', 'hpa,magic'],
      /unknown policy "magic": expected one of fast/,
    ],
    ['a policy twice', ['--policies', 'hpa,hpa'], /--policies: "hpa" stands there twice/],
    ['a lead time between windows', ['--lead-times', '60,65'], /Expected a multiple of 10/],
    ['a lead time of nothing', ['--lead-times', '0'], /Expected a multiple of 10/],
    ['a lead time twice', ['--lead-times', '60,60'], /60 stands there twice/],
    ['a risk price below 1', ['--risk-prices', '0.9'], /Expected a number from 1 to 1000/],
    ['a risk price above 1000', ['--risk-prices', '1001'], /Expected a number from 1 to 1000/],
    ['an empty list', ['--risk-prices', ''], /Expected a number/],
    ['a page in no folder', ['--page', '/no/such/page.html'], /^--page \S+: the folder does not/],
    ['a folder for a page', ['--page', '/'], /^--page \/: is a folder, expected a file/],
    ['no peak', ['--peak-instances', '0'], /Expected a whole number from 1 to 1000/],
    ['a peak too high', ['--peak-instances', '1001'], /Expected a whole number from 1 to 1000/],
  ])('refuses %s in one line', async (_, args, complaint) => {
    const { output, error } = await bench(...args);
    expect(error).toMatch(complaint);
    expect(error.split('\n')).toHaveLength(1);
    expect(output).toBe('');
  });

  it('refuses a folder without traces, and one with two traces of one name', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      expect((await bench('--traces', other)).error).toBe(
        `${other}: expected a .csv or .csv.gz file, found none`,
      );
      writeFileSync(join(other, 'a.csv'), trace(rates));
      writeFileSync(join(other, 'a.csv.gz'), gzipSync(trace(rates)));
      expect((await bench('--traces', other)).error).toContain(
        'a.csv and a.csv.gz have one name: expected one',
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('names the file and line of a faulty trace before anything runs', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      writeFileSync(join(other, 'a.csv'), 'second,requests\n0,1\n0,1\n');
      const { error, output } = await bench('--traces', other);
      expect(error).toBe(`${join(other, 'a.csv')}:3: expected a second after 0, found 0`);
      expect(output).toBe('');
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
