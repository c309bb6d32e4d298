import { MetricUnit } from '@aws-lambda-powertools/metrics';
import '../complaints.ts';
import * as z from 'zod/mini';
import { SURGE, SURGE_REASONS } from '../../client/names.ts';
import { alarmTarget } from '../enrolment/alarm-specs.ts';
import { DEFAULTS_PARAMETER, parameterTarget, TAG_KEY } from '../enrolment/parameter-name.ts';
import { isResourceName } from '../target.ts';
import type { Telemetry } from './surroundings.ts';

/** The outside of an event of EventBridge. */
export const envelope = <
  Source extends string,
  DetailType extends string,
  Detail extends z.core.$ZodType,
>(
  source: Source,
  detailType: DetailType,
  detail: Detail,
) => z.object({ source: z.literal(source), 'detail-type': z.literal(detailType), detail });

/** A name out of an event, turned into what it names; anything else is a fault of the event. */
export const named = <T>(what: string, parse: (name: string) => T | undefined) =>
  z.pipe(
    z.string().check(z.maxLength(2048)),
    z.transform((name: string, context): T => {
      const parsed = parse(name);
      if (parsed !== undefined) return parsed;
      context.issues.push({ code: 'custom', message: `"${name}" names no ${what}`, input: name });
      return z.NEVER;
    }),
  );

/** CloudWatch writes the offset of a time without a colon. */
export function epochSeconds(text: string): number | undefined {
  const milliseconds = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** No id of CloudFormation, SQS or Lambda is longer. */
const id = z.string().check(z.maxLength(1024));

/** More requests than any endpoint sees at once. */
const MOST_OBSERVED = 1e9;

export const endpointName = z
  .string()
  .check(z.refine(isResourceName, 'not a SageMaker endpoint name'));

/** CloudWatch Alarm State Change, of an alarm that the scaler made. */
export const alarmStateChange = envelope(
  'aws.cloudwatch',
  'CloudWatch Alarm State Change',
  z.object({
    alarmName: named('scalable target of an alarm made by the scaler', alarmTarget),
    state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }),
    // A mute rule stops the actions of an alarm but not its events.
    muteDetail: z.optional(z.object({ muteWindowEnd: named('moment', epochSeconds) })),
  }),
);

/** The longest value of a tag. */
const LONGEST_TAG = 256;

/**
 * The value of the scaler's tag. AWS's sample of the event has a map of tags, and so have AWS's own programs that read it;
 * its schema in EventBridge's registry has a list. What is neither tells nothing of the tag, and must not take along what
 * the event tells besides.
 */
function scalerTag(tags: unknown): string | undefined {
  const value = Array.isArray(tags)
    ? tags.find((tag) => tag?.Key === TAG_KEY)?.Value
    : (tags as Record<string, unknown> | null)?.[TAG_KEY];
  return typeof value === 'string' && value.length <= LONGEST_TAG ? value : undefined;
}

/** SageMaker Endpoint State Change. */
export const endpointStateChange = envelope(
  'aws.sagemaker',
  'SageMaker Endpoint State Change',
  z.object({
    EndpointName: endpointName,
    EndpointStatus: z.string().check(z.maxLength(64)),
    EndpointConfigName: z.optional(
      z.string().check(z.refine(isResourceName, 'not the name of an endpoint configuration')),
    ),
    Tags: z.optional(z.pipe(z.unknown(), z.transform(scalerTag))),
  }),
);

/** Parameter Store Change; it carries the parameter's name but not its value. */
export const parameterChange = envelope(
  'aws.ssm',
  'Parameter Store Change',
  z.object({
    name: named(
      `target: expected /fast-scaler/targets/<endpoint>/<variant> or ${DEFAULTS_PARAMETER}`,
      (name) => (name === DEFAULTS_PARAMETER ? ('defaults' as const) : parameterTarget(name)),
    ),
    operation: z.enum(['Create', 'Update', 'Delete', 'LabelParameterVersion']),
  }),
);

/**
 * Load Surge, from the client library or from anybody who may put events. It only says where to
 * look, so nothing in it is taken for a measurement.
 */
export const loadSurge = envelope(
  SURGE.source,
  SURGE.detailType,
  z.object({
    schemaVersion: z.literal(SURGE.schemaVersion),
    endpointName,
    variantName: z.optional(z.string().check(z.refine(isResourceName, 'not a variant name'))),
    reason: z.enum(SURGE_REASONS),
    observed: z.number().check(z.nonnegative(), z.maximum(MOST_OBSERVED)),
  }),
);

const recheckBody = z.union([
  z.object({ endpointName, cause: z.enum(['sweep', 'event']) }),
  z.object({
    endpointName,
    cause: z.literal('re-check'),
    loop: z.int().check(z.nonnegative()),
  }),
]);

/** Reads the body of a re-check message; one that cannot be read is logged, counted and dropped. */
export function readRecheck(
  body: string,
  { logger, metrics }: Telemetry,
): z.infer<typeof recheckBody> | undefined {
  try {
    return recheckBody.parse(JSON.parse(body));
  } catch (error) {
    logger.error('malformed re-check dropped', { complaint: (error as Error).message, body });
    metrics.addMetric('MalformedEvent', MetricUnit.Count, 1);
    return undefined;
  }
}

/** What SQS hands to the function. */
export const recheckMessages = z.object({
  // Lambda hands over ten at a time at most; a message of the scaler's own is far shorter.
  Records: z
    .array(z.object({ messageId: id, body: z.string().check(z.maxLength(2048)) }))
    .check(z.maxLength(10)),
});

/** The schedule's event; nothing in it matters. */
export const scheduleTick = z.object({ source: z.literal('aws.events') });

/** An address of S3 with a signature and a session's token in it. */
const LONGEST_URL = 8192;

/** CloudFormation's call of a custom resource. */
export const customResourceRequest = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url({ protocol: /^https$/ }).check(z.maxLength(LONGEST_URL)),
  StackId: id,
  RequestId: id,
  LogicalResourceId: id,
  PhysicalResourceId: z.optional(id),
});
