import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../simulator/bench/score.ts';
import { IDEAS } from '../../tools/ablation-ideas.ts';
import { ablationTable, figuresOf } from '../../tools/ablation-table.ts';
import { edited, requireApplicable, whileEdited } from '../../tools/spoilt-copy.ts';

const source = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe('the ideas of the control law', () => {
  it('each have a name of their own', () => {
    expect(new Set(IDEAS.map(({ what }) => what)).size).toBe(IDEAS.length);
  });

  it.each(IDEAS)('can be switched off in the code as it is: $what', ({ off }) => {
    expect(off.length).toBeGreaterThan(0);
    for (const edit of off) {
      const text = edited(source(edit.file), edit);
      expect(text).not.toBe(source(edit.file));
      expect(() => stripTypeScriptTypes(text)).not.toThrow();
    }
  });
});

describe('an edit', () => {
  const edit = { file: 'package.json', from: '"license"', to: '"licence"' };

  it.each([
    ['no longer there', '"no such field"', 'package.json has 0 times "\\"no such field\\""'],
    ['there more than once', 'vitest', /package\.json has \d+ times "vitest"/],
  ])('that is %s is told, with where to mend it', (_, from, complaint) => {
    const lost = [{ ...edit, what: 'a wrong word', from }];
    expect(() => requireApplicable(lost, 'the list')).toThrow(complaint);
    expect(() => requireApplicable(lost, 'the list')).toThrow(/mend the list:\n- a wrong word: /);
    expect(() => edited(source('package.json'), { ...edit, from })).toThrow(complaint);
  });

  it('that is there once is made as it stands, whatever it is made of', () => {
    expect(() => requireApplicable([{ ...edit, what: 'a word' }], 'the list')).not.toThrow();
    expect(edited('a b c', { file: 'x', from: 'b', to: "$& $'" })).toBe("a $& $' c");
  });
});

describe('a copy', () => {
  let copy: string;
  const read = (file: string) => readFileSync(join(copy, file), 'utf8');
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'copy-'));
    mkdirSync(join(copy, 'lib'));
    writeFileSync(join(copy, 'lib/a.ts'), 'one two');
    writeFileSync(join(copy, 'lib/b.ts'), 'three');
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  const edits = [
    { file: 'lib/a.ts', from: 'one', to: '1' },
    { file: 'lib/a.ts', from: 'two', to: '2' },
    { file: 'lib/b.ts', from: 'three', to: '3' },
  ];

  it('is edited while something is done in it, and then as before', async () => {
    const seen = await whileEdited(copy, edits, async () => read('lib/a.ts') + read('lib/b.ts'));
    expect(seen).toBe('1 23');
    expect(read('lib/a.ts') + read('lib/b.ts')).toBe('one twothree');
  });

  it.each([
    ['the work fails', edits, () => Promise.reject(new Error('broke down')), 'broke down'],
    [
      'a later edit does not fit',
      [...edits, { file: 'lib/b.ts', from: 'three', to: '' }],
      () => Promise.resolve(),
      'lib/b.ts has 0 times "three"',
    ],
  ])('is as before when %s', async (_, list, work, complaint) => {
    await expect(whileEdited(copy, list, work)).rejects.toThrow(complaint);
    expect(read('lib/a.ts') + read('lib/b.ts')).toBe('one twothree');
  });
});

describe('the figures of a law', () => {
  const cell = (riskPrice: number, trace: string, regret: number, changes: number): Cell => ({
    ...{ trace, riskPrice, regret, changes, leadTimeSeconds: 180, policy: 'fast-scaler' },
    ...{ unservedFraction: 0, instanceHours: 1 },
  });
  const secondsOf = ({ trace }: Cell) => (trace === 'long' ? 2 * 3600 : 3600);
  const whole = figuresOf(
    'all of it',
    [
      cell(3, 'short', 1, 2),
      cell(3, 'long', 4, 4),
      cell(10, 'short', 2, 6),
      cell(10, 'long', 2, 6),
    ],
    secondsOf,
  );
  const without = figuresOf(
    'patience',
    [
      cell(3, 'short', 1, 2),
      cell(3, 'long', 9, 4),
      cell(10, 'short', 1, 3),
      cell(10, 'long', 1, 0),
    ],
    secondsOf,
  );

  it('are geometric means by price and over all, the worst cell, and changes by the hours of the loads', () => {
    expect(whole.byRiskPrice).toEqual([
      { riskPrice: 3, regret: expect.closeTo(2) },
      { riskPrice: 10, regret: expect.closeTo(2) },
    ]);
    expect(whole.regret).toBeCloseTo(2);
    expect(whole.worst).toEqual({ trace: 'long', leadTimeSeconds: 180, riskPrice: 3, regret: 4 });
    expect(whole.changesPerHour).toBeCloseTo(3);
  });

  it('are shown as they are for the whole law, and as differences from it', () => {
    const rows = ablationTable(whole, [without, { ...whole, what: 'nothing' }]).split('\n');
    const cells = rows.map((row) => row.split(/ {2,}/));
    expect(cells[0]).toEqual(['without', '×3', '×10', 'all', 'worst', 'changes/h', 'worst in']);
    expect(cells.slice(2)).toEqual([
      ['(the whole law)', '2.000', '2.000', '2.000', '4.000', '3.000', 'long ×3 180 s'],
      ['patience', '+1.000', '−1.000', '−0.268', '+5.000', '−1.500', 'long ×3 180 s'],
      ['nothing', '0.000', '0.000', '0.000', '0.000', '0.000', 'long ×3 180 s'],
    ]);
  });

  it('are not made from two policies at once', () => {
    const cells = [cell(3, 'short', 1, 2), { ...cell(3, 'short', 1, 2), policy: 'hpa' }];
    expect(() => figuresOf('mixed', cells, secondsOf)).toThrow('mixed: expected the cells of one');
    expect(() => figuresOf('none', [], secondsOf)).toThrow('none: expected the cells of one');
  });
});
