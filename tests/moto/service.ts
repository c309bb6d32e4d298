import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { createHandler as alarm } from '../../handlers/alarm.ts';
import { createHandler as endpoint } from '../../handlers/endpoint.ts';
import { createHandler as farewell } from '../../handlers/farewell.ts';
import { createHandler as parameter } from '../../handlers/parameter.ts';
import { createHandler as recheck } from '../../handlers/recheck.ts';
import { createHandler as sweep } from '../../handlers/sweep.ts';
import {
  cycleRuntime,
  endpointRuntime,
  enrolmentRuntime,
  releaseRuntime,
} from '../../lib/lambda/runtimes.ts';
import type { Surroundings } from '../../lib/lambda/surroundings.ts';
import { TABLE_SHAPE } from '../contracts/table-shape.ts';
import { type Account, callSns, REGION } from '../deploy/account.ts';
import { type CallRecorder, recordCalls } from '../deploy/call-recorder.ts';

export const TABLE = 'Table';

/** A message that the service put on its queue. */
export interface Message {
  readonly body: string;
  readonly delaySeconds: number;
}

export type FunctionName = 'alarm' | 'endpoint' | 'farewell' | 'parameter' | 'recheck' | 'sweep';

/** The production handlers on an account behind an HTTP address; every call goes over the wire. */
export interface Service {
  readonly recorder: CallRecorder;
  /** Runs a function. @returns the messages that it put on the queue */
  invoke(name: FunctionName, event: unknown): Promise<Message[]>;
  /** What the custom resource answered last. */
  readonly answers: readonly { readonly Status: string; readonly Reason: string }[];
}

/** Makes the service's table and queue, and its functions with SDK clients that reach the account. */
export async function startService(
  account: Account,
  time: Pick<Surroundings, 'now' | 'sleep'>,
): Promise<Service> {
  await account.dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
      ...TABLE_SHAPE,
    }),
  );
  const { QueueUrl = '' } = await account.sqs.send(
    new CreateQueueCommand({ QueueName: 'Rechecks' }),
  );
  const topic = await callSns(account, { Action: 'CreateTopic', Name: 'Notifications' });
  const [, TopicArn = ''] = /<TopicArn>(.*?)</.exec(topic) ?? [];
  const recorder = await recordCalls(account.endpoint);
  const surroundings: Surroundings = {
    ...time,
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics: new Metrics({ namespace: 'FastScaler' }),
    tableName: () => TABLE,
    recheckQueueUrl: () => QueueUrl.replace(account.endpoint, recorder.url),
    notificationsTopicArn: () => TopicArn,
    clientConfig: {
      endpoint: recorder.url,
      region: REGION,
      credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
      disableRequestCompression: true,
      // moto knows no mute rules and answers as if it had broken down: no use in asking again.
      maxAttempts: 1,
    },
  };
  const answers: { Status: string; Reason: string }[] = [];
  const cycle = cycleRuntime(surroundings);
  const enrolment = enrolmentRuntime(surroundings);
  const respond = async (_url: string, body: string) => void answers.push(JSON.parse(body));
  const functions = {
    alarm: alarm(cycle),
    endpoint: endpoint(endpointRuntime(surroundings)),
    farewell: farewell({ ...releaseRuntime(surroundings), respond }),
    parameter: parameter(enrolment),
    recheck: recheck(cycle),
    sweep: sweep(enrolment),
  };
  return {
    recorder,
    answers,
    async invoke(name, event) {
      recorder.take();
      const handler = functions[name] as (event: never, context: never) => Promise<unknown>;
      await handler(event as never, { functionName: name } as never);
      return recorder.take().flatMap(sent);
    },
  };
}

interface WireMessage {
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

function sent({ action, body }: { readonly action: string; readonly body: string }): Message[] {
  if (action !== 'sqs:SendMessage') return [];
  const message = JSON.parse(body) as WireMessage & { readonly Entries?: WireMessage[] };
  return (message.Entries ?? [message]).map(({ MessageBody, DelaySeconds = 0 }) => ({
    body: MessageBody,
    delaySeconds: DelaySeconds,
  }));
}
