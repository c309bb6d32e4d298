import { Chooser } from './chooser.js';
import { byId, element } from './dom.js';
import { joined, number } from './format.js';

/** @typedef {import('./live-runs.js').Followed} Followed */

const FIGURES = ['demand', 'in service', 'desired', 'Min–Max', 'waiting', 'p99'];

/** The alarms that target tracking makes for itself have long names; which end it is says enough. */
const TRACKING_ALARM = /^TargetTracking-.*-Alarm(High|Low)-/;

/** The list of all variants as they stand, with a box for each that shows its course. */
export class EndpointList {
  #time;
  /** @type {Chooser<Followed>} */
  #chooser;
  /** @type {Map<Followed, { item: HTMLElement, show: () => void }>} */
  #items = new Map();

  /**
   * @param {object} parts
   * @param {(seconds: number) => string} parts.time
   * @param {(chosen: Followed[]) => void} parts.changed
   */
  constructor({ time, changed }) {
    this.#time = time;
    this.#chooser = new Chooser(changed);
  }

  get chosen() {
    return this.#chooser.chosen;
  }

  /**
   * Takes over which runs there are and how they stand.
   *
   * @param {readonly Followed[]} runs
   * @returns {boolean} whether other runs are there than before
   */
  show(runs) {
    const present = new Set(runs);
    let differs = false;
    for (const [run, { item }] of this.#items) {
      if (present.has(run)) continue;
      differs = true;
      item.remove();
      this.#items.delete(run);
      this.#chooser.remove(run);
    }
    for (const run of runs) {
      if (this.#items.has(run)) continue;
      differs = true;
      const made = this.#item(run);
      this.#items.set(run, made);
      byId('endpoints').append(made.item);
    }
    for (const { show } of this.#items.values()) show();
    byId('no-endpoint').hidden = runs.length > 0;
    byId('most-shown').hidden = !this.#chooser.isFull;
    return differs;
  }

  /** @param {Followed} run */
  #item(run) {
    const status = element('span', { class: 'status' });
    const figures = FIGURES.map((label) => {
      const value = element('dd');
      return { value, row: element('div', {}, element('dt', {}, label), value) };
    });
    const decision = element('p', { class: 'last-decision' });
    const alarms = element('ul', { class: 'alarms' });
    const item = element(
      'li',
      { class: 'endpoint' },
      element('div', { class: 'endpoint-head' }, this.#chooser.add(run, run.name), status),
      element('dl', { class: 'figures' }, ...figures.map(({ row }) => row)),
      alarms,
      decision,
    );
    let known = '';
    const show = () => {
      status.textContent = run.endpointStatus;
      status.dataset.status = run.endpointStatus;
      for (const [index, text] of figuresOf(run).entries()) {
        const { value } = figures[index] ?? {};
        if (value) value.textContent = text;
      }
      const last = run.decisions.at(-1);
      decision.textContent = last
        ? `Last decision ${this.#time(last.atSeconds)}: ${last.title}`
        : '';
      const now = JSON.stringify(run.alarms);
      // Left alone while it is the same, so that text can be selected.
      if (now !== known) alarms.replaceChildren(...run.alarms.map(alarmItem));
      known = now;
    };
    return { item, show };
  }
}

/** @param {import('../../server/feed.ts').AlarmNow} alarm */
function alarmItem({ name, state }) {
  const tracking = TRACKING_ALARM.exec(name);
  const short = tracking ? `target tracking, ${tracking[1] === 'High' ? 'high' : 'low'}` : name;
  return element(
    'li',
    { title: name, 'data-state': state },
    element('span', { class: 'alarm-state' }, state),
    short,
  );
}

/** The newest values, in the order of {@link FIGURES}. @param {Followed} run */
function figuresOf({ columns, times }) {
  // The last sample is the end of the newest step.
  const [at, end] = [times.length - 2, times.length - 1];
  const latency = columns.latencyP99Seconds[at];
  return [
    number(columns.demand[at], 1),
    number(columns.capacity[at], 1),
    number(columns.desired[end]),
    joined([number(columns.minCapacity[end]), number(columns.maxCapacity[end])]),
    number(columns.queue[at]),
    `${number(latency, 2)}${typeof latency === 'number' ? ' s' : ''}`,
  ];
}
