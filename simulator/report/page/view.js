/**
 * @typedef {{ readonly from: number, readonly to: number }} Range seconds since the start of the run
 * @typedef {object} Moment what the pointer or a marker points at
 * @property {number | null} at seconds; null: at nothing
 * @property {Range | null} selection being dragged; null: none
 */

/**
 * What all panels of all runs show together: the range of time, the moment pointed at and the
 * selection being dragged.
 */
export class View {
  /** @type {Range} */
  range;
  /** @type {Moment} */
  moment = { at: null, selection: null };
  /** @type {Range} */
  #whole;
  #leastSpan;
  /** @type {(() => void)[]} */
  #rangeListeners = [];
  /** @type {(() => void)[]} */
  #momentListeners = [];

  /**
   * @param {Range} whole
   * @param {number} leastSpan the shortest range that can be zoomed to, seconds
   */
  constructor(whole, leastSpan) {
    this.#whole = whole;
    this.#leastSpan = Math.min(leastSpan, whole.to - whole.from);
    this.range = whole;
  }

  /** The whole range, zoomed or not. */
  get whole() {
    return this.#whole;
  }

  /** Whether times are written with hours: all of them are, once any of them needs it. */
  get hours() {
    return this.#whole.to >= 3600;
  }

  get zoomed() {
    return this.range.from > this.#whole.from || this.range.to < this.#whole.to;
  }

  /** @param {() => void} listener runs whenever the range has changed */
  onRange(listener) {
    this.#rangeListeners.push(listener);
  }

  /** @param {() => void} listener runs whenever the moment has changed */
  onMoment(listener) {
    this.#momentListeners.push(listener);
  }

  /**
   * Shows a range; one that is too short grows about its middle, one that leaves the run is moved in.
   *
   * @param {Range} range
   */
  zoom({ from, to }) {
    const span = Math.min(Math.max(to - from, this.#leastSpan), this.#whole.to - this.#whole.from);
    const wanted = (from + to) / 2 - span / 2;
    const start = Math.min(Math.max(wanted, this.#whole.from), this.#whole.to - span);
    this.range = { from: start, to: start + span };
    for (const listener of this.#rangeListeners) listener();
  }

  showAll() {
    this.zoom(this.#whole);
  }

  /** @param {Moment} moment */
  point(moment) {
    this.moment = moment;
    for (const listener of this.#momentListeners) listener();
  }

  /**
   * Where a time lies in the range, 0 at its start and 1 at its end.
   *
   * @param {number} seconds
   */
  share(seconds) {
    return (seconds - this.range.from) / (this.range.to - this.range.from);
  }
}
