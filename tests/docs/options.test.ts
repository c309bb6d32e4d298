import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { fastScalerProgram } from '../../cli/program.ts';
import { ROOT } from './markdown.ts';

const program = await fastScalerProgram();

/** Options in a page's section of that name, a table whose first two columns are their names and their defaults. */
function documented(page: string): [option: string, standard: string][] {
  const [, text = ''] = readFileSync(join(ROOT, page), 'utf8').split('\n## Options\n');
  const [section = ''] = text.split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('| `--'));
  return rows.flatMap((line) => {
    const [names = '', standards = ''] = line.split('|').slice(1, 3);
    const given = [...standards.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value);
    return [...names.matchAll(/`([^`]+)`/g)].map(([, option = ''], i): [string, string] => [
      option,
      given[i] ?? '',
    ]);
  });
}

describe('the options of emulate', () => {
  const { options } = program.commands.find((each) => each.name() === 'emulate') as Command;

  it('are those that the page lists, with their defaults', () => {
    const real = options.map(({ long, defaultValue, negate }) => [
      long,
      negate || defaultValue === undefined ? '' : String(defaultValue),
    ]);
    expect(documented('docs/emulate.md').sort()).toEqual(real.sort());
  });
});

describe('every command', () => {
  const leaves = (command: Command): Command[] =>
    command.commands.length > 0 ? command.commands.flatMap(leaves) : [command];
  const commands = leaves(program).map((command) => [command.name(), command] as const);

  it.each(commands.filter(([name]) => name !== 'emulate'))('%s can print JSON', (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  it.each(commands)('%s says what each option is for', (_, { options }) => {
    expect(options.filter(({ description }) => description === '')).toEqual([]);
  });
});
