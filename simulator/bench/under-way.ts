import type { AtOnce } from '../plant/at-once.ts';
import { type StatisticSet, VariantMetrics } from '../plant/metrics.ts';
import { RequestQueue } from '../plant/request-queue.ts';
import { usualService } from '../plant/usual-service.ts';
import { WINDOW_SECONDS, type Workload } from './workload.ts';

/**
 * The requests under way on a bench endpoint as SageMaker would publish them: the queue and the metrics
 * of the embedded account's instances, second by second.
 */
export class RequestsUnderWay {
  /** Those of each whole window; absent where no instance was in service. */
  readonly windows: (AtOnce | undefined)[] = [];
  readonly #load: (second: number) => number;
  readonly #queue: RequestQueue;
  readonly #metrics: VariantMetrics;
  #second = 0;
  #instanceSeconds = 0;
  /** Part of a request that is carried over, as on the account's plant. */
  #part = 0;

  constructor({ arrivals, requests, targetPerInstance }: Workload) {
    this.#load = (second) =>
      arrivals
        ? (arrivals[second] ?? 0)
        : (requests[Math.floor(second / WINDOW_SECONDS)] ?? 0) / WINDOW_SECONDS;
    const service = usualService(targetPerInstance);
    this.#queue = new RequestQueue(service);
    const sink = {
      recordBin: (
        { metricName }: { readonly metricName: string },
        startMs: number,
        _: number,
        { maximum: most, minimum: fewest }: StatisticSet,
      ) => {
        if (metricName !== 'ConcurrentRequestsPerModel') return;
        this.windows[startMs / 1000 / WINDOW_SECONDS] = { most, fewest };
      },
    };
    this.#metrics = new VariantMetrics({
      sink,
      endpointName: 'bench',
      variantName: 'main',
      serviceSeconds: service.serviceSeconds,
      invocationPeriodSeconds: WINDOW_SECONDS,
    });
  }

  /** Lets time pass with so many instances in service; both in seconds from the start. */
  pass(inService: number, fromSeconds: number, untilSeconds: number): void {
    let at = fromSeconds;
    while (at < untilSeconds) {
      const end = Math.min(untilSeconds, this.#second + 1);
      this.#instanceSeconds += inService * (end - at);
      if (end === this.#second + 1) this.#endSecond();
      at = end;
    }
  }

  #endSecond(): void {
    const inService = Math.round(this.#instanceSeconds * 1000) / 1000;
    this.#part += this.#load(this.#second);
    const arrivals = Math.floor(this.#part + 1e-9);
    this.#part -= arrivals;
    const done = this.#queue.step(arrivals, inService);
    const concurrency = done.queued + done.inService;
    // As on the account's plant, what is left of a load is a number.
    const atSteps = { most: concurrency, fewest: concurrency };
    const isCounted = arrivals === 0;
    this.#metrics.add({
      ...done,
      second: this.#second,
      inService,
      concurrency,
      atSteps,
      isCounted,
    });
    this.#second += 1;
    this.#instanceSeconds = 0;
  }
}
