/**
 * @typedef {{ readonly x: number, readonly y: number }} Point
 * @typedef {{ readonly left: number, readonly top: number, readonly right: number, readonly bottom: number }} Box
 * @typedef {Point & { readonly words: string }} Named a point and what is to stand beside it
 */

/** Points nearer than this lie on each other, and share a label, CSS pixels. */
const NEAR = 11;

/** Half of what a mark takes, and its distance to its label, CSS pixels. */
const MARK = 5;
const GAP = 4;

/** Height of a label's line, and from its base line to its top, CSS pixels. */
const LINE = 13;
const ASCENT = 10;

/** How much worse it is to leave the plot than to cover a point or a label, or these than a line. */
const COST = { outside: 1000, covered: 100, crossed: 1 };

/**
 * Heights for labels that want to stand at given ones, at least `distance` apart and none below
 * `lowest`.
 *
 * @param {readonly number[]} wanted from the top
 * @param {number} distance
 * @param {number} lowest
 */
export function spread(wanted, distance, lowest) {
  const heights = [...wanted];
  for (let at = 1; at < heights.length; at++) {
    heights[at] = Math.max(heights[at] ?? 0, (heights[at - 1] ?? 0) + distance);
  }
  let limit = lowest;
  for (let at = heights.length - 1; at >= 0; at--) {
    heights[at] = Math.min(heights[at] ?? 0, limit);
    limit = (heights[at] ?? 0) - distance;
  }
  return heights;
}

/**
 * Where the labels of the points of a curve stand: beside them, where they cover no mark and no other
 * label, and cross as little of the lines as can be.
 *
 * @param {readonly Named[]} points
 * @param {object} context
 * @param {readonly Point[]} context.marks every mark of the drawing
 * @param {readonly (readonly [Point, Point])[]} context.lines of the curve, and those that lead to names
 * @param {Box} context.plot
 * @param {(words: string) => number} context.widthOf
 * @returns {{ words: string, x: number, y: number, box: Box }[]} left end of the base line
 */
export function placeBeside(points, { marks, lines, plot, widthOf }) {
  const drawn = lines.flatMap(([from, to]) => between(from, to));
  /** @type {{ words: string, x: number, y: number, box: Box }[]} */
  const placed = [];
  for (const group of groups(points)) {
    const words = group.map((point) => point.words).join(' ');
    const costOf = (/** @type {Box} */ box) =>
      COST.outside * Number(!isWithin(box, plot)) +
      COST.covered * marks.filter((mark) => covers(grown(box, MARK), mark)).length +
      COST.covered * placed.filter((other) => overlap(other.box, box)).length +
      COST.crossed * drawn.filter((point) => covers(box, point)).length;
    const [first, ...others] = candidates(group, widthOf(words));
    if (!first) continue;
    const box = others.reduce((best, each) => (costOf(each) < costOf(best) ? each : best), first);
    placed.push({ words, x: box.left, y: box.top + ASCENT, box });
  }
  return placed;
}

/**
 * Points that lie on each other, together.
 *
 * @param {readonly Named[]} points
 */
function groups(points) {
  /** @type {Named[][]} */
  const found = [];
  for (const point of points) {
    const near = found.find((group) =>
      group.some(({ x, y }) => Math.hypot(x - point.x, y - point.y) < NEAR),
    );
    if (near) near.push(point);
    else found.push([point]);
  }
  return found;
}

/**
 * Places around some points, the one that reads best first.
 *
 * @param {readonly Point[]} points
 * @param {number} width
 * @returns {Box[]}
 */
function candidates(points, width) {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs) - MARK - GAP, Math.max(...xs) + MARK + GAP];
  const [top, bottom] = [Math.min(...ys) - MARK - GAP, Math.max(...ys) + MARK + GAP];
  const [middle, level] = [(left + right) / 2, (top + bottom) / 2];
  const at = (/** @type {number} */ x, /** @type {number} */ y) => ({
    left: x,
    top: y,
    right: x + width,
    bottom: y + LINE,
  });
  return [
    at(left - width, level - LINE / 2),
    at(right, level - LINE / 2),
    at(middle - width / 2, top - LINE),
    at(middle - width / 2, bottom),
    at(right - MARK, top - LINE),
    at(left - width + MARK, top - LINE),
    at(left - width + MARK, bottom),
    at(right - MARK, bottom),
  ];
}

/**
 * Points along a line, one every three pixels.
 *
 * @param {Point} from
 * @param {Point} to
 */
function between(from, to) {
  const count = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 3);
  return Array.from({ length: count + 1 }, (_, index) => {
    const share = count === 0 ? 0 : index / count;
    return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
  });
}

/** @param {Box} box @param {number} by @returns {Box} */
function grown({ left, top, right, bottom }, by) {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/** @param {Box} box @param {Point} point */
function covers({ left, top, right, bottom }, { x, y }) {
  return x > left && x < right && y > top && y < bottom;
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** @param {Box} inner @param {Box} outer */
function isWithin(inner, outer) {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}
