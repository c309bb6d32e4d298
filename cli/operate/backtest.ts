import { type Command, Option } from 'commander';
import { MINUTES_KEPT_DAYS } from '../../lib/aws/metric-history.ts';
import { DEFAULTS } from '../../lib/config/defaults.ts';
import type { TargetConfig } from '../../lib/config/schema.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { type BacktestFacts, backtestFacts } from '../../lib/operate/backtest-facts.ts';
import { readHistory } from '../../lib/operate/history.ts';
import { changedParameter } from '../../lib/operate/present-settings.ts';
import type { OperatorRuntime } from '../../lib/operate/runtime.ts';
import { parseTargetName } from '../../lib/operate/target-name.ts';
import { type ScalableTarget, shortName } from '../../lib/target.ts';
import { backtest } from '../../simulator/bench/backtest.ts';
import type { GapReading } from '../../simulator/bench/history.ts';
import { WINDOW_SECONDS } from '../../simulator/bench/workload.ts';
import { spacingNote } from '../../simulator/load/load.ts';
import { readTrace } from '../../simulator/load/trace.ts';
import { EXIT, Exit } from '../exit.ts';
import { given, instances, leadTime, number, positive, riskPrice } from '../options.ts';
import { requireWritable } from '../page-file.ts';
import { countingProgress } from '../progress.ts';
import { commandNotes, notesOf } from './backtest-notes.ts';
import { writeBacktestPage } from './backtest-page.ts';
import {
  fromHistory,
  fromTrace,
  lawSettings,
  type Replayable,
  type Sizes,
  sizesOf,
} from './backtest-replay.ts';
import { type BacktestReport, caveatsOf, printBacktest, reasonOf } from './backtest-text.ts';
import { type ConnectionFlags, connected, withConnection } from './connection.ts';
import { helpText, TARGET_HELP } from './help.ts';
import { historyCache } from './history-cache.ts';
import { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

/** A shorter load misses hours of the day: what is best on it is no recommendation. */
const DAY_MINUTES = 1440;

/** Less than a day of CloudWatch's minutes, or an hour of a trace, is not replayed. */
const FEWEST_MINUTES = { history: DAY_MINUTES, trace: 60 };

interface Flags extends ConnectionFlags {
  readonly days: number;
  readonly from?: string;
  readonly riskPrice?: number;
  readonly unservedAtMost?: number;
  readonly targetPerInstance?: number;
  readonly min?: number;
  readonly max?: number;
  readonly leadTime?: number;
  readonly gaps: GapReading;
  readonly cache: boolean;
  readonly report?: string;
}

/** What is replayed, on what, and whose parameter it is. */
interface Case {
  readonly replayable: Replayable;
  readonly sizes: Sizes;
  readonly config: TargetConfig;
  readonly leadTimeSeconds: number;
  readonly target: ScalableTarget | null;
  readonly parameter: string | undefined;
  /** What the recommended parameter says beside the change. */
  readonly kept: BacktestFacts['kept'];
  readonly notes: readonly string[];
  /** Told where a command is recommended. */
  readonly commandNotes: readonly string[];
}

export function registerBacktest(program: Command, surroundings: Surroundings): void {
  const days = number(
    `a whole number of days from 1 to ${MINUTES_KEPT_DAYS}, for which CloudWatch keeps minutes`,
    (n) => Number.isInteger(n) && n >= 1 && n <= MINUTES_KEPT_DAYS,
  );
  withConnection(program.command('backtest'))
    .description('replay the past load of an endpoint under other settings, and recommend one')
    .argument('[target]', 'endpoint, or endpoint/variant; enrolled or not')
    .addOption(
      new Option('--days <n>', 'how far back').argParser(days).default(7).conflicts('from'),
    )
    .option(
      '--from <file>',
      'a CSV or .csv.gz with the columns second,requests instead; no AWS',
      given,
    )
    .option(
      '--risk-price <n>',
      'what an unserved instance-second is worth (else as set)',
      riskPrice,
    )
    .option(
      '--unserved-at-most <percent>',
      'reach this share of unserved demand with the fewest instance-hours, instead of least cost',
      number('a percentage from 0 to 100', (n) => n >= 0 && n <= 100),
    )
    .option('--target-per-instance <n>', 'load that an instance carries (else as set)', positive)
    .option('--min <n>', 'the owner’s MinCapacity, 1 or more (else as it stands)', instances)
    .option('--max <n>', 'the owner’s MaxCapacity (else as it stands)', instances)
    .option('--lead-time <seconds>', 'until a new instance serves (else as learned)', leadTime)
    .addOption(
      new Option('--gaps <reading>', 'minutes without data: unknown, or no load')
        .choices(['skip', 'zero'])
        .default('skip')
        .conflicts('from'),
    )
    .addOption(
      new Option('--no-cache', 'read every day from CloudWatch, and keep none on disk').conflicts(
        'from',
      ),
    )
    .option(
      '--report <file>',
      'write a page with the trade-off and the course of every replay',
      given,
    )
    .addHelpText(
      'after',
      helpText(
        [
          ['backtest checkout', 'the last seven days'],
          ['backtest checkout --days 14 --report backtest.html', 'two weeks, with the page'],
          ['backtest checkout --unserved-at-most 1', 'reach 1 % with the fewest instance-hours'],
          ['backtest --from trace.csv --target-per-instance 1500 --max 20', 'without AWS'],
        ],
        TARGET_HELP,
        'Exit codes: 0 replayed, 2 wrong usage or too little data, 3 AWS refused or failed.',
      ),
    )
    .action((target: string | undefined, flags: Flags) => run(surroundings, target, flags));
}

async function run(surroundings: Surroundings, target: string | undefined, flags: Flags) {
  if (target === undefined && flags.from === undefined) {
    throw new Exit(EXIT.usage, 'backtest needs a load: expected either TARGET or --from FILE.');
  }
  if (target !== undefined && flags.from !== undefined) {
    throw new Exit(
      EXIT.usage,
      `backtest replays one load: give TARGET (${target}) or --from, not both.`,
    );
  }
  if (flags.report !== undefined) requireWritable('--report', flags.report);
  if (target === undefined) {
    replay(surroundings, traceCase(flags.from as string, flags), flags);
    return;
  }
  await connected(surroundings, flags, async (runtime) => {
    replay(surroundings, await historyCase(runtime, surroundings, target, flags), flags);
  });
}

function traceCase(file: string, flags: Flags): Case {
  const { targetPerInstance, min = 1, max, leadTime = DEFAULTS.leadTimeSeconds } = flags;
  const sizes = sizesOf(file, targetPerInstance ?? null, min, max ?? null);
  const load = readTrace(file);
  const replayable = fromTrace(load, sizes);
  atLeast(replayable, FEWEST_MINUTES.trace);
  return {
    replayable,
    sizes,
    config: DEFAULTS,
    leadTimeSeconds: leadTime,
    target: null,
    parameter: undefined,
    kept: {},
    notes: [spacingNote(load)].filter((note) => note !== undefined),
    commandNotes: [],
  };
}

async function historyCase(
  runtime: OperatorRuntime,
  surroundings: Surroundings,
  name: string,
  flags: Flags,
): Promise<Case> {
  const facts = await backtestFacts(runtime, parseTargetName(name));
  const { target, endpointId, config, parameter, measure, bounds } = facts;
  const sizes = sizesOf(
    shortName(target),
    flags.targetPerInstance ?? facts.targetPerInstance,
    flags.min ?? bounds?.min ?? null,
    flags.max ?? bounds?.max ?? null,
  );
  const bar = countingProgress(surroundings, 'days read');
  const cache = flags.cache ? historyCache(surroundings.environment) : undefined;
  const history = await readHistory(
    runtime,
    target,
    endpointId,
    flags.days,
    cache,
    bar.report,
  ).finally(bar.stop);
  const replayable = fromHistory(
    shortName(target),
    history.fromSeconds,
    history.columns,
    measure,
    sizes,
    flags.gaps,
  );
  atLeast(replayable, FEWEST_MINUTES.history);
  const notes = notesOf(facts, sizes, flags);
  const changes = { kept: facts.kept, commandNotes: commandNotes(facts) };
  const leadTimeSeconds = flags.leadTime ?? facts.leadTimeSeconds;
  return { replayable, sizes, config, leadTimeSeconds, target, parameter, notes, ...changes };
}

function atLeast({ name, coverage, stretches }: Replayable, fewest: number): void {
  const { covered, minutes, missing, longestGap } = coverage;
  if (missing === minutes && minutes > 0) {
    throw new Exit(
      EXIT.usage,
      `CloudWatch has no minute of load of ${name} in these days. Is it the right variant, and region?`,
    );
  }
  if (covered >= fewest) {
    if (stretches.some(({ workload }) => workload.demandedSeconds > 0)) return;
    throw new Exit(
      EXIT.usage,
      `${name}: there is no load in it, so that nothing can be recommended.`,
    );
  }
  const gaps =
    missing > 0
      ? ` ${missing} of ${minutes} minutes have no data, ${longestGap} in a row at worst; a gap is not taken for no load (--gaps zero does).`
      : '';
  throw new Exit(
    EXIT.usage,
    `${name}: ${covered} minutes of load can be replayed, and ${fewest} are the least that a recommendation can rest on.${gaps}`,
  );
}

function replay(surroundings: Surroundings, replayed: Case, flags: Flags): void {
  const { replayable, sizes, config, target, parameter, kept } = replayed;
  const leadTimeSeconds =
    Math.max(1, Math.round(replayed.leadTimeSeconds / WINDOW_SECONDS)) * WINDOW_SECONDS;
  const price = flags.riskPrice ?? config.riskPrice;
  const unservedAtMost = flags.unservedAtMost === undefined ? null : flags.unservedAtMost / 100;
  const bar = countingProgress(surroundings, 'replays');
  let result: ReturnType<typeof backtest>;
  try {
    result = backtest({
      stretches: replayable.stretches,
      countsRequests: replayable.measure === 'invocations',
      present: lawSettings(config),
      price,
      leadTimeSeconds,
      ...(unservedAtMost !== null && { unservedAtMost }),
      onRun: bar.report,
    });
  } finally {
    bar.stop();
  }
  const { recommended, present, rows, days } = result;
  const keepsPresent = recommended === present;
  const isTooShort = replayable.coverage.covered < DAY_MINUTES;
  const changed =
    keepsPresent || isTooShort
      ? null
      : changedParameter(parameter, { ...kept, ...recommended.changes });
  const first = replayable.stretches[0]?.fromSeconds ?? 0;
  const last = replayable.stretches.at(-1);
  const iso = (seconds: number) =>
    target === null ? null : new Date(seconds * 1000).toISOString();
  const report: BacktestReport = {
    target: replayable.name,
    from: iso(first),
    to: iso(last ? last.fromSeconds + last.workload.seconds : first),
    hours: replayable.coverage.covered / 60,
    missingMinutes: replayable.coverage.missing,
    bridgedMinutes: replayable.coverage.bridged,
    longestGapMinutes: replayable.coverage.longestGap,
    targetPerInstance: sizes.targetPerInstance,
    minCapacity: sizes.bounds.min,
    maxCapacity: sizes.bounds.max,
    leadTimeSeconds,
    riskPrice: price,
    unservedAtMost,
    asItRan: replayable.asItRan,
    rows,
    recommendation: {
      setting: recommended.name,
      keepsPresent,
      isTooShort,
      why: reasonOf(result, unservedAtMost, isTooShort),
      parameter: changed,
      command: changed === null ? null : putCommand(target, changed),
      unservedFraction: recommended.unservedFraction,
      instanceHours: recommended.instanceHours,
      cheaperDays: recommended.cheaperDays,
      days,
    },
    caveats: [
      ...(changed === null ? [] : replayed.commandNotes),
      ...replayed.notes,
      ...caveatsOf(replayable),
    ],
  };
  const printer = new Printer(surroundings);
  if (flags.json) printer.json(report);
  else printBacktest(printer, report);
  if (flags.report === undefined) return;
  writeBacktestPage(flags.report, result.runs, report);
  if (!flags.json) printer.line(`\nReport: ${flags.report}`);
}

function putCommand(target: ScalableTarget | null, parameter: string): string {
  const name = target ? targetParameterName(target) : '/fast-scaler/targets/<endpoint>/<variant>';
  return `aws ssm put-parameter --type String --overwrite --name ${name} --value '${parameter}'`;
}
