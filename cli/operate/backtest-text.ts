import type { BacktestResult, BacktestRow } from '../../simulator/bench/backtest.ts';
import { table } from '../table.ts';
import type { Replayable } from './backtest-replay.ts';
import type { Printer } from './print.ts';

/** What is printed, and what `--json` gives. */
export interface BacktestReport {
  readonly target: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly hours: number;
  readonly missingMinutes: number;
  readonly bridgedMinutes: number;
  readonly longestGapMinutes: number;
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  readonly unservedAtMost: number | null;
  readonly asItRan: Replayable['asItRan'];
  readonly rows: readonly BacktestRow[];
  readonly recommendation: Recommendation;
  readonly caveats: readonly string[];
}

export interface Recommendation {
  readonly setting: string;
  /** True: the settings that are in force need no change. */
  readonly keepsPresent: boolean;
  /** True: less than a day was replayed, which is too short to act on. */
  readonly isTooShort: boolean;
  readonly why: string;
  /** Ready to put; null where nothing is to be changed. */
  readonly parameter: string | null;
  readonly command: string | null;
  readonly unservedFraction: number;
  readonly instanceHours: number;
  readonly cheaperDays: number;
  readonly days: number;
}

export const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const hours = (value: number) => value.toFixed(1);

/** The table, the recommendation, and what all of it cannot show. */
export function printBacktest(printer: Printer, report: BacktestReport): void {
  const span = report.from === null ? '' : `, ${report.from} to ${report.to}`;
  printer.line(printer.paint('bold', `${report.target}: ${hours(report.hours)} hours${span}`));
  printer.paragraph(
    `Replayed with ${report.targetPerInstance} for an instance, Min ${report.minCapacity}, Max ${report.maxCapacity}, ${report.leadTimeSeconds} s until an instance serves. An unserved instance-hour counts as ${report.riskPrice}.`,
    '',
  );
  printer.line();
  const { rows, recommendation, asItRan } = report;
  const dash = '–';
  const ran =
    asItRan === null
      ? []
      : [
          [
            'as it really ran',
            percent(asItRan.unservedFraction),
            hours(asItRan.instanceHours),
            hours(asItRan.instanceHours + report.riskPrice * asItRan.unservedInstanceHours),
            dash,
            dash,
          ],
        ];
  printer.line(
    table(
      ['', 'unserved', 'instance-hours', 'cost', 'changes/h', 'days cheaper, dearer'],
      [
        ...ran,
        ...rows.map((row) => [
          `${row.name}${row.name === recommendation.setting ? ' *' : ''}`,
          percent(row.unservedFraction),
          hours(row.instanceHours),
          hours(row.cost),
          row.changesPerHour.toFixed(1),
          row === rows[0] ? dash : `${row.cheaperDays}, ${row.dearerDays}`,
        ]),
      ],
    ),
  );
  printer.line();
  printer.paragraph(`* ${recommendation.why}`, '');
  if (recommendation.command !== null) {
    printer.line();
    printer.line(`  ${recommendation.command}`);
  }
  printer.line();
  for (const caveat of report.caveats) printer.paragraph(caveat, '  ', '· ');
}

/** `6.45 % unserved, 96.2 instance-hours`. */
export function figuresOf({
  unservedFraction,
  instanceHours,
}: Pick<BacktestRow, 'unservedFraction' | 'instanceHours'>): string {
  return `${percent(unservedFraction)} unserved, ${hours(instanceHours)} instance-hours`;
}

/** Why a setting is recommended, with its figures. */
export function reasonOf(
  { recommended, present, isGoalMet, days }: BacktestResult,
  unservedAtMost: number | null,
  isTooShort: boolean,
): string {
  const verdict = isTooShort
    ? 'Less than a day, too short to act on. Best on this load'
    : 'Recommended';
  const goal = unservedAtMost === null ? null : percent(unservedAtMost);
  const unmet =
    goal !== null && !isGoalMet ? ` No setting that was tried comes down to ${goal}.` : '';
  if (recommended === present) {
    const what =
      goal === null
        ? 'none that was tried is clearly cheaper'
        : 'none that was tried comes nearer to the goal for less';
    return `${verdict}: the present settings (${figuresOf(present)}); ${what}.${unmet}`;
  }
  const gain =
    goal === null
      ? `${percent(1 - recommended.cost / present.cost)} cheaper than the present settings, and cheaper on ${recommended.cheaperDays} of ${days} days, dearer on ${recommended.dearerDays}`
      : isGoalMet
        ? `the fewest instance-hours with at most ${goal} unserved`
        : 'the least unserved';
  return `${verdict}: ${recommended.name} (${figuresOf(recommended)}): ${gain}.${unmet}`;
}

/** What must be known to read the figures rightly. */
export function caveatsOf({ coverage, resolutionSeconds, measure, asItRan }: Replayable): string[] {
  const { missing, bridged, longestGap, covered, stretches } = coverage;
  const isMinutes = resolutionSeconds === 60;
  return [
    'A backtest, not a forecast: what load did, under rules that never met it. It says nothing of load that has not come yet.',
    ...(isMinutes && measure === 'invocations'
      ? [
          'CloudWatch keeps one value a minute. Requests are spread by chance over their minute; bursts inside a minute, which the scaler would see and a minute hides, are missing from every row.',
        ]
      : []),
    ...(isMinutes && measure === 'concurrency'
      ? [
          'Concurrency is the highest of each minute, and stands for every ten seconds of it: demand looks heavier than it was, in every row.',
        ]
      : []),
    ...(asItRan !== null && asItRan.overloadedMinutes > 0
      ? [
          `In ${asItRan.overloadedMinutes} minutes an instance had more than its target${asItRan.latencyRatio === null ? '' : `; a request took ${asItRan.latencyRatio.toFixed(1)} times as long as usual then`}. What callers gave up or did not send does not show: there demand was higher than all rows take it for.`,
        ]
      : []),
    ...(asItRan !== null
      ? [
          'What really ran is counted in instances in service; the replays also count those that start, from the request on, as they are billed.',
        ]
      : []),
    ...(missing > 0
      ? [
          `${missing} minutes have no data, which is not the same as no load. ${bridged} of them, in gaps of up to five minutes, are bridged by a straight line; the others are left out, ${stretches.length > 1 ? `and the ${stretches.length} stretches between them are replayed each for itself` : 'at the edges'}. The longest gap: ${longestGap} minutes. If your endpoint publishes nothing while nobody calls it, take --gaps zero.`,
        ]
      : []),
    ...(covered < 7 * 1440
      ? ['Less than a week: a weekday, or the weekend, is missing from what was learned.']
      : []),
    'Instances are billed from the request to the release and serve all at once after the lead time; no request of the replay meets a quota or missing capacity, and windows, prewarms and budgets are left out.',
  ];
}
