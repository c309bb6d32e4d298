import { drawing, element } from './dom.js';
import { fixed, joined, number } from './format.js';
import { highest, knownSampleAt } from './runs.js';

/**
 * A sample of how a line is drawn.
 *
 * @param {import('./panels.js').Stroke | 'patch'} stroke
 * @param {string} colour
 */
function swatch(stroke, colour) {
  const filled = stroke === 'area' || stroke === 'steps' || stroke === 'patch';
  const dashes = { dashes: '5 3', bound: '1 3' };
  const dash = stroke === 'dashes' || stroke === 'bound' ? dashes[stroke] : 'none';
  const line = {
    d: filled ? 'M0 2H16' : 'M0 5H16',
    stroke: `var(--${colour})`,
    'stroke-width': '1.5',
    'stroke-dasharray': dash,
  };
  const patch = { d: 'M0 2H16V10H0Z', fill: `var(--${colour}-fill)` };
  /** @type {[string, Record<string, string>][]} */
  const shapes = [];
  if (filled) shapes.push(['path', patch]);
  if (stroke !== 'patch') shapes.push(['path', line]);
  return drawing({ class: 'swatch', viewBox: '0 0 16 10', width: '16', height: '10' }, ...shapes);
}

/**
 * Characters that the values of a legend entry take at most, so that no value moves the others.
 *
 * @param {readonly import('./panels.js').Line[]} lines
 * @param {readonly import('./runs.js').Run[]} runs
 * @param {import('./view.js').View} view
 */
function room(lines, runs, view) {
  const lengths = lines.map(({ column, decimals }) => {
    const top = Math.max(0, ...runs.map((run) => highest(run, column, view.whole)));
    return fixed(top, decimals).length;
  });
  return lengths.reduce((sum, length) => sum + length, lines.length - 1);
}

/**
 * The line above a panel: its title, and its legend with the values at the moment pointed at.
 *
 * @param {import('./panels.js').Panel} panel
 * @param {import('./runs.js').Run} run
 * @param {object} context
 * @param {import('./view.js').View} context.view
 * @param {readonly import('./runs.js').Run[]} context.runs all runs; their legends get equal room
 * @param {AbortSignal} context.signal
 */
export function readout(panel, run, { view, runs, signal }) {
  const entries = panel.legend.map((label) => ({
    label,
    lines: panel.lines.filter((line) => line.label === label),
    value: element('span', { class: 'readout-value' }),
  }));
  const unserved = panel.lines.some(({ column }) => column === 'demand')
    ? [element('li', {}, swatch('patch', 'unserved'), 'unserved')]
    : [];
  const refresh = () => {
    for (const { lines, value } of entries) value.style.minWidth = `${room(lines, runs, view)}ch`;
  };
  refresh();
  const items = entries.map(({ label, lines: [line], value }) => {
    const name = line?.column === 'failed' ? `${label} per ${run.stepSeconds} s` : label;
    return element('li', {}, swatch(line?.stroke ?? 'line', line?.colour ?? 'ink'), name, value);
  });
  view.onMoment(() => {
    const { at } = view.moment;
    const index = at === null ? undefined : knownSampleAt(run, at);
    for (const { lines, value } of entries) {
      const values = lines.map(({ column, decimals }) =>
        number(index === undefined ? null : run.columns[column][index], decimals),
      );
      value.textContent = at === null ? '' : joined(values);
    }
  }, signal);
  const unit = panel.unit ? [element('span', { class: 'unit' }, ` (${panel.unit})`)] : [];
  const root = element(
    'div',
    { class: 'panel-head' },
    element('h4', {}, panel.title, ...unit),
    element('ul', { class: 'legend' }, ...items, ...unserved),
  );
  return { root, refresh };
}
