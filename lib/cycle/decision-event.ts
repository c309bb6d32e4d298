import '../complaints.ts';
import * as z from 'zod/mini';
import { sameBounds } from '../control/bounds.ts';
import { parseResourceId } from '../target.ts';
import type { DecisionRecord } from './record.ts';

/** Source and detail-type under which the scaler puts events on the default bus. */
export const EVENT_SOURCE = 'fast-scaler';
export const EVENT_DETAIL_TYPE = 'Scaling Decision';

const count = z.int().check(z.nonnegative());
const bounds = z.nullable(z.object({ min: count, max: count }));

/** What changed. */
const CHANGES = [
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

/** The events of a decision; none when nothing really changed. */
export function decisionEvents(record: DecisionRecord): DecisionEvent[] {
  const target = parseResourceId(record.resourceId);
  if (!target) return [];
  const { at, endpointName, resourceId, reason, demand, wanted, inService, desired } = record;
  const event = (change: DecisionEvent['change'], isOver: boolean): DecisionEvent => ({
    schemaVersion: 1,
    change,
    at,
    endpointName,
    variantName: target.variantName,
    resourceId,
    scalableDimension: target.scalableDimension,
    reason: isOver ? 'lease-expired' : reason,
    demand,
    wanted,
    inService,
    desired,
    boundsBefore: record.boundsBefore,
    boundsAfter: isOver ? record.boundsBefore : record.taken,
    ownerBounds: record.inputs?.baseline ?? null,
  });
  const isLeaseOver = record.steps.some((step) => step.reason === 'lease-expired');
  const change = changeOf(record);
  return [
    ...(isLeaseOver ? [event('lease-ended', true)] : []),
    ...(change ? [event(change, false)] : []),
  ];
}

function changeOf({ requested, taken, inputs }: DecisionRecord): DecisionEvent['change'] | null {
  if (!taken || !requested) return null;
  if (requested.direction !== 'none') return `scale-${requested.direction}`;
  const isOwners = inputs?.baseline && sameBounds(taken, inputs.baseline);
  return isOwners ? 'bounds-returned' : 'bounds-moved';
}
