import { Cron } from 'croner';
import { parseSchedule } from '../application-auto-scaling/schedule.ts';
import { requireTimeZone } from '../application-auto-scaling/time-zone.ts';
import { validationFailure } from './errors.ts';

const MINUTE_MS = 60_000;

/** PT1M to P15D (PutAlarmMuteRule, Schedule). */
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 15 * 24 * 60 * MINUTE_MS;

const FIELDS = /^[A-Za-z\d*,/-]+(?: +[A-Za-z\d*,/-]+){4}$/;

/** The first start of a mute window strictly after an instant; undefined: none. Epoch milliseconds. */
export type StartsAfter = (afterMs: number) => number | undefined;

/**
 * Reads `at(yyyy-MM-ddThh:mm)` or `cron(fields)` with the five fields of PutAlarmMuteRule. All that
 * is wrong with it is refused here: alarms are evaluated with nobody there to hear of it. Throws
 * `ValidationError`.
 */
export function muteStarts(expression: string, zone: string): StartsAfter {
  refusing('Rule.Schedule', () => requireTimeZone(zone));
  const [, kind, argument = ''] = /^(at|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'at') {
    const once = refusing('Rule.Schedule', () => parseSchedule(expression, zone, 0));
    return (afterMs) => once.nextMs(afterMs);
  }
  if (kind !== 'cron' || !FIELDS.test(argument)) {
    throw validationFailure(
      `Rule.Schedule.Expression "${expression}" cannot be read; use at(yyyy-MM-ddThh:mm) or ` +
        'cron(minutes hours day-of-month month day-of-week) with *, -, / and names.',
    );
  }
  const cron = refusing(
    `Rule.Schedule.Expression "${expression}"`,
    () => new Cron(argument, { paused: true, timezone: zone, mode: '5-part' }),
  );
  return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
}

/** `P2DT12H` and the like. Throws `ValidationError`. */
export function muteDurationMs(text: string): number {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  const [d, h, m] = [days, hours, minutes].map((number) => Number(number ?? 0)) as [
    number,
    number,
    number,
  ];
  const durationMs = ((d * 24 + h) * 60 + m) * MINUTE_MS;
  if (durationMs >= SHORTEST_MS && durationMs <= LONGEST_MS) return durationMs;
  throw validationFailure(`Duration "${text}" is not one of PT1M to P15D.`);
}

/** Runs a reader of other words for a refusal and refuses as CloudWatch does. */
function refusing<Result>(member: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw validationFailure(`${member}: ${(error as Error).message}`);
  }
}
