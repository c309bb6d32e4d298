import { element } from './dom.js';
import { fixed, number } from './format.js';

/**
 * @typedef {import('../data.ts').PolicyResult} PolicyResult
 * @typedef {object} Measure one column of the table
 * @property {string} label
 * @property {string} unit
 * @property {(result: PolicyResult) => number | null} value
 * @property {(value: number | null) => string} text
 * @property {boolean} [neutral] less is not better
 */

const tenths = (/** @type {number | null} */ value) => number(value, 1);
const hundredths = (/** @type {number | null} */ value) => fixed(value, 2);

/** @type {readonly Measure[]} */
export const MEASURES = [
  { label: 'Reaction', unit: 's', value: (result) => result.reactionSeconds, text: tenths },
  { label: 'Scale-in', unit: 's', value: (result) => result.scaleInSeconds, text: tenths },
  {
    label: 'Unserved',
    unit: '%',
    value: (result) => result.unservedFraction * 100,
    text: hundredths,
  },
  { label: 'Instance-hours', unit: '', value: (result) => result.instanceHours, text: hundredths },
  { label: 'Changes', unit: '', value: (result) => result.changes, text: tenths, neutral: true },
  {
    label: 'p99 latency',
    unit: 's',
    value: (result) => result.p99LatencySeconds,
    text: hundredths,
  },
  { label: 'Failed', unit: '%', value: (result) => result.failedFraction * 100, text: hundredths },
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
  const values = results.map(measure.value).filter((value) => value !== null);
  const texts = new Set(values.map(measure.text));
  return measure.neutral || texts.size < 2 ? null : measure.text(Math.min(...values));
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
        const value = measure.value(result);
        const text = measure.text(value);
        const isBest = value !== null && text === best(measure, results);
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
