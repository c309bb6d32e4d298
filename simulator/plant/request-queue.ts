import { type EndedCohort, LatencyHistogram } from './latency.ts';

/** Seconds after which SageMaker gives up an invocation (InvokeEndpoint API reference). */
const INVOCATION_CEILING_SECONDS = 60;

/** How one instance serves requests. */
export interface ServiceModel {
  /** Requests a second that one instance serves when it is saturated. */
  readonly instanceThroughputPerSecond: number;
  /** Seconds that a request takes once its service has begun; above 0, up to 60. */
  readonly serviceSeconds: number;
  /** Requests that may wait for each instance; more fail at once. Default: no bound. */
  readonly queueLimitPerInstance?: number;
  /**
   * Length of the steps in which requests are handled: a second is a whole number of steps, a step a
   * whole number of milliseconds. Default 1, which is quick; callers that wait for their answer
   * need it finer.
   */
  readonly stepSeconds?: number;
}

/** How requests leave the queue: to be served, after waiting too long, or for lack of a place. */
export type Departure = 'begun' | 'timed-out' | 'no-place';

/** Hears which requests leave the queue: how many of a step's arrivals, and how many of them stay. */
export type DepartureListener = (
  arrivedInStep: number,
  how: Departure,
  count: number,
  remaining: number,
) => void;

/** What one step did to the queue. Counts of requests. */
export interface QueueStep {
  readonly arrivals: number;
  /** Requests whose service began. */
  readonly served: number;
  /** Requests that waited too long or found no place. */
  readonly failed: number;
  /** Requests waiting at the end of the step. */
  readonly queued: number;
  /** Requests in service at the end of the step: a mean, so it need not be whole. */
  readonly inService: number;
  /** The served requests by latency. */
  readonly ended: readonly EndedCohort[];
}

/**
 * One first-in-first-out queue before all instances of a variant, in cohorts of one step: the
 * requests of a step share their fate, a wait is a whole number of steps.
 *
 * A request counts as served, with its latency, in the step in which its service begins: from
 * then on nothing can fail it. An instance has places for as many requests at once as its throughput
 * and service time imply, at least one. Free places take requests at once, so a request to an idle
 * slow instance does not wait, while a saturated instance serves exactly its throughput.
 */
export class RequestQueue {
  readonly #model: ServiceModel;
  readonly #placesPerInstance: number;
  readonly #longestWait: number;
  readonly #stepSeconds: number;
  readonly #onDeparture: DepartureListener | undefined;
  /** Waiting requests by step of arrival, a ring. */
  readonly #waiting: Float64Array;
  #step = 0;
  #oldest = 0;
  #queued = 0;
  /**
   * Requests that may begin. What a busy step leaves (less than one) carries over, so that
   * throughput is exact; what an idle step leaves carries over as far as places are free.
   */
  #credit = 0;
  #instances = 0;
  readonly #begun: BegunRequests;
  readonly #latency = new LatencyHistogram();
  #arrived = 0;
  #failed = 0;

  /** @param onDeparture hears of every request that leaves; the steps count from 0 */
  constructor(model: ServiceModel, onDeparture?: DepartureListener) {
    checkModel(model);
    const { instanceThroughputPerSecond, serviceSeconds, stepSeconds = 1 } = model;
    this.#model = model;
    this.#stepSeconds = stepSeconds;
    this.#onDeparture = onDeparture;
    this.#placesPerInstance = Math.max(1, instanceThroughputPerSecond * serviceSeconds);
    const longestWaitSeconds = INVOCATION_CEILING_SECONDS - serviceSeconds;
    this.#longestWait = Math.floor(longestWaitSeconds / stepSeconds + 1e-9);
    this.#waiting = new Float64Array(this.#longestWait + 2);
    this.#begun = new BegunRequests(serviceSeconds / stepSeconds);
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
   * Runs the next step.
   * @param arrivals whole number of requests that arrive in it
   * @param instances mean number of instances in service during it
   */
  step(arrivals: number, instances: number): QueueStep {
    const step = this.#step++;
    const expired = this.#expire(step);
    this.#waiting[step % this.#waiting.length] = arrivals;
    this.#queued += arrivals;
    const ended = this.#serve(step, instances);
    const served = ended.reduce((sum, cohort) => sum + cohort.count, 0);
    const inService = this.#begun.add(served);
    if (this.#queued === 0) {
      const freePlaces = Math.max(0, instances * this.#placesPerInstance - inService);
      this.#credit = Math.min(this.#credit, freePlaces);
    }
    const failed = expired + this.#overflow(step, instances);
    this.#arrived += arrivals;
    this.#failed += failed;
    return { arrivals, served, failed, queued: this.#queued, inService, ended };
  }

  #expire(step: number): number {
    let expired = 0;
    while (this.#oldest < step && step - this.#oldest > this.#longestWait) {
      expired += this.#takeFrom(this.#oldest, Number.POSITIVE_INFINITY, 'timed-out');
      this.#oldest += 1;
    }
    return expired;
  }

  #serve(step: number, instances: number): EndedCohort[] {
    this.#credit += Math.max(0, instances - this.#instances) * this.#placesPerInstance;
    this.#instances = instances;
    this.#credit += instances * this.#model.instanceThroughputPerSecond * this.#stepSeconds;
    // Sums of decimal fractions fall a hair short of the whole number they stand for.
    let startable = Math.floor(this.#credit + 1e-9);
    this.#credit -= Math.min(startable, this.#queued);
    const ended: EndedCohort[] = [];
    while (startable > 0 && this.#queued > 0) {
      const count = this.#takeFrom(this.#oldest, startable, 'begun');
      startable -= count;
      if (count > 0) {
        const latencySeconds = this.#waitSeconds(step) + this.#model.serviceSeconds;
        ended.push({ latencySeconds, count });
        this.#latency.add(latencySeconds, count);
      }
      if (this.#oldest < step && this.#waitingSince(this.#oldest) === 0) this.#oldest += 1;
    }
    return ended;
  }

  /** How long the oldest have waited, to the millisecond. */
  #waitSeconds(step: number): number {
    return Math.round((step - this.#oldest) * this.#stepSeconds * 1000) / 1000;
  }

  /** Only newcomers overflow: who already waits keeps the place when instances leave. */
  #overflow(step: number, instances: number): number {
    const limit = this.#model.queueLimitPerInstance;
    if (limit === undefined) return 0;
    const excess = this.#queued - Math.floor(limit * instances + 1e-9);
    return excess > 0 ? this.#takeFrom(step, excess, 'no-place') : 0;
  }

  #takeFrom(step: number, atMost: number, how: Departure): number {
    const waiting = this.#waitingSince(step);
    const count = Math.min(atMost, waiting);
    this.#waiting[step % this.#waiting.length] = waiting - count;
    this.#queued -= count;
    if (count > 0) this.#onDeparture?.(step, how, count, waiting - count);
    return count;
  }

  #waitingSince(step: number): number {
    return this.#waiting[step % this.#waiting.length] as number;
  }
}

/** How many requests are in service, each for the same time after its service began. */
class BegunRequests {
  readonly #wholeSteps: number;
  readonly #fraction: number;
  readonly #begun: Float64Array;
  #step = 0;
  #sumOfWholeSteps = 0;

  constructor(serviceSteps: number) {
    this.#wholeSteps = Math.floor(serviceSteps);
    this.#fraction = serviceSteps - this.#wholeSteps;
    this.#begun = new Float64Array(this.#wholeSteps + 1);
  }

  /** Adds the requests begun in the next step, spread evenly over it; returns those in service at its end. */
  add(count: number): number {
    const size = this.#begun.length;
    const step = this.#step++;
    this.#begun[step % size] = count;
    // With size = whole steps + 1 the slot after this one is the oldest, begun `wholeSteps` ago.
    const oldest = this.#begun[(step + 1) % size] as number;
    this.#sumOfWholeSteps += count - oldest;
    return this.#sumOfWholeSteps + this.#fraction * oldest;
  }
}

function checkModel(model: ServiceModel): void {
  const { instanceThroughputPerSecond, serviceSeconds, queueLimitPerInstance } = model;
  const { stepSeconds = 1 } = model;
  const steps = 1 / stepSeconds;
  if (!(stepSeconds > 0 && isWhole(steps) && isWhole(stepSeconds * 1000))) {
    throw new RangeError(
      `stepSeconds must be whole milliseconds of which a second is a multiple, not ${stepSeconds}.`,
    );
  }
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

/** Whether a quotient of decimal fractions is whole, but for binary rounding. */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}
