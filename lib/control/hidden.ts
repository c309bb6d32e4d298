import { type DemandPoint, inServiceAt, WINDOW_SECONDS } from './demand.ts';
import type { ControlConfig, ServiceTime, TargetState, UnderWay } from './types.ts';

/**
 * Part of the capacity that demand must use for a window to tell the service time: below, the peak of
 * a few requests says more about chance, above, requests may wait for each other.
 */
const TELLING_USE = { least: 0.25, most: 0.9 };

/**
 * Weight of a new service time, by whether it is shorter or longer than what was learned. Waiting only
 * ever lengthens it, so the shorter one is nearer the truth; a model that became slower is believed
 * within ten minutes.
 */
const SERVICE_WEIGHT = { shorter: 0.3, longer: 0.02 };

/** A window that is longer by more than this factor counts as so much longer: the rest was waiting. */
const LONGEST_STEP = 2;

/** Requests under way beyond this many times what the load explains may be a queue. */
const QUEUE_RATIO = 2;

/** They must also lie so many roots above it: counts of independent requests scatter by their root. */
const QUEUE_ROOTS = 4;

/** Windows at one capacity that a standing queue takes to show, of which the newest two have it. */
const SHOWING_WINDOWS = 3;

/** A queue that will be gone within this, at the rate at which it shrinks, is left to itself, seconds. */
const DRAIN_SECONDS = 180;

/**
 * A queue may ask for up to this many times what is in service. How many clients would send how much
 * cannot be seen before they are served, so it is searched for: each step too few costs a lead time of
 * waiting, each step too far a lead time of idle instances, and riskPrice says that waiting costs more.
 */
export const MOST_GROWTH = 3;

/** Without a queue to see, load that grew with capacity asks for this many times what is in service. */
export const BLIND_GROWTH = 2;

/** A capacity must have grown by this factor to tell load that grew with it from load that stayed. */
const TELLING_GROWTH = 1.2;

/** How far load per instance may move for it to count as the same, as a part. */
const SAME_LOAD = 0.05;

/** A window of which both demand and the requests under way are known. */
interface Window extends DemandPoint {
  /** Instances in service. */
  readonly inService: number;
  /** Requests under way in all instances. */
  readonly underWay: number;
}

/** What demand is told from. */
export interface HiddenInput {
  readonly nowSeconds: number;
  /** What the signal shows, oldest first. */
  readonly points: readonly DemandPoint[];
  readonly underWay: UnderWay | null;
  readonly service: ServiceTime | null;
  readonly capacityLog: TargetState['capacityLog'];
  /** In service at present. */
  readonly inService: number;
  readonly leadTimeSeconds: number;
  /** Requests that one instance is meant to carry in a second. */
  readonly requestsPerSecond: number;
}

/** Requests a second that one instance is meant to carry, where the signal counts requests. */
export function requestsPerSecond(
  config: Pick<ControlConfig, 'targetPerInstance' | 'windowsPerTargetUnit'>,
): number {
  return config.targetPerInstance / config.windowsPerTargetUnit / WINDOW_SECONDS;
}

/**
 * Learns how long a request is under way while nothing waits: those under way over those that come in
 * a second (Little's law), from windows that are neither nearly idle nor nearly full. Where the metric
 * shows the peak of a window the result is too long, and what is made of it too little, never too much.
 */
export function learnService(
  input: Pick<HiddenInput, 'points' | 'underWay' | 'service' | 'capacityLog' | 'requestsPerSecond'>,
): ServiceTime | null {
  let learned = input.service;
  for (const { startSeconds, demand, inService, underWay } of windowsOf(input)) {
    if (learned && startSeconds <= learned.untilSeconds) continue;
    const use = demand / inService;
    if (!(use >= TELLING_USE.least && use <= TELLING_USE.most && underWay > 0)) continue;
    const told = underWay / (demand * input.requestsPerSecond);
    const seconds = learned ? blended(learned.seconds, told) : told;
    learned = { seconds: Number(seconds.toPrecision(4)), untilSeconds: startSeconds };
  }
  return learned;
}

function blended(known: number, told: number): number {
  const weight = told < known ? SERVICE_WEIGHT.shorter : SERVICE_WEIGHT.longer;
  return known + weight * (Math.min(told, LONGEST_STEP * known) - known);
}

/**
 * Demand that the signal does not show, because clients who wait for an answer send no new request:
 * the instances that would serve all requests under way at once. Null where none stands in a queue.
 */
export function hiddenDemand(input: HiddenInput): number | null {
  const { underWay } = input;
  return underWay && underWay.points.length > 0 ? queuedDemand(input) : blindDemand(input);
}

function queuedDemand(input: HiddenInput): number | null {
  const { nowSeconds, service, inService, capacityLog, leadTimeSeconds } = input;
  const windows = windowsOf(input);
  const newest = windows.at(-1);
  const previous = windows.at(-2);
  if (!service || !newest || !previous || inService === 0) return null;
  const { startSeconds } = newest;
  const span = SHOWING_WINDOWS * WINDOW_SECONDS;
  const isFresh = nowSeconds - startSeconds <= span + WINDOW_SECONDS;
  const isNext = startSeconds - previous.startSeconds === WINDOW_SECONDS;
  const firstSeconds = startSeconds - span + WINDOW_SECONDS;
  if (!isFresh || !isNext || !isSteady(capacityLog, firstSeconds, inService)) return null;
  const atTarget = input.requestsPerSecond * service.seconds;
  const isQueued = (window: Window) => isAboveExplained(window, atTarget, input.underWay?.scope);
  if (!isQueued(newest) || !isQueued(previous)) return null;
  const first = windows.find((window) => window.startSeconds === firstSeconds);
  const waiting = (window: Window) => window.underWay - window.demand * atTarget;
  const shrinks = first ? (waiting(first) - waiting(newest)) / (span - WINDOW_SECONDS) : 0;
  const patienceSeconds = Math.max(DRAIN_SECONDS, leadTimeSeconds);
  if (shrinks > 0 && waiting(newest) / shrinks <= patienceSeconds) return null;
  const served = Math.min(newest.underWay, previous.underWay) / atTarget;
  return Math.min(served, MOST_GROWTH * inService);
}

/**
 * Whether more requests are under way than the load explains and than instances at their target have,
 * by a margin that chance does not reach.
 */
function isAboveExplained(
  { demand, inService, underWay }: Window,
  atTarget: number,
  scope: UnderWay['scope'] = 'variant',
): boolean {
  const explained = Math.max(demand, inService) * atTarget;
  // The busiest instance speaks for all of them.
  const root =
    scope === 'instance' ? inService * Math.sqrt(explained / inService) : Math.sqrt(explained);
  return underWay > Math.max(QUEUE_RATIO * explained, explained + QUEUE_ROOTS * root);
}

/**
 * Where nothing tells of a queue: load that stood above the capacity, and above the next one just as
 * far once that was there, grows with what serves it.
 */
function blindDemand({ points, capacityLog, inService, nowSeconds }: HiddenInput): number | null {
  const [landed, before] = [capacityLog.at(-1), capacityLog.at(-2)];
  if (!landed || !before || before[1] === 0) return null;
  const [landedAtSeconds, capacity] = landed;
  if (capacity !== inService || capacity < TELLING_GROWTH * before[1]) return null;
  const isEarlier = ({ startSeconds }: DemandPoint) =>
    startSeconds >= before[0] && startSeconds + WINDOW_SECONDS <= landedAtSeconds;
  const isLater = ({ startSeconds }: DemandPoint) => startSeconds >= landedAtSeconds;
  const earlier = points.filter(isEarlier).slice(-SHOWING_WINDOWS);
  const later = points.filter(isLater).slice(-SHOWING_WINDOWS);
  if (earlier.length < SHOWING_WINDOWS || later.length < SHOWING_WINDOWS) return null;
  const newest = later.at(-1) as DemandPoint;
  if (nowSeconds - newest.startSeconds > (SHOWING_WINDOWS + 1) * WINDOW_SECONDS) return null;
  const base = (earlier.at(-1) as DemandPoint).demand / before[1];
  const isSame = (list: readonly DemandPoint[], instances: number) =>
    list.every(({ demand }) => {
      const load = demand / instances;
      return load >= 1 && Math.abs(load - base) <= SAME_LOAD * base;
    });
  return isSame(earlier, before[1]) && isSame(later, capacity) ? BLIND_GROWTH * capacity : null;
}

function isSteady(
  log: TargetState['capacityLog'],
  fromSeconds: number,
  inService: number,
): boolean {
  return (
    inServiceAt(log, fromSeconds) === inService &&
    log.every(([sinceSeconds, count]) => sinceSeconds <= fromSeconds || count === inService)
  );
}

/** The windows of which both are known, while anything was in service. */
function windowsOf({
  points,
  underWay,
  capacityLog,
}: Pick<HiddenInput, 'points' | 'underWay' | 'capacityLog'>): Window[] {
  if (!underWay) return [];
  const { scope } = underWay;
  const known = new Map(underWay.points.map(({ startSeconds, value }) => [startSeconds, value]));
  return points.flatMap((point) => {
    const value = known.get(point.startSeconds);
    const inService = inServiceAt(capacityLog, point.startSeconds);
    if (value === undefined || inService === 0) return [];
    return [{ ...point, inService, underWay: scope === 'instance' ? value * inService : value }];
  });
}
