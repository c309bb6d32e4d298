import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as names from '../../client/names.ts';

const root = fileURLToPath(new URL('../../client/', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

it('is what the package exports as "client"', async () => {
  const { reportLoad } = await import('sagemaker-fast-scaler/client');
  expect(reportLoad).toBe((await import('../../client/index.ts')).reportLoad);
});

it.each(globSync('*.ts', { cwd: root }))('%s stands by itself: it can be copied out', (path) => {
  const imported = [...read(path).matchAll(/(?:from |import\()'([^']+)'/g)].map(([, from]) => from);
  for (const from of imported) expect(from).toMatch(/^(\.\/[\w-]+\.ts|@aws-sdk\/|node:)/);
});

it('a copy is bundled without the packages that only some callers need, and says what is missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fast-scaler-client-'));
  try {
    cpSync(root, join(folder, 'client'), { recursive: true });
    const outfile = join(folder, 'bundle.mjs');
    const entryPoints = [join(folder, 'client/destinations.ts')];
    const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' } as const;
    await build({ ...options, entryPoints, outfile });
    const script = `
      const { cloudWatchDestination } = await import(${JSON.stringify(pathToFileURL(outfile))});
      await cloudWatchDestination().put([]).catch(({ message }) => console.log(message));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain('npm install @aws-sdk/client-cloudwatch');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the guide tells of every name', () => {
  const guide = read('README.md');
  const { NAMESPACE, METRIC_NAMES, DIMENSION_NAMES, SURGE, SURGE_REASONS } = names;
  for (const name of [
    NAMESPACE,
    ...Object.values(METRIC_NAMES),
    ...Object.values(DIMENSION_NAMES),
    SURGE.detailType,
    ...SURGE_REASONS,
  ]) {
    expect(guide).toContain(name);
  }
});

it('the guide’s policy allows what is sent, and no more', () => {
  const [policy = '{}'] = /\{\n {2}"Version"[^`]+/.exec(read('README.md')) ?? [];
  const { Statement } = JSON.parse(policy);
  expect(Statement.map(({ Action }: { Action: string }) => Action)).toEqual([
    'cloudwatch:PutMetricData',
    'events:PutEvents',
  ]);
  expect(Statement[0].Condition.StringEquals).toEqual({
    'cloudwatch:namespace': names.NAMESPACE,
  });
  expect(Statement[1].Condition.StringEquals).toEqual({
    'events:source': names.SURGE.source,
    'events:detail-type': names.SURGE.detailType,
  });
});
