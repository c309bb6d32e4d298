import { describe, expect, it, vi } from 'vitest';
import { EXIT, Exit, tellExit } from '../../cli/exit.ts';

describe('a message on standard error', () => {
  it.each([
    ['shows no command to a terminal', '\u001b[2J\u0007A', '\ufffd[2J\ufffdA'],
    ['does not begin a line anew', 'a\rb', 'a\ufffdb'],
    ['keeps the lines and tabs that it quotes', '{\r\n\t"a": 1\n', '{\r\n\t"a": 1\n'],
  ])('%s', (_, message, shown) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(tellExit('tool', new Exit(EXIT.usage, message))).toBe(EXIT.usage);
    expect(write.mock.calls).toEqual([[`tool: ${shown}\n`]]);
  });
});
