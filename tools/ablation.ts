// What each idea of the control law is worth: the bench with the law as it is, and with one idea after
// another switched off in a copy of the code.
import { wholeFromOne } from '../cli/options.ts';
import { runTool, tool } from '../cli/tool.ts';
import type { Cell } from '../simulator/bench/score.ts';
import { generatedSources, traceSources } from '../simulator/bench/sources.ts';
import { workloadOf } from '../simulator/bench/workload.ts';
import { IDEAS } from './ablation-ideas.ts';
import { ablationTable, type Figures, figuresOf } from './ablation-table.ts';
import { type Loads, play, SEED } from './bench-copy.ts';
import { requireApplicable } from './spoilt-copy.ts';

const WHOLE = 'the whole law';

interface Flags extends Loads {
  readonly json?: boolean;
}

const program = tool('bench:ablation', 'What each idea of the control law is worth, on the bench.')
  .option('--traces <dir>', 'folder of .csv or .csv.gz (second,requests); default: generated ones')
  .option('--peak-instances <n>', 'instances that the busiest minute needs', wholeFromOne, 16)
  .option('--json', 'print the figures as JSON, and nothing else, to standard output');

await runTool(program, main);

async function main(flags: Flags): Promise<void> {
  requireApplicable(
    IDEAS.flatMap(({ what, off }) => off.map((edit) => ({ what, ...edit }))),
    'tools/ablation-ideas.ts',
  );
  const secondsOf = loadSeconds(flags);
  const laws = [
    { what: WHOLE, edits: [] },
    ...IDEAS.map(({ what, off }) => ({ what, edits: off })),
  ];
  const played = await play(laws, flags);
  const [whole, ...without] = played.map(({ what, cells }) => figuresOf(what, cells, secondsOf));
  const output = flags.json
    ? JSON.stringify({ whole, without }, null, 2)
    : ablationTable(whole as Figures, without);
  process.stdout.write(`${output}\n`);
}

/** How long the load of each cell lasts: the bench tells how often capacity changed, not in which time. */
function loadSeconds({ traces, peakInstances }: Loads): (cell: Cell) => number {
  const sources = traces === undefined ? generatedSources(SEED) : traceSources(traces);
  const seconds = new Map(
    sources.map(({ name, load }) => [name, workloadOf(load(60), peakInstances).seconds]),
  );
  return ({ trace }) => seconds.get(trace) as number;
}
