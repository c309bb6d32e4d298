/**
 * @typedef {object} Mark a decision in its row
 * @property {HTMLElement} mark
 * @property {import('../data.ts').DecisionMarker} decision
 * @property {string} label
 * @property {string} more what else it stands for; empty: nothing
 */

/** Marks of one row that are nearer to each other cannot be told apart, CSS pixels. */
const LEAST_DISTANCE = 10;

/**
 * Places the marks of a row. Of those that lie too near to each other the first stands for all, with a
 * bar to where the last one lies; zooming in sets them apart.
 *
 * @param {readonly Mark[]} marks in order of time
 * @param {import('./view.js').View} view
 * @param {number} width of the row, CSS pixels; 0 where it is not known yet, and none is left out
 */
export function thinOut(marks, view, width) {
  const share = (/** @type {Mark} */ { decision }) => view.share(decision.atSeconds);
  /** @type {Mark[][]} */
  const groups = [];
  for (const each of marks) {
    each.mark.hidden = true;
    if (share(each) < 0 || share(each) > 1) continue;
    const group = groups.at(-1);
    const first = group?.[0];
    const isNear = first && width > 0 && (share(each) - share(first)) * width < LEAST_DISTANCE;
    if (isNear) group.push(each);
    else groups.push([each]);
  }
  for (const group of groups) {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) continue;
    const { mark, label } = first;
    const others = group.length - 1;
    first.more =
      others > 0
        ? `${others} more until ${view.time(last.decision.atSeconds)}; zoom in to see`
        : '';
    mark.hidden = false;
    mark.style.left = `${share(first) * 100}%`;
    mark.style.setProperty('--until', `${(share(last) - share(first)) * width}px`);
    mark.classList.toggle('several', others > 0);
    mark.ariaLabel = others > 0 ? `${label}; ${first.more}` : label;
  }
}
