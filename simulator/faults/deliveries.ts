import type { DeliveryInterceptor } from '../account/eventbridge/bus.ts';
import type { Storms } from './storms.ts';

const LONGEST_DELAY_MS = 3_600_000;
const REORDERING_MS = 20_000;
const DUPLICATE_WITHIN_MS = 10_000;

/** The fate of each delivery of an event, as the storms say. */
export function faultyDeliveries(storms: Storms): DeliveryInterceptor {
  return () => {
    if (storms.strike('event-dropped')) return [];
    const delay = storms.strike('event-delayed');
    const reordering = storms.strike('event-reordered');
    const firstMs = Math.floor(
      (delay ? delay() * LONGEST_DELAY_MS : 0) + (reordering ? reordering() * REORDERING_MS : 0),
    );
    const duplicate = storms.strike('event-duplicated');
    return duplicate ? [firstMs, Math.floor(duplicate() * DUPLICATE_WITHIN_MS)] : [firstMs];
  };
}
