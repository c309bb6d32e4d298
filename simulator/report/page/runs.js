/**
 * @typedef {import('../payload.ts').ReportPayload} ReportPayload
 * @typedef {import('../payload.ts').RunPayload} RunPayload
 * @typedef {import('../data.ts').DecisionMarker} DecisionMarker
 * @typedef {'demand' | 'capacity' | 'desired' | 'minCapacity' | 'maxCapacity' | 'queue' |
 *   'latencyP99Seconds' | 'failed'} ColumnName
 * @typedef {object} Run one run, ready to draw
 * @property {string} policy
 * @property {string} name how the page calls the policy
 * @property {number} stepSeconds
 * @property {string} [note] what else the page says of the run
 * @property {readonly number[]} times seconds of the samples
 * @property {Readonly<Record<ColumnName, readonly (number | null)[]>>} columns
 * @property {readonly DecisionMarker[]} decisions in order of time
 */

/** Samples that hold until the next one; the latency is known only where it was measured. */
const HELD = /** @type {const} */ ([
  'demand',
  'capacity',
  'desired',
  'minCapacity',
  'maxCapacity',
  'queue',
  'failed',
]);

/**
 * The decisions of a run with their words put back.
 *
 * @param {RunPayload['decisions']} decisions
 * @param {readonly string[]} words
 * @returns {DecisionMarker[]}
 */
function readDecisions(decisions, words) {
  return decisions.atSeconds.map((atSeconds, index) => ({
    atSeconds,
    kind: decisions.kind[index] ?? 'bounds',
    title: decisions.title[index] ?? '',
    sentences: (decisions.sentences[index] ?? []).map((sentence) => words[sentence] ?? ''),
    steps: (decisions.steps[index] ?? []).map(([name, before, after, reason, constrained]) => ({
      name: words[name] ?? '',
      before,
      after,
      reason: /** @type {DecisionMarker['steps'][number]['reason']} */ (words[reason] ?? ''),
      constrained: constrained === 1,
    })),
  }));
}

/**
 * The runs that a report carries. The last sample is carried on to the end of the run, so that its
 * step can be seen.
 *
 * @param {ReportPayload} payload
 * @returns {Run[]}
 */
export function readRuns(payload) {
  return payload.runs.map((run) => {
    const times = run.demand.map((_, index) => index * run.stepSeconds);
    const carried = times.length > 0 && (times.length - 1) * run.stepSeconds < payload.seconds;
    if (carried) times.push(payload.seconds);
    const column = (/** @type {ColumnName} */ name) => {
      const samples = run[name];
      if (!carried) return samples;
      const holds = HELD.some((held) => held === name);
      return [...samples, holds ? (samples.at(-1) ?? null) : null];
    };
    return {
      policy: run.policy,
      name: payload.names[run.policy] ?? run.policy,
      stepSeconds: run.stepSeconds,
      times,
      columns: {
        demand: column('demand'),
        capacity: column('capacity'),
        desired: column('desired'),
        minCapacity: column('minCapacity'),
        maxCapacity: column('maxCapacity'),
        queue: column('queue'),
        latencyP99Seconds: column('latencyP99Seconds'),
        failed: column('failed'),
      },
      decisions: readDecisions(run.decisions, payload.words),
    };
  });
}

/**
 * The index of the sample that holds at `seconds`.
 *
 * @param {Run} run
 * @param {number} seconds
 */
export function sampleAt(run, seconds) {
  const index = Math.floor((seconds - (run.times[0] ?? 0)) / run.stepSeconds + 1e-9);
  return Math.max(0, Math.min(index, run.times.length - 1));
}

/**
 * The index of the sample that holds at `seconds`; undefined before the first and after the last.
 *
 * @param {Run} run
 * @param {number} seconds
 */
export function knownSampleAt(run, seconds) {
  const { times } = run;
  const [first = 0, last = -1] = [times[0], times.at(-1)];
  return seconds < first - 1e-6 || seconds > last + 1e-6 ? undefined : sampleAt(run, seconds);
}

/**
 * The highest value of a column between two times, 0 when there is none.
 *
 * @param {Run} run
 * @param {ColumnName} name
 * @param {import('./view.js').Range} range
 */
export function highest(run, name, range) {
  let top = 0;
  const last = sampleAt(run, range.to) + 1;
  for (let index = sampleAt(run, range.from); index <= last; index++) {
    top = Math.max(top, run.columns[name][index] ?? 0);
  }
  return top;
}
