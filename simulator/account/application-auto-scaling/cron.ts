import { validationError } from '../service.ts';
import { epochToWallMs, wallToEpochMs } from './time-zone.ts';

const DAY_MS = 86_400_000;
/** How far ahead a run is looked for: a leap day can be eight years away. */
const HORIZON_DAYS = 9 * 366;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The fields of a cron expression: the values that match. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 1 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

/**
 * Reads the six fields `minutes hours day-of-month month day-of-week year` with `*`, `?`, lists,
 * ranges, steps and names. Throws `ValidationException`.
 */
export function parseCron(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  if (parts.length !== 6) {
    throw validationError(
      `Schedule cron(${fields}) has ${parts.length} fields; the form is ` +
        'cron(minutes hours day-of-month month day-of-week year).',
    );
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    minutes: values(minutes, 0, 59),
    hours: values(hours, 0, 23),
    daysOfMonth: new Set(values(daysOfMonth, 1, 31)),
    months: new Set(values(months, 1, 12, MONTHS)),
    daysOfWeek: new Set(values(daysOfWeek, 1, 7, DAYS)),
    years: new Set(values(years, 1970, 2199)),
  };
}

/** The first run strictly after an instant, in epoch milliseconds; undefined: none within nine years. */
export function nextCronMs(cron: Cron, afterMs: number, zone: string): number | undefined {
  const today = Math.floor(epochToWallMs(afterMs, zone) / DAY_MS);
  for (let day = today; day <= today + HORIZON_DAYS; day += 1) {
    if (!isDay(cron, new Date(day * DAY_MS))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const atMs = wallToEpochMs(day * DAY_MS + (hour * 60 + minute) * 60_000, zone);
        if (atMs > afterMs) return atMs;
      }
    }
  }
  return undefined;
}

function isDay({ daysOfMonth, months, daysOfWeek, years }: Cron, date: Date): boolean {
  return (
    years.has(date.getUTCFullYear()) &&
    months.has(date.getUTCMonth() + 1) &&
    daysOfMonth.has(date.getUTCDate()) &&
    daysOfWeek.has(date.getUTCDay() + 1)
  );
}

function values(field: string, least: number, most: number, names: string[] = []): number[] {
  const found = new Set<number>();
  for (const item of field.split(',')) {
    const match = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item);
    if (!match) throw unreadable(field);
    const [, from = '*', to, step] = match;
    const isAny = from === '*' || from === '?';
    const first = isAny ? least : number(from, names, least, field);
    // A start with a step and no end, such as 0/15, runs to the end of the field.
    const open = isAny || step !== undefined ? most : first;
    const last = to === undefined ? open : number(to, names, least, field);
    const stride = step === undefined ? 1 : Number(step);
    if (first < least || last > most || first > last || stride < 1) throw unreadable(field);
    for (let value = first; value <= last; value += stride) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function number(text: string, names: readonly string[], least: number, field: string): number {
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + least : Number(text);
  if (!Number.isInteger(value)) throw unreadable(field);
  return value;
}

function unreadable(field: string): Error {
  return validationError(
    `Cron field "${field}" cannot be read; the embedded account takes *, ?, lists, ranges, ` +
      'steps and names.',
  );
}
