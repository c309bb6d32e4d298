import { clamp } from './baseline.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand.ts';
import { RecentDemand } from './recent.ts';
import { candidatesFor, type Setting } from './settings.ts';
import { wholeInstances } from './size.ts';
import type { Bounds, Shadow, Tuning } from './types.ts';

/** How long a scale-in locks the endpoint in the shadows' world, seconds. */
const SCALE_IN_LOCK_SECONDS = 60;

/** A window's cost weighs half after this long, so that the choice follows the load's character. */
const HALF_LIFE_SECONDS = 6 * 3600;

/** Nothing is chosen on less than this much of scored demand, seconds. */
const WARM_UP_SECONDS = 1800;

/** A candidate must be cheaper by this share to take over. */
const ADVANTAGE = 0.001;

const DECAY = 0.5 ** (WINDOW_SECONDS / HALF_LIFE_SECONDS);

/** Windows that are not readable yet when one begins: the one before it is still under way. */
const UNREADABLE_SECONDS = 2 * WINDOW_SECONDS;

export interface TuningInput {
  readonly riskPrice: number;
  readonly leadTimeSeconds: number;
  readonly bounds: Bounds;
  /** Where shadows begin. */
  readonly capacity: number;
}

/**
 * Keeps the candidates' scores up to date. Every candidate has a shadow: an endpoint of its own, with
 * the same lock, lead time and bounds, that lived through this target's demand under that setting
 * alone. Windows that came since the last look are played to all shadows, what they cost is added to
 * their scores, and the cheapest is chosen.
 */
export function tune(
  tuning: Tuning | null,
  points: readonly DemandPoint[],
  input: TuningInput,
): Tuning {
  const candidates = candidatesFor(input.riskPrice);
  let next = tuning ?? begin(candidates, points, input);
  points.forEach((point, i) => {
    if (point.startSeconds <= next.scoredUntilSeconds) return;
    next = score(next, candidates, points, i, input);
  });
  return next;
}

function begin(
  candidates: readonly Setting[],
  points: readonly DemandPoint[],
  { capacity }: TuningInput,
): Tuning {
  const start = (points[0]?.startSeconds ?? 0) - WINDOW_SECONDS;
  const shadow: Shadow = { inService: capacity, desired: capacity, lockedUntilSeconds: 0, cost: 0 };
  return {
    chosen: 0,
    sinceSeconds: start,
    scoredUntilSeconds: start,
    shadows: candidates.map(() => shadow),
  };
}

function score(
  tuning: Tuning,
  candidates: readonly Setting[],
  points: readonly DemandPoint[],
  index: number,
  input: TuningInput,
): Tuning {
  const { startSeconds, demand } = points[index] as DemandPoint;
  const readable = readableUntil(points, index, startSeconds - UNREADABLE_SECONDS);
  const recent = new RecentDemand(points, readable);
  const shadows = tuning.shadows.map((shadow, i) =>
    live(shadow, candidates[i] as Setting, recent, startSeconds, demand, input),
  );
  const isWarm = startSeconds - tuning.sinceSeconds > WARM_UP_SECONDS;
  return {
    ...tuning,
    shadows,
    scoredUntilSeconds: startSeconds,
    chosen: isWarm ? cheapest(shadows, tuning.chosen) : tuning.chosen,
  };
}

function readableUntil(points: readonly DemandPoint[], index: number, latest: number): number {
  let end = index;
  while (end > 0 && (points[end - 1] as DemandPoint).startSeconds > latest) end -= 1;
  return end;
}

function live(
  shadow: Shadow,
  setting: Setting,
  recent: RecentDemand,
  nowSeconds: number,
  demand: number,
  { riskPrice, leadTimeSeconds, bounds }: TuningInput,
): Shadow {
  let { inService, desired, lockedUntilSeconds } = shadow;
  if (nowSeconds >= lockedUntilSeconds) {
    inService = desired;
    const wanted = wish(setting, recent, desired, bounds);
    if (wanted !== desired) {
      const isOut = wanted > desired;
      lockedUntilSeconds = nowSeconds + (isOut ? leadTimeSeconds : SCALE_IN_LOCK_SECONDS);
      desired = wanted;
      if (!isOut) inService = wanted;
    }
  }
  const cost = WINDOW_SECONDS * (riskPrice * Math.max(0, demand - inService) + desired);
  return { inService, desired, lockedUntilSeconds, cost: shadow.cost * DECAY + cost };
}

/** The capacity that a setting asks for, given the capacity that stands. */
export function wish(
  setting: Setting,
  recent: RecentDemand,
  desired: number,
  bounds: Bounds,
): number {
  const { outSeconds, outQuantile, outFactor, inSeconds, inQuantile, inFactor } = setting;
  const out = clamp(wholeInstances(outFactor * recent.quantile(outSeconds, outQuantile)), bounds);
  if (out > desired) return out;
  if (!isCovered(recent, inSeconds)) return desired;
  const within = wholeInstances(inFactor * recent.quantile(inSeconds, inQuantile));
  return Math.min(desired, Math.max(out, clamp(within, bounds)));
}

/** Part of the windows of a span that must have data before capacity is given back on it. */
const COVERAGE = 0.8;

/** Whether a span has enough data for capacity to be given back on it. */
export function isCovered(recent: RecentDemand, seconds: number): boolean {
  return recent.count(seconds) >= (COVERAGE * seconds) / WINDOW_SECONDS;
}

function cheapest(shadows: readonly Shadow[], chosen: number): number {
  let best = chosen;
  let cost = (shadows[chosen] as Shadow).cost * (1 - ADVANTAGE);
  shadows.forEach((shadow, i) => {
    if (shadow.cost >= cost) return;
    best = i;
    cost = shadow.cost;
  });
  return best;
}
