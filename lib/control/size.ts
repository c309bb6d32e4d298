import { quantile, typicalStep } from './demand.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';

/** How many typical steps a rise must exceed to count as a surge and not as noise. */
const SIGNIFICANT_STEPS = 4;

/** The same for a load that is few requests: counts of independent requests scatter by their root. */
const SIGNIFICANT_ROOTS = 4;

/** A rise below this many instances is never a surge. */
const SMALLEST_SURGE = 0.25;

/** Demand up to this many times the capacity is left to the rules in use: jumping at every peak costs more. */
const SURGE_RATIO = 1.6;

/** A first window over capacity says little about where a ramp ends unless it is this many times over. */
const DECISIVE_RATIO = 3;

/** Demand climbs when it rose by more than noise within so many windows: one step of a slow ramp is no more than that. */
const CLIMBING_WINDOWS = 2;

/**
 * How long a ramp is watched once demand has passed capacity, as a part of the lead time: a jump that is too small
 * costs a whole one.
 */
const PATIENT_PART = 0.5;

/** Windows that are compared with those before them to tell a surge. */
const FRESH_WINDOWS = 3;
const EARLIER_WINDOWS = 12;

/** The capacity that a surge asks for. */
export interface Surge {
  /** Whole instances; zero when there is none. */
  readonly capacity: number;
  /** True when one more window will show much better where the ramp ends. */
  readonly stillSteepening: boolean;
}

const NO_SURGE: Surge = { capacity: 0, stillSteepening: false };

/**
 * A rise far above the capacity asked for that is no noise. While demand rises it is carried on to the
 * present, because the newest window's middle already lies two windows back; once it stands, it is
 * taken as it is until the memory of the rules in use has seen it too.
 *
 * @param points oldest first
 * @param capacity instances asked for at present
 * @param ageSeconds how long ago the newest window ended
 * @param demandOfOne instances that one request in a window comes to
 */
export function surge(
  points: readonly DemandPoint[],
  capacity: number,
  ageSeconds: number,
  demandOfOne: number,
  leadTimeSeconds: number,
): Surge {
  const demands = points.map((point) => point.demand);
  const latest = demands.at(-1) ?? 0;
  if (latest <= capacity) return NO_SURGE;
  const recent = demands.slice(-FRESH_WINDOWS - EARLIER_WINDOWS);
  const previous = recent.at(-2) ?? 0;
  const chance = Math.max(SIGNIFICANT_ROOTS * Math.sqrt(latest * demandOfOne), SMALLEST_SURGE);
  const noiseIn = (list: readonly number[]) =>
    Math.max(SIGNIFICANT_STEPS * typicalStep(list), chance);
  const noise = noiseIn(recent.slice(0, -1));
  const rise = latest - previous;
  const above = demands.length - 1 - demands.findLastIndex((demand) => demand <= capacity);
  const risen = latest - (demands.at(-1 - CLIMBING_WINDOWS) ?? 0);
  // The steps of a ramp are no noise: only those before it tell of any.
  const isClimbing =
    risen > noiseIn(demands.slice(0, demands.length - above).slice(-EARLIER_WINDOWS)) && rise > 0;
  const isFirst = above === 1;
  const isDecisive = isFirst && latest >= DECISIVE_RATIO * capacity;
  const isPatient = above * WINDOW_SECONDS <= PATIENT_PART * leadTimeSeconds;
  const stillSteepening = !isDecisive && isClimbing && (isFirst || isPatient);
  if (latest <= SURGE_RATIO * capacity) return { capacity: 0, stillSteepening };
  if (rise > noise || isClimbing) {
    const windowsSince = 0.5 + ageSeconds / WINDOW_SECONDS;
    const pace = Math.max(risePerWindow(points, 1), risePerWindow(points, CLIMBING_WINDOWS));
    return { capacity: wholeInstances(latest + pace * windowsSince), stillSteepening };
  }
  const standing = quantile(recent.slice(-FRESH_WINDOWS), 0.5);
  const earlier = recent.slice(0, -FRESH_WINDOWS);
  const isNew = standing > SURGE_RATIO * capacity && standing - quantile(earlier, 0.5) > noise;
  return isNew ? { capacity: wholeInstances(standing), stillSteepening: false } : NO_SURGE;
}

/** How much demand rose in a window over the last few; across a gap in the data it took longer. */
function risePerWindow(points: readonly DemandPoint[], back: number): number {
  const [latest, earlier] = [points.at(-1), points.at(-1 - back)];
  if (!latest) return 0;
  if (!earlier) return latest.demand / back;
  const windows = (latest.startSeconds - earlier.startSeconds) / WINDOW_SECONDS;
  return (latest.demand - earlier.demand) / windows;
}

/** An overload that stood for so many windows stands, whatever is made of surges. */
const OVERLOAD_WINDOWS = 5;

/** What an overload far above the capacity asks for once it has stood; zero when there is none. */
export function standingOverload(points: readonly DemandPoint[], capacity: number): number {
  if (points.length < OVERLOAD_WINDOWS) return 0;
  const least = Math.min(...points.slice(-OVERLOAD_WINDOWS).map(({ demand }) => demand));
  return least > SURGE_RATIO * capacity ? wholeInstances(least) : 0;
}

/** Whole instances for a demand; a hair over a whole number is arithmetic, not demand. */
export function wholeInstances(demand: number): number {
  return Math.max(0, Math.ceil(demand - 1e-6));
}
