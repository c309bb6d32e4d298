import { element } from '../../report/page/dom.js';
import { fixed, roundTop } from '../../report/page/format.js';
import { distinct, OPTIMUM } from './selection.js';
import { shape, text, title } from './svg.js';
import { placeBeside, spread } from './trade-labels.js';

/**
 * @typedef {import('./selection.js').Figure} Figure
 * @typedef {import('./trade-labels.js').Point} Point
 * @typedef {object} CurvePoint where a policy stands at one or more risk prices
 * @property {number} billed
 * @property {number} unserved
 * @property {readonly Figure[]} figures
 * @typedef {{ readonly policy: string, readonly points: readonly CurvePoint[] }} Curve
 * @typedef {object} Scale
 * @property {(billed: number) => number} x
 * @property {(unserved: number) => number} y
 * @property {import('./trade-labels.js').Box} plot
 */

/** Room around the plot, CSS pixels. */
const LEFT = 52;
const TOP = 14;
const BOTTOM = 46;
const RIGHT = 6;

/** From the plot to the names beside it, and from one name to the next, CSS pixels. */
const NAME_GAP = 20;
const NAME_HEIGHT = 15;

/** Names that leave the plot less than this stand below it, and numbers beside it, CSS pixels. */
const LEAST_PLOT = 300;

/** Least distance between the numbers below the plot, CSS pixels. */
const TICK_SPACE = 45;

/** Height of the drawing: a share of its width, but readable, CSS pixels. */
const HEIGHT_SHARE = 0.65;
const LEAST_HEIGHT = 300;
const MOST_HEIGHT = 440;

/**
 * The policies of one choice as unserved demand against billed hours, `width` CSS pixels wide.
 *
 * @param {readonly Figure[]} all
 * @param {string} ours the policy that stands out
 * @param {number} width
 */
export function tradeOff(all, ours, width) {
  const curves = distinct(all.map(({ policy }) => policy)).map((policy) => ({
    policy,
    points: distinctPoints(all.filter((figure) => figure.policy === policy)),
  }));
  const names = Math.max(...curves.map(({ policy }) => widthOf(policy)));
  const isNumbered = width - LEFT - NAME_GAP - names - RIGHT < LEAST_PLOT;
  const beside = isNumbered ? widthOf(String(curves.length)) : names;
  const height = Math.max(
    Math.min(Math.max(width * HEIGHT_SHARE, LEAST_HEIGHT), MOST_HEIGHT),
    TOP + BOTTOM + curves.length * NAME_HEIGHT,
  );
  const { scale, range } = fitted(
    curves.flatMap((curve) => curve.points),
    { left: LEFT, top: TOP, right: width - NAME_GAP - beside - RIGHT, bottom: height - BOTTOM },
  );
  const root = shape('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width: `${width}`,
    height: `${height}`,
    class: 'trade-off',
    role: 'img',
  });
  root.append(title('Unserved demand against billed hours, by policy'));
  root.append(...axes(scale, range));
  // Its marks are seen wherever others lie on them.
  const oursLast = curves.toSorted((a, b) => Number(a.policy === ours) - Number(b.policy === ours));
  for (const curve of oursLast) root.append(curveShapes(curve, scale, ours));
  root.append(...prices(curves, scale, ours));
  const named = labels(curves, scale);
  root.append(
    ...named.map((label, index) => nameShapes(label, index, { scale, ours, isNumbered })),
  );
  const key = element(
    'ol',
    { class: 'trade-key' },
    ...named.map(({ policy }) => element('li', { class: kindOf(policy, ours) }, policy)),
  );
  return [root, ...(isNumbered ? [key] : [])];
}

/**
 * @param {readonly CurvePoint[]} points
 * @param {import('./trade-labels.js').Box} plot
 */
function fitted(points, plot) {
  const lowest = Math.min(...points.map(({ billed }) => billed));
  const highest = Math.max(...points.map(({ billed }) => billed));
  const margin = Math.max((highest - lowest) * 0.06, 0.02);
  const from = Math.max(0, lowest - margin);
  const to = highest + margin;
  const top = roundTop(Math.max(...points.map(({ unserved }) => unserved), 1e-4) * 1.05);
  /** @type {Scale} */
  const scale = {
    x: (billed) => plot.left + ((billed - from) / (to - from)) * (plot.right - plot.left),
    y: (unserved) => plot.bottom - (unserved / top) * (plot.bottom - plot.top),
    plot,
  };
  return { scale, range: { from, to, top } };
}

/**
 * A policy that does not weigh the price is the same point at each; one that does may be at some.
 *
 * @param {readonly Figure[]} all of one policy
 * @returns {CurvePoint[]}
 */
export function distinctPoints(all) {
  const places = Map.groupBy(all, ({ billed, unserved }) => `${billed} ${unserved}`);
  return [...places.values()].flatMap((figures) => {
    const [first] = figures;
    return first ? [{ billed: first.billed, unserved: first.unserved, figures }] : [];
  });
}

/** @param {CurvePoint} point */
export function pricesOf({ figures }) {
  return figures.map(({ riskPrice }) => `×${riskPrice}`);
}

/**
 * @param {string} policy
 * @param {string} ours
 */
function kindOf(policy, ours) {
  return policy === ours ? 'ours' : policy === OPTIMUM ? 'best' : 'peer';
}

/**
 * @param {Curve} curve
 * @param {Scale} scale
 * @param {string} ours
 */
function curveShapes({ policy, points }, { x, y }, ours) {
  const group = shape('g', { class: `curve ${kindOf(policy, ours)}` });
  if (points.length > 1) {
    const path = points.map(({ billed, unserved }) => `${x(billed)},${y(unserved)}`).join(' ');
    group.append(shape('polyline', { points: path }));
  }
  for (const { billed, unserved, figures } of points) {
    const mark = shape('circle', { cx: `${x(billed)}`, cy: `${y(unserved)}`, r: '4.5' });
    const at = figures.map(
      ({ riskPrice, regret }) => ` at risk price ${riskPrice}, regret ${fixed(regret, 3)}`,
    );
    const prices = points.length > 1 ? at.join(',') : '';
    const place = `${fixed(100 * unserved, 2)} % unserved, ${fixed(billed, 3)} × demand billed`;
    mark.append(title(`${policy}${prices}: ${place}`));
    group.append(mark);
  }
  return group;
}

/**
 * The risk prices beside the points of the curve that stands out.
 *
 * @param {readonly Curve[]} curves
 * @param {Scale} scale
 * @param {string} ours
 */
function prices(curves, { x, y, plot }, ours) {
  const own = curves.find(({ policy }) => policy === ours)?.points ?? [];
  if (own.length < 2) return [];
  const at = (/** @type {CurvePoint} */ { billed, unserved }) => ({ x: x(billed), y: y(unserved) });
  const marks = curves.flatMap(({ points }) => points.map(at));
  const points = own.map((point) => ({ ...at(point), words: pricesOf(point).join(' ') }));
  /** @type {[Point, Point][]} */
  const lines = points.slice(1).map((point, index) => [points[index] ?? point, point]);
  /** @type {[Point, Point][]} */
  const leaders = curves.flatMap((curve) => {
    const last = curve.points.at(-1);
    return last ? [[at(last), { x: plot.right, y: y(last.unserved) }]] : [];
  });
  return placeBeside(points, { marks, lines: [...lines, ...leaders], plot, widthOf }).map((label) =>
    text(label.words, { x: `${label.x}`, y: `${label.y}`, class: 'price ours' }),
  );
}

/**
 * The names, in the margin at the height of each curve's last point, pushed apart; from the top.
 *
 * @param {readonly Curve[]} curves
 * @param {Scale} scale
 */
function labels(curves, { x, y, plot }) {
  const wanted = curves
    .flatMap(({ policy, points }) => {
      const last = points.at(-1);
      return last ? [{ policy, x: x(last.billed), y: y(last.unserved) }] : [];
    })
    .sort((a, b) => a.y - b.y);
  const heights = spread(
    wanted.map((label) => label.y),
    NAME_HEIGHT,
    plot.bottom,
  );
  return wanted.map((label, index) => ({ ...label, at: heights[index] ?? label.y }));
}

/**
 * A name, or its number, and the line that leads to it.
 *
 * @param {{ policy: string, x: number, y: number, at: number }} label
 * @param {number} index
 * @param {{ scale: Scale, ours: string, isNumbered: boolean }} context
 */
function nameShapes({ policy, x, y, at }, index, { scale: { plot }, ours, isNumbered }) {
  const group = shape('g', { class: `label ${kindOf(policy, ours)}` });
  const edge = plot.right + NAME_GAP;
  group.append(
    shape('path', { d: `M${x + 6},${y} H${plot.right} L${edge - 8},${at} H${edge - 3}` }),
    text(isNumbered ? String(index + 1) : policy, { x: `${edge}`, y: `${at + 4}` }),
  );
  return group;
}

/**
 * @param {Scale} scale
 * @param {{ from: number, to: number, top: number }} range
 */
function axes({ x, y, plot }, { from, to, top }) {
  const drawn = [];
  for (const unserved of [0, 0.25, 0.5, 0.75, 1].map((share) => share * top)) {
    drawn.push(
      shape('path', { class: 'grid', d: `M${plot.left},${y(unserved)} H${plot.right}` }),
      text(`${Number((100 * unserved).toPrecision(3))} %`, {
        x: `${plot.left - 8}`,
        y: `${y(unserved) + 4}`,
        class: 'value',
      }),
    );
  }
  const step = niceStep(
    (to - from) / Math.max(2, Math.floor((plot.right - plot.left) / TICK_SPACE)),
  );
  for (let billed = Math.ceil(from / step) * step; billed <= to; billed += step) {
    const place = { x: `${x(billed)}`, y: `${plot.bottom + 18}`, class: 'tick' };
    drawn.push(
      shape('path', { class: 'grid', d: `M${x(billed)},${plot.top} V${plot.bottom}` }),
      text(`${Number(billed.toFixed(3))}`, place),
    );
  }
  const middle = `${(plot.left + plot.right) / 2}`;
  drawn.push(
    text('instance-hours billed ÷ demanded', {
      x: middle,
      y: `${plot.bottom + 38}`,
      class: 'tick',
    }),
    text('unserved', { x: `${plot.left + 6}`, y: `${plot.top + 12}` }),
  );
  return drawn;
}

/** @param {number} least */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((digit) => digit * power >= least) ?? 10) * power;
}

/** Width of a label at its widest, CSS pixels. @param {string} words */
function widthOf(words) {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return words.length * 8;
  context.font = `650 12px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(context.measureText(words).width);
}
