import { styleText } from 'node:util';
import type { Output, Surroundings } from './surroundings.ts';

type Style = Parameters<typeof styleText>[0];

/** Writes to the terminal, in colours where that is one and nobody said NO_COLOR. */
export class Printer {
  readonly #output: Output;
  readonly #hasColours: boolean;

  constructor({ stdout, environment }: Surroundings) {
    this.#output = stdout;
    const isWanted = (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
    this.#hasColours = stdout.isTTY === true && isWanted;
  }

  line(text = ''): void {
    this.#output.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  paint(style: Style, text: string): string {
    return this.#hasColours ? styleText(style, text, { validateStream: false }) : text;
  }

  /**
   * Text broken at spaces, to lines that fit beside an indent. Its own lines stay apart, and
   * the first may begin with a mark.
   */
  paragraph(text: string, indent: string, first = indent): void {
    for (const [i, part] of text.split('\n').entries()) {
      this.#wrap(part.trimStart(), indent, i === 0 ? first : indent);
    }
  }

  #wrap(text: string, indent: string, first: string): void {
    const width = Math.max(40, Math.min(this.#output.columns ?? 100, 120)) - indent.length;
    let line = '';
    let before = first;
    for (const word of text.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        this.line(before + line);
        before = indent;
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    if (line !== '') this.line(before + line);
  }
}

/** Lines as they are, or as much of each as a terminal has room for: a table that wraps cannot be read. */
export function fitted(text: string, { isTTY, columns }: Output): string {
  // A terminal that does not know its width says 0.
  if (isTTY !== true || !columns) return text;
  const cut = (line: string) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
  return text.split('\n').map(cut).join('\n');
}
