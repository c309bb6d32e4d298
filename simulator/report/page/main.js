import { Board } from './board.js';
import { Card } from './card.js';
import { Chooser } from './chooser.js';
import { byId, element } from './dom.js';
import { lengthOf, number } from './format.js';
import { startToolbar } from './keys.js';
import { startPrinting } from './print.js';
import { fileLabels, readReportFile } from './report-file.js';
import { resultTable } from './results.js';
import { readRuns } from './runs.js';
import { startTheme } from './theme.js';
import { View } from './view.js';

/**
 * @typedef {import('./runs.js').ReportPayload} ReportPayload
 * @typedef {object} Shown a run, and what it came to
 * @property {import('./runs.js').Run} run
 * @property {import('../data.ts').PolicyResult | undefined} result
 */

/** The shortest range that can be zoomed to, in samples. */
const LEAST_SAMPLES = 4;

/** What is said when runs were added of which none is shown. */
const NO_ROOM = 'Added. Untick a run above to make room for one of them.';

/** @param {Pick<ReportPayload, 'targetPerInstance'>} report */
function targetOf({ targetPerInstance }) {
  return `${number(targetPerInstance)} invocations a minute`;
}

/** @param {ReportPayload} report */
function showFacts(report) {
  const facts = [
    ['Trace', report.trace],
    ['Length', lengthOf(report.seconds)],
    ['Lead time', `${number(report.leadTimeSeconds)} s`],
    ['Target per instance', targetOf(report)],
    ['Risk price', number(report.riskPrice)],
  ].map(([name = '', value = '']) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value)),
  );
  byId('facts').append(...facts);
}

/**
 * The runs of a report with their results.
 *
 * @param {ReportPayload} report
 * @returns {Shown[]}
 */
function runsOf(report) {
  return readRuns(report).map((run) => ({
    run,
    result: report.results.find(({ policy }) => policy === run.policy),
  }));
}

/** What tells a report's runs apart from those of another. @param {ReportPayload} report */
function settingsOf({ trace, leadTimeSeconds, riskPrice, targetPerInstance }) {
  return [
    trace,
    `lead time ${number(leadTimeSeconds)} s`,
    `risk price ${number(riskPrice)}`,
    `target ${targetOf({ targetPerInstance })}`,
  ].join(', ');
}

/** @param {readonly Shown[]} shown */
function showResults(shown) {
  const results = shown.flatMap(({ run, result }) => (result ? [{ name: run.name, result }] : []));
  const none = element('p', { class: 'hint none' }, 'No run is chosen.');
  byId('results').replaceChildren(shown.length > 0 ? resultTable(results) : none);
}

/** @param {ReportPayload} report */
function start(report) {
  const first = runsOf(report);
  showFacts(report);
  // Results stand for themselves where there is no course to show.
  if (first.length === 0) {
    const alone = report.results.map((result) => ({
      name: report.names[result.policy] ?? result.policy,
      result,
    }));
    byId('results').append(resultTable(alone));
  }
  const endOf = (/** @type {readonly Shown[]} */ shown) =>
    Math.max(...shown.map(({ run }) => run.times.at(-1) ?? 0));
  const end = Math.max(report.seconds, endOf(first), 1);
  const step = Math.min(...first.map(({ run }) => run.stepSeconds), end);
  const view = new View({ from: 0, to: end }, Math.min(step * LEAST_SAMPLES, end));
  const board = new Board({ mount: byId('runs'), view, card: new Card() });
  startToolbar(view);
  startTheme(() => board.repaint());
  startPrinting(() => board.fit());

  const show = (/** @type {readonly Shown[]} */ shown) => {
    showResults(shown);
    byId('none-chosen').hidden = shown.length > 0;
    view.extend({ from: 0, to: Math.max(report.seconds, endOf(shown), 1) });
    board.show(shown.map(({ run }) => run));
  };
  const chooser = /** @type {Chooser<Shown>} */ (
    new Chooser((shown) => {
      // What was said of the last file added has been heard.
      byId('add-state').textContent = '';
      show(shown);
    })
  );
  const offer = (/** @type {readonly Shown[]} */ added) => {
    byId('choices').append(...added.map((each) => chooser.add(each, each.run.name)));
  };
  offer(first);
  byId('choices').hidden = first.length < 2;
  if (first.length > 0) show(chooser.chosen);
  else board.show([]);

  const labelOf = fileLabels();
  const input = /** @type {HTMLInputElement} */ (byId('add-report'));
  input.addEventListener('change', async () => {
    /** @type {string[]} */
    const complaints = [];
    /** @type {Shown[]} */
    const added = [];
    for (const file of input.files ?? []) {
      try {
        const other = await readReportFile(file);
        const settings = settingsOf(other);
        const label = labelOf(file.name);
        const others = runsOf(other).map(({ run, result }) => {
          const name = `${run.name} (${label})`;
          return { run: { ...run, name, note: settings }, result };
        });
        offer(others);
        added.push(...others);
      } catch (error) {
        complaints.push(/** @type {Error} */ (error).message);
      }
    }
    // The same file may be chosen again.
    input.value = '';
    const { chosen } = chooser;
    const hasNoRoom = added.length > 0 && !added.some((each) => chosen.includes(each));
    const state = byId('add-state');
    state.classList.toggle('complaint', complaints.length > 0);
    state.textContent = [...complaints, ...(hasNoRoom ? [NO_ROOM] : [])].join(' ');
    if (added.length === 0) return;
    byId('choices').hidden = false;
    show(chosen);
  });
}

start(JSON.parse(byId('report-data').textContent ?? ''));
