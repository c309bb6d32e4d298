import { GUTTER, marginOf } from './axes.js';
import { element } from './dom.js';
import { number } from './format.js';
import { followKeys } from './keys.js';
import { decisionStrip } from './markers.js';
import { drawPanel } from './panels.js';
import { followPointer } from './pointer.js';
import { readout } from './readout.js';
import { colour } from './theme.js';

/** More decisions than this in sight, and their lines through the first panel are left out. */
const MOST_LINES = 40;

/**
 * @typedef {object} ColumnContext
 * @property {import('./view.js').View} view
 * @property {import('./card.js').Card} card
 * @property {ReadonlySet<import('../data.ts').DecisionMarker['kind']>} kinds
 * @property {readonly import('./panels.js').Panel[]} panels from the top
 * @property {readonly import('./runs.js').Run[]} runs all that are shown
 * @property {(panel: import('./panels.js').Panel) => number} top
 * @property {AbortSignal} signal takes the column's listeners away
 */

/**
 * The column of one run: its decisions and its panels over one time axis.
 *
 * @param {import('./runs.js').Run} run
 * @param {ColumnContext} context
 */
export function runColumn(run, { view, card, kinds, panels: shown, runs, top, signal }) {
  const stack = element('div', { class: 'stack' });
  stack.style.setProperty('--gutter', `${GUTTER}px`);
  stack.style.setProperty('--margin', `${marginOf(view)}px`);
  const overlay = element('div', { class: 'overlay' });
  const decided = element('p');
  const root = element(
    'article',
    { class: 'run', 'aria-label': run.name },
    element('header', { class: 'run-head' }, element('h3', {}, run.name), decided),
    ...(run.note ? [element('p', { class: 'run-note' }, run.note)] : []),
    stack,
  );
  const strip = kinds.size > 0 ? decisionStrip(run, { view, card, kinds, signal }) : null;
  if (strip) stack.append(strip.root);

  const panels = element('div', {
    class: 'panels',
    role: 'group',
    tabindex: '0',
    'aria-label': `Timeline of ${run.name}`,
    'aria-describedby': 'timeline-keys',
  });
  followKeys(panels, { run, view, panels: shown });
  const mounts = shown.map((panel) => {
    const mount = element('div', { class: `plot plot-${panel.key}`, role: 'img' });
    mount.setAttribute('aria-label', `${panel.title} over time, ${run.name}`);
    const head = readout(panel, run, { view, runs, signal });
    panels.append(element('section', { class: 'panel' }, head.root, mount));
    return { panel, mount, head };
  });
  stack.append(panels, overlay);
  followMoment(overlay, view, signal);

  const count = () => {
    const decisions = run.decisions.length;
    const some = `${number(decisions)} decision${decisions === 1 ? '' : 's'}`;
    decided.textContent = decisions === 0 ? 'no decisions' : some;
  };
  count();

  /** Draws everything; the column must be in the document, as its size counts. */
  const draw = () => {
    const drawn = mounts.map(({ panel, mount }, index) =>
      drawPanel(panel, run, {
        mount,
        view,
        top: () => top(panel),
        timeLabels: index === shown.length - 1,
        beneath: (plot) => {
          if (index === 0) decisionLines(plot, run, view);
        },
      }),
    );
    for (const { surface } of drawn) followPointer(surface, view, signal);
    view.onRange(() => {
      for (const panel of drawn) panel.show();
    }, signal);
    const sizes = new ResizeObserver(() => {
      for (const panel of drawn) panel.fit();
    });
    sizes.observe(stack);
    signal.addEventListener('abort', () => {
      sizes.disconnect();
      for (const panel of drawn) panel.remove();
    });
    return {
      /** Draws again in the current colours. */
      repaint: () => {
        for (const panel of drawn) panel.repaint();
      },
      /** Fits everything to the room it has. */
      fit: () => {
        strip?.place();
        for (const panel of drawn) panel.fit();
      },
      /** Takes over what has come to the run; the next change of the view's range shows it. */
      refresh: () => {
        count();
        strip?.refresh();
        for (const { head } of mounts) head.refresh();
        for (const panel of drawn) panel.refresh();
      },
    };
  };
  return { root, draw };
}

/**
 * Thin lines that lead from the decisions down through the first panel.
 *
 * @param {uPlot} plot
 * @param {import('./runs.js').Run} run
 * @param {import('./view.js').View} view
 */
function decisionLines(plot, run, view) {
  const inSight = run.decisions.filter(({ atSeconds }) => {
    const share = view.share(atSeconds);
    return share >= 0 && share <= 1;
  });
  if (inSight.length > MOST_LINES) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = colour('decision-line');
  ctx.beginPath();
  for (const { atSeconds } of inSight) {
    const x = Math.round(plot.valToPos(atSeconds, 'x', true));
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
}

/**
 * Shows the moment pointed at and the selection through all panels of a column.
 *
 * @param {HTMLElement} overlay
 * @param {import('./view.js').View} view
 * @param {AbortSignal} signal
 */
function followMoment(overlay, view, signal) {
  const selection = element('div', { class: 'selection' });
  const time = element('span', { class: 'crosshair-time' });
  const crosshair = element('div', { class: 'crosshair' }, time);
  overlay.append(selection, crosshair);
  const show = () => {
    const { at, selection: chosen } = view.moment;
    crosshair.hidden = at === null || view.share(at) < 0 || view.share(at) > 1;
    if (at !== null) {
      crosshair.style.left = `${view.share(at) * 100}%`;
      // In the middle below the line, and towards both ends within the plot.
      time.style.transform = `translateX(${-view.share(at) * 100}%)`;
      time.textContent = view.time(at);
    }
    selection.hidden = chosen === null;
    if (chosen) {
      selection.style.left = `${view.share(chosen.from) * 100}%`;
      selection.style.right = `${(1 - view.share(chosen.to)) * 100}%`;
    }
  };
  view.onMoment(show, signal);
  view.onRange(show, signal);
  show();
}
