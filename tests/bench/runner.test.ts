import { describe, expect, it } from 'vitest';
import { type BenchOptions, runBench } from '../../simulator/bench/runner.ts';
import { type Cell, costOf, geometricMean } from '../../simulator/bench/score.ts';
import { summarise } from '../../simulator/bench/summary.ts';
import { benchTables } from '../../simulator/bench/table.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';
import { OPTIMUM, POLICIES } from '../../simulator/scalers/index.ts';

const NAMES = [...POLICIES.map(({ name }) => name), OPTIMUM];

const OPTIONS: BenchOptions = {
  sources: ['spike', 'sawtooth', 'idle'].map((name) => ({
    name,
    load: (leadTimeSeconds) => generateLoad(name, 1, leadTimeSeconds),
  })),
  leadTimesSeconds: [60, 180],
  riskPrices: [3, 30],
  policies: NAMES,
  peakInstances: 8,
};

const runs = runBench(OPTIONS);
const cells = runs.map(({ cell }) => cell);

describe('the cells', () => {
  it('are every load under every lead time, price and policy, once and in order', () => {
    const expected = ['spike', 'sawtooth', 'idle'].flatMap((trace) =>
      [60, 180].flatMap((leadTimeSeconds) =>
        [3, 30].flatMap((riskPrice) =>
          NAMES.map((policy) => ({ trace, leadTimeSeconds, riskPrice, policy })),
        ),
      ),
    );
    expect(
      cells.map(({ trace, leadTimeSeconds, riskPrice, policy }) => ({
        trace,
        leadTimeSeconds,
        riskPrice,
        policy,
      })),
    ).toEqual(expected);
  });

  it('hold regret 1 for the optimum and no less for anybody', () => {
    for (const { policy, regret } of cells) {
      if (policy === OPTIMUM) expect(regret).toBeCloseTo(1, 9);
      else expect(regret).toBeGreaterThanOrEqual(1 - 1e-9);
    }
  });

  it('hold the figures of the outcome', () => {
    for (const { cell, workload, outcome } of runs) {
      const optimum = runs.find(
        (other) =>
          other.cell.policy === OPTIMUM &&
          other.cell.trace === cell.trace &&
          other.cell.leadTimeSeconds === cell.leadTimeSeconds &&
          other.cell.riskPrice === cell.riskPrice,
      );
      expect(cell.instanceHours).toBe(outcome.billedSeconds / 3600);
      expect(cell.changes).toBe(outcome.changes.length);
      expect((cell.unservedFraction ?? 0) * workload.demandedSeconds).toBeCloseTo(
        outcome.unservedSeconds,
        6,
      );
      const least = costOf(optimum?.outcome as typeof outcome, cell.riskPrice);
      expect(cell.regret).toBeCloseTo(costOf(outcome, cell.riskPrice) / least, 9);
    }
  });

  it('of a load without requests are all the same', () => {
    for (const cell of cells.filter(({ trace }) => trace === 'idle')) {
      expect(cell).toMatchObject({
        unservedFraction: null,
        instanceHours: 1,
        changes: 0,
        regret: 1,
      });
    }
  });

  it('of a policy that knows no price are the same run at each', () => {
    const outcomes = runs.filter(
      ({ cell }) => cell.policy === 'hpa' && cell.trace === 'spike' && cell.leadTimeSeconds === 60,
    );
    expect(outcomes).toHaveLength(2);
    expect(outcomes[0]?.outcome).toBe(outcomes[1]?.outcome);
    expect(outcomes[0]?.cell.regret).not.toBe(outcomes[1]?.cell.regret);
  });

  it('are the same every time, and told one by one', () => {
    const told: unknown[] = [];
    const again = runBench({ ...OPTIONS, onCell: ({ cell }) => told.push(cell) });
    expect(again.map(({ cell }) => cell)).toEqual(cells);
    expect(told).toEqual(cells);
  });

  it('need no optimum among the policies to know the regret', () => {
    const alone = runBench({ ...OPTIONS, policies: ['hpa'] }).map(({ cell }) => cell);
    expect(alone).toEqual(cells.filter(({ policy }) => policy === 'hpa'));
  });
});

describe('the summary', () => {
  const summaries = summarise(runs);

  it('takes geometric means over all that demand anything, and by price and lead time', () => {
    const hpa = summaries.find(({ policy }) => policy === 'hpa');
    const isLoaded = ({ unservedFraction }: Cell) => unservedFraction !== null;
    const own = cells.filter((cell) => cell.policy === 'hpa' && isLoaded(cell));
    expect(own.length).toBeLessThan(cells.filter(({ policy }) => policy === 'hpa').length);
    const meanOf = (some: typeof own) => geometricMean(some.map(({ regret }) => regret));
    expect(hpa?.regret).toBeCloseTo(meanOf(own), 12);
    expect(hpa?.groups).toHaveLength(9);
    for (const { riskPrice, leadTimeSeconds, regret } of hpa?.groups ?? []) {
      const some = own.filter(
        (cell) =>
          (riskPrice === 'all' || cell.riskPrice === riskPrice) &&
          (leadTimeSeconds === 'all' || cell.leadTimeSeconds === leadTimeSeconds),
      );
      expect(regret).toBeCloseTo(meanOf(some), 12);
    }
    expect(hpa?.worst.regret).toBe(Math.max(...own.map(({ regret }) => regret)));
  });

  it('counts changes by the hour', () => {
    const knative = summaries.find(({ policy }) => policy === 'knative');
    const own = cells.filter(({ policy }) => policy === 'knative');
    const changes = own.reduce((sum, cell) => sum + cell.changes, 0);
    // Two hours of spikes, two of sawtooth and one of nothing, under four worlds each.
    expect(knative?.changesPerHour).toBeCloseTo(changes / 20, 9);
    const most = Math.max(
      ...own.filter(({ trace }) => trace !== 'idle').map((cell) => cell.changes),
    );
    expect(knative?.mostChangesPerHour).toBeCloseTo(most / 2, 9);
  });

  it('becomes tables whose rows fit their headers', () => {
    const tables = benchTables(summaries);
    expect(tables).toHaveLength(4);
    for (const { header, rows } of tables) {
      for (const row of rows) expect(row).toHaveLength(header.length);
    }
    expect(tables[0]?.header).toEqual(['policy', 'all', '60 s', '180 s', '×3', '×30']);
    expect(tables[1]?.header).toEqual(['policy', '×3 60 s', '×3 180 s', '×30 60 s', '×30 180 s']);
    expect(tables[0]?.rows.at(-1)).toEqual([OPTIMUM, '1.000', '1.000', '1.000', '1.000', '1.000']);
  });

  it('holds ours against the peer that is best in the same group', () => {
    const [, , excess] = benchTables(summaries);
    const ours = summaries.find(({ policy }) => policy === 'fast-scaler');
    const peers = summaries.filter(({ policy }) => !['fast-scaler', OPTIMUM].includes(policy));
    const best = Math.min(...peers.map(({ regret }) => regret));
    const [label, own, least, ratio, which] = excess?.rows[0] ?? [];
    expect(label).toBe('all');
    expect(own).toBe(((ours?.regret as number) - 1).toFixed(3));
    expect(least).toBe((best - 1).toFixed(3));
    expect(ratio).toBe((((ours?.regret as number) - 1) / (best - 1)).toFixed(2));
    expect(which).toBe(peers.find(({ regret }) => regret === best)?.policy);
  });

  it('compares only when there is something to compare', () => {
    const without = (...names: string[]) =>
      benchTables(summaries.filter(({ policy }) => names.includes(policy))).length;
    expect(without('fast-scaler', OPTIMUM)).toBe(3);
    expect(without('hpa', OPTIMUM)).toBe(3);
    expect(without('fast-scaler', 'hpa')).toBe(4);
  });
});

describe('geometric mean', () => {
  it.each([
    [[2, 8], 4],
    [[5], 5],
    [[1, 1, 1], 1],
  ])('of %j is %d', (values, expected) => {
    expect(geometricMean(values)).toBeCloseTo(expected, 12);
  });
});
