import { type EndedCohort, LatencyHistogram } from './latency.ts';

/** Seconds after which SageMaker gives up an invocation (InvokeEndpoint API reference). */
export const INVOCATION_CEILING_SECONDS = 60;

/** How one instance serves requests. */
export interface ServiceModel {
  /** Requests a second that one instance serves when it is saturated. */
  readonly instanceThroughputPerSecond: number;
  /** Seconds that a request takes once its service has begun; above 0, up to 60. */
  readonly serviceSeconds: number;
  /** Requests that may wait for each instance; more fail at once. Default: no bound. */
  readonly queueLimitPerInstance?: number;
}

/** What one second did to the queue. Counts of requests. */
export interface QueueSecond {
  readonly arrivals: number;
  /** Requests whose service began. */
  readonly served: number;
  /** Requests that waited too long or found no place. */
  readonly failed: number;
  /** Requests waiting at the end of the second. */
  readonly queued: number;
  /** Requests in service at the end of the second: a mean, so it need not be whole. */
  readonly inService: number;
  /** The served requests by latency. */
  readonly ended: readonly EndedCohort[];
}

/**
 * One first-in-first-out queue before all instances of a variant, in cohorts of one second: the
 * requests of a second share their fate, a wait is a whole number of seconds.
 *
 * A request counts as served, with its latency, in the second in which its service begins: from
 * then on nothing can fail it. An instance has places for as many requests at once as its throughput
 * and service time imply, at least one. Free places take requests at once, so a request to an idle
 * slow instance does not wait, while a saturated instance serves exactly its throughput.
 */
export class RequestQueue {
  readonly #model: ServiceModel;
  readonly #placesPerInstance: number;
  readonly #longestWait: number;
  /** Waiting requests by second of arrival, a ring. */
  readonly #waiting: Float64Array;
  #second = 0;
  #oldest = 0;
  #queued = 0;
  /**
   * Requests that may begin. What a busy second leaves (less than one) carries over, so that
   * throughput is exact; what an idle second leaves carries over as far as places are free.
   */
  #credit = 0;
  #instances = 0;
  readonly #begun: BegunRequests;
  readonly #latency = new LatencyHistogram();
  #arrived = 0;
  #failed = 0;

  constructor(model: ServiceModel) {
    checkModel(model);
    this.#model = model;
    this.#placesPerInstance = Math.max(1, model.instanceThroughputPerSecond * model.serviceSeconds);
    this.#longestWait = Math.floor(INVOCATION_CEILING_SECONDS - model.serviceSeconds);
    this.#waiting = new Float64Array(this.#longestWait + 2);
    this.#begun = new BegunRequests(model.serviceSeconds);
  }

  get arrived(): number {
    return this.#arrived;
  }

  get failed(): number {
    return this.#failed;
  }

  get queued(): number {
    return this.#queued;
  }

  get served(): number {
    return this.#latency.count;
  }

  /** Latencies of every served request so far. */
  get latency(): LatencyHistogram {
    return this.#latency;
  }

  /**
   * Runs the next second.
   * @param arrivals whole number of requests that arrive in it
   * @param instances instances in service during it, in instance-seconds
   */
  step(arrivals: number, instances: number): QueueSecond {
    const second = this.#second++;
    const expired = this.#expire(second);
    this.#waiting[second % this.#waiting.length] = arrivals;
    this.#queued += arrivals;
    const ended = this.#serve(second, instances);
    const served = ended.reduce((sum, cohort) => sum + cohort.count, 0);
    const inService = this.#begun.add(served);
    if (this.#queued === 0) {
      const freePlaces = Math.max(0, instances * this.#placesPerInstance - inService);
      this.#credit = Math.min(this.#credit, freePlaces);
    }
    const failed = expired + this.#overflow(second, instances);
    this.#arrived += arrivals;
    this.#failed += failed;
    return { arrivals, served, failed, queued: this.#queued, inService, ended };
  }

  #expire(second: number): number {
    let expired = 0;
    while (this.#oldest < second && second - this.#oldest > this.#longestWait) {
      expired += this.#takeFrom(this.#oldest, Number.POSITIVE_INFINITY);
      this.#oldest += 1;
    }
    return expired;
  }

  #serve(second: number, instances: number): EndedCohort[] {
    this.#credit += Math.max(0, instances - this.#instances) * this.#placesPerInstance;
    this.#instances = instances;
    this.#credit += instances * this.#model.instanceThroughputPerSecond;
    // Sums of decimal fractions fall a hair short of the whole number they stand for.
    let startable = Math.floor(this.#credit + 1e-9);
    this.#credit -= Math.min(startable, this.#queued);
    const ended: EndedCohort[] = [];
    while (startable > 0 && this.#queued > 0) {
      const count = this.#takeFrom(this.#oldest, startable);
      startable -= count;
      if (count > 0) {
        const latencySeconds = second - this.#oldest + this.#model.serviceSeconds;
        ended.push({ latencySeconds, count });
        this.#latency.add(latencySeconds, count);
      }
      if (this.#oldest < second && this.#waitingSince(this.#oldest) === 0) this.#oldest += 1;
    }
    return ended;
  }

  /** Only newcomers overflow: who already waits keeps the place when instances leave. */
  #overflow(second: number, instances: number): number {
    const limit = this.#model.queueLimitPerInstance;
    if (limit === undefined) return 0;
    const excess = this.#queued - Math.floor(limit * instances + 1e-9);
    return excess > 0 ? this.#takeFrom(second, excess) : 0;
  }

  #takeFrom(second: number, atMost: number): number {
    const count = Math.min(atMost, this.#waitingSince(second));
    const index = second % this.#waiting.length;
    this.#waiting[index] = this.#waitingSince(second) - count;
    this.#queued -= count;
    return count;
  }

  #waitingSince(second: number): number {
    return this.#waiting[second % this.#waiting.length] as number;
  }
}

/** How many requests are in service, each for the same time after its service began. */
class BegunRequests {
  readonly #wholeSeconds: number;
  readonly #fraction: number;
  readonly #begun: Float64Array;
  #second = 0;
  #sumOfWholeSeconds = 0;

  constructor(serviceSeconds: number) {
    this.#wholeSeconds = Math.floor(serviceSeconds);
    this.#fraction = serviceSeconds - this.#wholeSeconds;
    this.#begun = new Float64Array(this.#wholeSeconds + 1);
  }

  /** Adds the requests begun in the next second, spread evenly over it; returns those in service at its end. */
  add(count: number): number {
    const size = this.#begun.length;
    const second = this.#second++;
    this.#begun[second % size] = count;
    // With size = whole seconds + 1 the slot after this one is the oldest, begun `wholeSeconds` ago.
    const oldest = this.#begun[(second + 1) % size] as number;
    this.#sumOfWholeSeconds += count - oldest;
    return this.#sumOfWholeSeconds + this.#fraction * oldest;
  }
}

function checkModel(model: ServiceModel): void {
  const { instanceThroughputPerSecond, serviceSeconds, queueLimitPerInstance } = model;
  if (!(instanceThroughputPerSecond > 0)) {
    throw new RangeError(
      `instanceThroughputPerSecond must be above 0, not ${instanceThroughputPerSecond}.`,
    );
  }
  if (!(serviceSeconds > 0 && serviceSeconds <= INVOCATION_CEILING_SECONDS)) {
    throw new RangeError(
      `serviceSeconds must be above 0 and at most ${INVOCATION_CEILING_SECONDS}, not ${serviceSeconds}.`,
    );
  }
  if (queueLimitPerInstance !== undefined && !(queueLimitPerInstance >= 0)) {
    throw new RangeError(`queueLimitPerInstance must be 0 or more, not ${queueLimitPerInstance}.`);
  }
}
