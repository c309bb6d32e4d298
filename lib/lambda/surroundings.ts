import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** What every handler has: a clock, a log and metrics. */
export interface Telemetry {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Where a runtime reaches AWS, and what it is told by its surroundings. */
export interface Surroundings extends Telemetry {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly tableName: () => string;
  readonly recheckQueueUrl: () => string;
  readonly notificationsTopicArn: () => string;
  /** Settings that every SDK client is made with. */
  readonly clientConfig: Readonly<Record<string, unknown>>;
}

/** The surroundings of a Lambda function: its environment variables, the wall clock, standard output. */
export function lambdaSurroundings(): Surroundings {
  return {
    now: Date.now,
    sleep: (milliseconds) => setTimeout(milliseconds),
    logger: new Logger(),
    metrics: new Metrics(),
    tableName: () => requiredVariable('TABLE_NAME'),
    recheckQueueUrl: () => requiredVariable('RECHECK_QUEUE_URL'),
    notificationsTopicArn: () => requiredVariable('NOTIFICATIONS_TOPIC_ARN'),
    clientConfig: {},
  };
}

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is missing; serverless.yml sets it.`);
  return value;
}
