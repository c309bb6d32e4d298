import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { RECURRING, RULES } from '../../lib/control/rules.ts';
import type { Cell } from '../../simulator/bench/score.ts';
import { bestInHindsight, SINGLE_RULES, singleRulesTable } from '../../tools/single-rules-table.ts';
import { edited } from '../../tools/spoilt-copy.ts';

const source = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('the single rules', () => {
  it('are all that a level may be given, each with a name of its own', () => {
    expect(SINGLE_RULES).toHaveLength(RECURRING);
    expect(new Set(SINGLE_RULES.map(({ what }) => what)).size).toBe(RECURRING);
    expect(SINGLE_RULES[0]?.what).toBe('20 s, asks at 1.7, gives below 0.2, jumps, drops');
  });

  it.each(SINGLE_RULES.map((law, r) => ({ ...law, r })))(
    'can be had alone in the code as it is: $what',
    ({ edits, r }) => {
      for (const edit of edits) {
        const text = edited(source(edit.file), edit);
        expect(text).toContain(`return RULES[${r}] as Rule;`);
        expect(RULES[r]?.recurs).toBe(false);
        expect(() => stripTypeScriptTypes(text)).not.toThrow();
      }
    },
  );
});

describe('the best in hindsight', () => {
  const cell = (trace: string, riskPrice: number, regret: number): Cell => ({
    ...{ trace, riskPrice, regret, leadTimeSeconds: 180, policy: 'fast-scaler' },
    ...{ unservedFraction: 0, instanceHours: 1, changes: 0 },
  });
  const quick = { what: 'quick', cells: [cell('a', 3, 1), cell('b', 3, 4), cell('a', 10, 2)] };
  const slow = { what: 'slow', cells: [cell('a', 3, 2), cell('b', 3, 1), cell('a', 10, 8)] };

  it('is another one in each cell', () => {
    const { what, cells } = bestInHindsight('best', [quick, slow]);
    expect(what).toBe('best');
    expect(cells.map(({ regret }) => regret)).toEqual([1, 1, 2]);
    expect(bestInHindsight('best', [slow]).cells).toEqual(slow.cells);
  });

  it.each([
    ['there is no rule', [], 'best: expected the cells of one rule or more'],
    [
      'one played other cells',
      [quick, { what: 'slow', cells: slow.cells.toReversed() }],
      'slow: expected the cells of "quick", in the same order',
    ],
    [
      'one played fewer',
      [quick, { what: 'slow', cells: slow.cells.slice(1) }],
      'slow: expected the cells of "quick", in the same order',
    ],
  ])('is not told when %s', (_, singles, complaint) => {
    expect(() => bestInHindsight('best', singles)).toThrow(complaint);
  });

  it('is shown as geometric means by price and over all', () => {
    const rows = singleRulesTable([quick, slow]).split('\n');
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['every level by', '×3', '×10', 'all'],
      expect.anything(),
      ['quick', '2.000', '2.000', '2.000'],
      ['slow', '1.414', '8.000', '2.520'],
    ]);
  });
});
