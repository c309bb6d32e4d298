import { WINDOW_SECONDS } from '../control/demand-point.ts';
import type { LoadPoint } from '../control/types.ts';

/**
 * CloudWatch keeps a metric that is published without a storage resolution of 1 by the minute: all that a minute
 * counted stands at its beginning (PutMetricData, StorageResolution).
 */
const MINUTE_SECONDS = 60;

const WINDOWS_A_MINUTE = MINUTE_SECONDS / WINDOW_SECONDS;

/**
 * So many values on end at the beginning of a minute, and none between them, are a metric kept by the minute. Load that
 * comes in one window of each minute, at random, has a chance of one in 46,656 to look so.
 */
const LEAST_VALUES = 6;

/** Counted load, in windows. */
export interface WindowedLoad {
  /** Oldest window first. */
  readonly points: readonly LoadPoint[];
  /** Whether the newest of it was kept by the minute; of nothing, what was known before. */
  readonly isByTheMinute: boolean;
}

/**
 * Spreads what was counted by the minute over the windows of its minute. Read as ten seconds' load it would ask for six
 * times the instances.
 * @param sums counted in windows, oldest first
 * @param readableUntil up to when all load was counted, epoch seconds; a minute that is not over then may still grow
 * @param isKnown whether it was found to be kept by the minute before: a few values tell that as well then
 */
export function overTheirWindows(
  sums: readonly LoadPoint[],
  readableUntil: number,
  isKnown = false,
): WindowedLoad {
  const runs = runsOf(sums);
  const least = isKnown && runs.length === 1 ? 1 : LEAST_VALUES;
  const isKept = ({ areMinutes, values }: Run) => areMinutes && values.length >= least;
  const points = runs.flatMap((run) =>
    isKept(run) ? spread(run.values, readableUntil) : run.values,
  );
  const newest = runs.at(-1);
  return { points, isByTheMinute: newest ? isKept(newest) : isKnown };
}

interface Run {
  readonly areMinutes: boolean;
  readonly values: LoadPoint[];
}

/** Values that are the only ones of their minute and begin it, as long as they follow on each other, and all others. */
function runsOf(sums: readonly LoadPoint[]): Run[] {
  const runs: Run[] = [];
  for (const [i, point] of sums.entries()) {
    const next = sums[i + 1]?.startSeconds ?? Number.POSITIVE_INFINITY;
    const areMinutes = beginsMinute(point) && next >= point.startSeconds + MINUTE_SECONDS;
    const run = runs.at(-1);
    if (run?.areMinutes === areMinutes) run.values.push(point);
    else runs.push({ areMinutes, values: [point] });
  }
  return runs;
}

function beginsMinute({ startSeconds }: LoadPoint): boolean {
  return startSeconds % MINUTE_SECONDS === 0;
}

function spread(run: readonly LoadPoint[], readableUntil: number): LoadPoint[] {
  const whole = run.filter(({ startSeconds }) => startSeconds + MINUTE_SECONDS <= readableUntil);
  return whole.flatMap(({ startSeconds, value }) =>
    Array.from({ length: WINDOWS_A_MINUTE }, (_, i) => ({
      startSeconds: startSeconds + i * WINDOW_SECONDS,
      value: value / WINDOWS_A_MINUTE,
    })),
  );
}
