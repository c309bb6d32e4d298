import type { SQSBatchResponse } from 'aws-lambda';
import type { VirtualClock } from '../account/clock.ts';
import type { DynamoDb } from '../account/dynamodb/dynamodb.ts';
import type { AwsEvent, EventBus } from '../account/eventbridge/bus.ts';
import type { EventPattern } from '../account/eventbridge/pattern.ts';
import type { CallContext } from '../account/service.ts';
import type { Sqs } from '../account/sqs/sqs.ts';
import type { FunctionDescription, QueueDescription, StackDescription } from './description.ts';
import { type FailureListener, type Handler, SimulatedFunction } from './lambda.ts';
import { resolved } from './schema.ts';

export interface StackConnectionOptions {
  readonly bus: Pick<EventBus, 'addRule' | 'removeRule'>;
  readonly sqs: Pick<Sqs, 'connect'>;
  readonly clock: VirtualClock;
  /** Where the functions run, for their ARNs; default as in the AWS docs' examples. */
  readonly context?: CallContext;
  /** The handler of each function, by its key in `serverless.yml`. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Name of the queue that the stack's one SQS event source reads. */
  readonly rechecksQueueName: string;
  /** Hears of each event that is dropped for good, by Lambda, EventBridge or the redrive policy. */
  readonly onFailure: FailureListener;
}

const EXAMPLE_CONTEXT: CallContext = { region: 'us-east-1', accountId: '123456789012' };

/**
 * Wires the functions of a stack to the embedded account as a deployment would. Returns a function
 * that takes the stack down again: rules, schedules, subscription and pending retries.
 * @throws TypeError when handlers and functions do not match, or the stack reads several queues
 */
export function connectStack(stack: StackDescription, options: StackConnectionOptions): () => void {
  checkHandlers(stack, options.handlers);
  checkQueues(stack);
  const disconnectors = stack.functions.flatMap((description) =>
    connect(stack, description, options),
  );
  return () => {
    for (const disconnect of disconnectors) disconnect();
  };
}

function connect(
  stack: StackDescription,
  description: FunctionDescription,
  options: StackConnectionOptions,
): (() => void)[] {
  const { bus, sqs, clock, onFailure, context = EXAMPLE_CONTEXT } = options;
  const { name } = description;
  const functionName = `${stack.service}-${name}`;
  const invoked = new SimulatedFunction({
    description,
    functionName,
    handler: options.handlers[name] as Handler,
    clock,
    context,
    onFailure,
  });
  let live = true;
  const isLive = () => live;
  const rules = description.rules.map(({ pattern, maximumEventAgeSeconds }, i) => {
    const ruleName = `${functionName}-rule-${i + 1}`;
    const deliver = async (event: AwsEvent) => {
      if (!live) return;
      const ageSeconds = (clock.nowMs - Date.parse(event.time)) / 1000;
      if (ageSeconds <= maximumEventAgeSeconds) return invoked.invokeLater(event, isLive);
      const limit = `the rule hands over events of at most ${maximumEventAgeSeconds} s`;
      onFailure(name, event, new Error(`The event was ${ageSeconds} s old; ${limit}.`));
    };
    bus.addRule({ name: ruleName, pattern: resolved(pattern, context) as EventPattern, deliver });
    return () => bus.removeRule(ruleName);
  });
  const schedules = description.schedules.map(({ periodSeconds }, i) => {
    const periodMs = periodSeconds * 1000;
    const ruleName = `${functionName}-schedule-${i + 1}`;
    return clock.every(clock.nowMs + periodMs, periodMs, () =>
      invoked.invokeLater(scheduledEvent(ruleName, clock.nowMs, context), isLive),
    );
  });
  const subscriptions = description.queues.map(({ batchSize, reportBatchItemFailures }) =>
    sqs.connect(options.rechecksQueueName, {
      batchSize,
      reportBatchItemFailures,
      consumer: async (event, lineage) =>
        (await invoked.invoke(event, lineage)) as SQSBatchResponse | undefined,
      onDeadLetter: (record, error) => onFailure(name, { Records: [record] }, error),
    }),
  );
  const markDead = () => {
    live = false;
  };
  return [markDead, ...rules, ...schedules, ...subscriptions];
}

/** The event of a scheduled rule: AWS docs, "Using AWS Lambda with scheduled events". */
function scheduledEvent(ruleName: string, nowMs: number, { region, accountId }: CallContext) {
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return {
    version: '0',
    id: `${ruleName}-${nowMs}`,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time,
    region,
    resources: [`arn:aws:events:${region}:${accountId}:rule/${ruleName}`],
    detail: {},
  };
}

/**
 * Creates the stack's queues, named by their logical ids, and tables, with the settings that the
 * stack gives them.
 */
export function createStackResources(
  stack: StackDescription,
  { sqs, dynamoDb }: { readonly sqs: Sqs; readonly dynamoDb: DynamoDb },
  nameOfTable = (logicalId: string): string => logicalId,
): void {
  for (const { logicalId, ...table } of stack.tables)
    dynamoDb.createTable({ name: nameOfTable(logicalId), ...table });
  for (const { logicalId: name, redrive, ...settings } of deadLetterQueuesFirst(stack.queues)) {
    sqs.createQueue({ name, ...settings, ...redrive });
  }
}

function deadLetterQueuesFirst(queues: readonly QueueDescription[]): QueueDescription[] {
  const isTarget = ({ logicalId }: QueueDescription) =>
    queues.some(({ redrive }) => redrive?.deadLetterQueue === logicalId);
  return [...queues].sort((a, b) => Number(isTarget(b)) - Number(isTarget(a)));
}

function checkHandlers(stack: StackDescription, handlers: Readonly<Record<string, unknown>>): void {
  const names = stack.functions.map((each) => each.name);
  const missing = names.filter((name) => !Object.hasOwn(handlers, name));
  const extra = Object.keys(handlers).filter((name) => !names.includes(name));
  if (missing.length + extra.length === 0) return;
  throw new TypeError(
    `The handlers do not match the functions of ${stack.service}: ` +
      `without a handler: ${missing.join(', ') || 'none'}; without a function: ${extra.join(', ') || 'none'}.`,
  );
}

function checkQueues(stack: StackDescription): void {
  const queues = new Set(stack.functions.flatMap((each) => each.queues.map(({ queue }) => queue)));
  if (queues.size <= 1) return;
  throw new TypeError(
    `The functions of ${stack.service} read ${queues.size} queues (${[...queues].join(', ')}); ` +
      'one name can be given for one queue only.',
  );
}
