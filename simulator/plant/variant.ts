import type { VirtualClock } from '../account/clock.ts';
import type { AtOnce } from './at-once.ts';
import { Fleet, type FleetModel, type InstanceCounts, type UpdateOutcome } from './fleet.ts';
import type { EndedCohort } from './latency.ts';
import { type InvocationListener, LiveRequests } from './live-requests.ts';
import { type MetricSink, VariantMetrics } from './metrics.ts';
import type { Random } from './random.ts';
import { RequestQueue, type ServiceModel } from './request-queue.ts';

/** What a production variant is to AWS. */
export interface VariantIdentity {
  readonly endpointName: string;
  readonly variantName: string;
  readonly instanceType: string;
}

/** How a production variant behaves, which no AWS call can say. */
export interface VariantModel extends ServiceModel, FleetModel {}

/**
 * Requests that arrive in a second of the epoch. Parts of a request are carried over, so 0.25 a
 * second is one request every fourth second. Each second is asked for once, in order.
 */
export type Load = (epochSecond: number) => number;

/** One simulated second of a variant, as recorders see it. */
export interface VariantSecond {
  /** Epoch seconds at which it began. */
  readonly second: number;
  readonly arrivals: number;
  /** Instance-seconds in service. A whole number unless instances came or went within it. */
  readonly inService: number;
  /** Instance-seconds that cost money. */
  readonly billed: number;
  /** Instances asked for, at its end. */
  readonly desired: number;
  readonly served: number;
  readonly failed: number;
  /** Requests waiting at its end. */
  readonly queued: number;
  /** Requests waiting and in service at its end. */
  readonly concurrency: number;
  /** The served requests by latency. */
  readonly ended: readonly EndedCohort[];
}

export interface VariantOptions extends VariantIdentity {
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  readonly random: Random;
  readonly model: VariantModel;
  /** Seconds between datapoints of the invocation metrics. */
  readonly metricPublishFrequencySeconds: number;
}

/** What a second has added up to so far. */
type SecondSums = Pick<
  VariantSecond,
  'arrivals' | 'inService' | 'billed' | 'served' | 'failed' | 'ended'
>;

const NOTHING: SecondSums = {
  arrivals: 0,
  inService: 0,
  billed: 0,
  served: 0,
  failed: 0,
  ended: [],
};

const NO_STEP: AtOnce = { most: 0, fewest: Number.POSITIVE_INFINITY };

/**
 * A production variant: its instances, the requests before them and the metrics of both.
 *
 * Time is simulated late and in blocks: whoever changes or reads something first brings the
 * variant up to the clock. That loses nothing, since between such instants nothing but the load
 * moves. Listeners therefore hear of a second up to 10 s after it. While callers wait for answers,
 * every step is simulated at its end.
 */
export class Variant {
  #identity: VariantIdentity;
  readonly #clock: VirtualClock;
  readonly #queue: RequestQueue;
  readonly #fleet: Fleet;
  readonly #metrics: VariantMetrics;
  readonly #listeners: ((second: VariantSecond) => void)[] = [];
  readonly #live = new LiveRequests();
  readonly #stepMs: number;
  readonly #stepsPerSecond: number;
  readonly #serviceMs: number;
  /** Steps are counted from this one, which begins a second of the epoch. */
  readonly #firstStep: number;
  #nextStep: number;
  #second: SecondSums = NOTHING;
  #load: Load = () => 0;
  /** Requests of the load in the running second, and how many of them have arrived. */
  #loadOfSecond = 0;
  #arrivedOfSecond = 0;
  #partOfRequest = 0;
  /** Requests under way at the end of the steps of the running second. */
  #atSteps: AtOnce = NO_STEP;
  #isAwake = false;
  #closed = false;

  constructor(options: VariantOptions) {
    const { endpointName, variantName, instanceType, clock, model } = options;
    this.#identity = { endpointName, variantName, instanceType };
    this.#clock = clock;
    this.#stepMs = Math.round((model.stepSeconds ?? 1) * 1000);
    this.#stepsPerSecond = 1000 / this.#stepMs;
    this.#serviceMs = model.serviceSeconds * 1000;
    this.#firstStep = Math.floor(clock.nowSeconds) * this.#stepsPerSecond;
    this.#nextStep = this.#firstStep;
    this.#queue = new RequestQueue(model, (arrivedIn, how, count, remaining) => {
      const stepStartMs = this.#nextStep * this.#stepMs;
      const step = this.#firstStep + arrivedIn;
      this.#live.leave(step, how, count, remaining, stepStartMs, this.#serviceMs);
    });
    this.#fleet = new Fleet(clock, model, options.random, () => this.sync());
    this.#metrics = new VariantMetrics({
      sink: options.metrics,
      endpointName,
      variantName,
      serviceSeconds: model.serviceSeconds,
      invocationPeriodSeconds: options.metricPublishFrequencySeconds,
    });
  }

  get identity(): VariantIdentity {
    return this.#identity;
  }

  get instances(): InstanceCounts {
    return this.#fleet.counts;
  }

  /** Requests that arrived, were served, failed and wait, up to the last whole step. */
  get requests(): Pick<RequestQueue, 'arrived' | 'served' | 'failed' | 'queued' | 'latency'> {
    this.sync();
    return this.#queue;
  }

  get metricPublishFrequencySeconds(): number {
    return this.#metrics.invocationPeriodSeconds;
  }

  set metricPublishFrequencySeconds(seconds: number) {
    this.sync();
    this.#metrics.setInvocationPeriod(seconds);
  }

  /** Counts the instances as another type from now on; how they serve stays as it was. */
  becomeType(instanceType: string): void {
    this.#identity = { ...this.#identity, instanceType };
  }

  /**
   * From the second that the clock stands in, requests arrive as `load` says; where steps are
   * shorter, from the next one if that second has begun.
   */
  setLoad(load: Load): void {
    this.sync();
    this.#load = load;
  }

  /** One request, now, of a caller who waits for what becomes of it. */
  invoke(listener: InvocationListener): void {
    if (this.#closed) {
      listener.failed('closed');
      return;
    }
    const step = Math.floor(this.#clock.nowMs / this.#stepMs);
    this.#live.add(step, this.#clock.nowMs, listener);
    this.#stayAwake();
  }

  /** Hears of every second from the one that the clock stands in. */
  onSecond(listener: (second: VariantSecond) => void): void {
    this.sync();
    this.#listeners.push(listener);
  }

  /** See {@link Fleet.open}. */
  open(count: number, seconds: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#fleet.open(count, seconds, onEnd);
  }

  /** See {@link Fleet.scaleTo}. */
  scaleTo(
    count: number,
    onEnd: (outcome: UpdateOutcome) => void,
    refusedForSeconds?: number,
  ): void {
    this.#fleet.scaleTo(count, onEnd, refusedForSeconds);
  }

  /** See {@link Fleet.replaceWith}. */
  replaceWith(count: number, onEnd: (outcome: UpdateOutcome) => void): void {
    this.#fleet.replaceWith(count, onEnd);
  }

  /** Releases the instances and ends the variant; of what still waits, only callers hear. */
  close(): void {
    this.#fleet.close();
    this.#closed = true;
    this.#live.close();
  }

  /** Simulates every whole step that has passed. */
  sync(): void {
    if (this.#closed) return;
    const untilStep = Math.floor(this.#clock.nowMs / this.#stepMs);
    for (; this.#nextStep < untilStep; this.#nextStep += 1) this.#simulate(this.#nextStep);
  }

  #stayAwake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    const stepEndMs = (Math.floor(this.#clock.nowMs / this.#stepMs) + 1) * this.#stepMs;
    this.#clock.at(stepEndMs, () => {
      this.#isAwake = false;
      this.sync();
      if (this.#live.waiting > 0) this.#stayAwake();
    });
  }

  #simulate(step: number): void {
    const { inService, billed } = this.#fleet.takeInstanceSeconds((step + 1) * this.#stepMs);
    const arrivals = this.#loadArrivals(step) + this.#live.arrivedIn(step);
    const done = this.#queue.step(arrivals, inService * this.#stepsPerSecond);
    const { served, failed, queued, ended } = done;
    const { most, fewest } = this.#atSteps;
    const underWay = queued + done.inService;
    this.#atSteps = { most: Math.max(most, underWay), fewest: Math.min(fewest, underWay) };
    const sums = this.#second;
    this.#second = {
      arrivals: sums.arrivals + arrivals,
      inService: sums.inService + inService,
      billed: sums.billed + billed,
      served: sums.served + served,
      failed: sums.failed + failed,
      ended: sums.ended.length === 0 ? ended : [...sums.ended, ...ended],
    };
    if ((step + 1) % this.#stepsPerSecond === 0) this.#endSecond(step, queued, done.inService);
  }

  #endSecond(lastStep: number, queued: number, inService: number): void {
    const record: VariantSecond = {
      second: Math.floor(lastStep / this.#stepsPerSecond),
      ...this.#second,
      inService: toMilliseconds(this.#second.inService),
      billed: toMilliseconds(this.#second.billed),
      desired: this.#fleet.counts.desired,
      queued,
      concurrency: queued + inService,
    };
    this.#second = NOTHING;
    const isOfCallersOnly = this.#loadOfSecond === 0;
    this.#metrics.add({ ...record, atSteps: this.#atSteps, isCounted: isOfCallersOnly });
    this.#atSteps = NO_STEP;
    for (const listener of this.#listeners) listener(record);
  }

  /** The load's requests of a second, spread evenly over its steps. */
  #loadArrivals(step: number): number {
    const at = step % this.#stepsPerSecond;
    if (at === 0) {
      this.#loadOfSecond = this.#arrivals(step / this.#stepsPerSecond);
      this.#arrivedOfSecond = 0;
    }
    const due = Math.floor((this.#loadOfSecond * (at + 1)) / this.#stepsPerSecond);
    const arrivals = due - this.#arrivedOfSecond;
    this.#arrivedOfSecond = due;
    return arrivals;
  }

  #arrivals(second: number): number {
    const load = this.#load(second);
    if (!(load >= 0 && load < Number.POSITIVE_INFINITY)) {
      const { endpointName, variantName } = this.#identity;
      throw new RangeError(
        `The load of ${endpointName}/${variantName} in second ${second} is ${load}; ` +
          'it must be a finite number of requests, 0 or more.',
      );
    }
    this.#partOfRequest += load;
    // Sums of decimal fractions fall a hair short of the whole number they stand for.
    const arrivals = Math.floor(this.#partOfRequest + 1e-9);
    this.#partOfRequest -= arrivals;
    return arrivals;
  }
}

/** Sums of decimal fractions, back on the milliseconds in which instances come and go. */
function toMilliseconds(instanceSeconds: number): number {
  return Math.round(instanceSeconds * 1000) / 1000;
}
