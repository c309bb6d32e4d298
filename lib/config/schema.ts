import '../complaints.ts';
import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1), z.maxLength(255));

const customSignal = z.strictObject({
  namespace: text,
  metricName: text,
  dimensions: z._default(z.record(text, text), {}),
  statistic: z.enum(['Sum', 'Average', 'Maximum']),
  loadScope: z._default(z.enum(['variant', 'instance']), 'variant'),
});

/** A target's own metric, where the metrics of SageMaker are not the ones to scale on. */
export type CustomSignal = z.infer<typeof customSignal>;

const number = (minimum: number, maximum: number) =>
  z.number().check(z.minimum(minimum), z.maximum(maximum));
const capacity = z.int().check(z.minimum(0), z.maximum(10_000));

/** What `signal` may be, in words: a union has no wording of its own. */
const SIGNAL_FORMS =
  'expected "auto", "invocations", "concurrency" or a metric: {"namespace", "metricName", ' +
  '"statistic": "Sum" | "Average" | "Maximum", "dimensions"?, "loadScope"?: "variant" | "instance"}';

/** Every setting of a target, each with its bounds. */
const settings = {
  mode: z.enum(['act', 'observe', 'paused']),
  signal: z.union([z.enum(['auto', 'invocations', 'concurrency']), customSignal], SIGNAL_FORMS),
  targetPerInstance: z.nullable(z.number().check(z.positive())),
  riskPrice: number(1, 1000),
  leadTimeSeconds: number(10, 3600),
  scaleInStableSeconds: z.nullable(number(30, 600)),
  scaleOutSpacingSeconds: number(0, 600),
  scaleInSpacingSeconds: number(0, 3600),
  wakeFraction: number(0.1, 1),
  leaseSeconds: number(300, 86_400),
  minCapacity: z.nullable(capacity),
  maxCapacity: z.nullable(capacity),
} as const;

/** A target's configuration with every setting filled in. */
export const targetConfigSchema = z.strictObject(settings);
export type TargetConfig = z.infer<typeof targetConfigSchema>;

/** The settings that nobody set. */
export const DEFAULTS: TargetConfig = {
  mode: 'act',
  signal: 'auto',
  targetPerInstance: null,
  riskPrice: 10,
  leadTimeSeconds: 300,
  scaleInStableSeconds: null,
  scaleOutSpacingSeconds: 20,
  scaleInSpacingSeconds: 60,
  wakeFraction: 0.8,
  leaseSeconds: 900,
  minCapacity: null,
  maxCapacity: null,
};

/**
 * The parameter of a target: only what differs. Unknown keys are errors, so that a misspelt setting
 * is never silently ignored.
 */
export const targetSettingsSchema = z.partial(targetConfigSchema);

/** The parameter of the account: settings for every target, and what concerns the account itself. */
export const accountSettingsSchema = z.extend(targetSettingsSchema, {
  discover: z.optional(z.boolean()),
});

/** The tag's values: each sets the mode. */
export const tagModeSchema = z.enum(['act', 'observe']);

export type TargetSettings = z.infer<typeof targetSettingsSchema>;
export type AccountSettings = z.infer<typeof accountSettingsSchema>;
