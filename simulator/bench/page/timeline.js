import { PANELS } from '../../report/page/panels.js';

/**
 * @typedef {object} Course
 * @property {number[]} times seconds
 * @property {readonly number[]} demand
 * @property {number[]} inService
 * @property {number[]} desired
 */

/**
 * What a cell's endpoint did, window by window, from the changes of capacity alone.
 *
 * @param {import('../page-types.ts').BenchPageData} data
 * @param {import('../page-types.ts').PageCell} cell
 * @returns {Course}
 */
export function courseOf(data, cell) {
  const workload = data.workloads[cell.workload];
  const changes = data.outcomes[cell.outcome] ?? [];
  const demand = workload?.demand ?? [];
  const course = {
    times: demand.map((_, window) => window * data.windowSeconds),
    demand,
    /** @type {number[]} */
    inService: [],
    /** @type {number[]} */
    desired: [],
  };
  let desired = workload?.initialCapacity ?? 0;
  let inService = desired;
  let landsAt = Number.POSITIVE_INFINITY;
  let next = 0;
  for (const time of course.times) {
    while ((changes[next] ?? Number.POSITIVE_INFINITY) <= time || landsAt <= time) {
      const at = changes[next] ?? Number.POSITIVE_INFINITY;
      if (landsAt <= at) {
        inService = desired;
        landsAt = Number.POSITIVE_INFINITY;
        continue;
      }
      const to = changes[next + 1] ?? desired;
      if (to > desired) landsAt = at + cell.leadTimeSeconds;
      else inService = to;
      desired = to;
      next += 2;
    }
    course.inService.push(inService);
    course.desired.push(desired);
  }
  return course;
}

/** What a course is drawn as: the instances of a report's run, without the bounds that a bench has not. */
export const COURSE_PANELS = PANELS.filter(({ key }) => key === 'instances').map((panel) => ({
  ...panel,
  legend: ['demand', 'in service', 'desired'],
  scaled: /** @type {const} */ (['demand', 'capacity', 'desired']),
  lines: panel.lines.filter(({ stroke }) => stroke !== 'bound'),
}));

/**
 * A cell's course as a run of the report page, each change of capacity a decision.
 *
 * @param {import('../page-types.ts').BenchPageData} data
 * @param {import('../page-types.ts').PageCell} cell
 * @returns {import('../../report/page/runs.js').Run}
 */
export function runOf(data, cell) {
  const { times, demand, inService, desired } = courseOf(data, cell);
  // The last window is carried on to its end, so that it can be seen.
  const carried = (/** @type {readonly number[]} */ column) => [...column, ...column.slice(-1)];
  return {
    policy: cell.policy,
    name: `${cell.policy} at risk price ${cell.riskPrice}`,
    stepSeconds: data.windowSeconds,
    times: [...times, times.length * data.windowSeconds],
    columns: {
      demand: carried(demand),
      capacity: carried(inService),
      desired: carried(desired),
      minCapacity: [],
      maxCapacity: [],
      queue: [],
      latencyP99Seconds: [],
      failed: [],
    },
    decisions: changesOf(data, cell),
  };
}

/**
 * @param {import('../page-types.ts').BenchPageData} data
 * @param {import('../page-types.ts').PageCell} cell
 * @returns {import('../../report/data.ts').DecisionMarker[]}
 */
function changesOf(data, cell) {
  const flat = data.outcomes[cell.outcome] ?? [];
  let from = data.workloads[cell.workload]?.initialCapacity ?? 0;
  return Array.from({ length: flat.length / 2 }, (_, index) => {
    const [atSeconds = 0, to = from] = flat.slice(2 * index);
    const title = `${from} → ${to} instance${to === 1 ? '' : 's'}`;
    const kind = to > from ? 'scale-out' : 'scale-in';
    from = to;
    return { atSeconds, kind, title, steps: [] };
  });
}
