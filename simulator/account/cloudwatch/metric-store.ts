import type { VirtualClock } from '../clock.ts';
import { type Aggregate, combine } from './bins.ts';
import { type MetricIdentity, metricKey } from './metric.ts';
import { floor, Series } from './series.ts';

/** Seconds from the end of a bin (or from PutMetricData) until the data can be read. */
export interface MetricLagSeconds {
  /** Of data under 60 s. */
  readonly highResolution: number;
  /** Of data of 60 s and more. */
  readonly standard: number;
}

/** One metric with its data and what ListMetrics needs to know. */
export interface StoredMetric {
  readonly identity: MetricIdentity;
  /** By unit: data of different units are kept apart. */
  readonly series: Map<string, Series>;
  /** The one that the latest data went to. */
  latest: Series;
  lastPublishedAtMs: number;
}

const NO_UNIT = 'None';

/** All metrics of the account. Only what is visible at the clock's time can be read. */
export class MetricStore {
  readonly #clock: VirtualClock;
  readonly #lag: MetricLagSeconds;
  readonly #metrics = new Map<string, StoredMetric>();

  constructor(clock: VirtualClock, lag: MetricLagSeconds) {
    this.#clock = clock;
    this.#lag = lag;
  }

  /**
   * Publishes the samples of a whole bin, as a service does for its own metrics: visible the lag
   * after the bin's end, though never before now. A bin without samples is a RangeError: a
   * service that has nothing to say publishes nothing, or a zero as a sample.
   */
  recordBin(
    metric: MetricIdentity,
    startMs: number,
    periodSeconds: number,
    bin: Aggregate,
    unit = NO_UNIT,
  ): void {
    const lagMs = this.#lagMs(periodSeconds);
    this.#publish(
      metric,
      startMs,
      startMs + periodSeconds * 1000 + lagMs,
      periodSeconds,
      bin,
      unit,
    );
  }

  /** Publishes a custom datum: visible the lag after now, whatever its timestamp. */
  putDatum(
    metric: MetricIdentity,
    timestampMs: number,
    resolutionSeconds: number,
    bin: Aggregate,
    unit = NO_UNIT,
  ): void {
    const startMs = floor(timestampMs, resolutionSeconds * 1000);
    const visibleAtMs = this.#clock.nowMs + this.#lagMs(resolutionSeconds);
    this.#publish(metric, startMs, visibleAtMs, resolutionSeconds, bin, unit);
  }

  /**
   * See {@link Series.windows}. An unknown metric, or a unit that no data came with, has no data.
   * Without a unit all data count, those of several units as if they were of one: so "CloudWatch
   * retrieves all unit types"; what it then makes of them "is not defined" (PutMetricAlarm, Unit).
   */
  windows(
    metric: MetricIdentity,
    fromMs: number,
    periodMs: number,
    count: number,
    unit?: string,
  ): (Aggregate | undefined)[] {
    const stored = this.#metrics.get(metricKey(metric));
    const [first, ...others] = [...(stored?.series ?? [])]
      .filter(([of]) => unit === undefined || of === unit)
      .map(([, series]) => series.windows(this.#clock.nowMs, fromMs, periodMs, count));
    if (!first) return new Array(count).fill(undefined);
    for (const windows of others) {
      windows.forEach((bin, index) => {
        if (bin) first[index] = combine(first[index], bin);
      });
    }
    return first;
  }

  /** How long after its end a window of a metric is as full as it will be, by the data it has. */
  settleMs(metric: MetricIdentity): number {
    const isSubMinute = this.#metrics.get(metricKey(metric))?.latest.isSubMinute ?? false;
    return 1000 * (isSubMinute ? this.#lag.highResolution : this.#lag.standard);
  }

  /** The units that a metric's data came with. */
  unitsOf(metric: MetricIdentity): string[] {
    return [...(this.#metrics.get(metricKey(metric))?.series.keys() ?? [])];
  }

  /** Every metric of which something is visible, in order of first publication. */
  list(): StoredMetric[] {
    const { nowMs } = this.#clock;
    return [...this.#metrics.values()].filter(({ series }) =>
      [...series.values()].some((each) => each.hasData(nowMs)),
    );
  }

  /** Number of bins held for all metrics. */
  get size(): number {
    const all = [...this.#metrics.values()].flatMap(({ series }) => [...series.values()]);
    return all.reduce((total, { size }) => total + size, 0);
  }

  #lagMs(resolutionSeconds: number): number {
    const { highResolution, standard } = this.#lag;
    return 1000 * (resolutionSeconds < 60 ? highResolution : standard);
  }

  #publish(
    metric: MetricIdentity,
    startMs: number,
    visibleAtMs: number,
    resolutionSeconds: number,
    bin: Aggregate,
    unit: string,
  ): void {
    if (!(bin.sampleCount > 0)) {
      throw new RangeError(`A bin of ${metric.metricName} has ${bin.sampleCount} samples.`);
    }
    const nowMs = this.#clock.nowMs;
    const key = metricKey(metric);
    const stored = this.#metrics.get(key);
    const series = stored?.series.get(unit) ?? new Series();
    if (stored) {
      stored.series.set(unit, series);
      stored.latest = series;
      stored.lastPublishedAtMs = nowMs;
    } else {
      const all = new Map([[unit, series]]);
      this.#metrics.set(key, {
        identity: metric,
        series: all,
        latest: series,
        lastPublishedAtMs: nowMs,
      });
    }
    series.publish(nowMs, {
      visibleAtMs,
      startMs,
      isSubMinute: resolutionSeconds < 60,
      bin,
    });
  }
}
