import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createHandler as alarm } from '../../handlers/alarm.ts';
import { createHandler as endpoint } from '../../handlers/endpoint.ts';
import { createHandler as farewell } from '../../handlers/farewell.ts';
import { createHandler as parameter } from '../../handlers/parameter.ts';
import { createHandler as prewarm } from '../../handlers/prewarm.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as surge } from '../../handlers/surge.ts';
import { createHandler as sweep } from '../../handlers/sweep.ts';
import { type DecisionRecord, readRecord } from '../../lib/cycle/record.ts';
import {
  cycleRuntime,
  endpointRuntime,
  enrolmentRuntime,
  prewarmRuntime,
  releaseRuntime,
} from '../../lib/lambda/runtimes.ts';
import type { Surroundings } from '../../lib/lambda/surroundings.ts';
import type { AccountParts } from '../account/create-account.ts';
import { callAs } from '../stack/caller.ts';
import {
  connectStack,
  createStackResources,
  type Handler,
  readStack,
  type StackDescription,
} from '../stack.ts';
import { counted } from './invocations.ts';
import { Sleeping } from './sleeping.ts';

/** Logical ids in serverless.yml, by which the embedded account names table and queue. */
const TABLE = 'Table';
const RECHECKS = 'Rechecks';
const TOPIC = 'Notifications';

/** Counts what the functions count, and prints nothing: the account has no log to read it from. */
class SilentMetrics extends Metrics {
  override publishStoredMetrics(): this {
    this.clearMetrics();
    this.clearDimensions();
    return this;
  }
}

/** Failures that Lambda gave up on, besides what the functions themselves handled. */
export interface Failure {
  readonly functionName: string;
  readonly error: unknown;
}

/** The service as deployed on an embedded account. */
export interface Deployment {
  readonly failures: Failure[];
  /** Decision records of an endpoint, oldest first; since a time in ISO 8601, where one is given. */
  decisions(endpointName: string, since?: string): Promise<DecisionRecord[]>;
  /** From now on no function runs: what becomes of an account whose stack is broken. */
  kill(): void;
  /** Deletes the stack, unless its custom resource fails; gives the answer that it sends. */
  remove(): Promise<CustomResourceAnswer>;
}

/** What of a deployment can be set. */
export interface DeploymentOptions {
  /** Surroundings of the functions in place of the usual ones. */
  readonly surroundings?: Partial<Surroundings>;
  /** Name of the service's table; else its logical id. */
  readonly tableName?: string;
  /** The stack stands already, and its functions start anew: nothing is left of what they had in memory. */
  readonly isRestart?: boolean;
  /** What stands between Lambda and a function; the usual one lets some of them sleep. */
  readonly handler?: (functionName: string, handler: Handler) => Handler;
}

/** What a custom resource answers to CloudFormation. */
export interface CustomResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
}

/**
 * Deploys the service: its table and queues, its functions with the triggers that serverless.yml
 * gives them, and the production handlers behind them with SDK clients that reach this account.
 */
export async function deployService(
  parts: AccountParts,
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const { account, bus, clock, dynamoDb, sns, sqs } = parts;
  const stack = serviceStack();
  const { tableName = TABLE } = options;
  if (!options.isRestart) createStackResources(stack, { sqs, dynamoDb }, () => tableName);
  const { QueueUrl } = (await account.perform(sqs, 'GetQueueUrl', { QueueName: RECHECKS })) as {
    QueueUrl: string;
  };
  const { TopicArn } = sns.createTopic({ Name: TOPIC });
  const failures: Failure[] = [];
  const sleeping = new Sleeping(clock, (error) =>
    failures.push({ functionName: 'sleeper', error }),
  );
  const surroundings: Surroundings = {
    now: () => clock.nowMs,
    sleep: (milliseconds) => sleeping.sleep(milliseconds),
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics: new SilentMetrics({ namespace: 'FastScaler' }),
    tableName: () => tableName,
    recheckQueueUrl: () => QueueUrl,
    notificationsTopicArn: () => TopicArn,
    ...options.surroundings,
    clientConfig: {
      // An AWS_ENDPOINT_URL of the user's is for other commands. SQS would warn at every call that the
      // queue's URL is not below it.
      useQueueUrlAsEndpoint: false,
      ...(options.surroundings?.clientConfig ?? account.clientConfig()),
    },
  };
  const wrap =
    options.handler ??
    ((name: string, handler: Handler) =>
      name === 'parameter' || name === 'sweep' ? sleeping.allow(handler) : handler);
  const cycle = cycleRuntime(surroundings);
  const enrolment = enrolmentRuntime(surroundings);
  const answers: CustomResourceAnswer[] = [];
  const leave = wrap(
    'farewell',
    farewell({
      ...releaseRuntime(surroundings),
      respond: async (_url, body) => {
        answers.push(JSON.parse(body));
      },
    }),
  );
  const kill = connectStack(stack, {
    bus,
    sqs,
    clock,
    context: account.context,
    rechecksQueueName: RECHECKS,
    handlers: {
      alarm: wrap('alarm', alarm(cycle)),
      endpoint: wrap('endpoint', endpoint(endpointRuntime(surroundings))),
      parameter: wrap('parameter', parameter(enrolment)),
      prewarm: wrap('prewarm', prewarm(prewarmRuntime(surroundings))),
      recheck: wrap('recheck', recheck(cycle)),
      surge: counted(parts, 'surge', wrap('surge', surge(cycle))),
      sweep: counted(parts, 'sweep', wrap('sweep', sweep(enrolment))),
      farewell: leave,
    },
    onFailure: (functionName, _event, error) => failures.push({ functionName, error }),
  });
  const remove = async () => {
    const request = { ...STACK_EVENT, RequestType: 'Delete' as const };
    await callAs('farewell', () => leave(request as never, {} as never));
    const answer = answers.at(-1) as CustomResourceAnswer;
    // CloudFormation deletes nothing else after a failure.
    if (answer.Status === 'SUCCESS') kill();
    return answer;
  };
  const decisions = (endpointName: string, since?: string) =>
    readDecisions(parts, tableName, endpointName, since);
  return { failures, decisions, kill, remove };
}

let stackRead: StackDescription | undefined;

/** serverless.yml; reading it takes longer than deploying it. */
function serviceStack(): StackDescription {
  stackRead ??= readStack(fileURLToPath(new URL('../../serverless.yml', import.meta.url)));
  return stackRead;
}

/** AWS docs, "Custom resource request objects". */
const STACK_EVENT = {
  ResponseURL: 'https://cloudformation-custom-resource-response.example/answer',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/sagemaker-fast-scaler-prod/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Farewell',
  PhysicalResourceId: 'Farewell',
};

async function readDecisions(
  { account, dynamoDb }: AccountParts,
  TableName: string,
  endpointName: string,
  since = '',
): Promise<DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const page = (await account.perform(dynamoDb, 'Query', {
      TableName,
      KeyConditionExpression: 'pk = :endpoint AND sk BETWEEN :since AND :end',
      ExpressionAttributeValues: {
        ':endpoint': { S: `endpoint#${endpointName}` },
        ':since': { S: `decision#${since}` },
        // The character after the one that ends the prefix.
        ':end': { S: 'decision$' },
      },
      ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
    })) as { Items: { record: { S: string } }[]; LastEvaluatedKey?: unknown };
    records.push(...page.Items.flatMap((item) => readRecord(item.record.S) ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return records;
}
