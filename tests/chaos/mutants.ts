// Puts one defect after another into a copy of the code, and sees that something goes red: what no
// test catches, no test protects.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../../cli/table.ts';
import { DEFECTS, type Defect, type Net } from './defects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a copy needs to run its tests. */
const COPIED = [
  ...['cli', 'events', 'handlers', 'lib', 'resources', 'simulator', 'tests'],
  ...['package.json', 'serverless.yml', 'tsconfig.json', 'vitest.config.ts'],
];

main();

function main(): void {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    requireGreen(copy);
    const rows = DEFECTS.map((defect) => {
      const isCaught = isRedWith(copy, defect);
      console.log(`${isCaught ? 'caught  ' : 'SURVIVED'}  ${defect.what}`);
      return [defect.what, describe(defect.net), isCaught ? 'yes' : 'NO'] as const;
    });
    console.log(`\n${table(['defect', 'net', 'caught'], rows)}`);
    const survivors = rows.filter(([, , caught]) => caught === 'NO').length;
    console.log(`\n${rows.length} defects, ${survivors} survived.`);
    if (survivors > 0) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A net that is red without a defect catches nothing. */
function requireGreen(copy: string): void {
  const nets = new Map(DEFECTS.map(({ net }) => [describe(net), net]));
  for (const [name, net] of nets) {
    const { isRed, output } = run(copy, net);
    if (isRed) throw new Error(`Without any defect, this fails already: ${name}\n${output}`);
    console.log(`sound     ${name}`);
  }
}

function isRedWith(copy: string, { file, from, to, net }: Defect): boolean {
  const path = join(copy, file);
  const sound = readFileSync(path, 'utf8');
  const count = sound.split(from).length - 1;
  if (count !== 1) {
    throw new Error(`${file} has ${count} times what the defect replaces: ${from}`);
  }
  writeFileSync(
    path,
    sound.replace(from, () => to),
  );
  try {
    return run(copy, net).isRed;
  } finally {
    writeFileSync(path, sound);
  }
}

function run(cwd: string, net: Net): { readonly isRed: boolean; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, argumentsOf(net), {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) throw error;
  return { isRed: status !== 0, output: stdout + stderr };
}

function argumentsOf(net: Net): string[] {
  if ('stories' in net) {
    const { from, runs } = net.stories;
    return ['tests/chaos/main.ts', '--fail-fast', '--from', String(from), '--runs', String(runs)];
  }
  const named = net.named === undefined ? [] : ['-t', net.named];
  return ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', net.tests, ...named];
}

function describe(net: Net): string {
  if ('stories' in net) {
    const { from, runs } = net.stories;
    return `stories ${from} to ${from + runs - 1}`;
  }
  const named = net.named === undefined ? '' : `, “${net.named}”`;
  return relative('.', net.tests) + named;
}
