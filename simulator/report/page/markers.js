import { KINDS } from './card.js';
import { drawing, element } from './dom.js';
import { thinOut } from './thinning.js';

/**
 * @typedef {import('../data.ts').DecisionMarker} DecisionMarker
 * @typedef {DecisionMarker['kind']} Kind
 */

/** The rows of the strip, from the top. */
const ROWS = /** @type {const} */ ([
  { kind: 'scale-out', label: 'out' },
  { kind: 'scale-in', label: 'in' },
  { kind: 'bounds', label: 'bounds' },
  { kind: 'refused', label: 'refused' },
  { kind: 'notice', label: 'noted' },
]);

/**
 * Told apart by shape as well as by colour.
 *
 * @type {Readonly<Record<Kind, Record<string, string>>>}
 */
const SHAPES = {
  'scale-out': { d: 'M6 1.5L11 10.5H1Z' },
  'scale-in': { d: 'M6 10.5L1 1.5H11Z' },
  bounds: { d: 'M6 2.75a3.25 3.25 0 1 0 .01 0Z' },
  refused: { d: 'M2 2L10 10M10 2L2 10', class: 'stroked' },
  notice: { d: 'M6 1.5L10.5 6L6 10.5L1.5 6Z' },
};

/**
 * The strip of decisions above the first panel: a row for each kind, so that the strips of all runs
 * are equally high. Tab reaches a strip, the arrow keys walk along it.
 *
 * @param {import('./runs.js').Run} run
 * @param {object} context
 * @param {import('./view.js').View} context.view
 * @param {import('./card.js').Card} context.card
 * @param {ReadonlySet<Kind>} context.kinds
 * @param {AbortSignal} context.signal
 */
export function decisionStrip(run, { view, card, kinds, signal }) {
  const rows = ROWS.filter(({ kind }) => kinds.has(kind));
  const lanes = new Map(rows.map(({ kind }) => [kind, element('div', { class: 'lane' })]));
  const root = element(
    'div',
    { class: 'strip', role: 'group', 'aria-label': `Decisions of ${run.name}` },
    ...rows.map(({ kind, label }) =>
      element(
        'div',
        { class: 'strip-row' },
        element('span', { class: 'strip-label', 'aria-hidden': 'true' }, label),
        lanes.get(kind) ?? '',
      ),
    ),
  );
  /** @type {import('./thinning.js').Mark[]} in order of time */
  const marks = [];

  /** One mark at a time takes part in the Tab order. @param {HTMLElement | undefined} chosen */
  const makeReachable = (chosen) => {
    for (const { mark } of marks) mark.tabIndex = mark === chosen ? 0 : -1;
  };
  const place = () => {
    for (const [kind, lane] of lanes) {
      const own = marks.filter(({ decision }) => decision.kind === kind);
      thinOut(own, view, lane.clientWidth);
    }
    const reachable = marks.find(({ mark }) => mark.tabIndex === 0 && !mark.hidden);
    makeReachable((reachable ?? marks.find(({ mark }) => !mark.hidden))?.mark);
  };

  const add = (/** @type {DecisionMarker} */ decision) => {
    const time = view.time(decision.atSeconds);
    const label = `${time}, ${KINDS[decision.kind]}: ${decision.title}`;
    const mark = makeMark(decision.kind, label);
    /** @type {import('./thinning.js').Mark} */
    const placed = { mark, decision, label, more: '' };
    const show = () => {
      const sentences = decision.sentences?.map((sentence) => view.told(sentence)) ?? [];
      card.open(mark, { ...decision, sentences }, { time, more: placed.more }, () => {
        mark.classList.remove('active');
        // Unless something else is pointed at by now.
        if (view.moment.at === decision.atSeconds) view.point({ at: null, selection: null });
      });
      mark.classList.add('active');
      view.point({ at: decision.atSeconds, selection: null });
    };
    mark.addEventListener('pointerenter', show);
    mark.addEventListener('click', show);
    mark.addEventListener('focus', () => {
      makeReachable(mark);
      show();
    });
    mark.addEventListener('blur', () => card.leave());
    mark.addEventListener('pointerleave', () => card.leave());
    lanes.get(decision.kind)?.append(mark);
    marks.push(placed);
  };
  /** Takes over the decisions that have come to the run, and lets go of those that left it. */
  const refresh = () => {
    const left = new Set(run.decisions);
    for (const { mark } of marks.filter(({ decision }) => !left.has(decision))) mark.remove();
    const kept = marks.filter(({ decision }) => left.has(decision));
    marks.splice(0, marks.length, ...kept);
    for (const decision of run.decisions.slice(marks.length)) add(decision);
    place();
  };
  root.addEventListener('keydown', (event) => {
    const next = neighbour(
      marks.map(({ mark }) => mark).filter(({ hidden }) => !hidden),
      event,
    );
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  refresh();
  view.onRange(() => {
    card.follow(place);
  }, signal);
  // Where the marks are too dense depends on the width, which is not known before the first layout.
  const sizes = new ResizeObserver(() => card.follow(place));
  sizes.observe(root);
  signal.addEventListener('abort', () => sizes.disconnect());
  return { root, refresh, place };
}

/**
 * @param {Kind} kind
 * @param {string} label
 */
function makeMark(kind, label) {
  const shape = drawing({ viewBox: '0 0 12 12', width: '12', height: '12' }, [
    'path',
    SHAPES[kind],
  ]);
  return element(
    'button',
    { type: 'button', class: `mark kind-${kind}`, 'aria-label': label, tabindex: '-1' },
    shape,
  );
}

/**
 * The mark that a key leads to, if it leads to one.
 *
 * @param {readonly HTMLElement[]} marks in order of time
 * @param {KeyboardEvent} event
 */
function neighbour(marks, event) {
  const index = event.target instanceof HTMLElement ? marks.indexOf(event.target) : -1;
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return marks[index + 1];
    case 'ArrowLeft':
    case 'ArrowUp':
      return marks[index - 1];
    case 'Home':
      return marks[0];
    case 'End':
      return marks.at(-1);
    default:
      return undefined;
  }
}
