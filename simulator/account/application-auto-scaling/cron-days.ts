import { cronValues } from './cron-fields.ts';

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const [SUNDAY, SATURDAY] = [0, 6];

/** Whether a day of the calendar, as midnight UTC, is meant. */
export type DayMatch = (date: Date) => boolean;

/** Day-of-month: 1–31, `L` for the last day, `15W` for the weekday nearest to the 15th. */
export function dayOfMonth(field: string): DayMatch {
  if (field === 'L') return (date) => date.getUTCDate() === lastOfMonth(date);
  const [, near] = /^(\d+)W$/.exec(field) ?? [];
  if (near !== undefined) {
    const [wanted = 0] = cronValues(near, 1, 31);
    return (date) => date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = new Set(cronValues(field, 1, 31));
  return (date) => days.has(date.getUTCDate());
}

/**
 * Day-of-week: 1–7 from Sunday on or names, `L` for Saturday, `6L` for the last Friday of a month,
 * `3#2` for its second Tuesday.
 */
export function dayOfWeek(field: string): DayMatch {
  if (field === 'L') return (date) => date.getUTCDay() === SATURDAY;
  const [, day = '', kind, count] = /^(\w+?)(?:(L)|#([1-5]))$/.exec(field) ?? [];
  if (day === '') {
    const days = new Set(cronValues(field, 1, 7, DAYS));
    return (date) => days.has(date.getUTCDay() + 1);
  }
  const [wanted] = cronValues(day, 1, 7, DAYS);
  return (date) =>
    date.getUTCDay() + 1 === wanted &&
    (kind === 'L'
      ? date.getUTCDate() + 7 > lastOfMonth(date)
      : Math.ceil(date.getUTCDate() / 7) === Number(count));
}

/** The weekday nearest to the `wanted`th, without leaving its month; undefined: it has no such day. */
function nearestWeekday(date: Date, wanted: number): number | undefined {
  const last = lastOfMonth(date);
  if (wanted > last) return undefined;
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), wanted)).getUTCDay();
  if (day === SATURDAY) return wanted === 1 ? 3 : wanted - 1;
  if (day === SUNDAY) return wanted === last ? wanted - 2 : wanted + 1;
  return wanted;
}

function lastOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
