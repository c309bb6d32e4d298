import * as z from 'zod/mini';
import { REASONS } from '../../lib/control/reasons.ts';
import type { TargetState } from '../../lib/control/types.ts';
import { KINDS } from '../../lib/notify/kinds.ts';

const whole = z.int().check(z.minimum(0));
const seconds = z.number().check(z.minimum(0));
const share = z.number().check(z.minimum(0), z.maximum(1));
const nullable = <Schema extends z.core.$ZodType>(schema: Schema) => z.nullable(schema);
const bounds = z
  .strictObject({ min: whole, max: whole })
  .check(z.refine(({ min, max }) => min <= max, 'Min is above Max'));

/** What a target's state may be: more than its types can say. */
const targetState = z.strictObject({
  baseline: nullable(bounds),
  written: nullable(bounds),
  before: nullable(bounds),
  writes: z.array(z.strictObject({ bounds, atSeconds: seconds })),
  lastScaleOutAtSeconds: nullable(seconds),
  lastScaleInAtSeconds: nullable(seconds),
  changedAtSeconds: z.array(seconds),
  reversals: whole,
  lastReversalAtSeconds: nullable(seconds),
  pending: nullable(z.strictObject({ capacity: whole, sentAtSeconds: seconds })),
  learnedLeadTimeSeconds: nullable(seconds),
  metricLagSeconds: seconds,
  service: nullable(
    z.strictObject({ seconds: z.number().check(z.positive()), untilSeconds: seconds }),
  ),
  capacityLog: z.array(z.tuple([seconds, whole])),
  tuning: nullable(
    z.strictObject({
      riskPrice: seconds,
      targetPerInstance: z.optional(z.number().check(z.positive())),
      sinceSeconds: z.number(),
      scoredUntilSeconds: z.number(),
      use: z.strictObject({
        untilSeconds: z.number(),
        weight: z.array(share),
        used: z.array(z.array(share)),
      }),
      past: z.strictObject({
        untilSeconds: nullable(seconds),
        buckets: z.string().check(z.maxLength(720)),
        count: whole,
        sum: seconds,
        period: nullable(whole),
      }),
      shadows: z.array(z.string()),
      costs: z.array(z.string()),
      chosen: z.array(whole),
      bandsAhead: whole,
    }),
  ),
  pattern: nullable(
    z.strictObject({
      riskPrice: seconds,
      targetPerInstance: z.number().check(z.positive()),
      daySeconds: z.int().check(z.multipleOf(86_400)),
      days: z.array(z.string().check(z.maxLength(96))).check(z.minLength(1), z.maxLength(8)),
      scoredUntilSeconds: z.number(),
      costs: z.array(seconds),
      gains: z.array(z.array(nullable(z.number()))),
    }),
  ),
  shadow: nullable(
    z.strictObject({
      untilSeconds: seconds,
      inService: whole,
      desired: whole,
      unlockedAtSeconds: seconds,
      mayReleaseAtSeconds: seconds,
      highMinutes: whole.check(z.maximum(3)),
      lowMinutes: whole.check(z.maximum(15)),
      loadOfMinute: seconds,
    }),
  ),
  lease: nullable(z.strictObject({ untilSeconds: seconds, restores: bounds })),
  leaseUnsureSinceSeconds: nullable(seconds),
  leaseDeletedAtSeconds: nullable(seconds),
  mutedUntilSeconds: nullable(seconds),
  isByTheMinute: z.boolean(),
  putOffSinceSeconds: nullable(seconds),
  refusedFor: nullable(z.enum(REASONS)),
  futile: nullable(
    z.strictObject({
      reason: z.enum(['quota-refused', 'insufficient-capacity', 'request-failed']),
      quota: nullable(
        z.strictObject({ name: z.string(), limit: whole, inUse: whole, asked: whole }),
      ),
      wanted: whole,
      most: whole,
      attempts: z.int().check(z.minimum(1)),
      refusedAtSeconds: seconds,
      retryAtSeconds: seconds,
    }),
  ),
  withoutWindows: nullable(whole),
  spent: nullable(
    z.strictObject({ untilSeconds: seconds, instances: whole, instanceSeconds: seconds }),
  ),
  notices: z.partialRecord(
    z.enum(Object.keys(KINDS) as (keyof typeof KINDS)[]),
    z.strictObject({
      digest: z.string().check(z.maxLength(1000)),
      toldAtSeconds: nullable(seconds),
      triedAtSeconds: seconds,
      absentSinceSeconds: nullable(seconds),
      untold: nullable(z.looseObject({ text: z.string() })),
    }),
  ),
});

/** What is wrong with a state, if anything. */
export function stateFaults(state: TargetState): string[] {
  const result = z.safeParse(targetState, state);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
