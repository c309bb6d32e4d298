import { validationError } from '../service.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws `ValidationException` unless `zone` is an IANA time zone. */
export function requireTimeZone(zone: string): void {
  try {
    format(zone);
  } catch {
    throw validationError(
      `Timezone ${zone} is not a canonical name of an IANA time zone, such as Europe/Paris.`,
    );
  }
}

/**
 * Epoch milliseconds of a wall-clock time in a zone. A time that the change to summer time leaves
 * out means the moment after it by the same distance; one that occurs twice means the first.
 * @param wallMs the wall-clock time, as if it were UTC
 */
export function wallToEpochMs(wallMs: number, zone: string): number {
  // The offset before the instant and the one after it differ only around a change of offset.
  const candidates = [-1, 1].map((days) => wallMs - offsetMs(wallMs + days * 86_400_000, zone));
  const exact = candidates.filter((atMs) => atMs + offsetMs(atMs, zone) === wallMs);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** The wall-clock time in a zone at an instant, as if it were UTC. */
export function epochToWallMs(atMs: number, zone: string): number {
  return atMs + offsetMs(atMs, zone);
}

function offsetMs(atMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format(zone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallMs - Math.floor(atMs / 1000) * 1000;
}

function format(zone: string): Intl.DateTimeFormat {
  let known = formats.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, known);
  }
  return known;
}
