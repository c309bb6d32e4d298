import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { benchPageData } from '../../simulator/bench/page-data.ts';
import type { BenchPageData, PageCell } from '../../simulator/bench/page-types.ts';
import { headline, renderBench } from '../../simulator/bench/render.ts';
import { runBench } from '../../simulator/bench/runner.ts';
import { costOf, geometricMean } from '../../simulator/bench/score.ts';
import { summarise } from '../../simulator/bench/summary.ts';
import { benchTables } from '../../simulator/bench/table.ts';
import { generateLoad } from '../../simulator/load/scenarios.ts';

/** A module of the page; those are checked apart, under the browser's types. */
const pageModule = (name: string) =>
  import(new URL(`../../simulator/bench/page/${name}`, import.meta.url).href);

interface Figure {
  readonly policy: string;
  readonly riskPrice: number;
  readonly regret: number;
  readonly unserved: number;
  readonly billed: number;
}
interface TradeOff {
  distinctPoints(all: readonly Figure[]): { billed: number; unserved: number }[];
  pricesOf(point: { billed: number; unserved: number }): string[];
}
type Figures = (data: BenchPageData, trace: string, leadTimeSeconds: number) => Figure[];
type CourseOf = (
  data: BenchPageData,
  cell: PageCell,
) => Readonly<Record<'demand' | 'inService' | 'desired', readonly number[]>>;

const { figures }: { figures: Figures } = await pageModule('selection.js');
const { courseOf }: { courseOf: CourseOf } = await pageModule('timeline.js');
const { distinctPoints, pricesOf }: TradeOff = await pageModule('trade-off.js');

const runs = runBench({
  sources: ['spike', 'sawtooth', 'idle'].map((name) => ({
    name,
    load: (leadTimeSeconds) => generateLoad(name, 1, leadTimeSeconds),
  })),
  leadTimesSeconds: [60, 180],
  riskPrices: [3, 10],
  policies: ['fast-scaler', 'hpa', 'optimum'],
  peakInstances: 8,
});
const data = benchPageData(runs, 8);

describe('the data of the page', () => {
  it('keeps every cell, and each load and outcome once', () => {
    expect(data.cells).toHaveLength(runs.length);
    // The sawtooth is another load for each lead time.
    expect(data.workloads).toHaveLength(4);
    const [first, second] = [3, 10].map((riskPrice) =>
      data.cells.find(
        (cell) =>
          cell.policy === 'hpa' &&
          cell.trace === 'spike' &&
          cell.leadTimeSeconds === 60 &&
          cell.riskPrice === riskPrice,
      ),
    );
    expect(first?.outcome).toBe(second?.outcome);
  });

  it('leads from a cell back to its run', () => {
    for (const [i, { workload, outcome }] of runs.entries()) {
      const cell = data.cells[i];
      expect(data.workloads[cell?.workload as number]?.demand).toHaveLength(workload.windows);
      expect(data.outcomes[cell?.outcome as number]).toEqual(
        outcome.changes.flatMap(({ atSeconds, to }) => [atSeconds, to]),
      );
    }
  });
});

describe('the course of a run', () => {
  it('comes to the hours that were billed, wherever the changes lie on windows', () => {
    for (const [i, { workload, outcome }] of runs.entries()) {
      if (outcome.changes.some(({ atSeconds }) => atSeconds % 10 !== 0)) continue;
      const { desired, inService, demand } = courseOf(data, data.cells[i] as PageCell);
      const billed = desired.reduce((sum, count) => sum + 10 * count, 0);
      expect(billed).toBe(outcome.billedSeconds);
      const unserved = inService.reduce(
        (sum, count, window) => sum + 10 * Math.max(0, (workload.demand[window] as number) - count),
        0,
      );
      expect(unserved).toBeCloseTo(outcome.unservedSeconds, 4);
      expect(demand).toHaveLength(workload.windows);
    }
  });
});

describe('the figures of a choice', () => {
  it('are those of the cell for one trace', () => {
    const cell = runs.find(
      (run) =>
        run.cell.trace === 'spike' && run.cell.policy === 'hpa' && run.cell.leadTimeSeconds === 60,
    );
    expect(figures(data, 'spike', 60)).toContainEqual({
      policy: 'hpa',
      riskPrice: 3,
      regret: expect.closeTo(cell?.cell.regret as number, 5),
      unserved: expect.closeTo(cell?.cell.unservedFraction as number, 5),
      billed: expect.closeTo(
        (cell?.cell.instanceHours as number) / ((cell?.workload.demandedSeconds as number) / 3600),
        5,
      ),
    });
  });

  it('are means over the traces that demand anything, as in the terminal', () => {
    const cells = runs.filter(
      ({ cell }) => cell.policy === 'hpa' && cell.leadTimeSeconds === 180 && cell.riskPrice === 10,
    );
    expect(cells).toHaveLength(3);
    const [spike, sawtooth] = cells;
    const hpa = figures(data, '', 180).find(
      ({ policy, riskPrice }) => policy === 'hpa' && riskPrice === 10,
    );
    const loaded = [spike?.cell.regret, sawtooth?.cell.regret] as number[];
    expect(hpa?.regret).toBeCloseTo(geometricMean(loaded), 5);
    expect(hpa?.unserved).toBeCloseTo(
      ((spike?.cell.unservedFraction as number) + (sawtooth?.cell.unservedFraction as number)) / 2,
      5,
    );
    const own = runs.filter(({ cell }) => cells.some((each) => each.cell === cell));
    expect(hpa?.unserved).toBeCloseTo(summarise(own)[0]?.unservedFraction as number, 5);
    expect(hpa?.regret).toBeCloseTo(summarise(own)[0]?.regret as number, 5);
  });

  it('are added up over the stretches of a backtest, as the terminal does', () => {
    const own = runs.filter(
      ({ cell }) => cell.policy === 'hpa' && cell.leadTimeSeconds === 180 && cell.riskPrice === 10,
    );
    expect(own).toHaveLength(3);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const demanded = sum(own.map(({ workload }) => workload.demandedSeconds));
    const unserved = sum(own.map(({ outcome }) => outcome.unservedSeconds));
    const billed = sum(own.map(({ outcome }) => outcome.billedSeconds));
    const costs = own.map(({ outcome }) => costOf(outcome, 10));
    const optimum = sum(own.map(({ cell }, i) => (costs[i] as number) / cell.regret));
    const verdict = {
      ...{ target: 't', headline: '', why: '', command: null, recommended: 'hpa' },
      ...{ facts: [], caveats: [] },
    };
    const hpa = figures({ ...data, verdict }, '', 180).find(
      ({ policy, riskPrice }) => policy === 'hpa' && riskPrice === 10,
    );
    expect(hpa).toEqual({
      ...{ policy: 'hpa', riskPrice: 10 },
      regret: expect.closeTo(sum(costs) / optimum, 4),
      unserved: expect.closeTo(unserved / demanded, 4),
      billed: expect.closeTo(billed / demanded, 4),
      instanceHours: expect.closeTo(billed / 3600, 3),
      cost: expect.closeTo(sum(costs) / 3600, 3),
    });
  });

  it('are one point where they are the same, with every price that it has', () => {
    const at = (riskPrice: number, unserved: number, billed: number) => ({
      ...{ policy: 'any', riskPrice, regret: riskPrice, unserved, billed },
    });
    const points = distinctPoints([
      at(3, 0.2, 1),
      at(10, 0.1, 1.5),
      at(20, 0.1, 2),
      at(30, 0.1, 2),
    ]);
    expect(points).toMatchObject([
      { unserved: 0.2, billed: 1 },
      { unserved: 0.1, billed: 1.5 },
      { unserved: 0.1, billed: 2 },
    ]);
    expect(points.map(pricesOf)).toEqual([['×3'], ['×10'], ['×20', '×30']]);
  });

  it('have no share of a load that demands nothing, on the page and in the terminal', () => {
    const idle = runs.filter(({ cell }) => cell.trace === 'idle');
    expect(new Set(idle.map(({ cell }) => cell.unservedFraction))).toEqual(new Set([null]));
    const total = benchTables(summarise(idle)).at(-1);
    expect(total?.title).toContain('those whose load demands anything');
    const at = total?.header.indexOf('unserved') ?? -1;
    expect(total?.rows.map((row) => row[at])).toEqual(['–', '–', '–']);
  });
});

describe('the page', () => {
  const page = renderBench(data);

  it('is one file that asks for no other', () => {
    expect(page).not.toMatch(/\{\{\w+\}\}/);
    expect(page).not.toMatch(/<link[^>]+stylesheet|<script[^>]+src=|@import/);
    expect(page).toContain("default-src 'none'");
  });

  it('holds a script without a name twice, and the data unharmed', () => {
    const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(script).toContain('tradeOff');
    expect(() => new Script(script)).not.toThrow();
    const [, json = ''] =
      /<script type="application\/json" id="bench-data">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(json)).toEqual(data);
  });

  it.each([
    ['nobody', ['optimum'], 'The clairvoyant optimum, and nobody beside it.'],
    ['one policy', ['hpa', 'optimum'], /^Over all cells hpa costs \d\.\d{3} times the optimum\.$/],
    ['two', ['fast-scaler', 'hpa'], /, before (hpa|fast-scaler) with \d\.\d{3}\.$/],
  ])('says in one sentence what came out for %s', (_, policies, sentence) => {
    const cells = data.cells.filter(({ policy }) => policies.includes(policy));
    expect(headline({ ...data, cells })).toMatch(sentence);
  });

  it.each([
    ['one other', ['hpa'], 'like hpa'],
    ['two others', ['hpa', 'knative'], 'like hpa and knative'],
    ['three others', ['hpa', 'knative', 'ray-serve'], 'like hpa, knative and ray-serve'],
  ])('puts nobody before %s whose figure prints alike', (_, peers, like) => {
    const [cell] = data.cells as [PageCell];
    const at = (policy: string, regret: number) => ({ ...cell, policy, regret });
    const cells = [
      ...peers.map((policy) => at(policy, 1.1002)),
      at('fast-scaler', 1.1),
      at('step-scaling', 1.3),
    ];
    expect(headline({ ...data, cells })).toBe(
      `Over all cells fast-scaler costs 1.100 times the optimum, ${like}.`,
    );
  });

  it('reads a trace’s name as text', () => {
    const cells = data.cells.map((cell) => ({ ...cell, trace: '</script><b>' }));
    expect(renderBench({ ...data, cells })).not.toContain('</script><b>');
  });
});
