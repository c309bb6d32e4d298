import { MOST_SHOWN } from './board.js';
import { element } from './dom.js';

/**
 * Check boxes of which at most {@link MOST_SHOWN} are checked.
 *
 * @template Item
 */
export class Chooser {
  /** @type {Map<Item, HTMLInputElement>} */
  #boxes = new Map();
  #changed;

  /** @param {(chosen: Item[]) => void} changed hears of every change by the reader */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * A box for an item; checked while there is room.
   *
   * @param {Item} item
   * @param {...(Node | string)} label
   */
  add(item, ...label) {
    const box = element('input', { type: 'checkbox' });
    box.checked = this.chosen.length < MOST_SHOWN;
    box.addEventListener('change', () => {
      this.#limit();
      this.#changed(this.chosen);
    });
    this.#boxes.set(item, box);
    this.#limit();
    return element('label', { class: 'choice' }, box, ...label);
  }

  /** @param {Item} item */
  remove(item) {
    this.#boxes.delete(item);
    this.#limit();
  }

  /** @returns {Item[]} in the order in which they were added */
  get chosen() {
    return [...this.#boxes].filter(([, { checked }]) => checked).map(([item]) => item);
  }

  /** Whether more are offered than can be shown at once. */
  get isFull() {
    return this.#boxes.size > MOST_SHOWN;
  }

  #limit() {
    const full = this.chosen.length >= MOST_SHOWN;
    for (const box of this.#boxes.values()) box.disabled = full && !box.checked;
  }
}
