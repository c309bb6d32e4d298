// What each idea of the control law is worth: the bench with the law as it is, and with one idea after
// another switched off in a copy of the code.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { wholeFromOne } from '../cli/options.ts';
import type { Cell } from '../simulator/bench/score.ts';
import { generatedSources, traceSources } from '../simulator/bench/sources.ts';
import { workloadOf } from '../simulator/bench/workload.ts';
import { IDEAS } from './ablation-ideas.ts';
import { ablationTable, type Figures, figuresOf } from './ablation-table.ts';
import {
  CODE,
  type Edit,
  requireApplicable,
  shareOut,
  whileEdited,
  withCopies,
} from './spoilt-copy.ts';

/** The generated loads are those of this seed, here and in the bench. */
const SEED = 1;

const WHOLE = 'the whole law';

interface Flags {
  readonly traces?: string;
  readonly peakInstances: number;
  readonly json?: boolean;
}

const program = new Command('bench:ablation')
  .description('What each idea of the control law is worth, on the bench.')
  .option('--traces <dir>', 'folder of .csv or .csv.gz (second,requests); default: generated ones')
  .option('--peak-instances <n>', 'instances that the busiest minute needs', wholeFromOne, 16)
  .option('--json', 'print the figures as JSON, and nothing else, to standard output')
  .parse();

await main(program.opts<Flags>());

async function main(flags: Flags): Promise<void> {
  requireApplicable(
    IDEAS.flatMap(({ what, off }) => off.map((edit) => ({ what, ...edit }))),
    'tools/ablation-ideas.ts',
  );
  const secondsOf = loadSeconds(flags);
  const laws: { what: string; off: readonly Edit[] }[] = [{ what: WHOLE, off: [] }, ...IDEAS];
  const figures = new Map<string, Figures>();
  const bar = new SingleBar(
    { format: '{bar} {value}/{total}  {what}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(laws.length, 0, { what: '' });
  try {
    await withCopies(CODE, (copies) =>
      shareOut(copies, laws, async (copy, { what, off }) => {
        const cells = await whileEdited(copy, off, () => bench(copy, flags));
        figures.set(what, figuresOf(what, cells, secondsOf));
        bar.increment({ what });
      }),
    );
  } finally {
    bar.stop();
  }
  const [whole, ...without] = laws.map(({ what }) => figures.get(what) as Figures);
  const output = flags.json
    ? JSON.stringify({ whole, without }, null, 2)
    : ablationTable(whole as Figures, without);
  process.stdout.write(`${output}\n`);
}

/** How long the load of each cell lasts: the bench tells how often capacity changed, not in which time. */
function loadSeconds({ traces, peakInstances }: Flags): (cell: Cell) => number {
  const sources = traces === undefined ? generatedSources(SEED) : traceSources(traces);
  const seconds = new Map(
    sources.map(({ name, load }) => [name, workloadOf(load(60), peakInstances).seconds]),
  );
  return ({ trace }) => seconds.get(trace) as number;
}

/** The cells of the bench that a copy's code makes. */
async function bench(copy: string, { traces, peakInstances }: Flags): Promise<Cell[]> {
  const child = spawn(
    process.execPath,
    [
      ...['cli/fast-scaler.js', 'bench', '--json', '--policies', 'fast-scaler'],
      ...['--peak-instances', String(peakInstances)],
      ...(traces === undefined ? ['--seed', String(SEED)] : ['--traces', resolve(traces)]),
    ],
    { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', settle);
  });
  const [output, complaints, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  if (code !== 0) throw new Error(`the bench ended with ${code}:\n${complaints}`);
  return (JSON.parse(output) as { cells: Cell[] }).cells;
}
