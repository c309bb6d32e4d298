import { invalidSchedule } from './errors.ts';

/** The values of a field of `*`, lists, ranges, steps and names, in order. Throws `ValidationException`. */
export function cronValues(
  field: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): number[] {
  const found = new Set<number>();
  for (const item of field.split(',')) {
    const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item);
    if (!match) throw unreadableField(field);
    const [, from = '*', to, step] = match;
    const first = from === '*' ? least : cronNumber(from, least, names, field);
    // A start with a step and no end, such as 0/15, runs to the end of the field.
    const open = from === '*' || step !== undefined ? most : first;
    const last = to === undefined ? open : cronNumber(to, least, names, field);
    const stride = step === undefined ? 1 : Number(step);
    if (first < least || last > most || first > last || stride < 1) throw unreadableField(field);
    for (let value = first; value <= last; value += stride) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function cronNumber(text: string, least: number, names: readonly string[], field: string): number {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + least;
  if (!/^\d+$/.test(text)) throw unreadableField(field);
  return Number(text);
}

function unreadableField(field: string): Error {
  return invalidSchedule(
    `cron field "${field}" cannot be read; it takes *, lists, ranges, steps and names, the fields ` +
      'of days also ?, L, W (day-of-month) and # (day-of-week).',
  );
}
