import { RequestsAtOnce, type SecondUnderWay } from './at-once.ts';
import type { EndedCohort } from './latency.ts';

/** A time series of an account's metrics. */
export interface MetricSeries {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What a metric's datapoint holds, so that every statistic can be read from it. */
export interface StatisticSet {
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly sampleCount: number;
}

/** The units of an endpoint's metrics: latencies have one, whatever is counted has none. */
export type MetricUnit = 'Microseconds';

/** Where metrics are published: one call per series and finished period. */
export interface MetricSink {
  recordBin(
    series: MetricSeries,
    startMs: number,
    periodSeconds: number,
    stats: StatisticSet,
    unit?: MetricUnit,
  ): void;
}

/** What the metrics of one simulated second are made of. */
export interface MetricSecond extends SecondUnderWay {
  /** Epoch seconds. */
  readonly second: number;
  readonly served: number;
  readonly failed: number;
  readonly ended: readonly EndedCohort[];
}

/** Seconds between datapoints of concurrency; SageMaker emits it at this rate without any setting. */
const CONCURRENCY_PERIOD_SECONDS = 10;

const MICROSECONDS = 1e6;

export interface VariantMetricsOptions {
  readonly sink: MetricSink;
  readonly endpointName: string;
  readonly variantName: string;
  /** Seconds that a request takes once its service has begun. */
  readonly serviceSeconds: number;
  readonly invocationPeriodSeconds: number;
}

/**
 * Publishes the AWS/SageMaker metrics of one production variant at the end of each period, as
 * "Monitor Amazon SageMaker AI with CloudWatch" defines them. A variant without traffic publishes
 * zeros; a latency is published only where requests ended. Concurrency has the most that the busiest
 * instance had at once for its maximum, as SageMaker's has, and the fewest of any for its minimum.
 */
export class VariantMetrics {
  readonly #sink: MetricSink;
  readonly #series: ReturnType<typeof seriesOf>;
  #invocationPeriodSeconds: number;
  readonly #concurrency = new Samples();
  readonly #atOnce: RequestsAtOnce;
  readonly #invocations = new Samples();
  readonly #perInstance = new Samples();
  readonly #latency = new Samples();
  readonly #errors = new Samples();
  /** First second of the running invocation period that this variant lived through. */
  #sinceSecond: number | undefined;

  constructor(options: VariantMetricsOptions) {
    this.#sink = options.sink;
    this.#series = seriesOf(options.endpointName, options.variantName);
    this.#atOnce = new RequestsAtOnce(CONCURRENCY_PERIOD_SECONDS / options.serviceSeconds);
    this.#invocationPeriodSeconds = options.invocationPeriodSeconds;
  }

  /** Seconds between datapoints of the invocation metrics. */
  get invocationPeriodSeconds(): number {
    return this.#invocationPeriodSeconds;
  }

  /** Publishes what has gathered under the old period, then goes on with the new one. */
  setInvocationPeriod(seconds: number): void {
    if (seconds === this.#invocationPeriodSeconds) return;
    this.#publishInvocations();
    this.#invocationPeriodSeconds = seconds;
  }

  /** Takes in one second; publishes whatever period ends with it. */
  add(sample: MetricSecond): void {
    this.#sinceSecond ??= sample.second;
    if (sample.inService > 0) {
      this.#concurrency.add(sample.concurrency / sample.inService, 1);
      this.#atOnce.add(sample);
    }
    this.#invocations.add(1, sample.arrivals);
    if (sample.inService > 0) this.#perInstance.add(1 / sample.inService, sample.arrivals);
    for (const { latencySeconds, count } of sample.ended) {
      this.#latency.add(latencySeconds * MICROSECONDS, count);
    }
    this.#errors.add(0, sample.served);
    this.#errors.add(1, sample.failed);
    const end = sample.second + 1;
    if (end % CONCURRENCY_PERIOD_SECONDS === 0) this.#publishConcurrency(end);
    if (end % this.#invocationPeriodSeconds === 0) this.#publishInvocations();
  }

  #publishConcurrency(endSecond: number): void {
    const means = this.#concurrency.take();
    if (!means) return;
    const { most, fewest } = this.#atOnce.take();
    const stats = { ...means, maximum: most, minimum: fewest };
    const startMs = (endSecond - CONCURRENCY_PERIOD_SECONDS) * 1000;
    this.#sink.recordBin(this.#series.concurrency, startMs, CONCURRENCY_PERIOD_SECONDS, stats);
  }

  #publishInvocations(): void {
    if (this.#sinceSecond === undefined) return;
    const period = this.#invocationPeriodSeconds;
    const startMs = Math.floor(this.#sinceSecond / period) * period * 1000;
    const publish = (series: MetricSeries, stats: StatisticSet) =>
      this.#sink.recordBin(series, startMs, period, stats);
    publish(this.#series.invocations, this.#invocations.take() ?? ZERO);
    publish(this.#series.perInstance, this.#perInstance.take() ?? ZERO);
    publish(this.#series.errors, this.#errors.take() ?? ZERO);
    const latency = this.#latency.take();
    if (latency) {
      this.#sink.recordBin(this.#series.latency, startMs, period, latency, 'Microseconds');
    }
    this.#sinceSecond = undefined;
  }
}

const ZERO: StatisticSet = { sum: 0, minimum: 0, maximum: 0, sampleCount: 1 };

/** Gathers the samples of one period. */
class Samples {
  #sum = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #sampleCount = 0;

  add(value: number, times: number): void {
    if (times === 0) return;
    this.#sum += value * times;
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
    this.#sampleCount += times;
  }

  /** The samples' statistics, or undefined when there was none; begins the next period. */
  take(): StatisticSet | undefined {
    const stats = {
      sum: this.#sum,
      minimum: this.#minimum,
      maximum: this.#maximum,
      sampleCount: this.#sampleCount,
    };
    this.#sum = 0;
    this.#minimum = Number.POSITIVE_INFINITY;
    this.#maximum = Number.NEGATIVE_INFINITY;
    this.#sampleCount = 0;
    return stats.sampleCount > 0 ? stats : undefined;
  }
}

function seriesOf(endpointName: string, variantName: string) {
  const dimensions = { EndpointName: endpointName, VariantName: variantName };
  const series = (metricName: string): MetricSeries => ({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensions,
  });
  return {
    invocations: series('Invocations'),
    perInstance: series('InvocationsPerInstance'),
    concurrency: series('ConcurrentRequestsPerModel'),
    latency: series('ModelLatency'),
    errors: series('Invocation5XXErrors'),
  };
}
