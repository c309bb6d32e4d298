import { type Command, Option } from 'commander';
import { type Load, peakPerMinute, spacingNote } from '../simulator/load/load.ts';
import { generateLoad, SCENARIOS, scenario } from '../simulator/load/scenarios.ts';
import { readTrace } from '../simulator/load/trace.ts';
import { UsageError } from '../simulator/load/usage-error.ts';
import { USUAL_SERVICE_SECONDS } from '../simulator/plant/usual-service.ts';
import type { PolicyResult, ReportData } from '../simulator/report/data.ts';
import { renderReport } from '../simulator/report/render.ts';
import { initialCapacity, type Start } from '../simulator/run/initial-capacity.ts';
import type { SimulationOptions } from '../simulator/run/simulate.ts';
import { helpText } from './operate/help.ts';
import {
  given,
  instances,
  leadTime,
  positive,
  riskPrice,
  serviceTime,
  wholeFromZero,
} from './options.ts';
import { requireWritable, writePage } from './page-file.ts';
import { percentText, progress } from './progress.ts';
import { table } from './table.ts';

/** Instances that a trace's busiest minute needs, unless the target per instance is given. */
const PEAK_INSTANCES = 16;

interface Flags {
  readonly trace?: string;
  readonly scenario?: string;
  readonly targetPerInstance?: number;
  readonly min?: number;
  readonly max?: number;
  readonly leadTime: number;
  readonly serviceTime: number;
  readonly invocationsEvery: '10' | '60';
  readonly riskPrice: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly report: string;
}

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description(
      'replay a load against an endpoint, under target tracking alone and with the scaler beside it',
    )
    .option('--trace <file>', 'CSV or .csv.gz with the columns second,requests', given)
    .option('--scenario <name>', `one of ${Object.keys(SCENARIOS).join(', ')}`)
    .option(
      '--target-per-instance <n>',
      `invocations a minute that one instance carries (trace: so that its busiest minute needs ${PEAK_INSTANCES})`,
      positive,
    )
    // Target tracking would take a variant down to none, where no metric asks for an instance again.
    .option('--min <n>', 'the owner’s MinCapacity, 1 or more', instances)
    .option('--max <n>', 'the owner’s MaxCapacity', instances)
    .option('--lead-time <seconds>', 'from request to instance in service', leadTime, 180)
    .option(
      '--service-time <seconds>',
      'that a request takes on an idle instance',
      serviceTime,
      USUAL_SERVICE_SECONDS,
    )
    .option('--risk-price <n>', 'worth of an unserved instance-second, 1 to 1000', riskPrice, 10)
    .addOption(
      new Option(
        '--invocations-every <seconds>',
        'from one count of SageMaker’s to the next: 60 without enhanced metrics',
      )
        .choices(['10', '60'])
        .default('10'),
    )
    .option('--seed <n>', 'seed of everything left to chance', wholeFromZero, 1)
    .option('--json', 'print the results as JSON, and nothing else, to standard output')
    .option('--report <file>', 'where to write the page', given, 'report.html')
    .addHelpText(
      'after',
      helpText(
        [
          ['simulate --scenario locust-surge', 'the question that started it, in a few seconds'],
          ['simulate --trace day.csv --target-per-instance 1500', 'your own load'],
        ],
        'It runs the deployed service on an AWS account inside the process. No AWS is needed.',
        'Both runs begin with the instances that the first minute needs: let a trace begin some minutes before a surge.',
        'Exit codes: 0 simulated, 2 wrong usage, or a trace that cannot be read.',
      ),
    )
    .action(async (flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const { load, options } = prepare(flags);
  for (const note of notesOf(load, options)) process.stderr.write(`Note: ${note}\n`);
  // A whole account is loaded only once it is known that it will run.
  const { simulate } = await import('../simulator/run/simulate.ts');
  const policies = ['target-tracking', 'fast-scaler'] as const;
  const shown = progress({ stderr: process.stderr, now: Date.now });
  const runs = [];
  try {
    for (const [done, policy] of policies.entries()) {
      const onProgress = (part: number) => {
        const [at, total] = [done + part, policies.length];
        shown.report(at, total, percentText(at, total, policy));
      };
      onProgress(0);
      runs.push(await simulate(policy, { ...options, onProgress }));
    }
  } finally {
    shown.stop();
  }
  const data: ReportData = {
    trace: load.name,
    seconds: load.arrivals.length,
    leadTimeSeconds: options.leadTimeSeconds,
    riskPrice: options.riskPrice,
    targetPerInstance: options.targetPerInstance,
    results: runs.map(({ result }) => result),
    runs: runs.map(({ timeline }) => timeline),
  };
  // Before the page: where that cannot be written, the minutes of work are not lost.
  if (flags.json) {
    const { trace, seconds, leadTimeSeconds, riskPrice, results } = data;
    const output = { trace, seconds, leadTimeSeconds, riskPrice, results };
    process.stdout.write(`${JSON.stringify(output, null, 2)}\n`);
  } else {
    process.stdout.write(`${resultTable(data.results)}\n`);
  }
  writePage('--report', flags.report, renderReport(data));
  if (!flags.json) process.stdout.write(`\nReport: ${flags.report}\n`);
}

/** Checks what the flags say together, before anything is run or written. */
function prepare(flags: Flags): { load: Load; options: Omit<SimulationOptions, 'onProgress'> } {
  if ((flags.trace === undefined) === (flags.scenario === undefined)) {
    throw new UsageError('simulate needs a load: expected either --trace FILE or --scenario NAME');
  }
  const known = flags.scenario === undefined ? undefined : scenario(flags.scenario);
  const load =
    flags.trace === undefined
      ? generateLoad(flags.scenario as string, flags.seed, flags.leadTime)
      : readTrace(flags.trace);
  const peak = peakPerMinute(load.arrivals);
  const targetPerInstance =
    flags.targetPerInstance ?? known?.targetPerInstance ?? (peak > 0 ? peak / PEAK_INSTANCES : 1);
  const minCapacity = flags.min ?? known?.minCapacity ?? 1;
  const maxCapacity = flags.max ?? known?.maxCapacity ?? 2 * PEAK_INSTANCES;
  requireWritable('--report', flags.report);
  if (minCapacity > maxCapacity) {
    throw new UsageError(`--min ${minCapacity} is above --max ${maxCapacity}: expected min ≤ max`);
  }
  return {
    load,
    options: {
      load,
      targetPerInstance,
      minCapacity,
      maxCapacity,
      leadTimeSeconds: flags.leadTime,
      serviceSeconds: flags.serviceTime,
      riskPrice: flags.riskPrice,
      seed: flags.seed,
      invocationsEverySeconds: flags.invocationsEvery === '60' ? 60 : 10,
    },
  };
}

/** What of the load the figures of both policies suffer from. */
function notesOf(load: Load, options: Start): string[] {
  const peak = peakPerMinute(load.arrivals);
  if (peak === 0) {
    return [
      `${load.name}: there is no load in it, so that nothing can be compared, and no target per instance be read off it.`,
    ];
  }
  const { targetPerInstance, minCapacity, maxCapacity } = options;
  const needed = Math.ceil(peak / targetPerInstance);
  const overMax =
    needed > maxCapacity
      ? `The busiest minute needs ${needed} instances, and Max is ${maxCapacity}: no policy can serve all of it.`
      : undefined;
  const first = initialCapacity(options);
  const overMin =
    first > minCapacity
      ? `Both runs begin with the ${first} instances that the first minute needs, above Min (${minCapacity}). To see a surge met, let the trace begin some minutes before it.`
      : undefined;
  return [spacingNote(load), overMax, overMin].filter((note) => note !== undefined);
}

/** Measures run down and policies across: eight measures side by side are wider than 80 columns. */
function resultTable(results: readonly PolicyResult[]): string {
  const seconds = (value: number | null, digits = 0) =>
    value === null ? '–' : `${value.toFixed(digits)} s`;
  const share = (value: number) => `${(100 * value).toFixed(2)} %`;
  const measures: readonly (readonly [string, (result: PolicyResult) => string])[] = [
    ['reaction', (result) => seconds(result.reactionSeconds)],
    ['surges answered', ({ surges, answered }) => (surges > 0 ? `${answered} of ${surges}` : '–')],
    ['scale-in', (result) => seconds(result.scaleInSeconds)],
    ['unserved', (result) => share(result.unservedFraction)],
    ['instance-hours', (result) => result.instanceHours.toFixed(2)],
    ['changes', (result) => String(result.changes)],
    ['p99 latency', (result) => seconds(result.p99LatencySeconds, 1)],
    ['failed', (result) => share(result.failedFraction)],
  ];
  return table(
    ['policy', ...results.map(({ policy }) => policy)],
    measures.map(([name, text]) => [name, ...results.map(text)]),
  );
}
