import type { DecisionStep } from '../../lib/control/types.ts';

/** Demand above capacity for less than this is noise, not a surge, seconds. */
export const SURGE_SECONDS = 30;

/** One line of the result table; the same object is an element of `results` in the JSON output. */
export interface PolicyResult {
  readonly policy: string;
  /**
   * Seconds from demand above the capacity asked for to an accepted request for more, the median over
   * all surges by the instances that they lacked; one never answered counts as slower than any other.
   * null: no surge, or less than half of what was lacking was asked for.
   */
  readonly reactionSeconds: number | null;
  /** Surges that lasted or were answered. */
  readonly surges: number;
  /** Those of them that a request for more answered. */
  readonly answered: number;
  /**
   * Seconds from demand back at the baseline to capacity at the baseline, the median over all ways
   * back; one that the run cuts off counts with its length so far unless that lowers it. null: capacity
   * never stood above the baseline, or never came back.
   */
  readonly scaleInSeconds: number | null;
  /** Unserved instance-seconds over demanded instance-seconds. */
  readonly unservedFraction: number;
  /** Billed instance-hours, from request to release. */
  readonly instanceHours: number;
  /** Accepted changes of capacity. */
  readonly changes: number;
  readonly p99LatencySeconds: number | null;
  /** Requests failed over requests sent. */
  readonly failedFraction: number;
}

/** A decision that changed or refused something, as the page marks it. */
export interface DecisionMarker {
  readonly atSeconds: number;
  readonly kind: 'scale-out' | 'scale-in' | 'bounds' | 'refused' | 'notice';
  /** One line for the marker, for example `Min 1 → 14`. */
  readonly title: string;
  readonly steps: readonly DecisionStep[];
  /** In plain words: one for each step, then what became of it. */
  readonly sentences?: readonly string[];
}

/** What happened in one run, sampled every `stepSeconds` from second 0. All arrays have one length. */
export interface RunTimeline {
  readonly policy: string;
  readonly stepSeconds: number;
  /** Instances that the load needs. */
  readonly demand: readonly number[];
  /** Instances in service. */
  readonly capacity: readonly number[];
  /** Instances asked for, starting ones included. */
  readonly desired: readonly number[];
  readonly minCapacity: readonly number[];
  readonly maxCapacity: readonly number[];
  /** Requests waiting. */
  readonly queue: readonly number[];
  /** 99th percentile of the latency of requests that ended in this step, seconds; null: none ended. */
  readonly latencyP99Seconds: readonly (number | null)[];
  /** Requests failed in this step. */
  readonly failed: readonly number[];
  readonly decisions: readonly DecisionMarker[];
}

/** Everything that the report page shows. */
export interface ReportData {
  readonly trace: string;
  readonly seconds: number;
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  readonly targetPerInstance: number;
  readonly results: readonly PolicyResult[];
  readonly runs: readonly RunTimeline[];
}
