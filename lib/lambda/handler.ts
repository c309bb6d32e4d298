import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { parser } from '@aws-lambda-powertools/parser/middleware';
import middy from '@middy/core';
import type * as z from 'zod/mini';
import { describeIssues, type Issue } from '../complaints.ts';
import type { Telemetry } from './surroundings.ts';

/**
 * The frame of every handler: log context, metrics, and an event that fits `schema`. An event that
 * does not is logged with the schema's complaint and counted, and ends there: it would be no better
 * on a second try.
 */
export function eventHandler<Schema extends z.core.$ZodType>(
  { logger, metrics }: Telemetry,
  schema: Schema,
) {
  return middy<z.infer<Schema>>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use(
      parser({
        schema,
        errorHandler: (error: Error, event: unknown) => {
          const complaint = complaintOf(error);
          logger.error('malformed event dropped', { complaint, event: withoutSecrets(event) });
          metrics.addMetric('MalformedEvent', MetricUnit.Count, 1);
          return {};
        },
      }),
    );
}

/** The schema's own words; the parser keeps them as the cause of an error that says nothing. */
function complaintOf({ cause, message }: Error): string {
  return Array.isArray(cause) ? describeIssues(cause as Issue[]) : message;
}

/** An event as it may be logged: whoever has the address of a custom resource's answer may answer. */
function withoutSecrets(event: unknown): unknown {
  const isObject = typeof event === 'object' && event !== null && !Array.isArray(event);
  return isObject && 'ResponseURL' in event ? { ...event, ResponseURL: '(left out)' } : event;
}

/** Publishes what was counted, also after an error. Most looks count nothing, and that is no news. */
function publishMetrics(metrics: Metrics) {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
}
