import { clockTime } from '../../report/page/format.js';
import { colour } from '../../report/page/theme.js';

/**
 * @typedef {object} Course
 * @property {number[]} times seconds
 * @property {readonly number[]} demand
 * @property {number[]} inService
 * @property {number[]} desired
 */

const PLOT_HEIGHT = 340;

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

/**
 * Draws a course; returns what ends the drawing.
 *
 * @param {HTMLElement} mount
 * @param {Course} course
 */
export function drawTimeline(mount, course) {
  const steps = /** @type {uPlot.Series.PathBuilder} */ (uPlot.paths.stepped?.({ align: 1 }));
  const isLong = (course.times.at(-1) ?? 0) >= 3600;
  const axis = () => ({
    stroke: colour('muted'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  });
  const plot = new uPlot(
    {
      width: mount.clientWidth,
      height: PLOT_HEIGHT,
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.05)] } },
      cursor: { y: false, points: { show: false } },
      axes: [
        {
          ...axis(),
          space: 80,
          incrs: [10, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200],
          values: (_, values) => values.map((value) => clockTime(value, isLong)),
        },
        { ...axis(), size: 46 },
      ],
      series: [
        { label: 'time', value: (_, value) => (value === null ? '' : clockTime(value, isLong)) },
        {
          label: 'in service',
          paths: steps,
          stroke: colour('capacity'),
          fill: colour('capacity-fill'),
          points: { show: false },
        },
        {
          label: 'desired',
          paths: steps,
          stroke: colour('desired'),
          dash: [4, 3],
          points: { show: false },
        },
        { label: 'demand', paths: steps, stroke: colour('demand'), points: { show: false } },
      ],
    },
    [course.times, course.inService, course.desired, [...course.demand]],
    mount,
  );
  const resized = new ResizeObserver(() => {
    plot.setSize({ width: mount.clientWidth, height: PLOT_HEIGHT });
  });
  resized.observe(mount);
  return () => {
    resized.disconnect();
    plot.destroy();
  };
}
