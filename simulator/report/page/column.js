import { element } from './dom.js';
import { clockTime, number } from './format.js';
import { decisionStrip } from './markers.js';
import { drawPanel, GUTTER, MARGIN, PANELS } from './panels.js';
import { followPointer } from './pointer.js';
import { readout } from './readout.js';
import { colour } from './theme.js';

/** More decisions than this in sight, and their lines through the first panel are left out. */
const MOST_LINES = 40;

/**
 * The column of one run: its decisions and its panels over one time axis.
 *
 * @param {import('./runs.js').Run} run
 * @param {object} context
 * @param {import('./view.js').View} context.view
 * @param {import('./card.js').Card} context.card
 * @param {ReadonlySet<import('../data.ts').DecisionMarker['kind']>} context.kinds
 * @param {readonly import('./runs.js').Run[]} context.runs all of them
 * @param {(panel: import('./panels.js').Panel) => number} context.top
 */
export function runColumn(run, { view, card, kinds, runs, top }) {
  const stack = element('div', { class: 'stack' });
  stack.style.setProperty('--gutter', `${GUTTER}px`);
  stack.style.setProperty('--margin', `${MARGIN}px`);
  const overlay = element('div', { class: 'overlay' });
  const decisions = run.decisions.length;
  const count = `${number(decisions)} decision${decisions === 1 ? '' : 's'}`;
  const root = element(
    'article',
    { class: 'run' },
    element(
      'header',
      { class: 'run-head' },
      element('h3', {}, run.name),
      element('p', {}, decisions === 0 ? 'no decisions' : count),
    ),
    stack,
  );
  if (kinds.size > 0) stack.append(decisionStrip(run, { view, card, kinds }));

  const mounts = PANELS.map((panel) => {
    const label = `${panel.title} over time, ${run.name}`;
    const mount = element('div', { class: `plot plot-${panel.key}`, role: 'img' });
    mount.setAttribute('aria-label', label);
    stack.append(
      element('section', { class: 'panel' }, readout(panel, run, { view, runs }), mount),
    );
    return { panel, mount };
  });
  stack.append(overlay);
  followMoment(overlay, view);

  /** Draws everything; the column must be in the document, as its size counts. */
  const draw = () => {
    const panels = mounts.map(({ panel, mount }, index) =>
      drawPanel(panel, run, {
        mount,
        view,
        top: () => top(panel),
        timeLabels: index === PANELS.length - 1,
        beneath: (plot) => {
          if (index === 0) decisionLines(plot, run, view);
        },
      }),
    );
    for (const { surface } of panels) followPointer(surface, view);
    view.onRange(() => {
      for (const panel of panels) panel.show();
    });
    new ResizeObserver(() => {
      for (const panel of panels) panel.fit();
    }).observe(stack);
    return () => {
      for (const panel of panels) panel.repaint();
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
 */
function followMoment(overlay, view) {
  const selection = element('div', { class: 'selection' });
  const time = element('span', { class: 'crosshair-time' });
  const crosshair = element('div', { class: 'crosshair' }, time);
  overlay.append(selection, crosshair);
  const show = () => {
    const { at, selection: chosen } = view.moment;
    crosshair.hidden = at === null || view.share(at) < 0 || view.share(at) > 1;
    if (at !== null) {
      crosshair.style.left = `${view.share(at) * 100}%`;
      time.textContent = clockTime(at, view.hours);
    }
    selection.hidden = chosen === null;
    if (chosen) {
      selection.style.left = `${view.share(chosen.from) * 100}%`;
      selection.style.right = `${(1 - view.share(chosen.to)) * 100}%`;
    }
  };
  view.onMoment(show);
  show();
}
