import { runColumn } from './column.js';
import { byId } from './dom.js';
import { PANELS, valueTop } from './panels.js';

/** As many runs as can be compared at once. */
export const MOST_SHOWN = 4;

/** The runs that are shown side by side. */
export class Board {
  #mount;
  #view;
  #card;
  #kinds;
  #panels;
  /** @type {readonly import('./runs.js').Run[]} */
  #runs = [];
  /** @type {{ repaint: () => void, fit: () => void, refresh: () => void }[]} */
  #drawn = [];
  /** @type {Map<import('./panels.js').Panel, number>} */
  #tops = new Map();
  #ending = new AbortController();

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.mount
   * @param {import('./view.js').View} parts.view
   * @param {import('./card.js').Card} parts.card
   * @param {ReadonlySet<import('../data.ts').DecisionMarker['kind']>} [parts.kinds] rows of the strips of
   *   decisions; default: those that the runs shown have
   * @param {readonly import('./panels.js').Panel[]} [parts.panels] of every run, from the top
   */
  constructor({ mount, view, card, kinds, panels = PANELS }) {
    this.#mount = mount;
    this.#view = view;
    this.#card = card;
    this.#kinds = kinds;
    this.#panels = panels;
    // First of the listeners, so that the panels find the new scale.
    view.onRange(() => this.#scale());
  }

  /**
   * Shows these runs and no others.
   *
   * @param {readonly import('./runs.js').Run[]} runs
   */
  show(runs) {
    this.#card.close();
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#runs = runs;
    // Where nothing is drawn there is nothing to zoom.
    byId('toolbar').hidden = runs.length === 0;
    this.#scale();
    const kinds =
      this.#kinds ?? new Set(runs.flatMap(({ decisions }) => decisions.map(({ kind }) => kind)));
    const context = {
      view: this.#view,
      card: this.#card,
      kinds,
      panels: this.#panels,
      runs,
      top: (/** @type {import('./panels.js').Panel} */ panel) => this.#tops.get(panel) ?? 1,
      signal: this.#ending.signal,
    };
    const columns = runs.map((run) => runColumn(run, context));
    this.#mount.replaceChildren(...columns.map(({ root }) => root));
    this.#drawn = columns.map(({ draw }) => draw());
  }

  /** Takes over what has come to the runs; a change of the view's range is to follow, to show it. */
  refresh() {
    for (const drawn of this.#drawn) drawn.refresh();
  }

  /** Draws again in the current colours. */
  repaint() {
    for (const drawn of this.#drawn) drawn.repaint();
  }

  /** Fits everything to the room it has, in the current colours. */
  fit() {
    for (const drawn of this.#drawn) drawn.fit();
    this.repaint();
  }

  #scale() {
    for (const panel of this.#panels) {
      this.#tops.set(panel, valueTop(panel, this.#runs, this.#view.range));
    }
  }
}
