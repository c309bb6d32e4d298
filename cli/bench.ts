import { type Command, InvalidArgumentError } from 'commander';
import { benchPageData } from '../simulator/bench/page-data.ts';
import { renderBench } from '../simulator/bench/render.ts';
import { type BenchOptions, type Run, runBench } from '../simulator/bench/runner.ts';
import { generatedSources, traceSources } from '../simulator/bench/sources.ts';
import { summarise } from '../simulator/bench/summary.ts';
import { benchTables } from '../simulator/bench/table.ts';
import { WINDOW_SECONDS } from '../simulator/bench/workload.ts';
import { spacingNote } from '../simulator/load/load.ts';
import { UsageError } from '../simulator/load/usage-error.ts';
import { OPTIMUM, POLICIES } from '../simulator/scalers/index.ts';
import { helpText } from './operate/help.ts';
import { given, number, riskPrice, wholeFromZero } from './options.ts';
import { requireWritable, writePage } from './page-file.ts';
import { percentText, progress } from './progress.ts';
import { table } from './table.ts';

const POLICY_NAMES = [...POLICIES.map(({ name }) => name), OPTIMUM];

/** The optimum's table of costs grows with the capacity; this many still fit into memory. */
const MOST_PEAK_INSTANCES = 1000;

interface Flags {
  readonly traces?: string;
  readonly peakInstances: number;
  readonly leadTimes: readonly number[];
  readonly riskPrices: readonly number[];
  readonly policies: readonly string[];
  readonly seed: number;
  readonly json?: boolean;
  readonly page?: string;
}

/** Adds the command `bench`. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description(
      'score scaling policies against the clairvoyant optimum, over traces, lead times and risk prices',
    )
    .option(
      '--traces <dir>',
      'folder of .csv or .csv.gz (second,requests); default: generated ones',
      given,
    )
    .option(
      '--peak-instances <n>',
      'instances that the busiest minute needs; the capacity lies between 1 and twice as many',
      number(
        `a whole number from 1 to ${MOST_PEAK_INSTANCES}`,
        (n) => Number.isInteger(n) && n >= 1 && n <= MOST_PEAK_INSTANCES,
      ),
      16,
    )
    .option(
      '--lead-times <seconds>',
      'from request to instance in service, comma-separated',
      list(number(`a multiple of ${WINDOW_SECONDS}`, (n) => n > 0 && n % WINDOW_SECONDS === 0)),
      [60, 180, 480],
    )
    .option(
      '--risk-prices <n>',
      'worth of an unserved instance-second, comma-separated',
      list(riskPrice),
      [3, 10, 30],
    )
    .option('--policies <names>', `of ${POLICY_NAMES.join(', ')}`, names, POLICY_NAMES)
    .option('--seed <n>', 'seed of the generated loads', wholeFromZero, 1)
    .option('--json', 'print the cells as JSON, and nothing else, to standard output')
    .option('--page <file>', 'write a page with the trade-off and the course of every run', given)
    .addHelpText(
      'after',
      helpText(
        [
          ['bench', 'on generated loads'],
          ['bench --traces DIR --page bench.html', 'on your own, with the page'],
          ['bench --policies fast-scaler,optimum --risk-prices 10', 'one row, one price'],
        ],
        'Regret is cost over the cost of the optimum, which knows the future: 1 is the best there can be.',
      ),
    )
    .action((flags: Flags) => run(flags));
}

function run(flags: Flags): void {
  const { leadTimes, riskPrices, policies, peakInstances } = flags;
  if (flags.page !== undefined) requireWritable('--page', flags.page);
  const sources =
    flags.traces === undefined ? generatedSources(flags.seed) : traceSources(flags.traces);
  if (flags.traces !== undefined) {
    for (const { load } of sources) {
      const note = spacingNote(load(flags.leadTimes[0] as number));
      if (note !== undefined) process.stderr.write(`Note: ${note}\n`);
    }
  }
  const runs = withProgress(
    sources.length * leadTimes.length * riskPrices.length * policies.length,
    { sources, leadTimesSeconds: leadTimes, riskPrices, policies, peakInstances },
  );
  for (const trace of withoutDemand(runs)) {
    process.stderr.write(`Note: ${trace}: there is no load in it, so that no mean counts it\n`);
  }
  // Before the page: where that cannot be written, the minutes of work are not lost.
  if (flags.json) {
    const cells = runs.map(({ cell }) => cell);
    process.stdout.write(`${JSON.stringify({ cells }, null, 2)}\n`);
  } else {
    for (const { title, header, rows } of benchTables(summarise(runs))) {
      process.stdout.write(`\n${title}\n\n${table(header, rows)}\n`);
    }
  }
  if (flags.page !== undefined) {
    writePage('--page', flags.page, renderBench(benchPageData(runs, peakInstances)));
  }
}

/** Names of the loads that demand nothing, each once. */
function withoutDemand(runs: readonly Run[]): Set<string> {
  const idle = runs.filter(({ cell }) => cell.unservedFraction === null);
  return new Set(idle.map(({ cell }) => cell.trace));
}

function withProgress(cells: number, options: BenchOptions): Run[] {
  const shown = progress({ stderr: process.stderr, now: Date.now });
  let done = 0;
  shown.report(done, cells, '0 %');
  try {
    return runBench({
      ...options,
      onCell: ({ cell }) => {
        done += 1;
        shown.report(done, cells, percentText(done, cells, `${cell.trace} ${cell.policy}`));
      },
    });
  } finally {
    shown.stop();
  }
}

/** Reads a comma-separated list of numbers, each once. */
function list(one: (text: string) => number) {
  return (text: string): number[] => {
    const values = text.split(',').map(one);
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) throw new InvalidArgumentError(`${twice} stands there twice.`);
    return values;
  };
}

function names(text: string): string[] {
  const wanted = text.split(',').map((name) => name.trim());
  for (const [i, name] of wanted.entries()) {
    if (!POLICY_NAMES.includes(name)) {
      const known = POLICY_NAMES.join(', ');
      throw new UsageError(`--policies: unknown policy "${name}": expected one of ${known}`);
    }
    if (wanted.indexOf(name) !== i)
      throw new UsageError(`--policies: "${name}" stands there twice`);
  }
  return wanted;
}
