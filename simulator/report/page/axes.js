import { axisNumber } from './format.js';
import { colour } from './theme.js';

/** Width of the value axis, CSS pixels: equal in all panels. */
export const GUTTER = 50;

/**
 * Width of the margin right of the plot, CSS pixels: equal in all panels. It has room for half of the
 * longest time at the end of the axis, with a day of two digits.
 *
 * @param {import('./view.js').View} view
 */
export function marginOf(view) {
  return view.days ? 48 : 36;
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400,
  172800, 259200, 432000, 604800, 1209600,
];
const WHOLE_STEPS = powers(0, 9, [1, 2, 5]);
const FRACTION_STEPS = powers(-3, 9, [1, 2, 2.5, 5]);

/**
 * @param {number} from
 * @param {number} to
 * @param {readonly number[]} digits
 */
function powers(from, to, digits) {
  const exponents = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return exponents.flatMap((exponent) => digits.map((digit) => digit * 10 ** exponent));
}

/**
 * What a label of the time axis takes, CSS pixels.
 *
 * @param {import('./view.js').View} view
 * @param {number} secondsPerPixel
 */
function timeLabelSpace(view, secondsPerPixel) {
  if (!view.days) return view.hours ? 76 : 60;
  const day = 60;
  return day * secondsPerPixel >= 86_400 ? day : 108;
}

/**
 * @param {import('./panels.js').Panel} panel
 * @param {{ view: import('./view.js').View, top: () => number, timeLabels: boolean }} context
 * @returns {Pick<uPlot.Options, 'axes' | 'scales'>}
 */
export function axesOf(panel, { view, top, timeLabels }) {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const shared = {
    font,
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    scales: {
      x: { time: false, range: () => [view.range.from, view.range.to] },
      y: { range: () => [0, top()] },
    },
    axes: [
      {
        ...shared,
        incrs: TIME_STEPS,
        space: (_, __, from, to, pixels) => timeLabelSpace(view, (to - from) / pixels),
        size: timeLabels ? 24 : 4,
        gap: 6,
        values: (_, splits, __, ___, step) =>
          splits.map((at) => (timeLabels ? view.axisTime(at, step) : '')),
      },
      {
        ...shared,
        incrs: panel.whole ? WHOLE_STEPS : FRACTION_STEPS,
        space: 28,
        size: GUTTER,
        gap: 8,
        values: (_, splits) => splits.map(axisNumber),
      },
    ],
  };
}
