import type { VirtualClock } from '../account/clock.ts';
import type { MetricSink, StatisticSet } from '../plant/metrics.ts';
import type { Storms } from './storms.ts';

const LATE_MS = { from: 5_000, to: 45_000 };
const STALE_MS = { from: 60_000, to: 300_000 };
const ABSURD_FACTOR = 1e6;

/**
 * Metrics on their way to CloudWatch, as the storms leave them.
 * @param onDatapoint hears of each that arrives
 */
export function faultyMetrics(
  sink: MetricSink,
  clock: VirtualClock,
  storms: Storms,
  onDatapoint: (metricName: string, startMs: number) => void,
): MetricSink {
  return {
    recordBin(series, startMs, periodSeconds, stats, unit) {
      if (storms.strike('metric-missing')) return;
      const zero = storms.strike('metric-zero') !== undefined;
      const absurd = !zero && storms.strike('metric-absurd') !== undefined;
      const seen = zero ? scaled(stats, 0) : absurd ? scaled(stats, ABSURD_FACTOR) : stats;
      const publish = () => {
        sink.recordBin(series, startMs, periodSeconds, seen, unit);
        onDatapoint(series.metricName, startMs);
      };
      const stale = storms.strike('metric-stale');
      const late = stale ? undefined : storms.strike('metric-late');
      if (stale) clock.after(between(STALE_MS, stale()), publish);
      else if (late) clock.after(between(LATE_MS, late()), publish);
      else publish();
    },
  };
}

function scaled(
  { sum, minimum, maximum, sampleCount }: StatisticSet,
  factor: number,
): StatisticSet {
  return { sum: sum * factor, minimum: minimum * factor, maximum: maximum * factor, sampleCount };
}

function between({ from, to }: { readonly from: number; readonly to: number }, part: number) {
  return Math.floor(from + part * (to - from));
}
