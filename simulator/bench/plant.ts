import type { AtOnce } from '../plant/at-once.ts';
import type { CapacityChange } from '../plant/capacity-change.ts';
import type { View } from '../scalers/view.ts';
import { RequestsUnderWay } from './under-way.ts';
import { clampCapacity, WINDOW_SECONDS, type Workload } from './workload.ts';

const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** How the endpoint behaves. All times are whole seconds. */
export interface PlantOptions {
  /** From an accepted request for more to those instances in service, all at once. */
  readonly leadTimeSeconds: number;
  /** How long the endpoint stays locked after giving instances back. */
  readonly scaleInLockSeconds: number;
  /** How long after its end a window of the metric becomes readable. */
  readonly metricLagSeconds: number;
  /** Whether requests are simulated one by one, so that those under way can be told. Default false. */
  readonly countsUnderWay?: boolean;
}

/**
 * An endpoint with one variant under a workload. It is a lock: a request for more instances locks it
 * until they are in service, a request for fewer for {@link PlantOptions.scaleInLockSeconds}, and
 * while it is locked every request for another capacity is refused and forgotten. Instances are
 * billed from the request on; instances given back stop serving and billing at the request.
 */
export class Plant implements View {
  readonly changes: CapacityChange[] = [];
  nowSeconds = 0;
  inService: number;
  desired: number;
  completedAtSeconds = Number.NEGATIVE_INFINITY;
  windows = 0;
  unservedSeconds = 0;
  billedSeconds = 0;
  /** Requests for another capacity that came while the endpoint was locked. */
  refusals = 0;
  readonly #workload: Workload;
  readonly #options: PlantOptions;
  /** Seconds of each window over the instances in service, so that load per instance can be told. */
  readonly #perInstanceSeconds: Float64Array;
  readonly #underWay: RequestsUnderWay | undefined;

  constructor(workload: Workload, options: PlantOptions) {
    this.#workload = workload;
    this.#options = options;
    this.inService = workload.initialCapacity;
    this.desired = workload.initialCapacity;
    this.#perInstanceSeconds = new Float64Array(workload.windows);
    this.#underWay = options.countsUnderWay ? new RequestsUnderWay(workload) : undefined;
  }

  get locked(): boolean {
    return this.nowSeconds < this.completedAtSeconds;
  }

  get minutes(): number {
    return Math.floor(this.windows / WINDOWS_PER_MINUTE);
  }

  requests(back: number): number | undefined {
    return this.#workload.requests[this.#index(back)];
  }

  demand(back: number): number | undefined {
    return this.#workload.demand[this.#index(back)];
  }

  perInstance(back: number): number | undefined {
    const window = this.#index(back);
    const demand = this.#workload.demand[window];
    if (demand === undefined) return undefined;
    return (demand * (this.#perInstanceSeconds[window] as number)) / WINDOW_SECONDS;
  }

  underWay(back: number): AtOnce | undefined {
    return this.#underWay?.windows[this.#index(back)];
  }

  minuteDemand(back: number): number | undefined {
    return this.#meanOfMinute(back, (ago) => this.demand(ago));
  }

  minutePerInstance(back: number): number | undefined {
    return this.#meanOfMinute(back, (ago) => this.perInstance(ago));
  }

  /** Lets time pass until `seconds`. */
  advanceTo(seconds: number): void {
    const lands = this.completedAtSeconds;
    if (this.inService !== this.desired && lands <= seconds) {
      this.#pass(lands);
      this.inService = this.desired;
    }
    this.#pass(seconds);
    const { metricLagSeconds } = this.#options;
    const readable = Math.floor((seconds - metricLagSeconds) / WINDOW_SECONDS);
    this.windows = Math.max(0, Math.min(readable, this.#workload.windows));
  }

  /** Asks for `capacity`, clamped into the bounds. False when the endpoint refuses. */
  request(capacity: number): boolean {
    const { minCapacity, maxCapacity } = this.#workload;
    const to = clampCapacity(capacity, minCapacity, maxCapacity);
    if (!Number.isInteger(to)) throw new RangeError(`a policy asked for ${capacity} instances`);
    const from = this.desired;
    if (to === from) return true;
    if (this.locked) {
      this.refusals += 1;
      return false;
    }
    const { leadTimeSeconds, scaleInLockSeconds } = this.#options;
    this.changes.push({ atSeconds: this.nowSeconds, from, to });
    this.desired = to;
    if (to < from) this.inService = to;
    this.completedAtSeconds = this.nowSeconds + (to > from ? leadTimeSeconds : scaleInLockSeconds);
    return true;
  }

  #pass(until: number): void {
    const { shortfall } = this.#workload;
    let at = this.nowSeconds;
    if (until <= at) return;
    this.unservedSeconds += shortfall.between(this.inService, at, until);
    this.#underWay?.pass(this.inService, at, until);
    this.billedSeconds += this.desired * (until - at);
    while (at < until) {
      const window = Math.floor(at / WINDOW_SECONDS);
      const end = Math.min(until, (window + 1) * WINDOW_SECONDS);
      const known = this.#perInstanceSeconds[window] as number;
      this.#perInstanceSeconds[window] = known + (end - at) / this.inService;
      at = end;
    }
    this.nowSeconds = until;
  }

  #index(back: number): number {
    return back >= 0 && back < this.windows ? this.windows - 1 - back : -1;
  }

  #meanOfMinute(back: number, of: (back: number) => number | undefined): number | undefined {
    const minute = this.minutes - 1 - back;
    if (back < 0 || minute < 0) return undefined;
    const newest = this.windows - (minute + 1) * WINDOWS_PER_MINUTE;
    let sum = 0;
    for (let ago = newest; ago < newest + WINDOWS_PER_MINUTE; ago += 1) sum += of(ago) as number;
    return sum / WINDOWS_PER_MINUTE;
  }
}
