import { blindDemand, SAME_LOAD } from './blind.ts';
import { inServiceAt } from './capacity-log.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import type { ControlConfig, ServiceTime, TargetState, UnderWay } from './types.ts';

/**
 * Part of the capacity that demand uses in a window that tells the service time. Above, requests may
 * wait for each other. Below, the peak of a few requests is too long by chance: it counts only as long
 * as nothing shorter is known.
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
const CHANCE_ROOTS = 4;

/** Windows back from the newest in which a queue is one of the present. */
const PRESENT = [1, 2, 3] as const;

/** How far back the queue is looked at to tell how it shrinks or grows, windows. */
const MOVING_WINDOWS = 2;

/**
 * A queue that takes up more than this part of what comes in may be of senders that do not wait for answers:
 * more comes than is served, and all of it shows.
 */
const GROWING_PART = 0.15;

/** A queue that will be gone within this, at the rate at which it shrinks, is left to itself, seconds. */
const DRAIN_SECONDS = 180;

/**
 * A risk price that allows no larger factor leaves it at what shows: instances at their limit already
 * show about so many times what they are meant to carry.
 */
export const LEAST_GROWTH = 1.5;

/** A queue asks for no more than so many times what is in service. */
const MOST_GROWTH = 3;

/** A window of which both demand and the requests under way are known. */
interface Window extends DemandPoint {
  /** Instances in service. */
  readonly inService: number;
  /** Requests under way in all instances. */
  readonly underWay: number;
  /** False where some instance had nothing to do for a moment. */
  readonly allBusy: boolean;
}

/** What is seen of the load, and by what it is read. */
export interface ShownLoad {
  /** What the signal shows, oldest first. */
  readonly points: readonly DemandPoint[];
  readonly underWay: UnderWay | null;
  readonly capacityLog: TargetState['capacityLog'];
  readonly leadTimeSeconds: number;
  /** Requests that one instance is meant to carry in a second. */
  readonly requestsPerSecond: number;
  readonly riskPrice: number;
}

/** What demand is told from. */
export interface HiddenInput extends ShownLoad {
  readonly service: ServiceTime | null;
}

/**
 * How far load that is held back may take capacity in one step, as a factor. What its senders would do
 * with quicker answers cannot be seen, so it is searched for: a step too short costs a lead time of
 * waiting, one too far a lead time of idle instances. An instance is asked for where it is needed with a
 * chance of twice 1/riskPrice (about what `rules.ts` asks), and load beyond g times what is served is taken to have a
 * chance of 1/g². One: none.
 */
export function growth(riskPrice: number): number {
  const factor = Math.min(Math.sqrt(riskPrice / 2), MOST_GROWTH);
  return factor < LEAST_GROWTH ? 1 : factor;
}

/** Requests a second that one instance is meant to carry, where the signal counts requests. */
export function requestsPerSecond(
  config: Pick<ControlConfig, 'targetPerInstance' | 'windowsPerTargetUnit'>,
): number {
  return config.targetPerInstance / config.windowsPerTargetUnit / WINDOW_SECONDS;
}

/**
 * Learns how long a request is under way while nothing waits: those under way over those that come in
 * a second (Little's law), from windows that are not nearly full. Where the metric
 * shows the peak of a window the result is too long, and what is made of it too little, never too much.
 */
export function learnService(
  input: Pick<HiddenInput, 'points' | 'underWay' | 'service' | 'capacityLog' | 'requestsPerSecond'>,
): ServiceTime | null {
  let learned = input.service;
  if (!input.underWay) return learned;
  const untilSeconds = learned?.untilSeconds ?? Number.NEGATIVE_INFINITY;
  const first = input.points.findLastIndex(({ startSeconds }) => startSeconds <= untilSeconds) + 1;
  for (const window of windowsOf(input, first)) {
    if (!window) continue;
    const { startSeconds, demand, inService, underWay } = window;
    const use = demand / inService;
    if (!(use > 0 && use <= TELLING_USE.most && underWay > 0)) continue;
    const told = underWay / (demand * input.requestsPerSecond);
    if (learned && use < TELLING_USE.least && told >= learned.seconds) continue;
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
 * Demand with what the signal does not show of it, because clients who wait for an answer send no new
 * request: in a window in which a queue stands, the instances that would serve all requests under way
 * at once. Never less than the signal shows. Many requests that come at the same moment are no queue: it would keep
 * every instance busy all the time.
 *
 * @param queues which ones count. Where capacity is about to be asked for, every one must: its senders may
 * be those that wait. For what is remembered only one whose senders do wait, as far as it tells, since those that do
 * not show all they send, and would be reckoned for many times of it long after.
 */
export function withHidden(
  input: HiddenInput,
  queues: 'every' | 'of-those-that-wait' = 'of-those-that-wait',
): readonly DemandPoint[] {
  const { points, underWay, service, capacityLog, requestsPerSecond, riskPrice } = input;
  if (!service || !underWay || growth(riskPrice) === 1) return points;
  const atTarget = requestsPerSecond * service.seconds;
  const windows = windowsOf(input, 0);
  const whole = [...points];
  for (let i = 1; i < points.length; i += 1) {
    const [newest, previous] = [windows[i], windows[i - 1]];
    if (!newest || !previous || !isQueued(newest) || !isQueued(previous)) continue;
    if (newest.startSeconds - previous.startSeconds > WINDOW_SECONDS) continue;
    const count = inServiceAt(capacityLog, newest.startSeconds + WINDOW_SECONDS);
    if (newest.inService !== count || previous.inService !== count) continue;
    const earlier = windows[i - MOVING_WINDOWS];
    const first = earlier?.inService === count ? earlier : previous;
    if (drains(first, newest)) continue;
    const isOfThoseThatWait = !grows(first, previous, newest) && isStill(first, previous, newest);
    if (queues === 'of-those-that-wait' && !isOfThoseThatWait) continue;
    const atOnce = Math.min(newest.underWay, previous.underWay) / atTarget;
    const demand = Math.min(atOnce, Math.ceil(growth(riskPrice) * count));
    if (demand > newest.demand) whole[i] = { startSeconds: newest.startSeconds, demand };
  }
  return whole;

  function isQueued(window: Window): boolean {
    return window.allBusy && isAboveExplained(window, atTarget, underWay?.scope);
  }

  /** Whether the queue will soon be gone, at the rate at which it shrinks. */
  function drains(first: Window, newest: Window): boolean {
    const waiting = (window: Window) => window.underWay - window.demand * atTarget;
    const spanSeconds = newest.startSeconds - first.startSeconds;
    const shrinks = (waiting(first) - waiting(newest)) / spanSeconds;
    const patienceSeconds = Math.max(DRAIN_SECONDS, input.leadTimeSeconds);
    return shrinks > 0 && waiting(newest) / shrinks <= patienceSeconds;
  }

  /** Whether more comes in than is served, and still does: then nothing of it is held back. */
  function grows(first: Window, previous: Window, newest: Window): boolean {
    const spanSeconds = newest.startSeconds - first.startSeconds;
    const cameIn = newest.demand * requestsPerSecond * spanSeconds;
    const gathered = newest.underWay - first.underWay;
    return newest.underWay > previous.underWay && gathered > GROWING_PART * cameIn;
  }

  /** Whether load stands still, but for chance: who waits for answers sends as much as is served. */
  function isStill(...span: readonly Window[]): boolean {
    const demands = span.map(({ demand }) => demand);
    const most = Math.max(...demands);
    const chance = CHANCE_ROOTS * Math.sqrt(most / (requestsPerSecond * WINDOW_SECONDS));
    return most - Math.min(...demands) <= SAME_LOAD * most + chance;
  }
}

/**
 * Instances that load which is held back asks for at present, beyond what the rules make of it; zero
 * where nothing tells of any. What has just come into service stays until it shows what it changed.
 */
export function hiddenDemand(
  input: HiddenInput & {
    readonly nowSeconds: number;
    /** In service at present. */
    readonly inService: number;
  },
): number {
  const { points, underWay, service, capacityLog, inService } = input;
  if (!service || !underWay || underWay.points.length === 0) {
    return blindDemand({ ...input, growth: growth(input.riskPrice) });
  }
  const newestPoints = points.slice(-PRESENT.length - MOVING_WINDOWS);
  const whole = withHidden({ ...input, points: newestPoints }, 'every');
  const hiddenIn = (back: number) => {
    const [shown, real] = [points.at(-back), whole.at(-back)];
    return shown && real && real.demand > shown.demand ? real : undefined;
  };
  const hasJustCome = PRESENT.some((back) => {
    const point = hiddenIn(back);
    return point && inServiceAt(capacityLog, point.startSeconds) !== inService;
  });
  // Requests under way may be readable a window later than the load.
  const counted = underWay.points.at(-1)?.startSeconds;
  const newest = [1, 2].find((back) => points.at(-back)?.startSeconds === counted);
  const present = newest && !hasJustCome ? hiddenIn(newest)?.demand : undefined;
  return present ?? (hasJustCome ? inService : 0);
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
  return underWay > Math.max(QUEUE_RATIO * explained, explained + CHANCE_ROOTS * root);
}

/**
 * The windows by the index of their points; undefined where nobody counted what was under way, or
 * nothing was in service.
 * @param from index of the first that is wanted
 */
function windowsOf(
  { points, underWay, capacityLog }: Pick<HiddenInput, 'points' | 'underWay' | 'capacityLog'>,
  from: number,
): (Window | undefined)[] {
  const windows: (Window | undefined)[] = new Array(points.length);
  const counted = underWay?.points ?? [];
  let [at, since] = [0, 0];
  for (let i = from; i < points.length; i += 1) {
    const { startSeconds, demand } = points[i] as DemandPoint;
    while (at < counted.length && (counted[at]?.startSeconds as number) < startSeconds) at += 1;
    while ((capacityLog[since + 1]?.[0] ?? Number.POSITIVE_INFINITY) <= startSeconds) since += 1;
    const count = counted[at];
    const inService = capacityLog[since]?.[1] ?? 1;
    if (count?.startSeconds !== startSeconds || inService === 0) continue;
    const underWayInAll = underWay?.scope === 'instance' ? count.value * inService : count.value;
    const allBusy = (count.fewest ?? 1) >= 1;
    windows[i] = { startSeconds, demand, inService, underWay: underWayInAll, allBusy };
  }
  return windows;
}
