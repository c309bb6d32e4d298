// Puts one defect after another into copies of the code, and sees that something goes red: what no
// test catches, no test protects.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../../cli/table.ts';
import { DEFECTS, type Defect, type Net } from './defects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a copy needs to run its tests. */
const COPIED = [
  ...['cli', 'client', 'events', 'handlers', 'lib', 'resources', 'simulator', 'tests'],
  ...['package.json', 'serverless.yml', 'tsconfig.json', 'vitest.config.ts'],
];

/** What a net showed; null: it is green. */
type Catch = string | null;

await main();

async function main(): Promise<void> {
  requireApplicable();
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  process.once('SIGINT', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
  try {
    const copies = Array.from({ length: Math.min(2, availableParallelism()) }, (_, i) =>
      copyTo(join(folder, String(i))),
    );
    await requireGreen(copies);
    const rows: (readonly [what: string, caughtBy: string])[] = [];
    let survivors = 0;
    await shareOut(copies, DEFECTS, async (copy, defect) => {
      const caught = await tryDefect(copy, defect);
      if (caught === null) survivors += 1;
      const by = caught ?? `SURVIVED ${describe(defect.net)}`;
      rows.push([defect.what, by]);
      console.log(`${String(rows.length).padStart(3)}/${DEFECTS.length}  ${defect.what}: ${by}`);
    });
    const byOrder = DEFECTS.flatMap(({ what }) => rows.filter((row) => row[0] === what));
    console.log(`\n${table(['defect', 'caught by'], byOrder)}`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`\n${rows.length} defects, ${survivors} survived, ${seconds} s.`);
    if (survivors > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A defect whose line has changed proves nothing any more. */
function requireApplicable(): void {
  const lost = DEFECTS.flatMap(({ what, file, from }) => {
    const count = readFileSync(join(ROOT, file), 'utf8').split(from).length - 1;
    return count === 1 ? [] : [`- ${what}: ${file} has ${count} times ${JSON.stringify(from)}`];
  });
  if (lost.length === 0) return;
  throw new Error(
    `Each of these must be there once; mend tests/chaos/defects.ts:\n${lost.join('\n')}`,
  );
}

function copyTo(copy: string): string {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** A net that is red without a defect catches nothing. */
async function requireGreen(copies: readonly string[]): Promise<void> {
  const nets = new Map(DEFECTS.map(({ net }) => [describe(net), net]));
  await shareOut(copies, [...nets], async (copy, [name, net]) => {
    const caught = await run(copy, net);
    if (caught !== null) throw new Error(`Without any defect, ${name} fails already: ${caught}`);
  });
  console.log(`Without a defect all ${nets.size} nets are green.`);
}

/** Works items off, one at a time in each copy. */
async function shareOut<T>(
  copies: readonly string[],
  items: readonly T[],
  work: (copy: string, item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = left.next(); !next.done; next = left.next()) await work(copy, next.value);
    }),
  );
}

async function tryDefect(copy: string, { file, from, to, net }: Defect): Promise<Catch> {
  const path = join(copy, file);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    sound.replace(from, () => to),
  );
  try {
    return await run(copy, net);
  } finally {
    writeFileSync(path, sound);
  }
}

async function run(cwd: string, net: Net): Promise<Catch> {
  const child = spawn(process.execPath, argumentsOf(net), {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return null;
  const [, said] =
    ('stories' in net ? /^(seed \d+: .*)$/m : /^ *(?:FAIL|×) +(.*)$/m).exec(output) ?? [];
  // Red for another reason than a violation or a failed test is a fault of this check.
  if (said === undefined) throw new Error(`${describe(net)} broke down:\n${output}`);
  return said;
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
  return net.named === undefined ? net.tests : `${net.tests}, “${net.named}”`;
}
