// Puts one defect after another into copies of the code, and sees that something goes red: what no
// test catches, no test protects.
import { spawn } from 'node:child_process';
import { table } from '../../cli/table.ts';
import { runTool, tool } from '../../cli/tool.ts';
import {
  CODE,
  requireApplicable,
  shareOut,
  whileEdited,
  withCopies,
} from '../../tools/spoilt-copy.ts';
import { DEFECTS, type Net } from './defects.ts';

/** What a copy needs to run its tests. */
const COPIED = [...CODE, 'tests'];

/** What a net showed; null: it is green. */
type Catch = string | null;

await runTool(tool('test:mutants', 'Sees that each known defect turns a test red.'), main);

async function main(): Promise<void> {
  requireApplicable(DEFECTS, 'tests/chaos/defects.ts');
  const startedAt = performance.now();
  await withCopies(COPIED, async (copies) => {
    await requireGreen(copies);
    const rows: (readonly [what: string, caughtBy: string])[] = [];
    let survivors = 0;
    await shareOut(copies, DEFECTS, async (copy, defect) => {
      const caught = await whileEdited(copy, [defect], () => run(copy, defect.net));
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
  });
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
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'tests/chaos/vitest.config.ts',
  ];
  return [...vitest, '--bail', '1', net.tests, ...named];
}

function describe(net: Net): string {
  if ('stories' in net) {
    const { from, runs } = net.stories;
    return `stories ${from} to ${from + runs - 1}`;
  }
  return net.named === undefined ? net.tests : `${net.tests}, “${net.named}”`;
}
