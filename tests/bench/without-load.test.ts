import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'without-load-'));
  const rows = Array.from({ length: 60 }, (_, second) => `${second},0`);
  writeFileSync(join(folder, 'zeros.csv'), ['second,requests', ...rows].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a folder of loads without demand', () => {
  it.each([
    ['bench:ablation', 'ablation.ts'],
    ['bench:rules', 'single-rules.ts'],
    ['tune-step-scaling', 'tune-step-scaling.ts'],
  ])('is refused by %s in one line, before anything runs', (name, tool) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'tools', tool), '--traces', folder],
      { encoding: 'utf8', cwd: root },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: `${name}: ${folder}: there is no load in it, so that nothing can be compared.\n`,
    });
  });
});
