import { type Dropped, keyOf, Ledger, type LoadRecord } from './ledger.ts';
import { PUBLISH_SECONDS } from './names.ts';

/** How a request ended, as far as the load is concerned; `unreached`: the model never saw it. */
export type Outcome = 'served' | 'failed' | 'throttled' | 'unreached';

/** What {@link LoadCounter} keeps at most. */
export interface Bounds {
  /** Seconds × variants of endpoints. */
  readonly mostTallies: number;
  /** Variants of endpoints that are counted at the same time. */
  readonly mostLanes: number;
}

/** A request under way; {@link LoadCounter.end} ends it. */
export interface Request {
  readonly fromMs: number;
  lane: Lane | undefined;
  isAnswered: boolean;
}

/** One variant of an endpoint, or an endpoint whose variant no answer has named yet. */
interface Lane {
  readonly endpointName: string;
  variantName: string | undefined;
  inFlight: number;
  /** Busy time is counted up to here. */
  countedToMs: number;
  usedAtMs: number;
  /** Published, and found to be no load afterwards: what is counted next is less by it. */
  readonly owed: Record<Load, number>;
  owedAtMs: number;
}

/** What a request brings just by being under way. */
type Load = 'arrivals' | 'busyMs';

/** What is older than this says nothing about now, to the scaler neither. */
const OLDEST_SECONDS = 120;

/** The next window sets a debt right; after that it would only falsify. */
const OWED_SECONDS = 2 * PUBLISH_SECONDS;

/** A variant that was called this recently is told of in every window, with zeros if need be. */
const QUIET_SECONDS = 900;

const NOTHING = { arrivals: 0, busyMs: 0 };

/**
 * Counts requests by second, endpoint and variant. Busy time belongs to the seconds in which it was
 * spent, also of requests that are still under way.
 */
export class LoadCounter {
  readonly #ledger: Ledger;
  readonly #mostLanes: number;
  readonly #lanes = new Map<string, Lane>();
  /** The variant that answered last, by endpoint. */
  readonly #answering = new Map<string, string>();
  readonly #defaultVariant: string | undefined;
  #inFlight = 0;
  #quietFromSecond = 0;

  /** @param defaultVariant for requests that name no variant, until an answer does */
  constructor(bounds: Bounds, defaultVariant?: string) {
    this.#ledger = new Ledger(bounds.mostTallies);
    this.#mostLanes = bounds.mostLanes;
    this.#defaultVariant = defaultVariant;
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Tallies that wait to be published. */
  get held(): number {
    return this.#ledger.size;
  }

  get dropped(): Dropped {
    return this.#ledger.dropped;
  }

  /** True while there is something to publish, or may soon be without any further request. */
  isActive(nowMs: number): boolean {
    if (this.#inFlight > 0 || this.held > 0) return true;
    return [...this.#lanes.values()].some(({ usedAtMs }) => isLive(usedAtMs, nowMs));
  }

  /**
   * A request sets out.
   * @param variantName where it names one; else it is taken to go where the last answer came from,
   *   which gives every variant its share
   */
  begin(endpointName: string, variantName: string | undefined, nowMs: number): Request {
    const variant = variantName ?? this.#answering.get(endpointName) ?? this.#defaultVariant;
    const lane = this.#lane(endpointName, variant, nowMs);
    this.#inFlight += 1;
    if (!lane) {
      this.#ledger.countDropped(1, 0);
    } else {
      this.#advance(lane, nowMs);
      lane.inFlight += 1;
      this.#count(lane, secondOf(nowMs), 'arrivals', 1);
    }
    return { fromMs: nowMs, lane, isAnswered: false };
  }

  /** An answer begins. The variant that it names is busy with it from now on. */
  answered(request: Request, variantName: string | undefined, nowMs: number): void {
    const { lane } = request;
    request.isAnswered = true;
    if (!lane || variantName === undefined) return;
    this.#answering.set(lane.endpointName, variantName);
    if (lane.variantName === variantName || this.#name(lane, variantName, nowMs)) return;
    const answering = this.#lane(lane.endpointName, variantName, nowMs);
    if (!answering) return;
    this.#advance(lane, nowMs);
    this.#advance(answering, nowMs);
    lane.inFlight -= 1;
    answering.inFlight += 1;
    request.lane = answering;
    this.#freeUnnamed(lane);
  }

  /** A request is over; once only. */
  end(request: Request, outcome: Outcome, nowMs: number): void {
    const { lane } = request;
    this.#inFlight -= 1;
    if (!lane) return;
    this.#advance(lane, nowMs);
    lane.inFlight -= 1;
    lane.usedAtMs = nowMs;
    this.#freeUnnamed(lane);
    if (outcome === 'served') return;
    const second = secondOf(nowMs);
    this.#ledger.add(second, lane, 'errors', 1);
    if (outcome === 'throttled') this.#ledger.add(second, lane, 'throttles', 1);
    if (outcome === 'unreached' && !request.isAnswered) {
      this.#takeBack(lane, request.fromMs, nowMs);
    }
  }

  /** Takes out, to be published, all that was counted before a second. */
  take(beforeSecond: number, nowMs: number): LoadRecord[] {
    for (const [key, lane] of this.#lanes) {
      this.#advance(lane, nowMs);
      // Of a clock that was set back: nothing was used in the future.
      lane.usedAtMs = Math.min(lane.usedAtMs, nowMs);
      lane.owedAtMs = Math.min(lane.owedAtMs, nowMs);
      if (nowMs - lane.owedAtMs >= OWED_SECONDS * 1000) Object.assign(lane.owed, NOTHING);
      if (lane.inFlight > 0 || isLive(lane.usedAtMs, nowMs)) continue;
      this.#lanes.delete(key);
      const { endpointName, variantName } = lane;
      if (this.#answering.get(endpointName) === variantName) this.#answering.delete(endpointName);
    }
    this.#tellOfQuiet(beforeSecond, nowMs);
    const second = secondOf(nowMs);
    this.#ledger.dropOutside(second - OLDEST_SECONDS, second + OLDEST_SECONDS);
    return this.#ledger.take(beforeSecond, (name) => this.#answering.get(name));
  }

  /** Gives back what could not be published. */
  putBack(records: readonly LoadRecord[]): void {
    this.#ledger.putBack(records);
  }

  /** Counts as dropped what may or may not be published. */
  giveUp(records: readonly LoadRecord[]): void {
    this.#ledger.giveUp(records);
  }

  /** The scaler does not take silence for calm, so calm is told: every whole window has a figure. */
  #tellOfQuiet(beforeSecond: number, nowMs: number): void {
    const start = Math.floor(beforeSecond / PUBLISH_SECONDS - 1) * PUBLISH_SECONDS;
    // Another is later, or one of a clock that was set back.
    if (start === this.#quietFromSecond) return;
    this.#quietFromSecond = start;
    for (const lane of this.#lanes.values()) {
      const { variantName, inFlight, usedAtMs } = lane;
      if (variantName === undefined || inFlight > 0 || secondOf(usedAtMs) >= start) continue;
      if (isLive(usedAtMs, nowMs)) this.#ledger.add(start, lane, 'arrivals', 0);
    }
  }

  #lane(endpointName: string, variantName: string | undefined, nowMs: number): Lane | undefined {
    const key = keyOf({ endpointName, variantName });
    let lane = this.#lanes.get(key);
    if (!lane) {
      if (this.#lanes.size >= this.#mostLanes) return undefined;
      lane = {
        endpointName,
        variantName,
        inFlight: 0,
        countedToMs: nowMs,
        usedAtMs: nowMs,
        owed: { ...NOTHING },
        owedAtMs: nowMs,
      };
      this.#lanes.set(key, lane);
    }
    lane.usedAtMs = nowMs;
    return lane;
  }

  /** Gives the lane of an unknown variant its name, unless there is one of that name. */
  #name(lane: Lane, variantName: string, nowMs: number): boolean {
    const key = keyOf({ endpointName: lane.endpointName, variantName });
    if (lane.variantName !== undefined || this.#lanes.has(key)) return false;
    this.#advance(lane, nowMs);
    this.#lanes.delete(keyOf(lane));
    lane.variantName = variantName;
    this.#lanes.set(key, lane);
    return true;
  }

  /** Where the variant is known, the lane of an unknown one only takes the place of another. */
  #freeUnnamed({ endpointName, variantName, inFlight }: Lane): void {
    if (variantName !== undefined || inFlight > 0) return;
    if (this.#answering.has(endpointName)) this.#lanes.delete(keyOf({ endpointName, variantName }));
  }

  /** Counts the time of the requests under way, each second for itself. */
  #advance(lane: Lane, nowMs: number): void {
    let fromMs = lane.countedToMs;
    lane.countedToMs = nowMs;
    if (lane.inFlight === 0) return;
    // After a leap of the clock, or of a machine that slept, only the end of it is of use.
    const earliestMs = nowMs - OLDEST_SECONDS * 1000;
    if (fromMs < earliestMs) {
      this.#ledger.countDropped(0, lane.inFlight * (earliestMs - fromMs));
      fromMs = earliestMs;
    }
    eachSecond(fromMs, nowMs, (second, ms) =>
      this.#count(lane, second, 'busyMs', lane.inFlight * ms),
    );
  }

  #count(lane: Lane, second: number, what: Load, amount: number): void {
    const paid = Math.min(lane.owed[what], amount);
    lane.owed[what] -= paid;
    this.#ledger.add(second, lane, what, amount - paid);
  }

  /** A request that never reached the model was no load, and what it took to find out neither. */
  #takeBack(lane: Lane, fromMs: number, nowMs: number): void {
    const owe = (second: number, what: Load, amount: number) => {
      lane.owed[what] += amount - this.#ledger.takeBack(second, lane, what, amount);
    };
    lane.owedAtMs = nowMs;
    owe(secondOf(fromMs), 'arrivals', 1);
    eachSecond(Math.max(fromMs, nowMs - OLDEST_SECONDS * 1000), nowMs, (second, ms) =>
      owe(second, 'busyMs', ms),
    );
  }
}

/** Splits a span of time where seconds end. */
function eachSecond(
  fromMs: number,
  toMs: number,
  visit: (second: number, milliseconds: number) => void,
): void {
  let atMs = fromMs;
  while (atMs < toMs) {
    const second = secondOf(atMs);
    const untilMs = Math.min((second + 1) * 1000, toMs);
    visit(second, untilMs - atMs);
    atMs = untilMs;
  }
}

function secondOf(atMs: number): number {
  return Math.floor(atMs / 1000);
}

function isLive(usedAtMs: number, nowMs: number): boolean {
  return nowMs - usedAtMs < QUIET_SECONDS * 1000;
}
