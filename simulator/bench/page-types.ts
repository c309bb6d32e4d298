import type { Cell } from './score.ts';

/** One load as the page holds it. */
export interface PageWorkload {
  readonly demandedHours: number;
  readonly targetPerInstance: number;
  readonly initialCapacity: number;
  /** Instances needed, by window, two decimals. */
  readonly demand: readonly number[];
}

/** One cell; `workload` and `outcome` are indices. */
export interface PageCell extends Cell {
  readonly workload: number;
  readonly outcome: number;
}

/** What a backtest came to; its page is the bench's, with this on top. */
export interface PageVerdict {
  readonly target: string;
  readonly headline: string;
  /** Why that, in the words of the terminal. */
  readonly why: string;
  /** What was replayed, and with what, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The command that puts what is recommended; null: nothing is to be changed. */
  readonly command: string | null;
  /** The policy that is recommended. */
  readonly recommended: string;
  /** What must be known to read it rightly, in sentences. */
  readonly caveats: readonly string[];
}

/** Everything that the bench page shows. Loads and outcomes that several cells share stand once. */
export interface BenchPageData {
  readonly windowSeconds: number;
  readonly scaleInLockSeconds: number;
  readonly peakInstances: number;
  readonly cells: readonly PageCell[];
  readonly workloads: readonly PageWorkload[];
  /** Accepted changes of each outcome: second, capacity, second, capacity … */
  readonly outcomes: readonly (readonly number[])[];
  readonly verdict?: PageVerdict;
}
