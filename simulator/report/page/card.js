import { element } from './dom.js';
import { number } from './format.js';

/** What the page calls each kind of decision. */
export const KINDS = /** @type {const} */ ({
  'scale-out': 'Scale-out',
  'scale-in': 'Scale-in',
  bounds: 'Bounds only',
  refused: 'Refused',
  notice: 'Noted',
});

/** Distance of the card from its marker and from the edges of the window, CSS pixels. */
const SPACE = 10;

/** How long the card outlives the pointer's leaving: time enough to move from the marker onto it. */
const LEAVE_MS = 160;

/**
 * The steps of a decision, in the order in which the rules spoke, and what became of it.
 *
 * @param {import('../data.ts').DecisionMarker} decision
 */
function stepList({ steps, sentences = [] }) {
  const items = steps.map((step, index) => {
    const sentence = sentences[index];
    const held = step.constrained ? [element('span', { class: 'held' }, 'held back')] : [];
    return element(
      'li',
      step.constrained ? { class: 'constrained' } : {},
      ...(sentence ? [element('p', {}, sentence)] : []),
      element(
        'p',
        { class: 'step-rule' },
        element('span', { class: 'rule' }, step.name),
        element('span', { class: 'change' }, `${number(step.before)} → ${number(step.after)}`),
        element('span', { class: 'reason' }, step.reason),
        ...held,
      ),
    );
  });
  const after = sentences.slice(steps.length).map((sentence) => element('p', {}, sentence));
  const list = items.length > 0 ? [element('ol', { class: 'steps' }, ...items)] : [];
  return [...list, ...after];
}

/** The one card of the page; it shows a decision beside its marker. */
export class Card {
  #root = element('div', { class: 'card', id: 'card', role: 'tooltip' });
  /** @type {HTMLElement | null} */
  #anchor = null;
  /** @type {() => void} */
  #closed = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;

  constructor() {
    this.#root.hidden = true;
    document.body.append(this.#root);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
    // A pointer may rest on the card, to read or to copy from it.
    this.#root.addEventListener('pointerenter', () => clearTimeout(this.#leaving));
    this.#root.addEventListener('pointerleave', () => this.leave());
  }

  /**
   * @param {HTMLElement} anchor the marker
   * @param {import('../data.ts').DecisionMarker} decision
   * @param {object} words
   * @param {string} words.time the time of the decision as the page writes it
   * @param {string} words.more what else the marker stands for; empty: nothing
   * @param {() => void} closed runs when the card goes away or moves on
   */
  open(anchor, decision, { time, more }, closed) {
    this.close();
    this.#anchor = anchor;
    this.#closed = closed;
    anchor.setAttribute('aria-describedby', 'card');
    const head = element(
      'p',
      { class: 'card-head' },
      element('span', { class: 'card-time' }, time),
      element('span', { class: `kind kind-${decision.kind}` }, KINDS[decision.kind]),
    );
    const title = element('p', { class: 'card-title' }, decision.title);
    const others = more === '' ? [] : [element('p', { class: 'card-more' }, more)];
    this.#root.replaceChildren(head, title, ...others, ...stepList(decision));
    this.#root.hidden = false;
    this.#place(anchor);
  }

  /** Pointer or focus has left; the card stays while either is still on the marker or the card. */
  leave() {
    if (document.activeElement === this.#anchor || this.#root.matches(':hover')) return;
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.close(), LEAVE_MS);
  }

  close() {
    clearTimeout(this.#leaving);
    if (!this.#anchor) return;
    this.#anchor.removeAttribute('aria-describedby');
    this.#anchor = null;
    this.#root.hidden = true;
    this.#closed();
  }

  /**
   * Moves markers, and the card with its own; it goes away with a marker that is out of sight.
   *
   * @param {() => void} move
   */
  follow(move) {
    move();
    if (!this.#anchor) return;
    if (this.#anchor.hidden || !this.#anchor.isConnected) this.close();
    else this.#place(this.#anchor);
  }

  /**
   * Above the strip of its marker, so that plot and markers stay in sight; below the strip where
   * there is no room above.
   *
   * @param {HTMLElement} anchor
   */
  #place(anchor) {
    const mark = anchor.getBoundingClientRect();
    const strip = (anchor.closest('.strip') ?? anchor).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#root;
    const room = document.documentElement.clientWidth - width - SPACE;
    const left = Math.max(SPACE, Math.min(mark.left + mark.width / 2 - width / 2, room));
    const above = strip.top - height - SPACE;
    const top = above >= SPACE ? above : strip.bottom + SPACE;
    this.#root.style.left = `${left + scrollX}px`;
    this.#root.style.top = `${top + scrollY}px`;
  }
}
