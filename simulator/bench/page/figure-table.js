import { element } from '../../report/page/dom.js';
import { fixed } from '../../report/page/format.js';
import { distinct } from './selection.js';
import { distinctPoints, pricesOf } from './trade-off.js';

/**
 * What the trade-off draws, in numbers.
 *
 * @param {readonly import('./selection.js').Figure[]} all
 */
export function figureTable(all) {
  const isAddedUp = all.some(({ cost }) => cost !== undefined);
  const rows = distinct(all.map(({ policy }) => policy)).flatMap((policy) => {
    const points = distinctPoints(all.filter((figure) => figure.policy === policy));
    return points.map((point) => {
      const isSameAtAll = points.length === 1 && point.figures.length > 1;
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, policy),
        element('td', {}, isSameAtAll ? 'any' : pricesOf(point).join(', ')),
        element('td', {}, `${fixed(100 * point.unserved, 2)} %`),
        element('td', {}, fixed(point.billed, 3)),
        ...(isAddedUp
          ? [point.figures[0]?.instanceHours, point.figures[0]?.cost].map((value) =>
              element('td', {}, fixed(value ?? null, 1)),
            )
          : []),
      );
    });
  });
  const added = isAddedUp ? ['Instance-hours', 'Cost'] : [];
  const head = ['Policy', 'Risk price', 'Unserved', 'Billed', ...added].map((label) =>
    element('th', { scope: 'col' }, label),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}
