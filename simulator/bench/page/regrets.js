import { element } from '../../report/page/dom.js';
import { fixed } from '../../report/page/format.js';
import { distinct } from './selection.js';

/**
 * Regret by policy and risk price.
 *
 * @param {readonly import('./selection.js').Figure[]} all
 * @param {object} choice
 * @param {{ policy: string, riskPrice: number } | null} choice.opened the cell that is shown
 * @param {((policy: string, riskPrice: number) => void) | null} choice.open null: none can be opened
 * @param {string | undefined} choice.recommended the policy that is marked
 */
export function regretTable(all, { opened, open, recommended }) {
  const prices = distinct(all.map(({ riskPrice }) => riskPrice));
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'Policy'),
    ...prices.map((price) => element('th', { scope: 'col' }, `×${price}`)),
  );
  const rows = distinct(all.map(({ policy }) => policy)).map((policy) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, policy === recommended ? `${policy} (recommended)` : policy),
      ...prices.map((riskPrice) => {
        const figure = all.find((one) => one.policy === policy && one.riskPrice === riskPrice);
        const words = fixed(figure?.regret ?? null, 3);
        if (!open) return element('td', {}, words);
        const isOpened = opened?.policy === policy && opened.riskPrice === riskPrice;
        const button = element(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-pressed': String(isOpened),
            'aria-label': `${policy} at risk price ${riskPrice}: regret ${words}; show its course`,
          },
          words,
        );
        button.addEventListener('click', () => open(policy, riskPrice));
        return element('td', {}, button);
      }),
    ),
  );
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}
