import { element } from './dom.js';
import { fixed, NONE, number } from './format.js';

/**
 * @typedef {import('../data.ts').PolicyResult} PolicyResult
 * @typedef {object} Measure one column of the table
 * @property {string} label
 * @property {string} unit
 * @property {(result: PolicyResult) => number | null} value
 * @property {(result: PolicyResult) => string} text
 * @property {boolean} [neutral] nothing is marked as best
 */

/**
 * @param {string} label
 * @param {string} unit
 * @param {(result: PolicyResult) => number | null} value
 * @param {(value: number | null) => string} text
 * @returns {Measure}
 */
const measured = (label, unit, value, text) => ({
  label,
  unit,
  value,
  text: (result) => text(value(result)),
});

const tenths = (/** @type {number | null} */ value) => number(value, 1);
const hundredths = (/** @type {number | null} */ value) => fixed(value, 2);

/** @type {readonly Measure[]} */
export const MEASURES = [
  measured('Reaction', 's', (result) => result.reactionSeconds, tenths),
  {
    label: 'Answered',
    unit: '',
    value: ({ answered }) => answered,
    text: ({ surges, answered }) => (surges > 0 ? `${answered} of ${surges}` : NONE),
    neutral: true,
  },
  measured('Scale-in', 's', (result) => result.scaleInSeconds, tenths),
  measured('Unserved', '%', (result) => result.unservedFraction * 100, hundredths),
  measured('Instance-hours', '', (result) => result.instanceHours, hundredths),
  { ...measured('Changes', '', (result) => result.changes, tenths), neutral: true },
  measured('p99 latency', 's', (result) => result.p99LatencySeconds, hundredths),
  measured('Failed', '%', (result) => result.failedFraction * 100, hundredths),
];

/** From so many on, rows do not fit beside each other on a telephone. */
const MANY = 3;

/**
 * The lowest value of a measure over all policies as the table writes it, null when they do not differ
 * there: of two that read the same, none is better.
 *
 * @param {Measure} measure
 * @param {readonly PolicyResult[]} results
 */
function best(measure, results) {
  const compared = results.filter((result) => measure.value(result) !== null);
  const [least] = compared.toSorted((a, b) => Number(measure.value(a)) - Number(measure.value(b)));
  const texts = new Set(compared.map(measure.text));
  return measure.neutral || !least || texts.size < 2 ? null : measure.text(least);
}

/**
 * The result table, one row a run. Roles are spelt out because the narrow layout turns the
 * table on its side with display properties that would hide them.
 *
 * @param {readonly { readonly name: string, readonly result: PolicyResult }[]} named
 */
export function resultTable(named) {
  const results = named.map(({ result }) => result);
  const header = (/** @type {string} */ label, /** @type {string} */ unit) =>
    element(
      'th',
      { scope: 'col', role: 'columnheader' },
      label,
      ...(unit ? [element('span', { class: 'unit' }, ` (${unit})`)] : []),
    );
  const rows = named.map(({ name, result }) =>
    element(
      'tr',
      { role: 'row' },
      element('th', { scope: 'row', role: 'rowheader' }, name),
      ...MEASURES.map((measure) => {
        const text = measure.text(result);
        const isBest = measure.value(result) !== null && text === best(measure, results);
        const label = measure.unit ? `${measure.label} (${measure.unit})` : measure.label;
        const marked = isBest ? { class: 'best' } : {};
        // The narrowest layout has no row of heads, so that each value carries its own.
        return element('td', { role: 'cell', 'data-label': label, ...marked }, text);
      }),
    ),
  );
  const head = element(
    'tr',
    { role: 'row' },
    header('Policy', ''),
    ...MEASURES.map(({ label, unit }) => header(label, unit)),
  );
  return element(
    'div',
    { class: 'results' },
    element(
      'table',
      {
        role: 'table',
        'aria-labelledby': 'results-title',
        ...(named.length >= MANY ? { class: 'many' } : {}),
      },
      element('thead', { role: 'rowgroup' }, head),
      element('tbody', { role: 'rowgroup' }, ...rows),
    ),
  );
}
