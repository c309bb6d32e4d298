import { MOST_INSTANCES, partUsed } from './bands.ts';
import { BUCKET_SECONDS, demandsOf, type Past } from './past.ts';

/** Turns of a recurring load that its next one is forecast from. */
const MOST_TURNS = 3;

/** What a band of levels is worth, as far as the load comes again as it did. */
export interface Outlook {
  /** Not held: whether now is the time to ask for it. */
  readonly ask: boolean;
  /** Not held: whether it should come with others now, since until those are there nothing else may. */
  readonly join: boolean;
  /** Held: whether to keep it. */
  readonly keep: boolean;
  /** Not held: how long until it should be asked for, seconds; infinite when it should not. */
  readonly askInSeconds: number;
}

export interface AheadInput {
  readonly riskPrice: number;
  readonly leadTimeSeconds: number;
  /** How long a scale-in locks the endpoint, seconds. */
  readonly scaleInLockSeconds: number;
  /** What a change of capacity costs, instance-seconds. */
  readonly changeCostSeconds: number;
}

/** The next turn of a recurring load, band by band. */
export class Ahead {
  readonly #demands: Float64Array;
  readonly #period: number;
  readonly #input: AheadInput;
  readonly #now: number;
  readonly #outlooks: (Outlook | undefined)[] = [];

  /** @param period {@link Past.period}, which must not be null */
  private constructor(past: Past, period: number, nowSeconds: number, input: AheadInput) {
    this.#demands = demandsOf(past);
    this.#period = period;
    this.#input = input;
    const sinceSeconds = nowSeconds - (past.untilSeconds as number);
    this.#now = this.#demands.length + Math.floor(sinceSeconds / BUCKET_SECONDS);
  }

  /** Undefined where the load does not recur. */
  static of(past: Past, nowSeconds: number, input: AheadInput): Ahead | undefined {
    return past.period === null ? undefined : new Ahead(past, past.period, nowSeconds, input);
  }

  /** Levels that demand has reached of late. */
  get highest(): number {
    const peak = this.#demands.reduce((most, demand) => Math.max(most, demand), 0);
    return Math.min(Math.ceil(peak), MOST_INSTANCES);
  }

  outlook(band: number): Outlook {
    this.#outlooks[band] ??= this.#solve(band);
    return this.#outlooks[band] as Outlook;
  }

  /**
   * Weighs every moment of a period and two lead times ahead, backwards from its end: what a band costs from
   * there on when it is held, and when it is not, under the best choices.
   */
  #solve(band: number): Outlook {
    const { riskPrice, leadTimeSeconds, scaleInLockSeconds, changeCostSeconds } = this.#input;
    const lead = leadTimeSeconds / BUCKET_SECONDS;
    const lock = scaleInLockSeconds / BUCKET_SECONDS;
    const change = changeCostSeconds / BUCKET_SECONDS;
    const horizon = this.#period + Math.ceil(2 * lead);
    const expected = this.#expected(band, horizon);
    const missed = new Float64Array(horizon + 1);
    for (let i = 0; i < horizon; i += 1) {
      missed[i + 1] = (missed[i] as number) + riskPrice * (expected[i] as number);
    }
    const free = new Float64Array(horizon + 1);
    const held = new Float64Array(horizon + 1);
    let [ask, keep, askAt] = [false, false, Number.POSITIVE_INFINITY];
    for (let i = horizon - 1; i >= 0; i -= 1) {
      const landed = Math.min(i + lead, horizon);
      const freed = Math.min(i + lock, horizon);
      const missedBy = (at: number) => between(missed, at) - (missed[i] as number);
      const asking = change + (landed - i) + missedBy(landed) + between(held, landed);
      const waiting = missedBy(i + 1) + (free[i + 1] as number);
      const giving = change + missedBy(freed) + between(free, freed);
      const keeping = 1 + (held[i + 1] as number);
      ask = asking < waiting;
      keep = keeping <= giving;
      if (ask) askAt = i;
      free[i] = Math.min(asking, waiting);
      held[i] = Math.min(giving, keeping);
    }
    const join = lead + between(held, lead) < between(free, lead);
    return { ask, join, keep, askInSeconds: askAt * BUCKET_SECONDS };
  }

  /**
   * Part of a band that is expected to be used in each bucket from now on: the mean over the last turns, each
   * of which may come a bucket earlier than the one before it.
   */
  #expected(band: number, buckets: number): Float64Array {
    const end = this.#demands.length;
    const period = this.#period;
    const turns = Math.min(MOST_TURNS, Math.floor(end / period));
    const used = new Float64Array(end);
    for (let at = 0; at < end; at += 1) {
      const next = this.#demands[at + 1 < end ? at + 1 : end - period] as number;
      used[at] = partUsed(band, Math.max(this.#demands[at] as number, next));
    }
    const expected = new Float64Array(buckets);
    for (let i = 0; i < buckets; i += 1) {
      const since = this.#now + i - end;
      let at = end + since - period * (Math.floor(since / period) + 1);
      let sum = 0;
      let count = 0;
      for (; count < turns && at >= 0; at -= period, count += 1) sum += used[at] as number;
      expected[i] = count > 0 ? sum / count : 0;
    }
    return expected;
  }
}

/** A figure between two buckets. */
function between(list: Float64Array, at: number): number {
  const whole = Math.floor(at);
  const part = at - whole;
  const here = list[whole] as number;
  return part === 0 ? here : here + part * ((list[whole + 1] as number) - here);
}
