import { type Bounds, clamp } from './bounds.ts';
import { inServiceAt } from './capacity-log.ts';
import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import { LOOKBACK_SECONDS } from './learn.ts';
import { wholeInstances } from './size.ts';
import type { ShadowBaseline, TargetState } from './types.ts';

/** Alarms that target tracking makes for a one-minute metric, as AWS documents them. */
const HIGH_MINUTES = 3;
const LOW_MINUTES = 15;

/** Part of the target below which a minute counts as low. */
const LOW_MARGIN = 0.9;

/** Default cooldown of SageMaker variants, from a completed scale-in to the next one. */
const SCALE_IN_COOLDOWN_SECONDS = 300;

/** How long giving instances back locks the endpoint. */
const SCALE_IN_LOCK_SECONDS = 60;

/** The alarms see a minute this long after its end: sooner than AWS's do, which favours the baseline. */
const METRIC_LAG_SECONDS = WINDOW_SECONDS;

const MINUTE_SECONDS = 60;

/** What a look knows of the time since the last one that was saved. */
export interface ShadowInput {
  readonly nowSeconds: number;
  readonly points: readonly DemandPoint[];
  /** Instances that really were in service. */
  readonly capacityLog: TargetState['capacityLog'];
  /** Instances that really are asked for. */
  readonly desired: number;
  /** The owner's. */
  readonly bounds: Bounds;
  readonly leadTimeSeconds: number;
}

/** What really happened, held against the shadow, over the windows played. Estimates, either sign. */
export interface ShadowGain {
  /** Instance-hours that the shadow has paid and the endpoint has not. */
  readonly instanceHoursSaved: number;
  /** Instance-seconds of demand that the endpoint served and the shadow did not. */
  readonly unservedSecondsAvoided: number;
}

const NO_GAIN: ShadowGain = { instanceHoursSaved: 0, unservedSecondsAvoided: 0 };

/**
 * Plays to an endpoint that exists in numbers only, and that only target tracking on one-minute
 * metrics scales, the windows that the target's own load went through since `shadow`.
 *
 * It has the target's learned lead time, the owner's bounds and one instance's target. Out: after
 * three minutes above the target, to what the highest of them needs. In: after fifteen below nine
 * tenths of it, to what the highest of those needs, and not within the cooldown. Where AWS says
 * nothing the reading is the one that favours target tracking.
 */
export function playShadow(
  shadow: ShadowBaseline | null,
  input: ShadowInput,
): { readonly shadow: ShadowBaseline | null; readonly gain: ShadowGain } {
  const newest = input.points.at(-1);
  if (!newest) return { shadow, gain: NO_GAIN };
  const until = newest.startSeconds + WINDOW_SECONDS;
  if (!shadow || shadow.untilSeconds < input.nowSeconds - LOOKBACK_SECONDS) {
    const minute = Math.floor(until / MINUTE_SECONDS) * MINUTE_SECONDS;
    return { shadow: begin(minute, clamp(input.desired, input.bounds)), gain: NO_GAIN };
  }
  const play = new Play(shadow, input);
  while (play.untilSeconds < until) play.window();
  return { shadow: play.result(), gain: play.gain() };
}

function begin(untilSeconds: number, capacity: number): ShadowBaseline {
  return {
    untilSeconds,
    inService: capacity,
    desired: capacity,
    unlockedAtSeconds: untilSeconds,
    mayReleaseAtSeconds: untilSeconds,
    highMinutes: 0,
    lowMinutes: 0,
    loadOfMinute: 0,
  };
}

class Play {
  untilSeconds: number;
  readonly #input: ShadowInput;
  readonly #demand: ReadonlyMap<number, number>;
  #inService: number;
  #desired: number;
  #unlockedAt: number;
  #mayReleaseAt: number;
  #high: number;
  #low: number;
  /** Sum of one instance's load over the windows of the minute under way. */
  #load: number;
  #paid = 0;
  #unserved = 0;

  constructor(shadow: ShadowBaseline, input: ShadowInput) {
    this.#input = input;
    this.#demand = new Map(input.points.map(({ startSeconds, demand }) => [startSeconds, demand]));
    this.untilSeconds = shadow.untilSeconds;
    this.#inService = shadow.inService;
    this.#desired = shadow.desired;
    this.#unlockedAt = shadow.unlockedAtSeconds;
    this.#mayReleaseAt = shadow.mayReleaseAtSeconds;
    this.#high = shadow.highMinutes;
    this.#low = shadow.lowMinutes;
    this.#load = shadow.loadOfMinute;
  }

  window(): void {
    const at = this.untilSeconds;
    if (at >= this.#unlockedAt) this.#inService = this.#desired;
    if (at % MINUTE_SECONDS === METRIC_LAG_SECONDS) this.#scale(at);
    this.#paid += this.#desired - this.#input.desired;
    const demand = this.#demand.get(at);
    if (demand !== undefined) {
      const really = inServiceAt(this.#input.capacityLog, at);
      this.#unserved += Math.max(0, demand - this.#inService) - Math.max(0, demand - really);
      this.#load += demand / Math.max(1, this.#inService);
    }
    this.untilSeconds = at + WINDOW_SECONDS;
    if (this.untilSeconds % MINUTE_SECONDS === 0) this.#endMinute();
  }

  /** A minute without data is a datapoint for neither alarm. */
  #endMinute(): void {
    const { windows } = this.#minute(0);
    const load = this.#load / windows;
    this.#load = 0;
    if (windows === 0) return;
    this.#high = load > 1 ? Math.min(HIGH_MINUTES, this.#high + 1) : 0;
    this.#low = load < LOW_MARGIN ? Math.min(LOW_MINUTES, this.#low + 1) : 0;
  }

  #scale(at: number): void {
    if (at < this.#unlockedAt) return;
    const { bounds, leadTimeSeconds } = this.#input;
    const wanted = clamp(this.#wanted(at), bounds);
    if (wanted === this.#desired) return;
    const isOut = wanted > this.#desired;
    if (!isOut) this.#inService = wanted;
    this.#desired = wanted;
    this.#unlockedAt = at + (isOut ? leadTimeSeconds : SCALE_IN_LOCK_SECONDS);
    this.#mayReleaseAt = isOut ? at : this.#unlockedAt + SCALE_IN_COOLDOWN_SECONDS;
  }

  /** What the alarm that is in ALARM asks for; else what there is. */
  #wanted(at: number): number {
    if (this.#high === HIGH_MINUTES) return Math.max(this.#desired, this.#needed(HIGH_MINUTES));
    if (this.#low < LOW_MINUTES || at < this.#mayReleaseAt) return this.#desired;
    return Math.min(this.#desired, this.#needed(LOW_MINUTES));
  }

  /** Instances that the busiest of the last minutes needs. */
  #needed(minutes: number): number {
    let highest = 0;
    for (let back = 0; back < minutes; back += 1) {
      const { sum, windows } = this.#minute(back);
      if (windows > 0) highest = Math.max(highest, sum / windows);
    }
    return wholeInstances(highest);
  }

  /** Demand of a whole minute before now. */
  #minute(back: number): { readonly sum: number; readonly windows: number } {
    const end = Math.floor(this.untilSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
    const from = end - (back + 1) * MINUTE_SECONDS;
    let [sum, windows] = [0, 0];
    for (let at = from; at < from + MINUTE_SECONDS; at += WINDOW_SECONDS) {
      const demand = this.#demand.get(at);
      if (demand === undefined) continue;
      sum += demand;
      windows += 1;
    }
    return { sum, windows };
  }

  result(): ShadowBaseline {
    return {
      untilSeconds: this.untilSeconds,
      inService: this.#inService,
      desired: this.#desired,
      unlockedAtSeconds: this.#unlockedAt,
      mayReleaseAtSeconds: this.#mayReleaseAt,
      highMinutes: this.#high,
      lowMinutes: this.#low,
      loadOfMinute: Math.round(this.#load * 1e4) / 1e4,
    };
  }

  gain(): ShadowGain {
    return {
      instanceHoursSaved: (this.#paid * WINDOW_SECONDS) / 3600,
      unservedSecondsAvoided: this.#unserved * WINDOW_SECONDS,
    };
  }
}
