import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
  for (const from of imported)
    expect(from).toMatch(/^(\.\/[\w-]+\.ts|@aws-sdk\/|@smithy\/types|node:)/);
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
