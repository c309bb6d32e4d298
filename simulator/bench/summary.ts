import type { Run } from './runner.ts';
import { type Cell, meanRegret, meanUnserved } from './score.ts';

/** A cell, and how long its load lasts. */
export interface Scored extends Pick<Run, 'cell'> {
  readonly workload: Pick<Run['workload'], 'seconds'>;
}

/** A policy's regret over some cells. */
export interface RegretGroup {
  readonly leadTimeSeconds: number | 'all';
  readonly riskPrice: number | 'all';
  readonly regret: number;
}

/** What a policy comes to over all cells. */
export interface PolicySummary {
  readonly policy: string;
  /** Geometric means ({@link meanRegret}): for each pair of price and lead time, and over all of either. */
  readonly groups: readonly RegretGroup[];
  /** {@link meanRegret} over all cells. */
  readonly regret: number;
  readonly worst: Cell;
  /** Mean over the cells that demand anything; null: none does. */
  readonly unservedFraction: number | null;
  /** Sum over all cells. */
  readonly instanceHours: number;
  readonly changesPerHour: number;
  /** In the cell that has the most. */
  readonly mostChangesPerHour: number;
}

/** One summary a policy, in the order in which the policies first come. */
export function summarise(runs: readonly Scored[]): PolicySummary[] {
  return [...Map.groupBy(runs, ({ cell }) => cell.policy).entries()].map(([policy, own]) => {
    const cells = own.map(({ cell }) => cell);
    const hours = own.map(({ workload }) => workload.seconds / 3600);
    return {
      policy,
      groups: regretGroups(cells),
      regret: meanRegret(cells),
      worst: cells.reduce((worst, cell) => (cell.regret > worst.regret ? cell : worst)),
      unservedFraction: meanUnserved(cells),
      instanceHours: sum(cells.map((cell) => cell.instanceHours)),
      changesPerHour: sum(cells.map((cell) => cell.changes)) / sum(hours),
      mostChangesPerHour: Math.max(
        ...cells.map(({ changes }, i) => changes / (hours[i] as number)),
      ),
    };
  });
}

function regretGroups(cells: readonly Cell[]): RegretGroup[] {
  const prices = unique(cells.map(({ riskPrice }) => riskPrice));
  const leads = unique(cells.map(({ leadTimeSeconds }) => leadTimeSeconds));
  return (['all', ...prices] as const).flatMap((riskPrice) =>
    (['all', ...leads] as const).map((leadTimeSeconds) => ({
      leadTimeSeconds,
      riskPrice,
      regret: meanRegret(
        cells.filter(
          (cell) =>
            (riskPrice === 'all' || cell.riskPrice === riskPrice) &&
            (leadTimeSeconds === 'all' || cell.leadTimeSeconds === leadTimeSeconds),
        ),
      ),
    })),
  );
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
