import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const docs = resolve(import.meta.dirname, '../../docs');
const page = (name: string) => readFileSync(join(docs, name), 'utf8').replace(/\s+/g, ' ');

/** Rows of the table of a target's metrics, each with the names that it tells of. */
const rows = (readFileSync(join(docs, 'metrics.md'), 'utf8').split('\n## ')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => ({ line, names: (line.split('|')[1] ?? '').match(/`\w+`/g) ?? [] }));

const count = (isMeant: (line: string) => boolean) =>
  rows.filter(({ line }) => isMeant(line)).flatMap(({ names }) => names).length;

it.each([
  ['a busy target', 'thirteen', 13, (line: string) => !line.includes('once for each')],
  ['an hour with a scale-out', 'two more', 2, (line: string) => line.includes('once for each')],
])('tells how many metrics %s writes: %s', (_, word, expected, isMeant) => {
  expect(count(isMeant)).toBe(expected);
  for (const name of ['metrics.md', 'cost.md']) expect(page(name)).toContain(word);
});
