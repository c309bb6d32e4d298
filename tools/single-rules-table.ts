import { table } from '../cli/table.ts';
import { RULES, type Rule } from '../lib/control/rules.ts';
import { MEMORIES } from '../lib/control/use.ts';
import { type Cell, geometricMean } from '../simulator/bench/score.ts';
import type { Law, Played } from './bench-copy.ts';
import type { Edit } from './spoilt-copy.ts';

/** One rule for every level, whatever the shadows say. */
export function alone(rule: number): Edit {
  const signature = 'export function ruleOf(tuning: Tuning, level: number): Rule {\n';
  return {
    file: 'lib/control/in-use.ts',
    from: signature,
    to: `${signature}  if (level >= 0) return RULES[${rule}] as Rule;\n`,
  };
}

/** A rule as the documentation of the law speaks of it. */
export function nameOf({ memory, askAbove, giveBelow, jumps, drops }: Rule): string {
  const reflexes = [jumps ? ', jumps' : '', drops ? ', drops' : ''].join('');
  return `${MEMORIES[memory]} s, asks at ${askAbove}, gives below ${giveBelow}${reflexes}`;
}

/** The rules that a level may be given; the one for recurring loads is taken by all levels or none. */
export const SINGLE_RULES: readonly Law[] = RULES.flatMap((rule, r) =>
  rule.recurs ? [] : [{ what: nameOf(rule), edits: [alone(r)] }],
);

/**
 * In each cell the one that did best there.
 * @throws {RangeError} when there is none, or when they did not play the same cells
 */
export function bestInHindsight(what: string, singles: readonly Played[]): Played {
  const [first] = singles;
  if (!first) throw new RangeError(`${what}: expected the cells of one rule or more`);
  for (const { what: other, cells } of singles) {
    if (cells.map(place).join() !== first.cells.map(place).join()) {
      throw new RangeError(`${other}: expected the cells of "${first.what}", in the same order`);
    }
  }
  const cells = first.cells.map((_, i) =>
    singles
      .map((single) => single.cells[i] as Cell)
      .reduce((best, cell) => (cell.regret < best.regret ? cell : best)),
  );
  return { what, cells };
}

function place({ trace, leadTimeSeconds, riskPrice }: Cell): string {
  return `${trace} ${leadTimeSeconds} ${riskPrice}`;
}

/** Geometric means of regret, by risk price and over all. */
export function singleRulesTable(played: readonly Played[]): string {
  const prices = [...new Set(played.flatMap(({ cells }) => cells.map((cell) => cell.riskPrice)))];
  const meanOf = (cells: readonly Cell[]) =>
    geometricMean(cells.map(({ regret }) => regret)).toFixed(3);
  return table(
    ['every level by', ...prices.map((price) => `×${price}`), 'all'],
    played.map(({ what, cells }) => [
      what,
      ...prices.map((price) => meanOf(cells.filter(({ riskPrice }) => riskPrice === price))),
      meanOf(cells),
    ]),
  );
}
