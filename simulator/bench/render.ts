import { readFileSync } from 'node:fs';
import {
  escapeHtml,
  joinModules,
  PLACE,
  pageFile,
  rawText,
  SHARED_MODULES,
  uplotFile,
} from '../report/render.ts';
import { OPTIMUM } from '../scalers/index.ts';
import type { BenchPageData } from './page-types.ts';
import { meanRegret } from './score.ts';

/** The page's modules, each after those that it imports; some are the report page's. */
const MODULES = [
  ...SHARED_MODULES.filter((name) => !['results.js', 'chooser.js'].includes(name)).map(
    (name) => `../report/page/${name}`,
  ),
  './page/selection.js',
  './page/svg.js',
  './page/trade-labels.js',
  './page/trade-off.js',
  './page/figure-table.js',
  './page/regrets.js',
  './page/timeline.js',
  './page/main.js',
];

const STYLES = [
  ...['colours', 'page', 'charts', 'decisions'].map((name) => `../report/page/${name}.css`),
  './page/bench.css',
  '../report/page/print.css',
];

const AND = new Intl.ListFormat('en-GB');

function file(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

/** Makes the bench's page: one HTML document that needs no other file and no network. */
export function renderBench(data: BenchPageData): string {
  const traces = new Set(data.cells.map(({ trace }) => trace)).size;
  const policies = new Set(data.cells.map(({ policy }) => policy)).size;
  const parts: Record<string, string> = {
    title: escapeHtml(
      data.verdict
        ? `Backtest: ${data.verdict.target}`
        : `Bench: ${counted(policies, 'policy', 'policies')} on ${counted(traces, 'trace', 'traces')}`,
    ),
    eyebrow: data.verdict ? 'Backtest' : 'Bench',
    headline: escapeHtml(data.verdict?.headline ?? headline(data)),
    toolbar: pageFile('toolbar.html'),
    style: rawText([uplotFile('dist/uPlot.min.css'), ...STYLES.map(file)].join('\n')),
    data: JSON.stringify(data).replaceAll('<', '\\u003c'),
    uplot: rawText(`/*\n${uplotFile('LICENSE')}*/\n${uplotFile('dist/uPlot.iife.min.js')}`),
    script: rawText(joinModules(MODULES.map((path) => [path, file(path)]))),
  };
  return file('./page/page.html').replace(PLACE, (_, part: string) => {
    const text = parts[part];
    if (text === undefined) throw new Error(`bench page: page.html asks for unknown {{${part}}}`);
    return text;
  });
}

/** One sentence that says what the bench showed. */
export function headline({ cells }: BenchPageData): string {
  const ranked = [...Map.groupBy(cells, ({ policy }) => policy)]
    .filter(([policy]) => policy !== OPTIMUM)
    .map(([policy, own]) => ({ policy, regret: meanRegret(own) }))
    .sort((a, b) => a.regret - b.regret)
    .map(({ policy, regret }) => ({ policy, printed: regret.toFixed(3) }));
  const [best, ...others] = ranked;
  if (!best) return 'The clairvoyant optimum, and nobody beside it.';
  return `Over all cells ${best.policy} costs ${best.printed} times the optimum${beside(best, others)}.`;
}

interface Ranked {
  readonly policy: string;
  readonly printed: string;
}

/** How the others stand to the best; of figures that print alike none is before another. */
function beside(best: Ranked, others: readonly Ranked[]): string {
  const alike = others.filter(({ printed }) => printed === best.printed);
  if (alike.length > 0) return `, like ${AND.format(alike.map(({ policy }) => policy))}`;
  const [second] = others;
  return second ? `, before ${second.policy} with ${second.printed}` : '';
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
