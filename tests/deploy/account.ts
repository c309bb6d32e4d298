import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DUMMY_ENVIRONMENT, type FunctionName } from '../../tools/serverless.ts';

export const REGION = DUMMY_ENVIRONMENT.AWS_REGION;

/** The account that moto plays. */
export const ACCOUNT_ID = '123456789012';

export const SERVICE = 'sagemaker-fast-scaler';
export const STACK = `${SERVICE}-prod`;

/** The deployed name of a function. */
export const deployedName = (name: FunctionName) => `${STACK}-${name}`;

/** Clients of the account behind `endpoint`. */
export function connect(endpoint: string) {
  const config = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
  };
  return {
    endpoint,
    autoScaling: new ApplicationAutoScalingClient(config),
    cloudFormation: new CloudFormationClient(config),
    // moto does not unpack requests.
    cloudWatch: new CloudWatchClient({ ...config, disableRequestCompression: true }),
    dynamo: new DynamoDBClient(config),
    eventBridge: new EventBridgeClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sageMaker: new SageMakerClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
  };
}

export type Account = ReturnType<typeof connect>;

/** What the stack says of itself. */
export interface StackOutputs {
  readonly ServerlessDeploymentBucketName: string;
  readonly TableName: string;
  readonly RecheckQueueUrl: string;
  readonly DeadLettersUrl: string;
  readonly NotificationsTopicArn: string;
}

export async function stackOutputs({ cloudFormation }: Account): Promise<StackOutputs> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  const value = (key: string): string => {
    const found = outputs.find((output) => output.OutputKey === key)?.OutputValue;
    if (!found) throw new Error(`The stack ${STACK} has no output ${key}.`);
    return found;
  };
  return {
    ServerlessDeploymentBucketName: value('ServerlessDeploymentBucketName'),
    TableName: value('TableName'),
    RecheckQueueUrl: value('RecheckQueueUrl'),
    DeadLettersUrl: value('DeadLettersUrl'),
    NotificationsTopicArn: value('NotificationsTopicArn'),
  };
}

/** Properties of a resource in the template that was deployed, intrinsic functions unresolved. */
export async function templateProperties(
  { cloudFormation }: Account,
  logicalId: string,
): Promise<Record<string, unknown>> {
  const { TemplateBody = '{}' } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: STACK }),
  );
  const { Resources } = JSON.parse(TemplateBody) as {
    Resources: Record<string, { Properties: Record<string, unknown> }>;
  };
  const resource = Resources[logicalId];
  if (!resource) throw new Error(`The template of ${STACK} has no ${logicalId}.`);
  return resource.Properties;
}

/** How the deploy tool begins the logical ids of what belongs to a function. */
export const logicalName = (name: FunctionName) => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** The queue's address in the emulated account; the stack's output has the host of the real one. */
export async function localQueueUrl({ sqs }: Account, queueUrl: string): Promise<string> {
  const QueueName = queueUrl.split('/').at(-1) ?? '';
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (!QueueUrl) throw new Error(`There is no queue ${QueueName}.`);
  return QueueUrl;
}

/**
 * Calls SNS without a client of its own.
 * @returns the answer's XML
 */
export async function callSns(
  { endpoint }: Account,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      // moto reads from the signature's scope which service is meant; it checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=dummy/20261123/${REGION}/sns/aws4_request`,
    },
    body: new URLSearchParams({ Version: '2010-03-31', ...parameters }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`SNS answered ${answer.status}: ${text}`);
  return text;
}
