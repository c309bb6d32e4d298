/** A shorter drag is a click, CSS pixels. */
const LEAST_DRAG = 5;

/**
 * Lets a pointer on a plot point at a moment, and drag to zoom. Mouse, pen and touch do the same;
 * vertical touch moves stay with the browser, to scroll the page.
 *
 * @param {HTMLElement} surface the plot area
 * @param {import('./view.js').View} view
 * @param {AbortSignal} signal ends it
 */
export function followPointer(surface, view, signal) {
  /** @type {{ x: number, seconds: number } | null} */
  let start = null;

  const secondsAt = (/** @type {MouseEvent} */ event) => {
    const { left, width } = surface.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    return view.range.from + share * (view.range.to - view.range.from);
  };
  const stop = () => {
    start = null;
    view.point({ at: view.moment.at, selection: null });
  };

  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    start = { x: event.clientX, seconds: secondsAt(event) };
    surface.setPointerCapture(event.pointerId);
    // A tap may come without a move.
    view.point({ at: start.seconds, selection: null });
  });
  surface.addEventListener('pointermove', (event) => {
    const at = secondsAt(event);
    const dragging = start !== null && Math.abs(event.clientX - start.x) >= LEAST_DRAG;
    const selection =
      start && dragging
        ? { from: Math.min(start.seconds, at), to: Math.max(start.seconds, at) }
        : null;
    view.point({ at, selection });
  });
  surface.addEventListener('pointerup', (event) => {
    const { selection } = view.moment;
    stop();
    if (!selection) return;
    view.zoom(selection);
    view.point({ at: secondsAt(event), selection: null });
  });
  surface.addEventListener('pointercancel', stop);
  surface.addEventListener('pointerleave', ({ pointerType }) => {
    // A finger that is lifted leaves; what it pointed at is still to be read.
    if (!start && pointerType !== 'touch') view.point({ at: null, selection: null });
  });
  surface.addEventListener('dblclick', (event) => {
    view.showAll();
    view.point({ at: secondsAt(event), selection: null });
  });
  const cancel = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape' && start) stop();
  };
  document.addEventListener('keydown', cancel, { signal });
}
