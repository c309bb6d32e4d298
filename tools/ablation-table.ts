import { table } from '../cli/table.ts';
import type { Cell } from '../simulator/bench/score.ts';
import { type PolicySummary, summarise } from '../simulator/bench/summary.ts';

/** The bench's figures of the law with one idea switched off, or of the whole law. */
export interface Figures {
  readonly what: string;
  /** Geometric mean of regret at each risk price. */
  readonly byRiskPrice: readonly { readonly riskPrice: number; readonly regret: number }[];
  /** Geometric mean over all cells. */
  readonly regret: number;
  readonly worst: Pick<Cell, 'trace' | 'leadTimeSeconds' | 'riskPrice' | 'regret'>;
  readonly changesPerHour: number;
}

/**
 * @param cells of one policy
 * @param secondsOf how long the load of a cell lasts
 */
export function figuresOf(
  what: string,
  cells: readonly Cell[],
  secondsOf: (cell: Cell) => number,
): Figures {
  const runs = cells.map((cell) => ({ cell, workload: { seconds: secondsOf(cell) } }));
  const [summary, ...others] = summarise(runs);
  if (!summary || others.length > 0) {
    throw new RangeError(`${what}: expected the cells of one policy`);
  }
  const { regret, worst, changesPerHour } = summary;
  const { trace, leadTimeSeconds, riskPrice } = worst;
  return {
    what,
    byRiskPrice: byRiskPrice(summary),
    regret,
    worst: { trace, leadTimeSeconds, riskPrice, regret: worst.regret },
    changesPerHour,
  };
}

function byRiskPrice({ groups }: PolicySummary): Figures['byRiskPrice'] {
  return groups.flatMap(({ riskPrice, leadTimeSeconds, regret }) =>
    riskPrice !== 'all' && leadTimeSeconds === 'all' ? [{ riskPrice, regret }] : [],
  );
}

/** The whole law first, then how much more each figure is without each of its ideas. */
export function ablationTable(whole: Figures, without: readonly Figures[]): string {
  const valuesOf = ({ byRiskPrice: prices, regret, worst, changesPerHour }: Figures) => [
    ...prices.map((price) => price.regret),
    regret,
    worst.regret,
    changesPerHour,
  ];
  const standard = valuesOf(whole);
  const worstIn = ({ worst }: Figures) =>
    `${worst.trace} ×${worst.riskPrice} ${worst.leadTimeSeconds} s`;
  return table(
    [
      'without',
      ...whole.byRiskPrice.map(({ riskPrice }) => `×${riskPrice}`),
      ...['all', 'worst', 'changes/h', 'worst in'],
    ],
    [
      ['(the whole law)', ...standard.map((value) => value.toFixed(3)), worstIn(whole)],
      ...without.map((figures) => [
        figures.what,
        ...valuesOf(figures).map((value, i) => signed(value - (standard[i] as number))),
        worstIn(figures),
      ]),
    ],
    ['worst in'],
  );
}

/** A difference to three places; what rounds to nothing has no sign. */
function signed(difference: number): string {
  const text = Math.abs(difference).toFixed(3);
  if (Number(text) === 0) return text;
  return `${difference > 0 ? '+' : '−'}${text}`;
}
