import { element } from '../../report/page/dom.js';
import { fixed } from '../../report/page/format.js';
import { distinct } from './selection.js';
import { distinctPoints } from './trade-off.js';

/**
 * What the trade-off draws, in numbers.
 *
 * @param {readonly import('./selection.js').Figure[]} all
 */
export function figureTable(all) {
  const rows = distinct(all.map(({ policy }) => policy)).flatMap((policy) => {
    const points = distinctPoints(all.filter((figure) => figure.policy === policy));
    return points.map(({ riskPrice, unserved, billed }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, policy),
        element('td', {}, points.length > 1 ? `×${riskPrice}` : 'any'),
        element('td', {}, `${fixed(100 * unserved, 2)} %`),
        element('td', {}, fixed(billed, 3)),
      ),
    );
  });
  const head = ['Policy', 'Risk price', 'Unserved', 'Billed'].map((label) =>
    element('th', { scope: 'col' }, label),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}
