import { Cron } from 'croner';

/** Five fields: minute, hour, day of the month, month, day of the week. */
function cronOf(pattern: string, timezone: string): Cron {
  return new Cron(pattern, { timezone, mode: '5-part', paused: true });
}

/** What is wrong with a cron expression; undefined when it is one that will run. */
export function cronFault(pattern: string): string | undefined {
  const fields = pattern.split(/\s+/).filter((field) => field !== '').length;
  // The library would tell of six and seven fields, which it knows and a window does not.
  if (fields !== 5 && !pattern.startsWith('@')) {
    return `"${pattern}" is no cron expression of five fields: it has ${fields}`;
  }
  try {
    return cronOf(pattern, 'UTC').nextRun(new Date(0)) ? undefined : `"${pattern}" never comes`;
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, '');
    return `"${pattern}" is no cron expression of five fields: ${why}`;
  }
}

/** Whether this is an IANA time zone, as far as the runtime knows them. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The last time at or before `nowSeconds` at which a schedule ran, and the first after it. Epoch
 * seconds. A time that a change of the clocks skips comes right after the change, one that it repeats
 * comes the first time only.
 */
export function runsAround(pattern: string, timeZone: string, nowSeconds: number): number[] {
  const cron = cronOf(pattern, timeZone);
  // The runs before a moment leave the moment itself out.
  const justAfter = new Date((Math.floor(nowSeconds) + 1) * 1000);
  const runs = [cron.previousRuns(1, justAfter)[0], cron.nextRun(new Date(nowSeconds * 1000))];
  return runs.flatMap((run) => (run ? [run.getTime() / 1000] : []));
}
