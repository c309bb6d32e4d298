import type { Entry, Story } from '../../lib/operate/explain.ts';
import { kindOf } from '../../lib/operate/headline.ts';
import { clockTime, day } from '../../lib/operate/words.ts';
import type { Printer } from './print.ts';

const COLOURS = {
  out: 'green',
  in: 'cyan',
  held: 'yellow',
  bounds: 'dim',
  notice: 'magenta',
} as const;

/** A story with its day, times in UTC. */
export function printStory(printer: Printer, { summary, entries }: Story): void {
  if (summary) printer.paragraph(summary, '');
  let shownDay = '';
  for (const entry of entries) {
    const atMs = Date.parse(entry.at);
    if (day(atMs) !== shownDay) {
      shownDay = day(atMs);
      printer.line();
      printer.line(printer.paint('dim', `${shownDay}, times in UTC`));
    }
    printer.line();
    printEntry(printer, entry, '');
  }
}

/** One decision: time, headline, and the reasons below it. */
export function printEntry(printer: Printer, entry: Entry, indent: string): void {
  const { at, headline, record, sentences } = entry;
  const colour = record.outcome.status === 'failed' ? 'red' : COLOURS[kindOf(record)];
  printer.line(`${indent}${clockTime(Date.parse(at))}  ${printer.paint(colour, headline)}`);
  for (const text of sentences) printer.paragraph(text, `${indent}          `);
}
