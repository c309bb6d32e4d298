import { InvalidArgumentError } from 'commander';

/** Reads a moment: epoch milliseconds. */
export function time(text: string): number {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const ms = Date.parse(hasZone ? text : `${text.includes('T') ? text : `${text}T00:00`}Z`);
  const [day = ''] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (isDay(day) && !Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError(
    'Expected a time like 2026-01-05T09:12 or 2026-01-05T09:12:30+01:00.',
  );
}

/** Whether there is that day: February 30 would be read as a day of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
