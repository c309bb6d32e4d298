import type { VirtualClock } from '../account/clock.ts';
import { Fleet, type FleetModel, type InstanceCounts, type UpdateOutcome } from './fleet.ts';
import type { EndedCohort } from './latency.ts';
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

/**
 * A production variant: its instances, the requests before them and the metrics of both.
 *
 * Seconds are simulated late and in blocks: whoever changes or reads something first brings the
 * variant up to the clock. That loses nothing, since between such instants nothing but the load
 * moves. Listeners therefore hear of a second up to 10 s after it.
 */
export class Variant {
  #identity: VariantIdentity;
  readonly #clock: VirtualClock;
  readonly #queue: RequestQueue;
  readonly #fleet: Fleet;
  readonly #metrics: VariantMetrics;
  readonly #listeners: ((second: VariantSecond) => void)[] = [];
  #nextSecond: number;
  #load: Load = () => 0;
  #partOfRequest = 0;
  #closed = false;

  constructor(options: VariantOptions) {
    const { endpointName, variantName, instanceType, clock, model } = options;
    this.#identity = { endpointName, variantName, instanceType };
    this.#clock = clock;
    this.#queue = new RequestQueue(model);
    this.#fleet = new Fleet(clock, model, options.random, () => this.sync());
    this.#metrics = new VariantMetrics(
      options.metrics,
      endpointName,
      variantName,
      options.metricPublishFrequencySeconds,
    );
    this.#nextSecond = Math.floor(clock.nowSeconds);
  }

  get identity(): VariantIdentity {
    return this.#identity;
  }

  get instances(): InstanceCounts {
    return this.#fleet.counts;
  }

  /** Requests that arrived, were served, failed and wait, up to the last whole second. */
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

  /** From the second that the clock stands in, requests arrive as `load` says. */
  setLoad(load: Load): void {
    this.sync();
    this.#load = load;
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

  /** Releases the instances and ends the variant; whatever still waits stays unanswered. */
  close(): void {
    this.#fleet.close();
    this.#closed = true;
  }

  /** Simulates every whole second that has passed. */
  sync(): void {
    if (this.#closed) return;
    const untilSecond = Math.floor(this.#clock.nowSeconds);
    while (this.#nextSecond < untilSecond) this.#simulate(this.#nextSecond++);
  }

  #simulate(second: number): void {
    const endMs = (second + 1) * 1000;
    const { inService, billed } = this.#fleet.takeInstanceSeconds(endMs);
    const step = this.#queue.step(this.#arrivals(second), inService);
    const record: VariantSecond = {
      second,
      arrivals: step.arrivals,
      inService,
      billed,
      desired: this.#fleet.counts.desired,
      served: step.served,
      failed: step.failed,
      queued: step.queued,
      concurrency: step.queued + step.inService,
      ended: step.ended,
    };
    this.#metrics.add(record);
    for (const listener of this.#listeners) listener(record);
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
