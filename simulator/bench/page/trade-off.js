import { element } from '../../report/page/dom.js';
import { fixed, roundTop } from '../../report/page/format.js';
import { distinct, OPTIMUM } from './selection.js';

/** @typedef {import('./selection.js').Figure} Figure */

const WIDTH = 640;
const HEIGHT = 420;
const LEFT = 58;
const TOP = 14;
const BOTTOM = 46;

/** Room for the labels beside the drawing: as wide as a usual one, and what a character takes. */
const LABEL_WIDTH = 134;
const CHARACTER_WIDTH = 7.6;

/** Least distance between the base lines of two labels, in the drawing's units. */
const LABEL_HEIGHT = 15;

/**
 * The policies of one choice as unserved demand against billed hours.
 *
 * @param {readonly Figure[]} all
 * @param {string} ours the policy that stands out
 */
export function tradeOff(all, ours) {
  const curves = distinct(all.map(({ policy }) => policy)).map((policy) => ({
    policy,
    points: distinctPoints(all.filter((figure) => figure.policy === policy)),
  }));
  const points = curves.flatMap((curve) => curve.points);
  const lowest = Math.min(...points.map(({ billed }) => billed));
  const highest = Math.max(...points.map(({ billed }) => billed));
  const margin = Math.max((highest - lowest) * 0.06, 0.02);
  const from = Math.max(0, lowest - margin);
  const to = highest + margin;
  const longest = Math.max(...curves.map(({ policy }) => shortName(policy).length));
  const edge = WIDTH - 16 - Math.max(LABEL_WIDTH, longest * CHARACTER_WIDTH);
  const top = roundTop(Math.max(...points.map(({ unserved }) => unserved), 1e-4) * 1.05);
  /** @type {Scale} */
  const scale = {
    x: (billed) => LEFT + ((billed - from) / (to - from)) * (edge - LEFT),
    y: (unserved) => HEIGHT - BOTTOM - (unserved / top) * (HEIGHT - TOP - BOTTOM),
    edge,
  };
  const root = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'trade-off', role: 'img' });
  root.append(title('Unserved demand against billed hours, by policy'));
  root.append(...axes(scale, { from, to, top }));
  for (const curve of curves) root.append(...curveShapes(curve, scale, ours));
  root.append(...labels(curves, scale, ours));
  return element('div', { class: 'plot-frame' }, root);
}

/**
 * @typedef {{ readonly x: (billed: number) => number, readonly y: (unserved: number) => number, readonly edge: number }} Scale
 * @typedef {{ readonly policy: string, readonly points: readonly Figure[] }} Curve
 */

/**
 * A policy that does not weigh the price is the same point at each.
 *
 * @param {readonly Figure[]} figures
 */
function distinctPoints(figures) {
  return figures.filter(
    (figure, index) =>
      figures.findIndex(
        (other) => other.billed === figure.billed && other.unserved === figure.unserved,
      ) === index,
  );
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
  for (const { billed, unserved, riskPrice, regret } of points) {
    const mark = shape('circle', { cx: `${x(billed)}`, cy: `${y(unserved)}`, r: '4.5' });
    const price =
      points.length > 1 ? ` at risk price ${riskPrice}, regret ${fixed(regret, 3)}` : '';
    const figures = `${fixed(100 * unserved, 2)} % unserved, ${fixed(billed, 3)} × demand billed`;
    mark.append(title(`${policy}${price}: ${figures}`));
    group.append(mark);
    if (points.length > 1 && policy === ours) {
      const place = { x: `${x(billed) - 8}`, y: `${y(unserved) + 4}`, class: 'price' };
      group.append(text(`×${riskPrice}`, place));
    }
  }
  return [group];
}

/**
 * The names, in the margin at the height of each curve's last point, pushed apart.
 *
 * @param {readonly Curve[]} curves
 * @param {Scale} scale
 * @param {string} ours
 */
function labels(curves, { x, y, edge: end }, ours) {
  const wanted = curves
    .flatMap(({ policy, points }) => {
      const last = points.at(-1);
      return last ? [{ policy, x: x(last.billed), y: y(last.unserved), at: y(last.unserved) }] : [];
    })
    .sort((a, b) => a.y - b.y);
  wanted.forEach((label, index) => {
    const above = wanted[index - 1];
    if (above) label.at = Math.max(label.at, above.at + LABEL_HEIGHT);
  });
  const lowest = HEIGHT - BOTTOM;
  wanted.toReversed().forEach((label, index, upwards) => {
    const below = upwards[index - 1];
    label.at = Math.min(label.at, below ? below.at - LABEL_HEIGHT : lowest);
  });
  return wanted.map((label) => {
    const group = shape('g', { class: `label ${kindOf(label.policy, ours)}` });
    const edge = end + 6;
    group.append(
      shape('path', { d: `M${label.x + 6},${label.y} L${edge - 8},${label.at} H${edge - 2}` }),
      text(shortName(label.policy), { x: `${edge}`, y: `${label.at + 4}` }),
    );
    return group;
  });
}

/** @param {string} policy */
function shortName(policy) {
  return policy.replace('high-resolution', '10 s').replaceAll('-', ' ').replace('fast s', 'fast-s');
}

/**
 * @param {Scale} scale
 * @param {{ from: number, to: number, top: number }} range
 */
function axes({ x, y, edge }, { from, to, top }) {
  const drawn = [];
  for (const unserved of [0, 0.25, 0.5, 0.75, 1].map((share) => share * top)) {
    drawn.push(
      shape('path', { class: 'grid', d: `M${LEFT},${y(unserved)} H${edge}` }),
      text(`${Number((100 * unserved).toPrecision(3))} %`, {
        x: `${LEFT - 8}`,
        y: `${y(unserved) + 4}`,
        class: 'value',
      }),
    );
  }
  const step = niceStep((to - from) / 5);
  for (let billed = Math.ceil(from / step) * step; billed <= to; billed += step) {
    const place = { x: `${x(billed)}`, y: `${HEIGHT - BOTTOM + 18}`, class: 'tick' };
    drawn.push(
      shape('path', { class: 'grid', d: `M${x(billed)},${TOP} V${HEIGHT - BOTTOM}` }),
      text(`${Number(billed.toFixed(3))}`, place),
    );
  }
  const middle = (LEFT + edge) / 2;
  drawn.push(
    text('instance-hours billed ÷ demanded', { x: `${middle}`, y: `${HEIGHT - 8}`, class: 'tick' }),
    text('unserved', { x: `${LEFT + 6}`, y: `${TOP + 12}` }),
  );
  return drawn;
}

/** @param {number} least */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((digit) => digit * power >= least) ?? 10) * power;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function shape(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * @param {string} words
 * @param {Record<string, string>} attributes
 */
function text(words, attributes) {
  const made = shape('text', attributes);
  made.append(words);
  return made;
}

/** @param {string} words */
function title(words) {
  const made = shape('title', {});
  made.append(words);
  return made;
}
