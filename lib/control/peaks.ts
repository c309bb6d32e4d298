import { inServiceAt } from './capacity-log.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { growth, LEAST_GROWTH } from './hidden.ts';
import { LONGEST_WAIT_SECONDS } from './longest-wait.ts';
import type { ControlConfig, LoadPoint, PeakModel, TargetState } from './types.ts';

/**
 * SageMaker publishes the requests under way as the peak of ten seconds in the busiest instance. For requests that come by
 * themselves that lies a few roots of the mean above the mean: ten times as high at light load, a third at heavy load. A mean that
 * is taken for such a peak has the first request look like an overload.
 */

/** Roots of the mean; peaks of ten seconds of requests that come by themselves lie no higher, whatever else was measured. */
const MOST_SPREAD = 4;

/**
 * Roots of the mean that the peak of the busiest of e times as many instances lies higher: the more, the farther off is one of
 * them. The highest of 4,000 normal counts lies 3.6 deviations above the mean, that of 200 lies 2.7: 0.3 for each factor
 * of e, from one instance to twenty.
 */
const SPREAD_OF_MORE = 0.3;

/** Peaks of one load lie apart by so many requests, or by so many roots of them, by chance. */
const CHANCE = { requests: 3, roots: 0.5 };

/** Requests that gather count beyond so many roots of what is under way: once in a hundred times they do by chance. */
const GATHERING_ROOTS = 2;

/** Few requests take so long: those that gather for so many windows on end wait. */
const QUEUED_WINDOWS = 3;

/** Windows whose mean says more than the newest alone, where they differ by chance only. */
const ALIKE_WINDOWS = 3;

/**
 * For so long before the end of a scale-in, instances that go may have been without requests, seconds: it takes about a
 * minute, and its end is seen at the next look.
 */
const LEAVING_SECONDS = 70;

/** A queue that grows or shrinks by less than this part of what instances at their target get stands still. */
const STILL_PART = 0.15;

/** Requests under way in one instance over a minute: their mean, and the mean of its peaks of ten seconds. */
export interface PeakMinute {
  readonly mean: number;
  /** In the busiest of the instances. */
  readonly peak: number;
  readonly instances: number;
}

/**
 * How many roots of the mean the peaks of one instance lie above it, in the middle one of minutes with load; zero
 * without one.
 */
export function spreadOf(minutes: readonly PeakMinute[]): number {
  const spreads = minutes
    .filter(({ mean }) => mean > 0)
    .map(({ mean, peak, instances }) => (peak - mean) / Math.sqrt(mean) - ofMore(instances))
    .sort((a, b) => a - b);
  const middle = spreads[Math.floor(spreads.length / 2)] ?? 0;
  return Math.min(Math.max(middle, 0), MOST_SPREAD);
}

/** The peak that goes with a mean. */
export function peakOf(mean: number, spread: number): number {
  return mean + spread * Math.sqrt(mean);
}

/** The mean that goes with a peak, the reverse of {@link peakOf}. */
export function meanOfPeak(peak: number, spread: number): number {
  const root = (Math.sqrt(spread * spread + 4 * peak) - spread) / 2;
  return root * root;
}

/** The peak of the busiest of so many instances that each carry this part of their target. */
export function peakAtPart(
  part: number,
  targetPerInstance: number,
  { spread }: Pick<PeakModel, 'spread'>,
  instances: number,
): number {
  return peakOf(part * meanOfPeak(targetPerInstance, spread), spread + ofMore(instances));
}

function ofMore(instances: number): number {
  return SPREAD_OF_MORE * Math.log(Math.max(1, instances));
}

/** Demand of a window as peaks tell it. */
export interface PeakDemand extends DemandPoint {
  /** Whether requests wait, so that demand is told by how many gather. */
  readonly isQueued: boolean;
}

type PeakConfig = Pick<ControlConfig, 'targetPerInstance' | 'riskPrice'>;

/**
 * Demand by the peaks of the busiest instance. Three times the load has not three times the peak, so what was under way on
 * average is told from it first, and compared with the mean of an instance at its target.
 *
 * What lies above that of instances at their limit is a queue, and no measure of what comes: ten seconds in which twice as
 * much comes as is served may leave a queue of a hundred times the target. What comes is what instances at their limit
 * serve and what the queue grows by, or, as those who wait have come within a minute, their number by its seconds. A
 * queue that stands still is of clients who wait for their answers: capacity grows towards it by as much as towards any
 * hidden demand. One that shrinks needs no more than is there.
 *
 * While the target is only assumed, it is as high as it can be, and what is under way says too little. But whoever has come
 * since the window before has come in ten seconds, however long requests take.
 */
export function demandOfPeaks(
  load: readonly LoadPoint[],
  { spread, requestsPerSecond, isAssumed }: PeakModel,
  { targetPerInstance, riskPrice }: PeakConfig,
  capacityLog: TargetState['capacityLog'],
): PeakDemand[] {
  const atTarget = meanOfPeak(targetPerInstance, spread);
  const towardsStill = Math.max(LEAST_GROWTH, growth(riskPrice));
  let before: (DemandPoint & { readonly underWay: number }) | undefined;
  let growing = 0;
  return load.map(({ startSeconds }, i) => {
    const instances = busyAt(capacityLog, startSeconds);
    const peak = withoutChance(load, i, capacityLog);
    const underWay = instances * meanOfPeak(peak, spread + ofMore(instances));
    const previous = before?.startSeconds === startSeconds - WINDOW_SECONDS ? before : undefined;
    const known = Math.min(underWay / atTarget, comes());
    const demand = isAssumed ? Math.max(known, gathers()) : known;
    before = { startSeconds, underWay, demand };
    const isQueued = underWay / atTarget > LEAST_GROWTH * instances;
    return { startSeconds, demand, isQueued: isQueued || demand > known };

    /** At most: as long as nothing waits, what is under way tells. */
    function comes(): number {
      const limit = LEAST_GROWTH * instances;
      if (underWay / atTarget <= limit) return limit;
      if (previous && isChanging(capacityLog, startSeconds)) return previous.demand;
      const hasGrown = previous ? underWay - previous.underWay : 0;
      const growsBy = hasGrown / WINDOW_SECONDS / requestsPerSecond;
      if (growsBy < -STILL_PART * instances) return instances;
      const waiting = underWay - limit * atTarget;
      const cameBy = waiting / LONGEST_WAIT_SECONDS / requestsPerSecond;
      const isStill = growsBy < STILL_PART * instances;
      return Math.max(limit + Math.max(growsBy, cameBy), isStill ? towardsStill * instances : 0);
    }

    /**
     * At least: where more gather than so many instances can have, or for longer than most requests take, these serve as many as
     * they are meant to beside.
     */
    function gathers(): number {
      const hasGrown = previous ? underWay - previous.underWay : 0;
      const isGrowth = hasGrown > chanceOf(underWay, GATHERING_ROOTS);
      growing = isGrowth ? growing + 1 : 0;
      if (!isGrowth || isChanging(capacityLog, startSeconds)) return 0;
      const growsBy = hasGrown / WINDOW_SECONDS / requestsPerSecond;
      const isQueue = growsBy > LEAST_GROWTH * instances || growing >= QUEUED_WINDOWS;
      return isQueue ? growsBy + instances : growsBy;
    }
  });
}

/** The peak of a window, or the mean of the last few, where they differ by no more than chance. */
function withoutChance(
  load: readonly LoadPoint[],
  index: number,
  capacityLog: TargetState['capacityLog'],
): number {
  const { value, startSeconds } = load[index] as LoadPoint;
  const chance = chanceOf(value);
  const instances = busyAt(capacityLog, startSeconds);
  let [sum, count] = [value, 1];
  for (; count < ALIKE_WINDOWS; count += 1) {
    const earlier = load[index - count];
    if (!earlier || Math.abs(earlier.value - value) > chance) break;
    if (busyAt(capacityLog, earlier.startSeconds) !== instances) break;
    sum += earlier.value;
  }
  return sum / count;
}

/** How far two counts of one load may lie apart. */
function chanceOf(requests: number, roots: number = CHANCE.roots): number {
  return Math.max(CHANCE.requests, roots * Math.sqrt(requests));
}

/** Whether capacity changed so near to a window that nobody knows how many instances its peak is of. */
function isChanging(capacityLog: TargetState['capacityLog'], startSeconds: number): boolean {
  return capacityLog.some(
    ([sinceSeconds], i) =>
      i > 0 &&
      sinceSeconds > startSeconds - WINDOW_SECONDS &&
      sinceSeconds <= startSeconds + 2 * WINDOW_SECONDS,
  );
}

/** Instances that had requests: those that a scale-in takes are counted until it is over. */
function busyAt(capacityLog: TargetState['capacityLog'], startSeconds: number): number {
  return Math.min(
    inServiceAt(capacityLog, startSeconds),
    inServiceAt(capacityLog, startSeconds + LEAVING_SECONDS),
  );
}
