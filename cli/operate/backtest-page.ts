import { benchPageData } from '../../simulator/bench/page-data.ts';
import type { PageVerdict } from '../../simulator/bench/page-types.ts';
import { renderBench } from '../../simulator/bench/render.ts';
import type { Run } from '../../simulator/bench/runner.ts';
import { EXIT, Exit } from '../exit.ts';
import { writePage } from '../page-file.ts';
import { type BacktestReport, figuresOf } from './backtest-text.ts';

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

function verdictOf({ target, recommendation, caveats }: BacktestReport): PageVerdict {
  const { setting, keepsPresent, isTooShort } = recommendation;
  const what = keepsPresent ? 'the present settings' : setting;
  return {
    target,
    headline: `${isTooShort ? 'Too short to act on. Best on this load' : 'Recommended'}: ${what}, with ${figuresOf(recommendation)}.`,
    recommended: setting,
    caveats,
  };
}
