import { type Bounds, clamp } from './bounds.ts';
import { DAY_SECONDS, dayOf } from './budget.ts';
import type { DemandPoint, PlayedWindow } from './demand-point.ts';
import {
  bandsIn,
  type Days,
  instancesOf,
  SLOT_SECONDS,
  SLOTS_PER_DAY,
  slotsOf,
  withSlots,
} from './slots.ts';
import type { CapacityWindow } from './windows.ts';

/** Days that are remembered before the one under way: the same day of last week is the oldest. */
export const MOST_DAYS = 7;

/** Days that must have gone by before a forecast is followed. */
const FEWEST_DAYS = 3;

/** A forecast must be cheaper than doing without by this part of the cost to be followed. */
const LEAST_GAIN = 0.01;

/**
 * Gains of days that are as often losses add up to the root of the sum of their squares; a forecast is
 * followed when it gained more than that. One day alone never does, two alike do, and five good
 * days of a week whose weekend is as bad.
 */
const LEAST_EVIDENCE = 1.1;

/** A forecast that has no gain to lose yet is given up for a day at this part of a day's cost. */
const LEAST_STAKE = 0.02;

/** Digits that are kept of a day under way, where ten seconds must count, and of one that is over. */
const RUNNING_DIGITS = 7;
const PAST_DIGITS = 4;

/** A target per instance that moves by more makes the levels of the days before another measure. */
const SAME_TARGET_RATIO = 1.25;

/** What a target's last days were like, and what forecasts from them would have gained. */
export interface Pattern extends Days {
  readonly targetPerInstance: number;
  /** Start of the newest window scored. */
  readonly scoredUntilSeconds: number;
  /** By day: what it cost without a forecast, instance-windows. */
  readonly costs: readonly number[];
  /** By forecast and day: how much less it would have cost with it; null: there was none. */
  readonly gains: readonly (readonly (number | null)[])[];
}

export interface PatternInput {
  readonly riskPrice: number;
  readonly targetPerInstance: number;
  readonly leadTimeSeconds: number;
  /** How long after its turn a scale-out may have to wait for the one before it. */
  readonly spacingSeconds: number;
  /** The owner's. */
  readonly bounds: Bounds;
}

/** A slot's levels on the days before, yesterday's first; null where little is known. */
type Levels = readonly (number | null)[];

/**
 * Ways to forecast a slot. The lowest of three days is right where little else is; the median does
 * not mind a holiday; last week's minds weekends and calls for no calendar, whoever's weekend it is.
 */
export const FORECASTS: readonly ((levels: Levels) => number | null)[] = [
  (levels) => ofSeveral(known(levels.slice(0, 3)), 0),
  (levels) => ofSeveral(known(levels), 0.5),
  (levels) => levels[MOST_DAYS - 1] ?? null,
];

/** The level that at least the part `rank` lies at or below, rounded down; one day alone is no pattern. */
function ofSeveral(levels: number[], rank: number): number | null {
  if (levels.length < FEWEST_DAYS - 1) return null;
  return levels.sort((a, b) => a - b)[Math.floor((levels.length - 1) * rank)] as number;
}

function known<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function begin(atSeconds: number, { riskPrice, targetPerInstance }: PatternInput): Pattern {
  return {
    riskPrice,
    targetPerInstance,
    daySeconds: dayOf(atSeconds),
    days: [''],
    scoredUntilSeconds: atSeconds - 1,
    costs: [0],
    gains: FORECASTS.map(() => [null]),
  };
}

/** Another price, or another measure of demand, makes what was remembered useless. */
function isUsable(pattern: Pattern, { riskPrice, targetPerInstance }: PatternInput): boolean {
  const ratio = pattern.targetPerInstance / targetPerInstance;
  const isSameTarget = Math.max(ratio, 1 / ratio) <= SAME_TARGET_RATIO;
  return (
    pattern.riskPrice === riskPrice && isSameTarget && pattern.gains.length === FORECASTS.length
  );
}

/**
 * The pattern with what a look's windows teach. Each window is first held against what the forecasts
 * from the days before said of it; only when its slot is over is it remembered.
 *
 * @param points the load that is read, oldest first
 * @param played windows since the last look, with what capacity would have been without a forecast
 */
export function learnPattern(
  before: Pattern | null,
  points: readonly DemandPoint[],
  played: readonly PlayedWindow[],
  input: PatternInput,
): Pattern | null {
  const first = points[0];
  if (!first) return before;
  let pattern = before && isUsable(before, input) ? before : begin(first.startSeconds, input);
  const unscored = played.filter(({ startSeconds }) => startSeconds > pattern.scoredUntilSeconds);
  for (const day of new Set(unscored.map(({ startSeconds }) => dayOf(startSeconds)))) {
    const earlier = points.filter(({ startSeconds }) => startSeconds < day);
    pattern = turned(withSlots(pattern, earlier), day, input);
    pattern = scored(
      pattern,
      unscored.filter(({ startSeconds }) => dayOf(startSeconds) === day),
      input,
    );
  }
  return withSlots(pattern, points);
}

/** Lets days begin, up to the one at `daySeconds`. */
function turned(pattern: Pattern, daySeconds: number, input: PatternInput): Pattern {
  const count = (daySeconds - pattern.daySeconds) / DAY_SECONDS;
  if (count <= 0) return pattern;
  if (count > MOST_DAYS) return begin(daySeconds, input);
  const more = <T>(list: readonly T[], value: T): T[] =>
    [...list, ...new Array<T>(count).fill(value)].slice(-MOST_DAYS - 1);
  return {
    ...pattern,
    daySeconds,
    days: more(pattern.days, ''),
    costs: more(pattern.costs.map(past), 0),
    gains: pattern.gains.map((days) =>
      more(
        days.map((gain) => gain && past(gain)),
        null,
      ),
    ),
  };
}

const past = (value: number) => Number(value.toPrecision(PAST_DIGITS));

/** Adds up what each forecast would have gained in these windows, all of the day under way. */
function scored(pattern: Pattern, windows: readonly PlayedWindow[], input: PatternInput): Pattern {
  const { riskPrice, leadTimeSeconds, spacingSeconds, bounds } = input;
  const costs = [...pattern.costs];
  const gains = pattern.gains.map((days) => [...days]);
  const floors = FORECASTS.map((_, forecast) => floorsOf(pattern, forecast));
  const today = costs.length - 1;
  for (const { startSeconds, demand, held, serving } of windows) {
    const costOf = (more: number, sooner: number) =>
      clamp(Math.max(held, more), bounds) +
      riskPrice * Math.max(0, demand - clamp(Math.max(serving, sooner), bounds));
    const without = costOf(0, 0);
    costs[today] = (costs[today] as number) + without;
    for (const [forecast, floorOf] of floors.entries()) {
      const days = gains[forecast] as (number | null)[];
      const asked = slotsOf(startSeconds, leadTimeSeconds + spacingSeconds).map(floorOf);
      if (asked[0] === null || asked[0] === undefined) continue;
      const gain = days[today] ?? 0;
      const isFollowed = !isGivenUp(days, costs);
      const most = Math.max(...known(asked));
      days[today] = isFollowed ? gain + without - costOf(most, asked[0]) : gain;
    }
  }
  const running = (value: number) => Number(value.toPrecision(RUNNING_DIGITS));
  return {
    ...pattern,
    scoredUntilSeconds: windows.at(-1)?.startSeconds ?? pattern.scoredUntilSeconds,
    costs: costs.map(running),
    gains: gains.map((days) => days.map((gain) => gain && running(gain))),
  };
}

/** What a forecast says of a slot since 1970, instances; each is worked out once. */
function floorsOf(pattern: Pattern, forecast: number): (slot: number) => number | null {
  const worked = new Map<number, number | null>();
  return (slot) => {
    const earlier = worked.get(slot);
    if (earlier !== undefined) return earlier;
    const levels = Array.from({ length: MOST_DAYS }, (_, i) =>
      bandsIn(pattern, slot - (i + 1) * SLOTS_PER_DAY),
    );
    const bands = FORECASTS[forecast]?.(levels) ?? null;
    const floor = bands === null ? null : instancesOf(bands);
    worked.set(slot, floor);
    return floor;
  };
}

/**
 * Whether a forecast has cost as much today as it gains on a usual day: today is another kind of day,
 * and it is left alone until midnight.
 */
function isGivenUp(gains: readonly (number | null)[], costs: readonly number[]): boolean {
  const judged = known(gains.slice(0, -1));
  if (judged.length === 0) return false;
  const usual = sum(judged) / judged.length;
  const usualCost = sum(costs.slice(0, -1)) / (costs.length - 1);
  return (gains.at(-1) ?? 0) < -Math.max(usual, LEAST_STAKE * usualCost);
}

/**
 * The forecast to follow; null: none is worth it. On days that it had not seen it must have been
 * cheaper than doing without, by a part of the cost and by more than such days come to by chance.
 */
export function forecastToFollow({ days, costs, gains }: Pattern): number | null {
  if (days.length <= FEWEST_DAYS) return null;
  let chosen: number | null = null;
  let most = 0;
  for (const [forecast, all] of gains.entries()) {
    const gain = sum(known(all));
    const cost = sum(costs.filter((_, day) => all[day] !== null));
    const chance = Math.sqrt(sum(known(all.slice(0, -1)).map((day) => day ** 2)));
    const isWorthIt = gain > LEAST_GAIN * cost && gain > LEAST_EVIDENCE * chance && chance > 0;
    if (!isWorthIt || gain <= most || isGivenUp(all, costs)) continue;
    chosen = forecast;
    most = gain;
  }
  return chosen;
}

/** What the pattern wants, as far as it must be asked for by `nowSeconds`. */
export function patternWindows(
  pattern: Pattern | null,
  nowSeconds: number,
  { leadTimeSeconds, spacingSeconds }: PatternInput,
): CapacityWindow[] {
  const forecast = pattern && forecastToFollow(pattern);
  if (!pattern || forecast === null) return [];
  const floorOf = floorsOf(pattern, forecast);
  // One slot more, so that it is known when the next floor begins.
  return slotsOf(nowSeconds, leadTimeSeconds + spacingSeconds + SLOT_SECONDS).flatMap((slot) => {
    const atLeast = floorOf(slot);
    if (!atLeast) return [];
    return {
      source: 'pattern',
      fromSeconds: slot * SLOT_SECONDS - spacingSeconds,
      untilSeconds: (slot + 1) * SLOT_SECONDS,
      atLeast,
      atMost: null,
    } satisfies CapacityWindow;
  });
}
