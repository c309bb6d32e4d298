import { Board } from '../../report/page/board.js';
import { Card } from '../../report/page/card.js';
import { byId, element } from '../../report/page/dom.js';
import { fixed, NONE, number } from '../../report/page/format.js';
import { startToolbar } from '../../report/page/keys.js';
import { startPrinting } from '../../report/page/print.js';
import { startTheme } from '../../report/page/theme.js';
import { View } from '../../report/page/view.js';
import { figureTable } from './figure-table.js';
import { regretTable } from './regrets.js';
import { ALL_TRACES, demandsAnything, distinct, figures, subject } from './selection.js';
import { COURSE_PANELS, runOf } from './timeline.js';
import { tradeOff } from './trade-off.js';

/** @typedef {import('../page-types.ts').BenchPageData} BenchPageData */

/** What is said of the trade-off where there is more than one price. */
const CURVES = ' A policy that weighs the risk price is a curve over it.';

/** The shortest range of a course that can be zoomed to, in windows. */
const LEAST_WINDOWS = 4;

/** @param {readonly (readonly [string, string])[]} pairs */
function facts(pairs) {
  return pairs.map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value)),
  );
}

/** @param {number | null} fraction */
function share(fraction) {
  return fraction === null ? NONE : `${fixed(100 * fraction, 2)} %`;
}

/**
 * The page, and what is chosen on it.
 *
 * @param {BenchPageData} data
 */
function start(data) {
  const traces = distinct(data.cells.map(({ trace }) => trace));
  const leads = distinct(data.cells.map(({ leadTimeSeconds }) => leadTimeSeconds));
  const prices = distinct(data.cells.map(({ riskPrice }) => riskPrice));
  const policies = distinct(data.cells.map(({ policy }) => policy));
  const traceChoice = choice('trace', [
    // One trace is all there is, and its runs can be opened at once.
    .../** @type {[string, string][]} */ (
      traces.length > 1 ? [[ALL_TRACES, data.verdict ? 'all stretches' : 'all traces']] : []
    ),
    ...traces.map((trace) => /** @type {const} */ ([trace, trace])),
  ]);
  const leadChoice = choice(
    'lead',
    leads.map((lead) => [String(lead), `${lead} s`]),
  );
  let opened = {
    policy: policies.includes(subject(data)) ? subject(data) : (policies[0] ?? ''),
    riskPrice: prices[Math.floor(prices.length / 2)] ?? 0,
  };
  const view = new View({ from: 0, to: 1 }, LEAST_WINDOWS * data.windowSeconds);
  const board = new Board({
    mount: byId('runs'),
    view,
    card: new Card(),
    kinds: new Set(/** @type {const} */ (['scale-out', 'scale-in'])),
    panels: COURSE_PANELS,
  });
  startToolbar(view);
  let shownLoad = -1;

  const showCourse = () => {
    const cell = data.cells.find(
      (each) =>
        each.trace === traceChoice.value &&
        each.leadTimeSeconds === Number(leadChoice.value) &&
        each.policy === opened.policy &&
        each.riskPrice === opened.riskPrice,
    );
    byId('course').hidden = !cell;
    if (!cell) {
      board.show([]);
      return;
    }
    byId('cell').replaceChildren(
      ...facts([
        ['Policy', cell.policy],
        ['Risk price', number(cell.riskPrice)],
        ['Regret', fixed(cell.regret, 3)],
        ['Unserved', share(cell.unservedFraction)],
        ['Instance-hours', fixed(cell.instanceHours, 1)],
        ['Changes', number(cell.changes)],
      ]),
    );
    const run = runOf(data, cell);
    view.extend({ from: 0, to: run.times.at(-1) ?? 0 });
    // What was zoomed to stays while runs under one load are looked at in turn.
    if (cell.workload !== shownLoad) view.showAll();
    shownLoad = cell.workload;
    board.show([run]);
  };

  const drawTradeOff = () => {
    const [trace, lead] = [traceChoice.value, Number(leadChoice.value)];
    const isLoaded = demandsAnything(data, trace, lead);
    const all = figures(data, trace, lead);
    const width = Math.floor(byId('trade-off').clientWidth);
    const drawn = isLoaded && width > 0 ? tradeOff(all, subject(data), width) : [];
    byId('trade-off').replaceChildren(...drawn);
    byId('figures').hidden = !isLoaded;
    byId('figure-table').replaceChildren(...(isLoaded ? [figureTable(all)] : []));
  };

  /** Says that a table is cut off, and lets keys scroll it. */
  const tellCut = () => {
    const table = byId('regrets');
    const isCut = table.scrollWidth > table.clientWidth;
    byId('regret-cut').hidden = !isCut;
    if (isCut) table.tabIndex = 0;
    else table.removeAttribute('tabindex');
  };

  const show = () => {
    const [trace, lead] = [traceChoice.value, Number(leadChoice.value)];
    const all = figures(data, trace, lead);
    const isLoaded = demandsAnything(data, trace, lead);
    const isAll = traceChoice.value === ALL_TRACES;
    byId('trade-hint').textContent = isLoaded
      ? `Towards the lower left is better.${prices.length > 1 ? CURVES : ''}`
      : 'This load demands nothing.';
    drawTradeOff();
    byId('regret-hint').textContent = isAll
      ? data.verdict
        ? 'Of the cost of all stretches. Choose one to see the course of a run.'
        : 'Geometric mean. Choose a trace to see the course of a run.'
      : 'Choose a figure to see the course of its run below.';
    const open = (/** @type {string} */ policy, /** @type {number} */ riskPrice) => {
      opened = { policy, riskPrice };
      show();
      const pressed = document.querySelector('#regrets [aria-pressed="true"]');
      if (pressed instanceof HTMLElement) pressed.focus({ preventScroll: true });
    };
    byId('regrets').replaceChildren(
      regretTable(all, {
        opened: isAll ? null : opened,
        open: isAll ? null : open,
        recommended: data.verdict?.recommended,
      }),
    );
    tellCut();
    showCourse();
  };

  byId('facts').append(
    ...facts([
      data.verdict ? ['Target', data.verdict.target] : ['Traces', number(traces.length)],
      ['Lead times', leads.map((lead) => `${lead} s`).join(', ')],
      ['Risk prices', prices.map((price) => number(price)).join(', ')],
      ...(data.verdict?.facts ?? [
        /** @type {const} */ (['Instances at the peak', number(data.peakInstances)]),
      ]),
    ]),
  );
  showVerdict(data.verdict);
  byId('notes').append(
    ...(data.verdict?.caveats ?? []).map((caveat, i) =>
      element(
        'div',
        {},
        element('dt', {}, i === 0 ? 'No forecast' : 'Mind'),
        element('dd', {}, caveat),
      ),
    ),
  );
  byId('choices').addEventListener('change', show);
  byId('choices').addEventListener('submit', (event) => event.preventDefault());
  show();
  startTheme(() => board.repaint());
  startPrinting(() => {
    drawTradeOff();
    board.fit();
  });
  followWidth(byId('trade-off'), drawTradeOff);
  followWidth(byId('regrets'), tellCut);
}

/** @param {BenchPageData['verdict']} verdict */
function showVerdict(verdict) {
  byId('verdict').hidden = !verdict;
  if (!verdict) return;
  byId('why').textContent = verdict.why;
  byId('command').textContent = verdict.command;
  byId('command').hidden = verdict.command === null;
}

/**
 * @param {HTMLElement} element
 * @param {() => void} changed runs whenever its width has changed
 */
function followWidth(element, changed) {
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    changed();
  }).observe(element);
}

/**
 * @param {string} id
 * @param {readonly (readonly [value: string, words: string])[]} options
 */
function choice(id, options) {
  const select = /** @type {HTMLSelectElement} */ (byId(id));
  select.append(...options.map(([value, words]) => element('option', { value }, words)));
  return select;
}

start(JSON.parse(byId('bench-data').textContent ?? ''));
