import { nextCronMs, parseCron } from './cron.ts';
import { invalidSchedule } from './errors.ts';
import { wallToEpochMs } from './time-zone.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** When a scheduled action runs. */
export interface Schedule {
  readonly isOneTime: boolean;
  /** The first run strictly after an instant; undefined: no more. Epoch milliseconds. */
  nextMs(afterMs: number): number | undefined;
}

/**
 * Reads `at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)` or `cron(fields)`. Throws `ValidationException`.
 * @param zone the time zone of `at` and `cron`
 * @param rateFromMs the instant that runs at a rate are counted from
 */
export function parseSchedule(expression: string, zone: string, rateFromMs: number): Schedule {
  const [, kind, argument = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression.trim()) ?? [];
  switch (kind) {
    case 'at': {
      const atMs = parseAt(expression, argument, zone);
      return { isOneTime: true, nextMs: (afterMs) => (atMs > afterMs ? atMs : undefined) };
    }
    case 'rate': {
      const periodMs = parseRate(expression, argument);
      const nextMs = (afterMs: number) => {
        const runs = Math.max(0, Math.floor((afterMs - rateFromMs) / periodMs));
        return rateFromMs + (runs + 1) * periodMs;
      };
      return { isOneTime: false, nextMs };
    }
    case 'cron': {
      const cron = parseCron(argument);
      return { isOneTime: false, nextMs: (afterMs) => nextCronMs(cron, afterMs, zone) };
    }
    default:
      throw invalidSchedule(
        `"${expression}" cannot be read; use at(yyyy-mm-ddThh:mm:ss), ` +
          'rate(value unit) or cron(fields).',
      );
  }
}

function parseAt(expression: string, argument: string, zone: string): number {
  const fields = /^(\d{4})-(\d\d?)-(\d\d?)T(\d\d?):(\d\d?)(?::(\d\d?))?$/.exec(argument);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
    fields?.slice(1).map((field) => Number(field ?? 0)) ?? [];
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const wall = new Date(wallMs);
  const isReal =
    wall.getUTCMonth() === month - 1 &&
    wall.getUTCDate() === day &&
    wall.getUTCHours() === hour &&
    wall.getUTCMinutes() === minute &&
    wall.getUTCSeconds() === second;
  if (!fields || !isReal) {
    throw invalidSchedule(`"${expression}" names no time; the form is at(yyyy-mm-ddThh:mm:ss).`);
  }
  return wallToEpochMs(wallMs, zone);
}

function parseRate(expression: string, argument: string): number {
  const [, count = '', unit = ''] = /^(\d+) +(minute|hour|day)s?$/.exec(argument.trim()) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined || Number(count) < 1) {
    throw invalidSchedule(
      `"${expression}" names no rate; the form is rate(value unit) with a positive ` +
        'value and a unit of minute(s), hour(s) or day(s).',
    );
  }
  return Number(count) * unitMs;
}
