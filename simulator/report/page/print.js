import { forgetColours } from './theme.js';

/**
 * Makes drawings fit for paper before they are printed, and for the screen again afterwards: as wide
 * as the paper, in light colours whatever the screen has.
 *
 * @param {() => void} draw fits every drawing to its room, in the current colours
 */
export function startPrinting(draw) {
  const root = document.documentElement;
  /** @type {string | undefined} */
  let theme;
  addEventListener('beforeprint', () => {
    theme = root.dataset.theme;
    root.dataset.theme = 'light';
    root.classList.add('printing');
    forgetColours();
    draw();
  });
  addEventListener('afterprint', () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.classList.remove('printing');
    forgetColours();
    draw();
  });
}
