import type { CodeBlock } from './markdown.ts';

/** One command of a block, as words. */
export interface ShellCommand {
  readonly line: number;
  readonly words: readonly string[];
}

/** Languages of blocks that hold commands. */
const SHELL = new Set(['sh', 'bash', 'shell', 'console']);

/**
 * The commands of a block: one a line, or several behind `&&`, `||`, `;` and pipes. Of a console only
 * what stands behind the prompt; lines that end in a backslash go on.
 */
export function commandsOf({ language, text, line }: CodeBlock): ShellCommand[] {
  if (!SHELL.has(language)) return [];
  const commands: ShellCommand[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const at = line + i;
    let source = lines[i] ?? '';
    if (language === 'console') {
      if (!source.startsWith('$ ')) continue;
      source = source.slice(2);
    }
    while ((source.endsWith('\\') || isOpen(source)) && i + 1 < lines.length) {
      i += 1;
      source = `${source.replace(/\\$/, '')}\n${lines[i]}`;
    }
    for (const words of split(source)) {
      // Variables that are set for one command.
      while (/^[A-Z_]+=/.test(words[0] ?? '')) words.shift();
      if (words.length > 0) commands.push({ line: at, words });
    }
  }
  return commands;
}

/** True inside a single quotation that goes on in the next line. */
function isOpen(source: string): boolean {
  return (source.replace(/"[^"]*"/g, '').match(/'/g)?.length ?? 0) % 2 === 1;
}

const ENDS = new Set(['&&', '||', '|', ';', '&']);

/** Words of each command, by the rules of a shell as far as documentation uses them. */
export function split(source: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const end = () => {
    if (word !== undefined) {
      if (ENDS.has(word)) commands.push([]);
      else commands.at(-1)?.push(word);
    }
    word = undefined;
  };
  for (let i = 0; i < source.length; i += 1) {
    const character = source[i] as string;
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (quote === '"' && character === '\\') word = (word ?? '') + source[++i];
      else word = (word ?? '') + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      end();
    } else if (character === '#' && word === undefined) {
      break;
    } else if (character === ';') {
      end();
      commands.push([]);
    } else {
      word = (word ?? '') + character;
    }
  }
  end();
  return commands.map(withoutRedirections).filter((words) => words.length > 0);
}

function withoutRedirections(words: readonly string[]): string[] {
  const at = words.findIndex((word) => /^\d?[<>]/.test(word));
  return at < 0 ? [...words] : words.slice(0, at);
}
