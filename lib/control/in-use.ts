import type { Ahead } from './ahead.ts';
import { bandOf, MOST_INSTANCES, sumAround, widthAround } from './bands.ts';
import { type DemandPoint, UNREADABLE_SECONDS, WINDOW_SECONDS } from './demand-point.ts';
import { costsFrom } from './kept.ts';
import { withWindow } from './past.ts';
import { JUMPING, RECURRING, RULES, type Rule, type Wishing, wish } from './rules.ts';
import { aheadOf, type TuningInput } from './shadows.ts';
import type { Tuning } from './types.ts';
import { RecentUse } from './use.ts';

/**
 * An overload that stands is left alone only where jumping has cost what an instance does in so many
 * lead times, and in twenty minutes: much more than a rule must save to take over, so that one bad experience
 * is not enough.
 */
const LEFT_ALONE = { leadTimes: 6, leastSeconds: 1200 };

/** The rule in use for a level; levels above every demand so far follow the usual first one. */
export function ruleOf(tuning: Tuning, level: number): Rule {
  if (bandOf(level) < tuning.bandsAhead) return RULES[RECURRING] as Rule;
  return RULES[tuning.chosen[bandOf(level)] ?? 0] as Rule;
}

/**
 * The next turn of the load after the newest of `points`; undefined where it does not recur. Reckoned from
 * when that window is readable, not from the moment of the look, so that looks that see the same say the same.
 */
export function lookAhead(
  { past, use }: Tuning,
  points: readonly DemandPoint[],
  input: Pick<TuningInput, 'riskPrice' | 'leadTimeSeconds'>,
): Ahead | undefined {
  const unread = points.filter(({ startSeconds }) => startSeconds > use.untilSeconds);
  const newest = points.at(-1)?.startSeconds ?? use.untilSeconds;
  return aheadOf(unread.reduce(withWindow, past), newest + UNREADABLE_SECONDS, input);
}

/** The capacity that the rules in use ask for after the newest of `points`. */
export function wishFor(
  tuning: Tuning,
  points: readonly DemandPoint[],
  input: Pick<Wishing, 'ahead' | 'riskPrice' | 'desired'>,
): number {
  const recent = new RecentUse(tuning.use, points, input.riskPrice);
  return wish({ ...input, ruleOf: (level) => ruleOf(tuning, level), recent });
}

/** A jump that reaches less than this part of a surge is not made: it would lock the endpoint for a lead time. */
const LEAST_REACH = 0.5;

/**
 * How far a surge may raise capacity: up to the first level whose rule does not jump, and not at all where that
 * is far below the surge, as far as `most` instances can answer it.
 */
export function reachOfJump(
  tuning: Tuning,
  desired: number,
  capacity: number,
  most: number,
): number {
  const reach = reachUp(desired, capacity, (level) => ruleOf(tuning, level).jumps);
  const surge = Math.min(capacity, most, MOST_INSTANCES) - desired;
  return reach - desired < LEAST_REACH * surge ? desired : reach;
}

/**
 * How far an overload that stands raises capacity: up to the first level where too much speaks against
 * jumping.
 */
export function reachOfOverload(
  tuning: Tuning,
  desired: number,
  capacity: number,
  leadTimeSeconds: number,
): number {
  if (capacity <= desired) return desired;
  const costs = tuning.costs.map(costsFrom);
  const tooMuch =
    Math.max(LEFT_ALONE.leadTimes * leadTimeSeconds, LEFT_ALONE.leastSeconds) / WINDOW_SECONDS;
  return reachUp(
    desired,
    capacity,
    (level) => ruleOf(tuning, level).jumps || lossByJumping(level) <= tooMuch,
  );

  /** What jumping would have cost more than the rule in use, instance-windows per instance. */
  function lossByJumping(level: number): number {
    const band = bandOf(level);
    const costOf = (rule: number) => sumAround(costs[rule] as number[], band);
    const loss = Math.min(...JUMPING.map(costOf)) - costOf(tuning.chosen[band] as number);
    return loss / widthAround(band, tuning.chosen.length);
  }
}

/** The first level from `desired` up to `capacity` that may not be taken. */
function reachUp(desired: number, capacity: number, may: (level: number) => boolean): number {
  const most = Math.min(capacity, MOST_INSTANCES);
  let reach = desired;
  while (reach < most && may(reach)) reach += 1;
  return reach;
}

/** How far calm may lower capacity: down to the first level whose rule does not drop. */
export function reachOfDrop(tuning: Tuning, capacity: number, least: number): number {
  let reach = capacity;
  while (reach > least && ruleOf(tuning, reach - 1).drops) reach -= 1;
  return reach;
}

/** How far a recurring load's next turn may lower capacity: what it gives back it asks for in time. */
export function reachOfTurn(tuning: Tuning, capacity: number, least: number): number {
  let reach = capacity;
  while (reach > least && ruleOf(tuning, reach - 1).recurs) reach -= 1;
  return reach;
}

/** Whether a level is asked for, or given back, by the next turn of the load. */
export function isMetAhead(tuning: Tuning, ahead: Ahead | undefined, level: number): boolean {
  return ahead !== undefined && ruleOf(tuning, level).recurs;
}

/** How long until the next turn of the load must be asked for, seconds; infinite when none is expected. */
export function comesInSeconds(tuning: Tuning, ahead: Ahead | undefined, desired: number): number {
  if (!ahead || !ruleOf(tuning, desired).recurs) return Number.POSITIVE_INFINITY;
  return ahead.outlook(bandOf(desired)).askInSeconds;
}
