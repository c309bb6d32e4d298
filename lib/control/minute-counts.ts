import { inServiceAt } from './capacity-log.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { LONGEST_WAIT_SECONDS } from './longest-wait.ts';
import type { PeakDemand } from './peaks.ts';
import type { LoadPoint, TargetState } from './types.ts';

/**
 * SageMaker counts the requests of every minute, and tells a minute or two late. Peaks come at once, and are one, two or three
 * where few requests are under way: the busiest of twenty instances has one whether they are idle or half used. So what was
 * counted says how high the level is, and peaks say how it has moved since.
 */

const MINUTE_SECONDS = 60;

/** Fewer windows of a minute are no measure of it. */
const FEWEST_WINDOWS = 4;

/** Minutes that tell by how much peaks are off at present. */
const RECENT_MINUTES = 5;

/** Peaks are never off by more, downwards: of requests that last for minutes most were counted long ago. */
const LEAST_RATIO = 1 / 20;

/** A queue that is no longer than by so much than one that counts showed to be of chance may be of chance as well. */
const CHANCE_MARGIN = 1.25;

/** Chance has no more wait than so many times what is in service: a metric that says so is wrong, or no chance. */
const MOST_CHANCE = 3;

/**
 * Demand as peaks and counts tell it together. Where requests wait, counts may be of those served, and peaks tell more; no fewer
 * come than were counted.
 * @param counts requests of all instances by the minute, oldest first
 * @param requestsPerMinute that an instance is meant to carry
 */
export function byCounts(
  points: readonly PeakDemand[],
  counts: readonly LoadPoint[],
  requestsPerMinute: number,
  capacityLog: TargetState['capacityLog'],
): DemandPoint[] {
  const known = knownMinutes(points, counts, requestsPerMinute, capacityLog);
  const recent = known.slice(-RECENT_MINUTES);
  const since = ratioOf(recent);
  const chance = CHANCE_MARGIN * Math.max(0, ...recent.map((minute) => minute.chance));
  const countedIn = new Map(
    counts.map(({ startSeconds, value }) => [startSeconds, value / requestsPerMinute]),
  );
  const newest = (counts.at(-1)?.value ?? 0) / requestsPerMinute;
  const ratios = new Map(known.map((minute) => [minute.startSeconds, ratioOf([minute])]));
  return points.map((point) => {
    const { startSeconds, demand, isQueued } = point;
    const minute = minuteOf(point);
    const ratio = ratios.get(minute);
    if (ratio !== undefined) return { startSeconds, demand: demand * ratio };
    const counted = countedIn.get(minute);
    const isTold = isQueued && (demand > chance || counted !== undefined);
    if (!isTold) return { startSeconds, demand: demand * since };
    // A queue that shrinks is told as what is in service, and says that fewer come than did.
    const isStanding = demand > inServiceAt(capacityLog, startSeconds);
    return { startSeconds, demand: Math.max(demand, counted ?? (isStanding ? newest : 0)) };
  });
}

/** A minute of which it is known how much came, by no queue in the way. */
interface KnownMinute {
  readonly startSeconds: number;
  /** Demand as peaks told it, and by what was counted. */
  readonly told: number;
  readonly counted: number;
  /** The most that was told of requests that waited by chance. */
  readonly chance: number;
}

/**
 * Requests that wait though no more came than the instances are meant to carry wait by chance, unless they are left of a time
 * in which more came: for as long as one may wait.
 */
function knownMinutes(
  points: readonly PeakDemand[],
  counts: readonly LoadPoint[],
  requestsPerMinute: number,
  capacityLog: TargetState['capacityLog'],
): KnownMinute[] {
  const minutes = Map.groupBy(points, minuteOf);
  let overUntilSeconds = Number.NEGATIVE_INFINITY;
  return counts.flatMap(({ startSeconds, value }) => {
    const windows = minutes.get(startSeconds) ?? [];
    if (windows.length < FEWEST_WINDOWS) return [];
    const counted = value / requestsPerMinute;
    const queued = windows.filter(({ isQueued }) => isQueued).map(({ demand }) => demand);
    const inService = Math.min(
      ...windows.map((window) => inServiceAt(capacityLog, window.startSeconds)),
    );
    const isOver = counted > inService;
    const isLeft = startSeconds < overUntilSeconds + LONGEST_WAIT_SECONDS;
    if (isOver) overUntilSeconds = startSeconds + MINUTE_SECONDS;
    if (queued.length > 0 && (isOver || isLeft)) return [];
    const most = MOST_CHANCE * inService;
    const told = windows.reduce((sum, { demand }) => sum + Math.min(demand, most), 0);
    const chance = Math.min(Math.max(0, ...queued), most);
    return [{ startSeconds, told: told / windows.length, counted, chance }];
  });
}

/** What was counted, over what peaks told. */
function ratioOf(minutes: readonly Pick<KnownMinute, 'told' | 'counted'>[]): number {
  const told = minutes.reduce((sum, minute) => sum + minute.told, 0);
  const counted = minutes.reduce((sum, minute) => sum + minute.counted, 0);
  return told > 0 ? Math.max(LEAST_RATIO, counted / told) : 1;
}

/** A window lies in the minute that its middle lies in. */
function minuteOf({ startSeconds }: Pick<DemandPoint, 'startSeconds'>): number {
  const middle = startSeconds + WINDOW_SECONDS / 2;
  return Math.floor(middle / MINUTE_SECONDS) * MINUTE_SECONDS;
}
