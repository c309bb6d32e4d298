import { describe, expect, it } from 'vitest';
import { fastScalerProgram } from '../../cli/program.ts';

const full = await fastScalerProgram();
const names = full.commands.map((command) => command.name());

describe('the command line', () => {
  it.each(names)('that will be asked for %s has it, and not all the others', async (name) => {
    const { commands } = await fastScalerProgram(name);
    const its = commands.find((command) => command.name() === name);
    const whole = full.commands.find((command) => command.name() === name);
    expect(its?.helpInformation()).toBe(whole?.helpInformation());
    expect(commands.length).toBeLessThan(names.length);
  });

  it.each(['help', 'statsu', '--version', ''])('asked for %j has every command', async (name) => {
    const { commands } = await fastScalerProgram(name);
    expect(commands.map((command) => command.name())).toEqual(names);
  });
});
