import './complaints.ts';
import * as z from 'zod/mini';
import { sameBounds } from './control/baseline.ts';
import type { DecisionRecord } from './record.ts';
import { parseResourceId } from './target.ts';

/** Source and detail-type under which the scaler puts events on the default bus. */
export const EVENT_SOURCE = 'fast-scaler';
export const EVENT_DETAIL_TYPE = 'Scaling Decision';

const count = z.int().check(z.nonnegative());
const bounds = z.nullable(z.object({ min: count, max: count }));

/** What changed. */
export const CHANGES = [
  'scale-out',
  'scale-in',
  'bounds-moved',
  'bounds-returned',
  'lease-ended',
] as const;

/**
 * `detail` of a Scaling Decision event. Fields and reasons are added, never renamed or removed, so
 * whoever reads events must take those that are not known to this schema.
 */
export const decisionEventSchema = z.object({
  schemaVersion: z.literal(1),
  change: z.enum(CHANGES),
  at: z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'not a time')),
  endpointName: z.string(),
  variantName: z.string(),
  resourceId: z.string(),
  scalableDimension: z.string(),
  reason: z.string(),
  demand: z.nullable(z.number()),
  wanted: z.nullable(count),
  inService: count,
  desired: count,
  boundsBefore: bounds,
  boundsAfter: bounds,
  ownerBounds: bounds,
});

export type DecisionEvent = z.infer<typeof decisionEventSchema>;

/** The event of a decision; null when nothing really changed. */
export function decisionEvent(record: DecisionRecord): DecisionEvent | null {
  const change = changeOf(record);
  const target = parseResourceId(record.resourceId);
  if (!change || !target) return null;
  const { at, endpointName, resourceId, reason, demand, wanted, inService, desired } = record;
  const ownerBounds = record.inputs?.baseline ?? null;
  return {
    schemaVersion: 1,
    change,
    at,
    endpointName,
    variantName: target.variantName,
    resourceId,
    scalableDimension: target.scalableDimension,
    reason,
    demand,
    wanted,
    inService,
    desired,
    boundsBefore: record.boundsBefore,
    boundsAfter: record.taken ?? record.boundsBefore,
    ownerBounds,
  };
}

function changeOf({ requested, taken, inputs, steps }: DecisionRecord) {
  if (taken && requested) {
    if (requested.direction !== 'none') return `scale-${requested.direction}` as const;
    const isOwners = inputs?.baseline && sameBounds(taken, inputs.baseline);
    return isOwners ? 'bounds-returned' : 'bounds-moved';
  }
  return steps.some(({ reason }) => reason === 'lease-expired') ? 'lease-ended' : null;
}
