import * as z from 'zod';
import type { CallContext } from '../account/service.ts';

/** What Serverless Framework assumes where `serverless.yml` is silent: its AWS provider docs. */
const DEFAULT_BATCH_SIZE = 10;

const eventAge = z.int().min(60);
const retryPolicy = z.strictObject({
  maximumEventAge: eventAge.optional(),
  maximumRetryAttempts: z.int().min(0).max(185).optional(),
});
/** A disabled event is one that is not there; writing it as `enabled: false` helps nobody here. */
const enabled = z.literal(true).optional();
const documentation = { name: z.string().optional(), description: z.string().optional() };

const PERIOD_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** `rate(1 minute)` to its period in seconds. */
const rate = z.string().transform((text, context) => {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? [];
  const seconds = Number(count) * (PERIOD_SECONDS[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  context.addIssue(`"${text}" is no schedule of the form rate(1 minute); cron is not served`);
  return z.NEVER;
});

const pattern = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const unresolved = firstUnresolved(value);
  if (unresolved)
    context.addIssue(`the pattern holds ${unresolved}, which only a deployment resolves`);
});

/** The event kinds that the embedded account serves, each with its settings. */
export const eventSchemas = {
  eventBridge: z
    .strictObject({
      ...documentation,
      enabled,
      eventBus: z.literal('default').optional(),
      pattern: pattern.optional(),
      schedule: rate.optional(),
      retryPolicy: retryPolicy.optional(),
      deadLetterQueueArn: z.unknown().optional(),
    })
    .refine((event) => (event.pattern === undefined) !== (event.schedule === undefined), {
      error: 'expected either a pattern or a schedule',
    }),
  schedule: z.union(
    [
      rate.transform((periodSeconds) => ({ periodSeconds })),
      z
        .strictObject({ ...documentation, enabled, rate })
        .transform((event) => ({ periodSeconds: event.rate })),
    ],
    { error: 'expected rate(…), or settings with it under "rate"' },
  ),
  sqs: z.strictObject({
    arn: z.unknown().transform((arn, context) => {
      const logicalId = logicalIdOf(arn);
      if (logicalId !== undefined) return logicalId;
      context.addIssue('expected !GetAtt <Queue>.Arn of a queue of this stack');
      return z.NEVER;
    }),
    enabled,
    batchSize: z.int().min(1).max(10).default(DEFAULT_BATCH_SIZE),
    functionResponseType: z.literal('ReportBatchItemFailures').optional(),
    // Consumers run one after the other on the virtual clock, so this changes nothing there.
    maximumConcurrency: z.int().min(2).optional(),
  }),
};

export const functionSchema = z.looseObject({
  handler: z.string().regex(/^[\w./-]+\.\w+$/),
  timeout: z.int().min(1).max(900).optional(),
  memorySize: z.int().min(128).optional(),
  maximumEventAge: eventAge.max(21_600).optional(),
  maximumRetryAttempts: z.int().min(0).max(2).optional(),
  recursiveLoop: z.enum(['Allow', 'Terminate']).default('Terminate'),
  events: z.array(z.record(z.string(), z.unknown())).default([]),
});

export const serviceSchema = z.looseObject({
  service: z.string(),
  provider: z.looseObject({
    timeout: z.int().min(1).max(900).optional(),
    memorySize: z.int().min(128).optional(),
  }),
  functions: z.record(z.string(), z.unknown()),
  resources: z.unknown().optional(),
});

/** `AWS::SQS::Queue`; AWS docs, CloudFormation template reference. */
export const queueSchema = z.object({
  VisibilityTimeout: z.int().min(0).max(43_200).default(30),
  MessageRetentionPeriod: z.int().min(60).max(1_209_600).default(345_600),
  RedrivePolicy: z
    .strictObject({
      deadLetterTargetArn: z.unknown().transform(logicalIdOf).pipe(z.string()),
      maxReceiveCount: z.int().min(1).max(1000),
    })
    .optional(),
});

/** `AWS::DynamoDB::Table` with string keys. */
export const tableSchema = z.object({
  KeySchema: z
    .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
    .min(1)
    .max(2),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

/** `!GetAtt Queue.Arn`, in each of its spellings, to `Queue`. */
function logicalIdOf(arn: unknown): string | undefined {
  const target = (arn as { 'Fn::GetAtt'?: unknown } | null)?.['Fn::GetAtt'];
  const [logicalId, attribute] = Array.isArray(target) ? target : String(target).split('.');
  return attribute === 'Arn' ? logicalId : undefined;
}

/** Parameters of CloudFormation that the embedded account knows, with what they stand for there. */
const PSEUDO_PARAMETERS: Readonly<Record<string, (context: CallContext) => string>> = {
  'AWS::AccountId': ({ accountId }) => accountId,
  'AWS::Region': ({ region }) => region,
};

function pseudoParameter(value: object): ((context: CallContext) => string) | undefined {
  const [[key, name] = [], ...others] = Object.entries(value);
  return key === 'Ref' && others.length === 0 ? PSEUDO_PARAMETERS[String(name)] : undefined;
}

/** A pattern as a deployment to `context` resolves it. */
export function resolved(value: unknown, context: CallContext): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, context));
  if (value === null || typeof value !== 'object') return value;
  const parameter = pseudoParameter(value);
  if (parameter) return parameter(context);
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [key, resolved(below, context)]),
  );
}

/** The first `${…}` or CloudFormation function within a pattern that the embedded account does not know. */
function firstUnresolved(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('${') ? `"${value}"` : undefined;
  if (value === null || typeof value !== 'object' || pseudoParameter(value)) return undefined;
  for (const [key, below] of Object.entries(value)) {
    if (key === 'Ref' || key.startsWith('Fn::')) return key;
    const unresolved = firstUnresolved(below);
    if (unresolved) return unresolved;
  }
  return undefined;
}
