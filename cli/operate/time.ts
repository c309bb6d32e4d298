import { InvalidArgumentError } from 'commander';

/** Reads a moment: epoch milliseconds. */
export function time(text: string): number {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const ms = Date.parse(hasZone ? text : `${text.includes('T') ? text : `${text}T00:00`}Z`);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError(
    'Expected a time like 2026-01-05T09:12 or 2026-01-05T09:12:30+01:00.',
  );
}
