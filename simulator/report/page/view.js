import { clockTime, dayTime, isDaysLong, withDays } from './format.js';

/**
 * @typedef {{ readonly from: number, readonly to: number }} Range seconds, as the samples count them
 * @typedef {object} Moment what the pointer, a key or a marker points at
 * @property {number | null} at seconds; null: at nothing
 * @property {Range | null} selection being dragged; null: none
 * @typedef {object} ViewOptions
 * @property {((seconds: number) => string)} [timeOf] how a time is written; default: since the start
 * @property {((seconds: number) => string)} [dayTimeOf] the same with its day, for ranges that reach
 *   into another one; default: no range needs it
 * @property {string} [wholeName] what all that can be shown is; default: the whole run
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
  #timeOf;
  #dayTimeOf;
  /** What all that can be shown is. */
  wholeName;
  /** @type {Set<() => void>} */
  #rangeListeners = new Set();
  /** @type {Set<() => void>} */
  #momentListeners = new Set();

  /**
   * @param {Range} whole
   * @param {number} leastSpan the shortest range that can be zoomed to, seconds
   * @param {ViewOptions} [options]
   */
  constructor(whole, leastSpan, { timeOf, dayTimeOf, wholeName = 'the whole run' } = {}) {
    this.#whole = whole;
    this.#leastSpan = leastSpan;
    this.#timeOf = timeOf;
    this.#dayTimeOf = dayTimeOf;
    this.wholeName = wholeName;
    this.range = whole;
  }

  /** The whole range, zoomed or not. */
  get whole() {
    return this.#whole;
  }

  get zoomed() {
    return this.range.from > this.#whole.from || this.range.to < this.#whole.to;
  }

  /** Whether no shorter range can be shown. */
  get closest() {
    const { from, to } = this.range;
    return to - from <= Math.min(this.#leastSpan, this.#whole.to - this.#whole.from) + 1e-6;
  }

  /** Whether times are written with hours: all of them are, once any of them needs it. */
  get hours() {
    return this.#timeOf !== undefined || this.#whole.to >= 3600;
  }

  /** Whether times are written with the day of the run. */
  get days() {
    return this.#timeOf === undefined && isDaysLong(this.#whole.to);
  }

  /**
   * A time as the page writes it.
   *
   * @param {number} seconds
   */
  time(seconds) {
    if (this.days) return dayTime(seconds);
    return this.#timeOf ? this.#timeOf(seconds) : clockTime(seconds, this.hours);
  }

  /**
   * A range as the page writes it: with the days of its ends where they differ.
   *
   * @param {Range} range
   */
  span({ from, to }) {
    const [first, last] = [this.#dayTimeOf?.(from), this.#dayTimeOf?.(to)];
    const isOneDay = first?.slice(0, 10) === last?.slice(0, 10);
    return isOneDay ? `${this.time(from)} – ${this.time(to)}` : `${first} – ${last}`;
  }

  /**
   * A sentence with its times as the page writes them: beside a run of days, those of a shorter one
   * need the day, too.
   *
   * @param {string} sentence
   */
  told(sentence) {
    return this.days ? withDays(sentence) : sentence;
  }

  /**
   * A time as an axis writes it: of a day no more than its labels differ in.
   *
   * @param {number} seconds
   * @param {number} stepSeconds between labels
   */
  axisTime(seconds, stepSeconds) {
    const time = this.time(seconds);
    if (!this.days || stepSeconds % 60 !== 0) return time;
    return stepSeconds % 86_400 === 0 ? time.slice(0, -9) : time.slice(0, -3);
  }

  /**
   * @param {() => void} listener runs whenever the range has changed
   * @param {AbortSignal} [signal] ends that
   */
  onRange(listener, signal) {
    this.#rangeListeners.add(listener);
    signal?.addEventListener('abort', () => this.#rangeListeners.delete(listener));
  }

  /**
   * @param {() => void} listener runs whenever the moment has changed
   * @param {AbortSignal} [signal] ends that
   */
  onMoment(listener, signal) {
    this.#momentListeners.add(listener);
    signal?.addEventListener('abort', () => this.#momentListeners.delete(listener));
  }

  /**
   * Shows a range; one that is too short grows about its middle, one that leaves the run is moved in.
   *
   * @param {Range} range
   */
  zoom({ from, to }) {
    const all = this.#whole.to - this.#whole.from;
    const span = Math.min(Math.max(to - from, this.#leastSpan), all);
    const wanted = (from + to) / 2 - span / 2;
    const start = Math.min(Math.max(wanted, this.#whole.from), this.#whole.to - span);
    this.range = { from: start, to: start + span };
    for (const listener of this.#rangeListeners) listener();
  }

  /**
   * Makes the range `factor` times as long, about the moment pointed at or else about its middle.
   *
   * @param {number} factor
   */
  scale(factor) {
    const { from, to } = this.range;
    const { at } = this.moment;
    const about = at !== null && at >= from && at <= to ? at : (from + to) / 2;
    this.zoom({ from: about - (about - from) * factor, to: about + (to - about) * factor });
  }

  /**
   * Moves the range by a part of its length; below 0 to what came earlier.
   *
   * @param {number} share
   */
  pan(share) {
    const { from, to } = this.range;
    const by = (to - from) * share;
    this.zoom({ from: from + by, to: to + by });
  }

  showAll() {
    this.zoom(this.#whole);
  }

  /**
   * Takes over a new whole: a range that reached the end keeps its length and follows the end, one
   * that showed all shows all, any other stays.
   *
   * @param {Range} whole
   */
  extend(whole) {
    const { zoomed, range } = this;
    const follows = range.to >= this.#whole.to;
    this.#whole = whole;
    if (!zoomed) this.zoom(whole);
    else if (follows) this.zoom({ from: whole.to - (range.to - range.from), to: whole.to });
    else this.zoom(range);
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
