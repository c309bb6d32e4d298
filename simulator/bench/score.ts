import type { Workload } from './workload.ts';
import type { Outcome } from './world.ts';

/** One trace under one policy, lead time and risk price; an element of `cells` in the JSON output. */
export interface Cell {
  readonly trace: string;
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  readonly policy: string;
  /** Unserved instance-seconds over demanded instance-seconds; null: nothing was demanded. */
  readonly unservedFraction: number | null;
  /** Billed instance-hours, from request to release. */
  readonly instanceHours: number;
  /** Accepted changes of capacity. */
  readonly changes: number;
  /** Cost over the cost of the clairvoyant optimum; 1 is the best there can be. */
  readonly regret: number;
}

/** Cost in instance-seconds: what was billed, and what was not served at the risk price. */
export function costOf(outcome: Outcome, riskPrice: number): number {
  return riskPrice * outcome.unservedSeconds + outcome.billedSeconds;
}

/** The figures of a cell that the outcome alone gives; `optimumCost` at the same price. */
export function scoreOf(
  workload: Workload,
  outcome: Outcome,
  riskPrice: number,
  optimumCost: number,
): Pick<Cell, 'unservedFraction' | 'instanceHours' | 'changes' | 'regret'> {
  const { demandedSeconds } = workload;
  return {
    unservedFraction: demandedSeconds > 0 ? outcome.unservedSeconds / demandedSeconds : null,
    instanceHours: outcome.billedSeconds / 3600,
    changes: outcome.changes.length,
    regret: costOf(outcome, riskPrice) / optimumCost,
  };
}

/** Mean share over the cells that have one; null: none has. */
export function meanUnserved(cells: readonly Pick<Cell, 'unservedFraction'>[]): number | null {
  const known = cells.flatMap(({ unservedFraction }) => unservedFraction ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * Geometric mean of the regret of those cells whose load demands anything: where nothing is demanded, whoever does nothing is
 * as good as the optimum, and a mean with it in would come nearer to 1. Over all of them where none does.
 */
export function meanRegret(cells: readonly Pick<Cell, 'unservedFraction' | 'regret'>[]): number {
  const loaded = cells.filter(({ unservedFraction }) => unservedFraction !== null);
  return geometricMean((loaded.length > 0 ? loaded : cells).map(({ regret }) => regret));
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
