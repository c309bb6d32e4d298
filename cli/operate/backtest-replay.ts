import type { HistoryColumns } from '../../lib/aws/metric-history.ts';
import type { TargetConfig } from '../../lib/config/schema.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import type { LoadUnit } from '../../lib/enrolment/choose-signal.ts';
import type { BacktestStretch, LawSettings } from '../../simulator/bench/backtest.ts';
import {
  type Coverage,
  coverageOf,
  type GapReading,
  holdLevel,
  spreadRequests,
} from '../../simulator/bench/history.ts';
import { sizedWorkload, WINDOW_SECONDS } from '../../simulator/bench/workload.ts';
import type { Load } from '../../simulator/load/load.ts';
import { EXIT, Exit } from '../exit.ts';

const SEED = 1;

/** What is replayed on, and what of it is known. */
export interface Replayable {
  readonly name: string;
  readonly stretches: readonly BacktestStretch[];
  readonly coverage: Coverage;
  /** Seconds that one value of the history stands for. */
  readonly resolutionSeconds: 60 | 1;
  readonly measure: LoadUnit;
  readonly asItRan: AsItRan | null;
}

/** What really was in service, as the metrics tell it. */
export interface AsItRan {
  readonly instanceHours: number;
  /** Demand above what was in service, over all demand. */
  readonly unservedFraction: number;
  readonly unservedInstanceHours: number;
  /** Minutes in which an instance had more than its target. */
  readonly overloadedMinutes: number;
  /** Median latency in those minutes over the median of all; null without either. */
  readonly latencyRatio: number | null;
}

export interface Sizes {
  readonly targetPerInstance: number;
  readonly bounds: Bounds;
}

/** A variant of a realtime endpoint always has an instance, also where its Min is 0. */
const LEAST_INSTANCES = 1;

/**
 * What a replay goes by: it never goes below what a variant really keeps.
 * @throws {Exit} naming what is missing, and `what` lacks it
 */
export function sizesOf(
  what: string,
  targetPerInstance: number | null,
  min: number | null,
  max: number | null,
): Sizes {
  if (targetPerInstance === null) {
    throw new Exit(
      EXIT.usage,
      `${what}: nothing says what an instance carries; give --target-per-instance, in invocations a minute.`,
    );
  }
  if (min === null || max === null) {
    throw new Exit(EXIT.usage, `${what}: there are no bounds; give --min and --max.`);
  }
  if (min > max) {
    throw new Exit(EXIT.usage, `--min ${min} is above --max ${max}: expected min ≤ max.`);
  }
  if (max < LEAST_INSTANCES) {
    throw new Exit(EXIT.usage, `${what}: Max is ${max}, which no instance fits in; give --max.`);
  }
  return { targetPerInstance, bounds: { min: Math.max(LEAST_INSTANCES, min), max } };
}

/** A variant's history, made ready. */
export function fromHistory(
  name: string,
  fromSeconds: number,
  columns: HistoryColumns,
  measure: LoadUnit,
  { targetPerInstance, bounds }: Sizes,
  gaps: GapReading,
): Replayable {
  const instances = instancesOf(columns);
  const load =
    measure === 'invocations'
      ? columns.invocations
      : columns.concurrency.map((value, minute) =>
          value === null ? null : value * (instances[minute] ?? 1),
        );
  const coverage = coverageOf(load, gaps);
  const spread = (values: readonly number[]) =>
    measure === 'invocations' ? spreadRequests(values, SEED) : holdLevel(values);
  const several = coverage.stretches.length > 1;
  const stretches = coverage.stretches.map(({ fromMinute, values }) => {
    const at = fromSeconds + 60 * fromMinute;
    const since = new Date(at * 1000).toISOString().slice(0, 16);
    return {
      fromSeconds: at,
      workload: sizedWorkload(
        several ? `${name} from ${since}` : name,
        spread(values),
        targetPerInstance,
        bounds.min,
        bounds.max,
      ),
    };
  });
  const { latencyMicroseconds } = columns;
  const asItRan = reality(coverage, load, instances, latencyMicroseconds, targetPerInstance);
  return { name, stretches, coverage, resolutionSeconds: 60, measure, asItRan };
}

/** A trace, made ready. It has no gaps; a last window that it does not fill is left out. */
export function fromTrace({ name, arrivals }: Load, sizes: Sizes): Replayable {
  const windows = Math.floor(arrivals.length / WINDOW_SECONDS);
  const requests = Float64Array.from({ length: windows }, (_, window) =>
    arrivals
      .subarray(window * WINDOW_SECONDS, (window + 1) * WINDOW_SECONDS)
      .reduce((sum, count) => sum + count, 0),
  );
  const { targetPerInstance, bounds } = sizes;
  const workload = sizedWorkload(name, requests, targetPerInstance, bounds.min, bounds.max);
  const minutes = Math.floor(workload.seconds / 60);
  const none = { missing: 0, bridged: 0, longestGap: 0, stretches: [] };
  return {
    name,
    stretches: [{ workload, fromSeconds: 0 }],
    coverage: { ...none, minutes, covered: minutes },
    resolutionSeconds: 1,
    measure: 'invocations',
    asItRan: null,
  };
}

/**
 * Instances in service: a request counts as one in `Invocations` and as 1/instances in
 * `InvocationsPerInstance`. Where no request came, those of the minute before; none known before the
 * first request.
 */
function instancesOf({ invocations, perInstance }: HistoryColumns): (number | null)[] {
  let known: number | null = null;
  return invocations.map((count, minute) => {
    const each = perInstance[minute] ?? 0;
    if (count !== null && count > 0 && each > 0) known = count / each;
    return known;
  });
}

/** Over the minutes that are replayed, bridged ones included: what the rows are compared with. */
function reality(
  { stretches }: Coverage,
  load: readonly (number | null)[],
  instances: readonly (number | null)[],
  latency: readonly (number | null)[],
  targetPerInstance: number,
): AsItRan | null {
  const atFirst = instances.find((count) => count !== null) ?? null;
  if (atFirst === null) return null;
  let [hours, demanded, unserved] = [0, 0, 0];
  const usual: number[] = [];
  const slow: number[] = [];
  let overloadedMinutes = 0;
  for (const { fromMinute, values } of stretches) {
    for (const [i, value] of values.entries()) {
      const minute = fromMinute + i;
      const count = instances[minute] ?? atFirst;
      const demand = value / targetPerInstance;
      hours += count / 60;
      demanded += demand;
      unserved += Math.max(0, demand - count);
      const taken = latency[minute] ?? null;
      if (taken !== null) usual.push(taken);
      // A minute that nobody measured tells nothing of what callers met.
      if (demand <= count || (load[minute] ?? null) === null) continue;
      overloadedMinutes += 1;
      if (taken !== null) slow.push(taken);
    }
  }
  return {
    instanceHours: hours,
    unservedFraction: demanded > 0 ? unserved / demanded : 0,
    unservedInstanceHours: unserved / 60,
    overloadedMinutes,
    latencyRatio: ratio(median(slow), median(usual)),
  };
}

function ratio(part: number | null, whole: number | null): number | null {
  return part !== null && whole !== null && whole > 0 ? part / whole : null;
}

function median(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** The settings that the law goes by. */
export function lawSettings(config: TargetConfig): LawSettings {
  const { riskPrice, scaleInStableSeconds, scaleInSpacingSeconds } = config;
  const { leadTimeSeconds, scaleOutSpacingSeconds, wakeFraction, dailyPattern } = config;
  return {
    riskPrice,
    scaleInStableSeconds,
    scaleInSpacingSeconds,
    leadTimeSeconds,
    scaleOutSpacingSeconds,
    wakeFraction,
    dailyPattern,
  };
}
