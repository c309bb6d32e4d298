/**
 * @typedef {import('../../server/feed.ts').LiveSnapshot} LiveSnapshot
 * @typedef {import('../../server/feed.ts').LiveRun} LiveRun
 * @typedef {import('../../server/feed.ts').LiveStep} LiveStep
 * @typedef {import('../../server/feed.ts').LiveDecision} LiveDecision
 * @typedef {import('../../server/feed.ts').VariantName} VariantName
 * @typedef {import('../../server/feed.ts').Standing} Standing
 * @typedef {import('./runs.js').ColumnName} ColumnName
 * @typedef {object} Followed a run that grows
 * @property {string} policy its key
 * @property {string} name
 * @property {number} stepSeconds
 * @property {number[]} times epoch seconds; the last is the end of the newest step
 * @property {Record<ColumnName, (number | null)[]>} columns
 * @property {import('../data.ts').DecisionMarker[]} decisions
 * @property {string} endpointStatus
 * @property {readonly import('../../server/feed.ts').AlarmNow[]} alarms
 */

/**
 * What is remembered at most: a day of ten-second steps, so that no time of day is there twice. More
 * is let go of some minutes at a time.
 */
const MOST_STEPS = 8640;
const STEPS_LET_GO = 36;

const COLUMN_NAMES = /** @type {const} */ ([
  'demand',
  'capacity',
  'desired',
  'minCapacity',
  'maxCapacity',
  'queue',
  'latencyP99Seconds',
  'failed',
]);

/** Two names of variants cannot be mistaken for one: neither part may have a slash. */
const keyOf = (/** @type {VariantName} */ { endpointName, variantName }) =>
  `${endpointName}/${variantName}`;

/** The runs of all variants, as the feed tells of them. */
export class LiveRuns {
  /** @type {Map<string, Followed>} by key */
  #runs = new Map();
  #stepSeconds = 10;
  /** Newest moment that is known of the account, epoch seconds. */
  nowSeconds = 0;

  /** @returns {Followed[]} */
  get all() {
    return [...this.#runs.values()];
  }

  /**
   * Takes over everything that is known; runs that were known already stay the same objects.
   *
   * @param {LiveSnapshot} snapshot
   */
  reset({ runs, stepSeconds, nowSeconds }) {
    this.#stepSeconds = stepSeconds;
    this.nowSeconds = nowSeconds;
    const known = this.#runs;
    this.#runs = new Map(
      runs.map((run) => {
        const key = keyOf(run);
        return [key, Object.assign(known.get(key) ?? {}, readRun(run))];
      }),
    );
  }

  /** @param {LiveStep} step */
  add(step) {
    const key = keyOf(step);
    let run = this.#runs.get(key);
    if (!run) {
      run = emptyRun(key, step.atSeconds, this.#stepSeconds);
      this.#runs.set(key, run);
    }
    // Where no step has ended yet, only a beginning is known.
    if (run.times.length === 1) run.times[0] = step.atSeconds;
    const end = step.atSeconds + run.stepSeconds;
    run.times.push(end);
    this.reach(end);
    for (const name of COLUMN_NAMES) {
      const column = run.columns[name];
      column[column.length - 1] = step[name];
      column.push(carried(name, step[name], step.atEnd));
    }
    run.endpointStatus = step.endpointStatus;
    run.alarms = step.alarms;
    if (run.times.length > MOST_STEPS) letGo(run);
  }

  /** Takes over that this moment has come. @param {number} seconds of the epoch */
  reach(seconds) {
    this.nowSeconds = Math.max(this.nowSeconds, seconds);
  }

  /** @param {LiveDecision} decision */
  decide(decision) {
    this.#runs.get(keyOf(decision))?.decisions.push(decision.marker);
  }

  /** @param {VariantName} variant */
  remove(variant) {
    this.#runs.delete(keyOf(variant));
  }
}

/**
 * The value of the end of the newest step, so that the step can be seen: what is known to stand there,
 * or else what the step came to; a latency is not made up.
 *
 * @param {ColumnName} name
 * @param {number | null} value
 * @param {Standing | null} atEnd
 */
function carried(name, value, atEnd) {
  if (name === 'desired' || name === 'minCapacity' || name === 'maxCapacity') {
    return atEnd ? atEnd[name] : value;
  }
  return name === 'latencyP99Seconds' ? null : value;
}

/** @param {LiveRun} run */
function readRun(run) {
  const read = emptyRun(keyOf(run), run.startSeconds, run.stepSeconds);
  const steps = run.demand.length;
  if (steps > 0) {
    read.times = Array.from(
      { length: steps + 1 },
      (_, index) => run.startSeconds + index * run.stepSeconds,
    );
    for (const name of COLUMN_NAMES) {
      read.columns[name] = [...run[name], carried(name, run[name].at(-1) ?? null, run.atEnd)];
    }
  }
  read.decisions = run.decisions.map(({ marker }) => marker);
  read.endpointStatus = run.endpointStatus;
  read.alarms = run.alarms;
  return read;
}

/**
 * @param {string} key
 * @param {number} startSeconds
 * @param {number} stepSeconds
 * @returns {Followed}
 */
function emptyRun(key, startSeconds, stepSeconds) {
  return {
    policy: key,
    name: key,
    stepSeconds,
    times: [startSeconds],
    columns: {
      demand: [null],
      capacity: [null],
      desired: [null],
      minCapacity: [null],
      maxCapacity: [null],
      queue: [null],
      latencyP99Seconds: [null],
      failed: [null],
    },
    decisions: [],
    endpointStatus: '',
    alarms: [],
  };
}

/** @param {Followed} run */
function letGo(run) {
  run.times.splice(0, STEPS_LET_GO);
  for (const name of COLUMN_NAMES) run.columns[name].splice(0, STEPS_LET_GO);
  const first = run.times[0] ?? 0;
  run.decisions = run.decisions.filter(({ atSeconds }) => atSeconds >= first);
}
