import '../complaints.ts';
import * as z from 'zod/mini';
import { cronFault, isTimeZone } from './schedule.ts';

/** What CloudWatch takes as a name: one that it refuses would hide the load of the whole endpoint. */
const named = (longest: number, form: RegExp, error: string) =>
  z.string().check(z.minLength(1), z.maxLength(longest), z.regex(form, error));
const PRINTABLE = 'expected printable ASCII, not spaces alone';
const ofMetric = named(255, /^(?!:)[ -~]*[!-~][ -~]*$/, `${PRINTABLE}, and no ":" in front`);
const ofDimension = named(1024, /^[ -~]*[!-~][ -~]*$/, PRINTABLE);

/** CloudWatch: dimensions of a metric. */
const MOST_DIMENSIONS = 30;

const customSignal = z.strictObject({
  namespace: ofMetric,
  metricName: ofMetric,
  dimensions: z._default(
    z.record(ofMetric, ofDimension).check(
      z.refine((dimensions) => Object.keys(dimensions).length <= MOST_DIMENSIONS, {
        error: `expected ${MOST_DIMENSIONS} dimensions at most`,
      }),
    ),
    {},
  ),
  statistic: z.enum(['Sum', 'Average', 'Maximum']),
  loadScope: z._default(z.enum(['variant', 'instance']), 'variant'),
});

/** A target's own metric, where the metrics of SageMaker are not the ones to scale on. */
export type CustomSignal = z.infer<typeof customSignal>;

const number = (minimum: number, maximum: number) =>
  z.number().check(z.minimum(minimum), z.maximum(maximum));
const capacity = z.int().check(z.minimum(0), z.maximum(10_000));

/** The longest window and the longest list of them. */
const LONGEST_WINDOW_MINUTES = 7 * 24 * 60;
const MOST_WINDOWS = 20;

/** A longer expression says nothing that a shorter one does not. */
const LONGEST_CRON = 100;

/** A window as it was written: with a key at fault, its bounds can be looked at all the same. */
type WrittenWindow = Readonly<Record<string, unknown>>;

/** A window without a number would want nothing. */
const isEitherWay = ({ minInstances, maxInstances }: WrittenWindow) =>
  minInstances !== undefined || maxInstances !== undefined;

const isInOrder = ({ minInstances, maxInstances }: WrittenWindow) =>
  typeof minInstances !== 'number' ||
  typeof maxInstances !== 'number' ||
  minInstances <= maxInstances;

/** Holds between keys of an object, whatever is wrong with each of them. */
const between = (holds: (window: WrittenWindow) => boolean, error: string) =>
  z.refine<WrittenWindow>(holds, {
    error,
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

const scheduledWindow = z
  .strictObject({
    cron: z.string().check(
      z.maxLength(LONGEST_CRON),
      z.superRefine((pattern, context) => {
        const message = pattern.length > LONGEST_CRON ? undefined : cronFault(pattern);
        if (message) context.addIssue(message);
      }),
    ),
    timeZone: z._default(
      z.string().check(
        z.refine(isTimeZone, {
          error: ({ input }) =>
            `"${input}" is no IANA time zone that is known here (such as "Europe/Berlin")`,
        }),
      ),
      'UTC',
    ),
    durationMinutes: z.int().check(z.minimum(1), z.maximum(LONGEST_WINDOW_MINUTES)),
    minInstances: z.optional(capacity),
    maxInstances: z.optional(capacity),
  })
  .check(
    between(isEitherWay, 'says neither "minInstances" nor "maxInstances"'),
    between(isInOrder, '"minInstances" is above "maxInstances"'),
  );

/** A span that comes again and again, with the instances that are wanted in it. */
export type ScheduledWindow = z.infer<typeof scheduledWindow>;

/** What `signal` may be, in words: a union has no wording of its own. */
const SIGNAL_FORMS =
  'expected "auto", "invocations", "concurrency" or a metric: {"namespace", "metricName", ' +
  '"statistic": "Sum" | "Average" | "Maximum", "dimensions"?, "loadScope"?: "variant" | "instance"}';

/** More instance-hours than any account has in a day. */
const MOST_HOURS = 1e6;

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
  dailyPattern: z.boolean(),
  leaseSeconds: number(300, 86_400),
  minCapacity: z.nullable(capacity),
  maxCapacity: z.nullable(capacity),
  windows: z.array(scheduledWindow).check(z.maxLength(MOST_WINDOWS)),
  maxInstanceHoursPerDay: z.nullable(z.number().check(z.positive(), z.maximum(MOST_HOURS))),
} as const;

/** A target's configuration with every setting filled in. */
const targetConfigSchema = z.strictObject(settings);
export type TargetConfig = z.infer<typeof targetConfigSchema>;

/**
 * The parameter of a target: only what differs. Unknown keys are errors, so that a misspelt setting
 * is never silently ignored.
 */
export const targetSettingsSchema = z.partial(targetConfigSchema);

/** The parameter of the account: settings for every target, and what concerns the account itself. */
export const accountSettingsSchema = z.extend(targetSettingsSchema, {
  discover: z.optional(z.boolean()),
  accountMaxInstanceHoursPerDay: z.optional(
    z.nullable(z.number().check(z.positive(), z.maximum(MOST_HOURS))),
  ),
});

/** The tag's values: each sets the mode. */
export const tagModeSchema = z.enum(['act', 'observe']);

export type TargetSettings = z.infer<typeof targetSettingsSchema>;
export type AccountSettings = z.infer<typeof accountSettingsSchema>;
