import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyResult } from '../../simulator/report/data.ts';
import { ROOT } from './markdown.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Cells of the table row that begins with these words; bold or not. */
function row(text: string, first: string): string[] {
  const lines = text.split('\n').map((line) => line.replaceAll('*', ''));
  const found = lines.find((line) => line.replace(/^\|\s*/, '').startsWith(first));
  if (!found) throw new Error(`no row begins with "${first}"`);
  return found
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const POLICIES = [
  ['target tracking alone', 'target-tracking'],
  ['with the fast scaler', 'fast-scaler'],
] as const;

describe('the figures of the demo', () => {
  it.each(POLICIES)('%s: README and comparison agree', (name) => {
    expect(row(read('docs/comparison.md'), name)).toEqual(row(read('README.md'), name));
  });

  it('are those that the questions tell', () => {
    const [alone = [], beside = []] = POLICIES.map(([name]) => row(read('README.md'), name));
    const faq = read('docs/faq.md').replace(/\s+/g, ' ');
    expect(faq).toContain(`${beside[0]} after the surge began, instead of ${alone[0]}`);
    expect(faq).toContain(`${beside[1]} after the load had gone, instead of ${alone[1]}`);
  });

  function demo(...options: readonly string[]): PolicyResult[] {
    const folder = mkdtempSync(join(tmpdir(), 'figures-'));
    const report = join(folder, 'report.html');
    const printed = execFileSync(
      'npm',
      ['run', '--silent', 'demo', '--', '--json', '--report', report, ...options],
      { encoding: 'utf8', cwd: ROOT },
    );
    rmSync(folder, { recursive: true });
    const { results } = JSON.parse(printed) as { results: PolicyResult[] };
    return results;
  }

  it('are as good for an endpoint as SageMaker makes it by default, at the price that README names', () => {
    const [alone, beside] = demo('--invocations-every', '60');
    const hours = /takes ([\d.]+) instance-hours instead of ([\d.]+)/.exec(read('README.md'));
    const [, enhanced = []] = POLICIES.map(([name]) => row(read('README.md'), name));
    expect(hours?.slice(1)).toEqual([beside?.instanceHours.toFixed(2), enhanced[4]]);
    expect(`${Math.round(beside?.reactionSeconds ?? 0)} s`).toBe(enhanced[0]);
    expect(beside?.unservedFraction).toBeLessThan(0.6 * (alone?.unservedFraction ?? 0));
  });

  it('are what the demo prints', () => {
    const results = demo();
    for (const [name, policy] of POLICIES) {
      const result = results.find((each) => each.policy === policy) as PolicyResult;
      const told = row(read('README.md'), name).map((cell) => Number.parseFloat(cell));
      const measured = [
        result.reactionSeconds,
        result.scaleInSeconds,
        100 * result.unservedFraction,
        100 * result.failedFraction,
        result.instanceHours,
      ];
      expect(told).toHaveLength(measured.length);
      // A hundredth: what a reader is told is rounded.
      for (const [i, figure] of measured.entries()) {
        expect(
          Math.abs((told[i] as number) / (figure as number) - 1),
          `${name}, ${i}`,
        ).toBeLessThan(0.01);
      }
    }
  });
});

describe('the figures of the bench', () => {
  const bench = read('docs/bench.md');
  const comparison = read('docs/comparison.md');

  it.each([
    ['fast scaler', 'fast-scaler'],
    ['step scaling on a ten-second alarm', 'step scaling on a ten-second alarm'],
    ['high-resolution target tracking', 'high-resolution target tracking'],
    ['target tracking |', 'target tracking |'],
  ])('%s: comparison and bench agree', (there, here) => {
    const table = comparison.slice(comparison.indexOf('unserved worth 3'));
    expect(row(table, there).slice(-5)).toEqual(row(bench, here).slice(-5));
  });

  it.each(['docs/comparison.md', 'docs/faq.md'])(
    '%s tells no regret that the bench does not',
    (path) => {
      const regrets = read(path).match(/\b\d\.\d{3}\b/g) ?? [];
      expect(regrets.length).toBeGreaterThan(2);
      expect(regrets.filter((regret) => !bench.includes(regret))).toEqual([]);
    },
  );

  it('are reckoned rightly in words', () => {
    const all = (name: string) => Number(row(bench, name)[3]);
    const cheaper = (name: string) => Math.round(100 * (1 - all('fast-scaler') / all(name)));
    const words = comparison.replace(/\s+/g, ' ');
    expect(words).toContain(
      `the scaler is ${cheaper('high-resolution target tracking')} % cheaper than high-resolution target tracking`,
    );
    expect(words).toContain(
      `and ${cheaper('step scaling on a ten-second alarm')} % cheaper than a step scaling that was tuned`,
    );
    expect(words).toContain(`its worst case: ${row(bench, 'fast-scaler')[4]} against about 3`);
  });
});
