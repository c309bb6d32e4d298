import { benchPageData } from '../../simulator/bench/page-data.ts';
import type { PageVerdict } from '../../simulator/bench/page-types.ts';
import { renderBench } from '../../simulator/bench/render.ts';
import type { Run } from '../../simulator/bench/runner.ts';
import { EXIT, Exit } from '../exit.ts';
import { writePage } from '../page-file.ts';
import { type BacktestReport, figuresOf, percent } from './backtest-text.ts';

/** Writes the page of a backtest: the bench's, with the recommendation on top and what it cannot show. */
export function writeBacktestPage(
  file: string,
  runs: readonly Run[],
  report: BacktestReport,
): void {
  if (runs.length === 0) {
    throw new Exit(
      EXIT.usage,
      `--report: so many days with so many instances take more memory than there is for the optimum. Take fewer --days.`,
    );
  }
  const page = renderBench(benchPageData(runs, report.maxCapacity, verdictOf(report)));
  writePage('--report', file, page);
}

function verdictOf(report: BacktestReport): PageVerdict {
  const { target, recommendation, caveats } = report;
  const { setting, keepsPresent, isTooShort, why, command } = recommendation;
  const what = keepsPresent ? 'the present settings' : setting;
  const missed = goalOf(report)?.isMet === false ? '; the goal is missed' : '';
  return {
    target,
    headline: `${isTooShort ? 'Too short to act on. Best on this load' : 'Recommended'}: ${what}, with ${figuresOf(recommendation)}${missed}.`,
    why,
    facts: factsOf(report),
    command,
    recommended: setting,
    caveats,
  };
}

function factsOf(report: BacktestReport): [string, string][] {
  const { from, to, hours, targetPerInstance, minCapacity, maxCapacity } = report;
  const goal = goalOf(report);
  const minute = (time: string) => time.slice(0, 16).replace('T', ' ');
  return [
    ['Replayed', `${hours.toFixed(1)} hours`],
    ...(from === null || to === null
      ? []
      : [['From, to (UTC)', `${minute(from)} – ${minute(to)}`] as [string, string]]),
    ['Target per instance', String(targetPerInstance)],
    ['Min–Max', `${minCapacity}–${maxCapacity}`],
    ...(goal === null
      ? []
      : [['Goal', `${goal.words}: ${goal.isMet ? 'met' : 'missed'}`] as [string, string]]),
  ];
}

/** The share that was asked for, and whether what is recommended keeps to it; null: none was. */
function goalOf({ unservedAtMost, recommendation }: BacktestReport) {
  if (unservedAtMost === null) return null;
  return {
    words: `at most ${percent(unservedAtMost)} unserved`,
    isMet: recommendation.unservedFraction <= unservedAtMost,
  };
}
