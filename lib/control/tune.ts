import {
  bandOf,
  bandsFor,
  lowestLevel,
  MOST_INSTANCES,
  middleOf,
  partUsed,
  widthOf,
} from './bands.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand.ts';
import { asks, keeps, RULES, type Rule, wish } from './rules.ts';
import type { Tuning } from './types.ts';
import { NO_USE, RecentUse, remember, type Use, useOfBand } from './use.ts';

/** How long a scale-in locks the endpoint in the shadows' world, seconds. */
const SCALE_IN_LOCK_SECONDS = 60;

/** What a change of capacity costs a shadow, instance-seconds: a change that gains less is flapping. */
const CHANGE_COST_SECONDS = 60;

/** A window's cost weighs half after this long, so that the choice follows the load's character. */
const HALF_LIFE_SECONDS = 6 * 3600;

/** Nothing is chosen on less than this much of scored demand, seconds. */
const WARM_UP_SECONDS = 1800;

/**
 * A rule must be cheaper by what its instances cost in so many lead times to take over: less is
 * no evidence.
 */
const ADVANTAGE_LEAD_TIMES = 3;

/** Bands whose middle lies within this share of a band's own have a say in its choice. */
const NEIGHBOURHOOD = 0.3;

/** A shadow that jumps takes a band that one window used by this part. */
const SURGE_PART = 0.9;

/** Windows that are not readable yet when one begins: the one before it is still under way. */
const UNREADABLE_SECONDS = 2 * WINDOW_SECONDS;

/**
 * Significant digits that are kept: a memory of twenty minutes moves by less than a hundredth a
 * window, and costs by a three-thousandth, so that coarser rounding would add up.
 */
const USE_DIGITS = 6;
const COST_DIGITS = 5;

const DECAY = 0.5 ** (WINDOW_SECONDS / HALF_LIFE_SECONDS);

export interface TuningInput {
  readonly riskPrice: number;
  readonly leadTimeSeconds: number;
  /** How long nothing may be used for it to count as gone. */
  readonly quietSeconds: number;
  /** Where shadows begin. */
  readonly capacity: number;
  /** Hears of each window that is played, once. */
  readonly onWindow?: (window: PlayedWindow) => void;
}

/** A window, and what the rules in use had made of capacity by then. */
export interface PlayedWindow extends DemandPoint {
  /** Instances that their shadows paid for. */
  readonly held: number;
  /** Those of them that served. */
  readonly serving: number;
}

/**
 * Keeps the rules' scores up to date. Every rule has a shadow for every band of levels: instances
 * that exist only in numbers, with the lead time and the lock of real ones, that lived through this
 * target's demand under that rule alone. Windows that came since the last look are played to all
 * shadows and what they cost is added up; each band takes the rule that was cheapest around it.
 */
export function tune(
  tuning: Tuning | null,
  points: readonly DemandPoint[],
  input: TuningInput,
): Tuning {
  const isUsable = tuning?.riskPrice === input.riskPrice;
  const played = new Play(isUsable ? tuning : begin(points, input), input);
  let unread = 0;
  for (const point of points) {
    if (point.startSeconds <= played.scoredUntilSeconds) continue;
    while (unread < points.length) {
      const earlier = points[unread] as DemandPoint;
      if (earlier.startSeconds > point.startSeconds - UNREADABLE_SECONDS) break;
      played.read(earlier);
      unread += 1;
    }
    played.live(point, sight(points, unread, input.quietSeconds));
  }
  return played.result();
}

/** What reflexes go by: the newest readable window, and the peak of the quiet span that ends there. */
interface Sight {
  readonly newest: number;
  readonly peak: number;
}

function sight(points: readonly DemandPoint[], end: number, quietSeconds: number): Sight {
  const newest = points[end - 1];
  if (!newest) return { newest: 0, peak: Number.POSITIVE_INFINITY };
  let peak = 0;
  for (let i = end - 1; i >= 0; i -= 1) {
    const { startSeconds, demand } = points[i] as DemandPoint;
    if (startSeconds <= newest.startSeconds - quietSeconds) break;
    peak = Math.max(peak, demand);
  }
  return { newest: newest.demand, peak };
}

function begin(points: readonly DemandPoint[], { capacity, riskPrice }: TuningInput): Tuning {
  const start = (points[0]?.startSeconds ?? 0) - WINDOW_SECONDS;
  const shadow = Array.from({ length: bandsFor(capacity) }, () => HELD);
  return {
    riskPrice,
    sinceSeconds: start,
    scoredUntilSeconds: start,
    use: NO_USE,
    shadows: RULES.map(() => shadow),
    costs: RULES.map(() => shadow.map(() => 0)),
    chosen: shadow.map(() => 0),
  };
}

/** A band that a shadow has, and one that it has not; further from zero by the windows it is locked. */
const HELD = 1;
const FREE = -1;

/** A {@link Tuning} while windows are played to it. */
class Play {
  scoredUntilSeconds: number;
  readonly #before: Tuning;
  readonly #input: TuningInput;
  readonly #leadTimeWindows: number;
  #use: Use;
  readonly #shadows: number[][];
  readonly #costs: number[][];
  readonly #chosen: number[];

  constructor(before: Tuning, input: TuningInput) {
    this.#before = before;
    this.#input = input;
    this.#leadTimeWindows = Math.ceil(input.leadTimeSeconds / WINDOW_SECONDS);
    this.scoredUntilSeconds = before.scoredUntilSeconds;
    this.#use = before.use;
    this.#shadows = before.shadows.map((row) => [...row]);
    this.#costs = before.costs.map((row) => [...row]);
    this.#chosen = [...before.chosen];
  }

  /** A window becomes readable. */
  read(point: DemandPoint): void {
    if (point.startSeconds > this.#use.untilSeconds) this.#use = remember(this.#use, point);
  }

  /** A window passes: every shadow decides at its start and pays for it. */
  live({ startSeconds, demand }: DemandPoint, sight: Sight): void {
    this.#reach(bandsFor(demand));
    let held = 0;
    let serving = 0;
    for (let band = 0; band < this.#chosen.length; band += 1) {
      const used = partUsed(band, demand);
      let least = Number.POSITIVE_INFINITY;
      RULES.forEach((rule, r) => {
        const costs = this.#costs[r] as number[];
        const cost = (costs[band] as number) * DECAY + this.#step(rule, r, band, used, sight);
        costs[band] = cost;
        least = Math.min(least, cost);
      });
      for (const costs of this.#costs) costs[band] = (costs[band] as number) - least;
      const shadow = this.#shadows[this.#chosen[band] as number]?.[band] as number;
      if (shadow >= HELD) held += widthOf(band);
      if (shadow === HELD) serving += widthOf(band);
    }
    this.#input.onWindow?.({ startSeconds, demand, held, serving });
    this.scoredUntilSeconds = startSeconds;
    if (startSeconds - this.#before.sinceSeconds > WARM_UP_SECONDS) this.#choose();
  }

  result(): Tuning {
    const { weight, used, untilSeconds } = this.#use;
    return {
      riskPrice: this.#before.riskPrice,
      sinceSeconds: this.#before.sinceSeconds,
      scoredUntilSeconds: this.scoredUntilSeconds,
      use: {
        untilSeconds,
        weight: rounded(weight, USE_DIGITS),
        used: used.map((bands) => rounded(bands, USE_DIGITS)),
      },
      shadows: this.#shadows,
      costs: this.#costs.map((bands) => rounded(bands, COST_DIGITS)),
      chosen: this.#chosen,
    };
  }

  /** Demand reaches new bands: they were free until now, and nothing speaks for any rule. */
  #reach(bands: number): void {
    while (this.#chosen.length < bands) {
      for (const shadow of this.#shadows) shadow.push(FREE);
      for (const costs of this.#costs) costs.push(0);
      this.#chosen.push(0);
    }
  }

  /** Moves one shadow through a window; gives what it pays, in instance-windows. */
  #step(rule: Rule, r: number, band: number, used: number, { newest, peak }: Sight): number {
    const shadows = this.#shadows[r] as number[];
    const { riskPrice } = this.#input;
    let held = (shadows[band] as number) > 0;
    let locked = Math.abs(shadows[band] as number) - 1;
    let cost = 0;
    if (locked === 0) {
      const use = useOfBand(this.#use, rule.memory, band);
      const isGone = rule.drops && peak <= lowestLevel(band);
      const isSurge = rule.jumps && partUsed(band, newest) >= SURGE_PART;
      const wanted =
        isSurge ||
        (!isGone && (asks(rule, use, riskPrice) || (held && keeps(rule, use, riskPrice))));
      if (wanted !== held) {
        held = wanted;
        locked = held ? this.#leadTimeWindows : SCALE_IN_LOCK_SECONDS / WINDOW_SECONDS;
        cost += CHANGE_COST_SECONDS / WINDOW_SECONDS;
      }
    }
    const isServing = held && locked === 0;
    cost += (held ? 1 : 0) + (isServing ? 0 : riskPrice * used);
    shadows[band] = (held ? HELD : FREE) * (1 + Math.max(0, locked - 1));
    return cost;
  }

  #choose(): void {
    const margin = ADVANTAGE_LEAD_TIMES * this.#leadTimeWindows;
    for (let band = 0; band < this.#chosen.length; band += 1) {
      const around = this.#around(band);
      const costs = this.#costs.map((row) => weighted(row, around));
      const chosen = this.#chosen[band] as number;
      const least = Math.min(...costs);
      if (least < (costs[chosen] as number) - margin * total(around)) {
        this.#chosen[band] = costs.indexOf(least);
      }
    }
  }

  /** The bands that have a say in a band's choice, each with its width. */
  #around(band: number): (readonly [band: number, width: number])[] {
    const middle = middleOf(band);
    const isNear = (other: number) => Math.abs(middleOf(other) - middle) <= NEIGHBOURHOOD * middle;
    let first = band;
    while (first > 0 && isNear(first - 1)) first -= 1;
    const around: [number, number][] = [];
    for (let other = first; other < this.#chosen.length && isNear(other); other += 1) {
      around.push([other, widthOf(other)]);
    }
    return around;
  }
}

type Around = readonly (readonly [band: number, width: number])[];

function weighted(costs: readonly number[], around: Around): number {
  return around.reduce((sum, [band, width]) => sum + (costs[band] as number) * width, 0);
}

function total(around: Around): number {
  return around.reduce((sum, [, width]) => sum + width, 0);
}

function rounded(values: readonly number[], digits: number): number[] {
  return values.map((value) => Number(value.toPrecision(digits)));
}

/** The rule in use for a level; levels above every demand so far follow the usual first one. */
export function ruleOf(tuning: Tuning, level: number): Rule {
  return RULES[tuning.chosen[bandOf(level)] ?? 0] as Rule;
}

/** The capacity that the rules in use ask for after the newest of `points`. */
export function wishFor(
  tuning: Tuning,
  points: readonly DemandPoint[],
  riskPrice: number,
  desired: number,
): number {
  const recent = new RecentUse(tuning.use, points);
  return wish((level) => ruleOf(tuning, level), recent, riskPrice, desired);
}

/** How far a surge may raise capacity: up to the first level whose rule does not jump. */
export function reachOfJump(tuning: Tuning, desired: number, capacity: number): number {
  const most = Math.min(capacity, MOST_INSTANCES);
  let reach = desired;
  while (reach < most && ruleOf(tuning, reach).jumps) reach += 1;
  return reach;
}

/** How far calm may lower capacity: down to the first level whose rule does not drop. */
export function reachOfDrop(tuning: Tuning, capacity: number, least: number): number {
  let reach = capacity;
  while (reach > least && ruleOf(tuning, reach - 1).drops) reach -= 1;
  return reach;
}
