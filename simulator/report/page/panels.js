import { axesOf, marginOf } from './axes.js';
import { element } from './dom.js';
import { roundTop } from './format.js';
import { highest } from './runs.js';
import { colour } from './theme.js';

/**
 * @typedef {import('./runs.js').Run} Run
 * @typedef {import('./runs.js').ColumnName} ColumnName
 * @typedef {'line' | 'outline' | 'area' | 'steps' | 'dashes' | 'bound'} Stroke
 * @typedef {object} Line one column as a panel draws it
 * @property {ColumnName} column
 * @property {string} label lines of one label share an entry of the legend
 * @property {string} colour name of a colour of the style sheet
 * @property {Stroke} stroke
 * @property {number} decimals of its value in the readout
 * @typedef {object} Panel
 * @property {string} key
 * @property {string} title
 * @property {string} unit
 * @property {readonly Line[]} lines in drawing order
 * @property {readonly string[]} legend the labels in the order of the legend
 * @property {readonly ColumnName[]} scaled the columns that must fit into the panel
 * @property {boolean} whole counts whole things, so its axis has no fractions
 * @property {string} empty what to say when no value is known
 */

/**
 * The panels of every run, from the top. Max is left out of the scale: it is often far above
 * anything that happens, and its band then runs out of the top.
 *
 * @type {readonly Panel[]}
 */
export const PANELS = [
  {
    key: 'instances',
    title: 'Instances',
    unit: '',
    whole: true,
    empty: 'No sample in this run',
    legend: ['demand', 'in service', 'desired', 'Min–Max'],
    scaled: ['demand', 'capacity', 'desired', 'minCapacity'],
    lines: [
      { column: 'minCapacity', label: 'Min–Max', colour: 'bound', stroke: 'bound', decimals: 0 },
      { column: 'maxCapacity', label: 'Min–Max', colour: 'bound', stroke: 'bound', decimals: 0 },
      { column: 'capacity', label: 'in service', colour: 'capacity', stroke: 'area', decimals: 1 },
      { column: 'desired', label: 'desired', colour: 'desired', stroke: 'dashes', decimals: 0 },
      { column: 'demand', label: 'demand', colour: 'demand', stroke: 'outline', decimals: 1 },
    ],
  },
  {
    key: 'requests',
    title: 'Requests',
    unit: '',
    whole: true,
    empty: 'No sample in this run',
    legend: ['waiting', 'failed'],
    scaled: ['queue', 'failed'],
    lines: [
      { column: 'queue', label: 'waiting', colour: 'queue', stroke: 'area', decimals: 0 },
      { column: 'failed', label: 'failed', colour: 'failed', stroke: 'steps', decimals: 0 },
    ],
  },
  {
    key: 'latency',
    title: 'p99 latency',
    unit: 's',
    whole: false,
    empty: 'No request ended in this run',
    legend: ['p99'],
    scaled: ['latencyP99Seconds'],
    lines: [
      {
        column: 'latencyP99Seconds',
        label: 'p99',
        colour: 'latency',
        stroke: 'line',
        decimals: 2,
      },
    ],
  },
];

/**
 * The top of a panel's value axis: one for all runs, so that they can be compared.
 *
 * @param {Panel} panel
 * @param {readonly Run[]} runs
 * @param {import('./view.js').Range} range
 */
export function valueTop(panel, runs, range) {
  const tops = runs.flatMap((run) => panel.scaled.map((name) => highest(run, name, range)));
  const top = roundTop(Math.max(0, ...tops) * 1.06);
  return panel.whole ? Math.max(top, 1) : top;
}

/**
 * How uPlot draws a line of a panel.
 *
 * @param {Line} line
 * @returns {uPlot.Series}
 */
function seriesOf(line) {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const stroke = () => colour(line.colour);
  const fill = () => colour(`${line.colour}-fill`);
  // uPlot takes widths in CSS pixels, but dashes in those of the screen.
  const dash = (/** @type {number[]} */ ...lengths) =>
    lengths.map((each) => each * devicePixelRatio);
  const looks = {
    line: { width: 1.5 },
    outline: { width: 1.5, paths: stepped },
    area: { width: 1.5, fill, paths: stepped },
    steps: { width: 1.25, fill, paths: stepped },
    dashes: { width: 1.5, dash: dash(5, 3), paths: stepped },
    bound: { width: 1, dash: dash(1, 3), paths: stepped },
  };
  // uPlot takes an absent path builder as the straight one, but not an undefined one.
  const look = Object.fromEntries(
    Object.entries(looks[line.stroke]).filter(([, value]) => value !== undefined),
  );
  /** @type {number[]} */
  let alone = [];
  const show = (/** @type {uPlot} */ plot, /** @type {number} */ index) => {
    alone = loneSamples(plot.data[index] ?? []);
    return alone.length > 0;
  };
  const points = { show, size: 3, fill: stroke, filter: () => alone };
  return { label: line.label, stroke, points, ...look };
}

/**
 * The samples with none beside them: no line reaches them, so they are drawn as points.
 *
 * @param {ArrayLike<number | null | undefined>} column
 */
function loneSamples(column) {
  const known = (/** @type {number} */ index) => (column[index] ?? null) !== null;
  const found = [];
  for (let at = 0; at < column.length; at++) {
    if (known(at) && !known(at - 1) && !known(at + 1)) found.push(at);
  }
  return found;
}

/**
 * The areas between two lines: what Min and Max allow, and demand that no capacity serves.
 *
 * @param {Panel} panel
 * @returns {uPlot.Band[]}
 */
function bandsOf(panel) {
  const index = (/** @type {ColumnName} */ name) =>
    panel.lines.findIndex(({ column }) => column === name) + 1;
  /** @type {[ColumnName, ColumnName, string][]} */
  const pairs = [
    ['maxCapacity', 'minCapacity', 'bound-fill'],
    ['demand', 'capacity', 'unserved-fill'],
  ];
  return pairs
    .filter(([over, under]) => index(over) > 0 && index(under) > 0)
    .map(([over, under, fill]) => ({
      series: [index(over), index(under)],
      fill: () => colour(fill),
    }));
}

/**
 * Draws one panel of one run into `mount`.
 *
 * @param {Panel} panel
 * @param {Run} run
 * @param {object} context
 * @param {HTMLElement} context.mount
 * @param {import('./view.js').View} context.view
 * @param {() => number} context.top top of the value axis
 * @param {boolean} context.timeLabels
 * @param {(plot: uPlot) => void} context.beneath draws under the lines
 */
export function drawPanel(panel, run, context) {
  const { mount, view, beneath } = context;
  const size = () => ({ width: Math.max(mount.clientWidth, 120), height: mount.clientHeight });
  /** @returns {uPlot.AlignedData} */
  const data = () => [[...run.times], ...panel.lines.map(({ column }) => [...run.columns[column]])];
  const showRange = (/** @type {uPlot} */ plot) => {
    mount.dataset.from = String(plot.scales.x?.min);
    mount.dataset.to = String(plot.scales.x?.max);
    mount.dataset.top = String(plot.scales.y?.max);
  };
  const plot = new uPlot(
    {
      ...size(),
      padding: [8, marginOf(view), 0, 0],
      legend: { show: false },
      cursor: { show: false },
      series: [{}, ...panel.lines.map(seriesOf)],
      bands: bandsOf(panel),
      hooks: { drawAxes: [beneath], draw: [showRange] },
      ...axesOf(panel, context),
    },
    data(),
    mount,
  );
  const empty = element('p', { class: 'panel-empty' }, panel.empty);
  plot.over.append(empty);
  const showEmpty = () => {
    empty.hidden = panel.lines.some(({ column }) =>
      run.columns[column].some((value) => value !== null),
    );
  };
  showEmpty();
  return {
    surface: plot.over,
    /** Takes over samples that have come to the run, without drawing them yet. */
    refresh: () => {
      plot.setData(data(), false);
      showEmpty();
    },
    remove: () => plot.destroy(),
    /** Takes over the range and the scale of the view. */
    show: () => plot.setScale('x', { min: view.range.from, max: view.range.to }),
    /** Draws again in the current colours. */
    repaint: () => plot.redraw(),
    /** Fits the panel to the room it has. */
    fit: () => plot.setSize(size()),
  };
}
