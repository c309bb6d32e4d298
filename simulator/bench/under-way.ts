import { VariantMetrics } from '../plant/metrics.ts';
import { RequestQueue } from '../plant/request-queue.ts';
import { usualService } from '../plant/usual-service.ts';
import { WINDOW_SECONDS, type Workload } from './workload.ts';

/**
 * The requests under way on a bench endpoint as SageMaker would publish them: the queue and the metrics
 * of the embedded account's instances, second by second.
 */
export class RequestsUnderWay {
  /** Peak of one instance in each whole window; absent where none was in service. */
  readonly peaks: (number | undefined)[] = [];
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
    this.#queue = new RequestQueue(usualService(targetPerInstance));
    const sink = {
      recordBin: (
        { metricName }: { readonly metricName: string },
        startMs: number,
        _: number,
        { maximum }: { readonly maximum: number },
      ) => {
        if (metricName !== 'ConcurrentRequestsPerModel') return;
        this.peaks[startMs / 1000 / WINDOW_SECONDS] = maximum;
      },
    };
    this.#metrics = new VariantMetrics(sink, 'bench', 'main', WINDOW_SECONDS);
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
    this.#metrics.add({ ...done, second: this.#second, arrivals, inService, concurrency });
    this.#second += 1;
    this.#instanceSeconds = 0;
  }
}
