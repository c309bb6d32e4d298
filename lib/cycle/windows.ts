import { runsAround } from '../config/schedule.ts';
import type { ScheduledWindow } from '../config/schema.ts';
import type { CapacityWindow } from '../control/windows.ts';
import { type Prewarm, prewarmWindow } from '../prewarm/prewarm.ts';

/**
 * Everything that wants instances for a time, as far as it bears on now: of each schedule the window
 * that began last and the one that begins next, and every prewarm that is not over.
 */
export function capacityWindows(
  schedule: readonly ScheduledWindow[],
  prewarms: readonly Prewarm[],
  nowSeconds: number,
): CapacityWindow[] {
  return [
    ...schedule.flatMap((window) => occurrences(window, nowSeconds)),
    ...prewarms.map(prewarmWindow),
  ].filter(({ untilSeconds }) => untilSeconds > nowSeconds);
}

function occurrences(
  { cron, timeZone, durationMinutes, minInstances, maxInstances }: ScheduledWindow,
  nowSeconds: number,
): CapacityWindow[] {
  return runsAround(cron, timeZone, nowSeconds).map((fromSeconds) => ({
    source: 'schedule',
    fromSeconds,
    untilSeconds: fromSeconds + durationMinutes * 60,
    atLeast: minInstances ?? null,
    atMost: maxInstances ?? null,
  }));
}
