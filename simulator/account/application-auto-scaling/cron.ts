import { type DayMatch, dayOfMonth, dayOfWeek } from './cron-days.ts';
import { cronValues } from './cron-fields.ts';
import { invalidSchedule } from './errors.ts';
import { epochToWallMs, wallToEpochMs } from './time-zone.ts';

const DAY_MS = 86_400_000;
/** How far ahead a run is looked for: a leap day can be eight years away. */
const HORIZON_DAYS = 9 * 366;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** The fields of a cron expression: what matches. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly isDay: DayMatch;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

/**
 * Reads the six fields `minutes hours day-of-month month day-of-week year` with `*`, lists, ranges,
 * steps and names. One of the two fields of days is `?`, the other may have `L`, `W` or `#`. Throws
 * `ValidationException`.
 */
export function parseCron(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  if (parts.length !== 6) {
    throw invalidSchedule(
      `cron(${fields}) has ${parts.length} fields; the form is ` +
        'cron(minutes hours day-of-month month day-of-week year).',
    );
  }
  const [minutes, hours, ofMonth, months, ofWeek, years] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((ofMonth === '?') === (ofWeek === '?')) {
    throw invalidSchedule(
      `cron(${fields}) needs ? in one of day-of-month and day-of-week, and not in both.`,
    );
  }
  return {
    minutes: cronValues(minutes, 0, 59),
    hours: cronValues(hours, 0, 23),
    isDay: ofMonth === '?' ? dayOfWeek(ofWeek) : dayOfMonth(ofMonth),
    months: new Set(cronValues(months, 1, 12, MONTHS)),
    years: new Set(cronValues(years, 1970, 2199)),
  };
}

/** The first run strictly after an instant, in epoch milliseconds; undefined: none within nine years. */
export function nextCronMs(cron: Cron, afterMs: number, zone: string): number | undefined {
  const today = Math.floor(epochToWallMs(afterMs, zone) / DAY_MS);
  for (let day = today; day <= today + HORIZON_DAYS; day += 1) {
    if (!runsOn(cron, new Date(day * DAY_MS))) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const atMs = wallToEpochMs(day * DAY_MS + (hour * 60 + minute) * 60_000, zone);
        if (atMs > afterMs) return atMs;
      }
    }
  }
  return undefined;
}

function runsOn({ isDay, months, years }: Cron, date: Date): boolean {
  return years.has(date.getUTCFullYear()) && months.has(date.getUTCMonth() + 1) && isDay(date);
}
