import '../complaints.ts';
import * as z from 'zod/mini';
import { endpointName, envelope, epochSeconds, named } from '../lambda/events.ts';
import { isResourceName } from '../target.ts';
import { LONGEST_PREWARM_MINUTES, MOST_INSTANCES, PREWARM } from './prewarm.ts';

/** A moment in ISO 8601 that says its offset. */
const ISO_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const moment = named('moment: expected one like 2026-01-05T09:00:00Z', (text) =>
  ISO_MOMENT.test(text) ? epochSeconds(text) : undefined,
);

const prewarmed = {
  schemaVersion: z.literal(PREWARM.schemaVersion),
  endpointName,
  variantName: z.string().check(z.refine(isResourceName, 'not a variant name')),
};

/** Prewarm Request and Prewarm Cancellation, from the command line or anybody who may put events. */
export const prewarmEvent = z.discriminatedUnion('detail-type', [
  z.extend(
    envelope(
      PREWARM.source,
      PREWARM.request,
      z.strictObject({
        ...prewarmed,
        minInstances: z.int().check(z.minimum(1), z.maximum(MOST_INSTANCES)),
        durationMinutes: z.int().check(z.minimum(1), z.maximum(LONGEST_PREWARM_MINUTES)),
        from: z.optional(moment),
      }),
    ),
    { time: moment },
  ),
  z.extend(envelope(PREWARM.source, PREWARM.cancellation, z.strictObject(prewarmed)), {
    time: moment,
  }),
]);
