import { byId } from './dom.js';
import { lengthOf, number } from './format.js';
import { sampleAt } from './runs.js';

/** What a key press zooms by, and what it pans by, of the range that is shown. */
const ZOOM = 0.5;
const PAN = 0.25;

/**
 * Lets a focused timeline be read, zoomed and panned by keys.
 *
 * @param {HTMLElement} surface
 * @param {object} timeline
 * @param {import('./runs.js').Run} timeline.run
 * @param {import('./view.js').View} timeline.view
 * @param {readonly import('./panels.js').Panel[]} timeline.panels what is read out
 */
export function followKeys(surface, { run, view, panels }) {
  /** @type {number | null} */
  let pointedAt = null;
  const point = (/** @type {number} */ index) => {
    const at = run.times[Math.max(0, Math.min(index, run.times.length - 1))];
    if (at === undefined) return;
    const { from, to } = view.range;
    // The moment may lead out of what is shown: the range goes with it.
    if (at < from) view.zoom({ from: at, to: at + to - from });
    if (at > to) view.zoom({ from: at - (to - from), to: at });
    pointedAt = at;
    view.point({ at, selection: null });
    byId('reading').textContent = `${view.time(at)}: ${reading(run, panels, at)}`;
  };
  const step = (/** @type {number} */ by) => {
    const { at } = view.moment;
    const middle = (view.range.from + view.range.to) / 2;
    point(at === null ? sampleAt(run, middle) : sampleAt(run, at) + by);
  };
  const range = rangeChanges(view);
  /** @type {Readonly<Record<string, (shift: boolean) => void>>} */
  const keys = {
    ArrowLeft: (shift) => (shift ? range.earlier() : step(-1)),
    ArrowRight: (shift) => (shift ? range.later() : step(1)),
    Home: () => point(0),
    End: () => point(run.times.length - 1),
    '+': range['zoom-in'],
    '=': range['zoom-in'],
    '-': range['zoom-out'],
    0: range.reset,
    Escape: () => view.point({ at: null, selection: null }),
  };
  surface.addEventListener('keydown', (event) => {
    if (event.target !== surface || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  });
  surface.addEventListener('blur', () => {
    // What a finger points at outlives the focus, which a tap on another timeline takes away.
    if (view.moment.at === pointedAt) view.point({ at: null, selection: null });
  });
}

/**
 * All values of a run at a moment, in words.
 *
 * @param {import('./runs.js').Run} run
 * @param {readonly import('./panels.js').Panel[]} panels
 * @param {number} at
 */
function reading(run, panels, at) {
  const index = sampleAt(run, at);
  return panels
    .flatMap((panel) =>
      panel.legend.map((label) => {
        const values = panel.lines
          .filter((line) => line.label === label)
          .map(({ column, decimals }) => number(run.columns[column][index], decimals));
        return `${label} ${values.join(' to ')}${panel.unit ? ` ${panel.unit}` : ''}`;
      }),
    )
    .join(', ');
}

/**
 * The range that is shown, in words.
 *
 * @param {import('./view.js').View} view
 */
function shownRange(view) {
  const { range, zoomed } = view;
  return `Showing ${view.span(range)}${zoomed ? ` of ${wholeOf(view)}` : `, ${view.wholeName}`}`;
}

/**
 * All that can be shown: of a run its end, of an account, whose times are of the day, both ends.
 *
 * @param {import('./view.js').View} view
 */
function wholeOf(view) {
  if (view.days) return lengthOf(view.whole.to);
  return view.whole.from > 0 ? view.span(view.whole) : view.time(view.whole.to);
}

/**
 * What keys and buttons do to the range. Each is read out; a range that follows the end of a live run
 * is not, or a screen reader would never be quiet.
 *
 * @param {import('./view.js').View} view
 */
function rangeChanges(view) {
  const told = (/** @type {() => void} */ change) => () => {
    change();
    byId('reading').textContent = shownRange(view);
  };
  return {
    earlier: told(() => view.pan(-PAN)),
    later: told(() => view.pan(PAN)),
    'zoom-in': told(() => view.scale(ZOOM)),
    'zoom-out': told(() => view.scale(1 / ZOOM)),
    reset: told(() => view.showAll()),
  };
}

/**
 * The buttons that zoom and pan, and the line that says what is shown.
 *
 * @param {import('./view.js').View} view
 */
export function startToolbar(view) {
  const state = byId('zoom-state');
  for (const [id, act] of Object.entries(rangeChanges(view))) {
    byId(id).addEventListener('click', act);
  }
  const show = () => {
    const { range, whole, zoomed, closest } = view;
    state.textContent = shownRange(view);
    for (const id of ['reset', 'zoom-out']) byId(id).toggleAttribute('disabled', !zoomed);
    byId('zoom-in').toggleAttribute('disabled', closest);
    byId('earlier').toggleAttribute('disabled', range.from <= whole.from);
    byId('later').toggleAttribute('disabled', range.to >= whole.to);
  };
  view.onRange(show);
  show();
}
