import { Ahead } from './ahead.ts';
import { bandsFor, lowestLevel, partUsed, sumAround, widthAround, widthOf } from './bands.ts';
import type { PlayedWindow } from './demand-point.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { costsFrom, costText, shadowFrom, shadowText } from './kept.ts';
import { BUCKET_SECONDS, type Past, withWindow } from './past.ts';
import { asks, keeps, RECURRING, RULES, type Rule } from './rules.ts';
import type { Tuning } from './types.ts';
import { isCovered, remember, type Use, useOfBand } from './use.ts';

/** How long a scale-in locks the endpoint in the shadows' world, seconds. */
const SCALE_IN_LOCK_SECONDS = 60;

/** What a change of capacity costs a shadow, instance-seconds: a change that gains less is flapping. */
const CHANGE_COST_SECONDS = 30;

/** A window's cost weighs half after this long, so that the choice follows the load's character. */
const HALF_LIFE_SECONDS = 6 * 3600;

/** Nothing is chosen on less than this much of scored demand, seconds. */
const WARM_UP_SECONDS = 1800;

/**
 * A rule must be cheaper by what its instances cost in so many lead times to take over: less is
 * no evidence.
 */
const ADVANTAGE_LEAD_TIMES = 1.5;

/** The same for following a recurring load, by the instances that would: what recurs soon shows it. */
const FOLLOWING_LEAD_TIMES = 1;

/** A shadow that jumps takes a band that one window used by this part. */
const SURGE_PART = 0.9;

/**
 * Significant digits that are kept of use: the longest memory moves by a two-hundredth a window, so that
 * coarser rounding would add up.
 */
const USE_DIGITS = 6;

const DECAY = 0.5 ** (WINDOW_SECONDS / HALF_LIFE_SECONDS);

export interface TuningInput {
  readonly riskPrice: number;
  /** Load that is one instance's. */
  readonly targetPerInstance: number;
  readonly leadTimeSeconds: number;
  /** The lead time that was reckoned with until this look. */
  readonly assumedLeadTimeSeconds?: number;
  /** How long nothing may be used for it to count as gone. */
  readonly quietSeconds: number;
  /** Where shadows begin. */
  readonly capacity: number;
  /** Hears of each window that is played, once. */
  readonly onWindow?: (window: PlayedWindow) => void;
}

/** What reflexes go by: the newest readable window, and the peak of the quiet span that ends there. */
export interface Sight {
  readonly newest: number;
  readonly peak: number;
}

/** A band that a shadow has, and one that it has not; further from zero by the windows it is locked. */
export const HELD = 1;
const FREE = -1;

/** The shadows of a {@link Tuning} while windows are played to them. */
export class Shadows {
  scoredUntilSeconds: number;
  readonly #before: Tuning;
  readonly #input: TuningInput;
  readonly #leadTimeWindows: number;
  #use: Use;
  #past: Past;
  #ahead:
    | {
        readonly bucket: number;
        readonly untilSeconds: number | null;
        readonly outlook: Ahead | undefined;
      }
    | undefined;
  readonly #shadows: number[][];
  readonly #costs: number[][];
  readonly #chosen: number[];
  #bandsAhead: number;

  constructor(before: Tuning, input: TuningInput) {
    this.#before = before;
    this.#input = input;
    this.#leadTimeWindows = Math.ceil(input.leadTimeSeconds / WINDOW_SECONDS);
    this.scoredUntilSeconds = before.scoredUntilSeconds;
    this.#use = before.use;
    this.#past = before.past;
    const assumedWindows = Math.ceil(
      (input.assumedLeadTimeSeconds ?? input.leadTimeSeconds) / WINDOW_SECONDS,
    );
    // Those that asked before the lead time was known to be shorter must not serve after those that asked later.
    const sooner = Math.max(0, assumedWindows - this.#leadTimeWindows);
    this.#shadows = before.shadows.map((row) =>
      shadowFrom(row).map((shadow) => (shadow > HELD ? Math.max(HELD, shadow - sooner) : shadow)),
    );
    this.#costs = before.costs.map(costsFrom);
    this.#chosen = [...before.chosen];
    this.#bandsAhead = before.bandsAhead;
  }

  /** A window becomes readable. */
  read(point: DemandPoint): void {
    if (point.startSeconds <= this.#use.untilSeconds) return;
    this.#use = remember(this.#use, point, this.#input.riskPrice);
    this.#past = withWindow(this.#past, point);
  }

  /** A window passes: every shadow decides at its start and pays for it. */
  live({ startSeconds, demand }: DemandPoint, sight: Sight): void {
    this.#reach(bandsFor(demand));
    const ahead = this.#aheadAt(startSeconds);
    let held = 0;
    let serving = 0;
    for (let band = 0; band < this.#chosen.length; band += 1) {
      const used = partUsed(band, demand);
      let least = Number.POSITIVE_INFINITY;
      RULES.forEach((rule, r) => {
        const costs = this.#costs[r] as number[];
        if (rule.recurs && !ahead) return;
        const cost = (costs[band] as number) * DECAY + this.#step(r, band, used, sight, ahead);
        costs[band] = cost;
        least = Math.min(least, cost);
      });
      if (!ahead) this.#standIn(band);
      for (const costs of this.#costs) costs[band] = (costs[band] as number) - least;
      const inUse = band < this.#bandsAhead ? RECURRING : (this.#chosen[band] as number);
      const shadow = this.#shadows[inUse]?.[band] as number;
      if (shadow >= HELD) held += widthOf(band);
      if (shadow === HELD) serving += widthOf(band);
    }
    this.#input.onWindow?.({ startSeconds, demand, held, serving });
    this.scoredUntilSeconds = startSeconds;
    if (startSeconds - this.#before.sinceSeconds > WARM_UP_SECONDS) this.#choose(ahead);
  }

  result(): Tuning {
    const { weight, used, untilSeconds } = this.#use;
    return {
      riskPrice: this.#before.riskPrice,
      targetPerInstance: this.#input.targetPerInstance,
      sinceSeconds: this.#before.sinceSeconds,
      scoredUntilSeconds: this.scoredUntilSeconds,
      use: {
        untilSeconds,
        weight: rounded(weight, USE_DIGITS),
        used: used.map((bands) => rounded(bands, USE_DIGITS)),
      },
      past: this.#past,
      shadows: this.#shadows.map(shadowText),
      costs: this.#costs.map(costText),
      chosen: this.#chosen,
      bandsAhead: this.#bandsAhead,
    };
  }

  /** As long as the load does not recur, the rule for loads that do does what the one in use does. */
  #standIn(band: number): void {
    const inUse = this.#chosen[band] as number;
    (this.#costs[RECURRING] as number[])[band] = this.#costs[inUse]?.[band] as number;
    (this.#shadows[RECURRING] as number[])[band] = this.#shadows[inUse]?.[band] as number;
  }

  /** The outlook is the same within a bucket, as long as no other one is over. */
  #aheadAt(nowSeconds: number): Ahead | undefined {
    const bucket = Math.floor(nowSeconds / BUCKET_SECONDS);
    const { untilSeconds } = this.#past;
    if (this.#ahead?.bucket !== bucket || this.#ahead.untilSeconds !== untilSeconds) {
      this.#ahead = { bucket, untilSeconds, outlook: aheadOf(this.#past, nowSeconds, this.#input) };
    }
    return this.#ahead.outlook;
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
  #step(
    r: number,
    band: number,
    used: number,
    { newest, peak }: Sight,
    ahead: Ahead | undefined,
  ): number {
    const rule = RULES[r] as Rule;
    const shadows = this.#shadows[r] as number[];
    const { riskPrice } = this.#input;
    let held = (shadows[band] as number) > 0;
    let locked = Math.abs(shadows[band] as number) - 1;
    let cost = 0;
    if (locked === 0) {
      const use = useOfBand(this.#use, rule.memory, band);
      const isGone = rule.drops && peak <= lowestLevel(band);
      const isSurge = rule.jumps && partUsed(band, newest) >= SURGE_PART;
      const outlook = rule.recurs ? ahead?.outlook(band) : undefined;
      const isKept =
        keeps(rule, use, riskPrice, outlook) || (!outlook && !this.#isCovered(rule.memory));
      const isUseful = asks(rule, use, riskPrice, outlook) || (held && isKept);
      const wanted = isSurge || (!isGone && isUseful);
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

  #isCovered(memory: number): boolean {
    const windows = (this.#use.untilSeconds - this.#before.sinceSeconds) / WINDOW_SECONDS;
    return isCovered(this.#use, memory, windows);
  }

  #choose(ahead: Ahead | undefined): void {
    const margin = ADVANTAGE_LEAD_TIMES * this.#leadTimeWindows;
    for (let band = 0; band < this.#chosen.length; band += 1) {
      const costOf = (r: number) => sumAround(this.#costs[r] as number[], band);
      let cheapest = 0;
      let least = costOf(0);
      for (let r = 1; r < RECURRING; r += 1) {
        const cost = costOf(r);
        if (cost >= least) continue;
        least = cost;
        cheapest = r;
      }
      const inUse = costOf(this.#chosen[band] as number);
      if (least < inUse - margin * widthAround(band, this.#chosen.length)) {
        this.#chosen[band] = cheapest;
      }
    }
    this.#bandsAhead = ahead
      ? this.#worthFollowing(FOLLOWING_LEAD_TIMES * this.#leadTimeWindows)
      : 0;
  }

  /**
   * How many bands, from the lowest on, would have been served cheaper by following the recurring load.
   * They are taken together, since levels stand on each other.
   */
  #worthFollowing(margin: number): number {
    let gain = 0;
    let instances = 0;
    let bands = 0;
    for (const [band, rule] of this.#chosen.entries()) {
      const costOf = (r: number) => this.#costs[r]?.[band] as number;
      gain += widthOf(band) * (costOf(rule) - costOf(RECURRING));
      instances += widthOf(band);
      const least = band < this.#bandsAhead ? 0 : margin * instances;
      if (gain > least) bands = band + 1;
    }
    return bands;
  }
}

function rounded(values: readonly number[], digits: number): number[] {
  return values.map((value) => Number(value.toPrecision(digits)));
}

/** The next turn of a recurring load, in the shadows' world; undefined where it does not recur. */
export function aheadOf(
  past: Past,
  nowSeconds: number,
  { riskPrice, leadTimeSeconds }: Pick<TuningInput, 'riskPrice' | 'leadTimeSeconds'>,
): Ahead | undefined {
  return Ahead.of(past, nowSeconds, {
    riskPrice,
    leadTimeSeconds,
    scaleInLockSeconds: SCALE_IN_LOCK_SECONDS,
    changeCostSeconds: CHANGE_COST_SECONDS,
  });
}
