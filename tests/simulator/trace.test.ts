import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { spacingNote } from '../../simulator/load/load.ts';
import { readTrace } from '../../simulator/load/trace.ts';

const folder = mkdtempSync(join(tmpdir(), 'trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...lines: string[]) => {
  const path = join(folder, 'load.csv');
  writeFileSync(path, lines.join('\n'));
  return [...readTrace(path).arrivals];
};

it.each([
  ['every second has a row', ['second,requests', '0,1', '1,0', '2,3'], [1, 0, 3]],
  ['seconds without requests have none', ['second,requests', '0,1', '3,2'], [1, 0, 0, 2]],
  ['they are epoch seconds', ['second,requests', '1800000000,1', '1800000002,2.5'], [1, 0, 2.5]],
  ['the header is quoted', ['"second","requests"', '0,1'], [1]],
  ['every cell is quoted', ['"second","requests"', '"0","1.5"', '"1","2"'], [1.5, 2]],
  ['the header is spaced', ['second, requests', '0, 1'], [1]],
  ['there are other columns', ['second,requests,tokens', '0,1,900'], [1]],
  ['it ends with empty lines', ['second,requests', '0,1', '', ''], [1]],
])('a trace is read when %s', (_, lines, arrivals) => {
  expect(read(...lines)).toEqual(arrivals);
});

it.each([
  ['within 92 days', 92 * 86_400 - 1, true],
  ['92 days later', 92 * 86_400, false],
])('its last second may be %s', (_, last, isRead) => {
  const run = () => read('second,requests', '0,1', `${last},1`).length;
  if (isRead) expect(run()).toBe(last + 1);
  else expect(run).toThrow(/load\.csv:3: expected a second less than 92 days after the first/);
});

it.each([
  ['the last time that is taken for seconds', 99_999_999_999, true],
  ['the first that is taken for milliseconds', 100_000_000_000, false],
])('%s', (_, second, isRead) => {
  const run = () => read('second,requests', `${second},1`);
  if (isRead) expect(run()).toEqual([1]);
  else
    expect(run).toThrow(/load\.csv:2: expected seconds, found \d+, which looks like milliseconds/);
});

it.each<[string, number[], RegExp | undefined]>([
  [
    'ten rows of minutes',
    Array.from({ length: 10 }, (_, i) => i * 60),
    /requests come every 60 s only/,
  ],
  ['rows of minutes with a gap', [0, 1, 2, 4, 5, 6, 7, 8, 9, 11].map((i) => i * 60), /every 60 s/],
  ['nine rows of minutes', Array.from({ length: 9 }, (_, i) => i * 60), undefined],
  [
    'one request between the minutes',
    [...Array.from({ length: 10 }, (_, i) => i * 60), 601],
    undefined,
  ],
  ['no request', [], undefined],
])('what is told of %s', (_, seconds, told) => {
  const arrivals = new Float64Array(700);
  for (const second of seconds) arrivals[second] = 5;
  const note = spacingNote({ name: 'load', arrivals });
  if (told) expect(note).toMatch(told);
  else expect(note).toBeUndefined();
});
