import { Card } from './card.js';
import { runColumn } from './column.js';
import { byId, element } from './dom.js';
import { clockTime, number } from './format.js';
import { PANELS, valueTop } from './panels.js';
import { resultTable } from './results.js';
import { readRuns } from './runs.js';
import { startTheme } from './theme.js';
import { View } from './view.js';

/** The shortest range that can be zoomed to, in samples. */
const LEAST_SAMPLES = 4;

/** @param {import('./runs.js').ReportPayload} report */
function showMasthead(report) {
  const facts = [
    ['Trace', report.trace],
    ['Length', clockTime(report.seconds)],
    ['Lead time', `${number(report.leadTimeSeconds)} s`],
    ['Target per instance', number(report.targetPerInstance)],
    ['Risk price', number(report.riskPrice)],
  ].map(([name = '', value = '']) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value)),
  );
  byId('facts').append(...facts);
  byId('results').append(resultTable(report.results, report.names));
}

/** @param {View} view */
function showZoom(view) {
  const state = byId('zoom-state');
  const reset = byId('reset');
  const time = (/** @type {number} */ seconds) => clockTime(seconds, view.hours);
  const show = () => {
    const { from, to } = view.range;
    const rest = view.zoomed ? ` of ${time(view.whole.to)}` : ', the whole run';
    state.textContent = `Showing ${time(from)} – ${time(to)}${rest}`;
    reset.toggleAttribute('disabled', !view.zoomed);
  };
  reset.addEventListener('click', () => view.showAll());
  view.onRange(show);
  show();
}

/** @param {import('./runs.js').ReportPayload} report */
function start(report) {
  const runs = readRuns(report);
  showMasthead(report);

  const end = Math.max(report.seconds, ...runs.map(({ times }) => times.at(-1) ?? 0), 1);
  const step = Math.min(...runs.map(({ stepSeconds }) => stepSeconds), end);
  const view = new View({ from: 0, to: end }, step * LEAST_SAMPLES);

  /** @type {Map<import('./panels.js').Panel, number>} */
  const tops = new Map();
  const scale = () => {
    for (const panel of PANELS) tops.set(panel, valueTop(panel, runs, view.range));
  };
  scale();
  // First of the listeners, so that the panels find the new scale.
  view.onRange(scale);
  showZoom(view);

  const card = new Card();
  const kinds = new Set(runs.flatMap(({ decisions }) => decisions.map(({ kind }) => kind)));
  const top = (/** @type {import('./panels.js').Panel} */ panel) => tops.get(panel) ?? 1;
  const columns = runs.map((run) => runColumn(run, { view, card, kinds, runs, top }));
  byId('runs').append(...columns.map(({ root }) => root));
  const repaints = columns.map(({ draw }) => draw());
  startTheme(() => {
    for (const repaint of repaints) repaint();
  });
}

start(JSON.parse(byId('report-data').textContent ?? ''));
