// How many ramps get enough by the first jump: by the law as it is, and without watching a ramp before
// the jump, in a copy of the code.
import { execFileSync } from 'node:child_process';
import { wholeFromOne } from '../cli/options.ts';
import { table } from '../cli/table.ts';
import { runTool, tool } from '../cli/tool.ts';
import { WATCHING } from './ablation-ideas.ts';
import { CODE, requireApplicable, whileEdited, withCopies } from './spoilt-copy.ts';

/** Undefined: none was measured yet, and the default is expected. */
const KNOWN_LEAD_TIMES_SECONDS = [undefined, 60, 180, 480];
const RISK_PRICES = [3, 10, 30];

interface Flags {
  readonly runs: number;
}

const program = tool(
  'bench:ramps',
  'How many ramps get enough by the first jump, with and without watching them.',
).option('--runs <n>', 'ramps of each risk price', wholeFromOne, 200);

await runTool(program, main);

async function main({ runs }: Flags): Promise<void> {
  const { what, off } = WATCHING;
  requireApplicable(
    off.map((edit) => ({ what, ...edit })),
    'tools/ablation-ideas.ts',
  );
  const [watching, without] = await withCopies(CODE, async ([copy = '']) => [
    await whileEdited(copy, [], async () => played(copy, runs)),
    await whileEdited(copy, off, async () => played(copy, runs)),
  ]);
  const rows = worlds().map(({ expectedLeadTimeSeconds: known, riskPrice }, i) => [
    known === undefined ? 'none' : `${known} s`,
    String(riskPrice),
    `${watching?.[i]} of ${runs}`,
    `${without?.[i]} of ${runs}`,
  ]);
  console.log(table(['known lead time', 'risk price', 'watching', 'without'], rows));
}

/** How long instances really take does not bear on the first jump. */
function worlds() {
  return KNOWN_LEAD_TIMES_SECONDS.flatMap((expectedLeadTimeSeconds) =>
    RISK_PRICES.map((riskPrice) => ({ leadTimeSeconds: 180, expectedLeadTimeSeconds, riskPrice })),
  );
}

/** How many of the ramps got enough, by known lead time and risk price, as the code in a copy has it. */
function played(copy: string, runs: number): number[] {
  const script = `
    import { jumpsThatReach } from './simulator/bench/ramps.ts';
    const seeds = Array.from({ length: ${runs} }, (_, i) => i + 1);
    const counts = ${JSON.stringify(worlds())}.map((world) => jumpsThatReach(seeds, world).length);
    console.log(JSON.stringify(counts));
  `;
  const node = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, node, { cwd: copy, encoding: 'utf8' }));
}
