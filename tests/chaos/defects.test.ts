import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFECTS } from './defects.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

/** How often a text stands in a file. */
const countIn = (file: string, text: string) => read(file).split(text).length - 1;

// The check itself takes minutes; that it is out of date should show at once.
describe('a defect', () => {
  it.each(DEFECTS)('can be put in: $what', ({ file, from, to }) => {
    expect(countIn(file, from)).toBe(1);
    expect(to).not.toBe(from);
  });

  it.each(DEFECTS)('is looked for by a test that is there: $what', ({ net }) => {
    if ('stories' in net) expect(net.stories.runs).toBeGreaterThan(0);
    else expect(countIn(net.tests, net.named ?? 'describe(')).toBeGreaterThan(0);
  });
});

it('the docs count them', () => {
  expect(read('docs/robustness.md')).toContain(
    `spoils the code on purpose, ${DEFECTS.length} times`,
  );
});
