import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'purity-'));
  cpSync(join(root, 'biome.json'), join(copy, 'biome.json'));
  cpSync(join(root, 'tools/lint'), join(copy, 'tools/lint'), { recursive: true });
  mkdirSync(join(copy, 'lib/control'), { recursive: true });
});

afterAll(() => rmSync(copy, { recursive: true }));

/** Runs the project's linter over one file of lib/control with this text. */
function lint(text: string): { passes: boolean; output: string } {
  writeFileSync(join(copy, 'lib/control/probe.ts'), `${text}\n`);
  const biome = join(root, 'node_modules/.bin/biome');
  const { status, stdout, stderr } = spawnSync(
    biome,
    ['lint', '--vcs-enabled=false', 'lib/control/probe.ts'],
    { cwd: copy, encoding: 'utf8' },
  );
  return { passes: status === 0, output: stdout + stderr };
}

describe('lib/control', () => {
  it('may compute', () => {
    expect(lint('export const double = (n: number) => 2 * n;')).toMatchObject({ passes: true });
  });

  it.each([
    ['the wall clock', 'export const a = Date.now();', 'noRestrictedGlobals'],
    ['chance', 'export const a = Math.random();', 'deterministic'],
    ['the environment', 'export const a = process.env.X;', 'noProcessEnv'],
    ['a log', "export const a = () => console.log('x');", 'noRestrictedGlobals'],
    ['the SDK', "export { SQSClient } from '@aws-sdk/client-sqs';", 'noRestrictedImports'],
    [
      'Powertools',
      "export { Logger } from '@aws-lambda-powertools/logger';",
      'noRestrictedImports',
    ],
    ['Node', "export { readFileSync } from 'node:fs';", 'noRestrictedImports'],
    ['an adapter', "export { cloudWatchLoad } from '../aws/load.ts';", 'noRestrictedImports'],
  ])('may not use %s', (_, text, complaint) => {
    const { passes, output } = lint(text);
    expect(passes).toBe(false);
    expect(output).toContain(complaint);
  });
});
