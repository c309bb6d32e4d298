import assert from 'node:assert/strict';
import {
  DeleteDashboardsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionCommand,
  GetPolicyCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { FUNCTIONS, type FunctionName } from '../../tools/serverless.ts';
import {
  ACCOUNT_ID,
  type Account,
  deployedName,
  localQueueUrl,
  logicalName,
  REGION,
  STACK,
  type StackOutputs,
  stackOutputs,
  templateProperties,
} from './account.ts';

/** The function that a rule calls, with what EventBridge and then Lambda do when it cannot. */
const RULES = [
  { name: 'alarm', ageSeconds: 120, attempts: 8, lambdaAgeSeconds: 120, lambdaAttempts: 1 },
  { name: 'endpoint', ageSeconds: 300, attempts: 8, lambdaAgeSeconds: 300, lambdaAttempts: 1 },
  { name: 'parameter', ageSeconds: 3600, attempts: 30, lambdaAgeSeconds: 3600, lambdaAttempts: 2 },
  { name: 'prewarm', ageSeconds: 3600, attempts: 30, lambdaAgeSeconds: 3600, lambdaAttempts: 2 },
  { name: 'surge', ageSeconds: 60, attempts: 2, lambdaAgeSeconds: 60, lambdaAttempts: 0 },
  { name: 'sweep', ageSeconds: 60, attempts: 2, lambdaAgeSeconds: 60, lambdaAttempts: 0 },
] as const;

/** Names of the functions that EventBridge calls. */
export type RuleName = (typeof RULES)[number]['name'];

/** Of the functions that take longer than a cycle. */
const TIMEOUT_SECONDS: Readonly<Record<string, number>> = {
  parameter: 70,
  // It goes on with a line of enrolments while the next one begins.
  sweep: 118,
  farewell: 300,
};

export const ruleName = (name: RuleName) => `${deployedName(name)}-rule-1`;

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;

export async function checkFunctions(account: Account, outputs: StackOutputs): Promise<void> {
  const roles = new Set<string | undefined>();
  for (const name of FUNCTIONS) {
    const { Configuration, Concurrency } = await account.lambda.send(
      new GetFunctionCommand({ FunctionName: deployedName(name) }),
    );
    assert.equal(Configuration?.Runtime, 'nodejs24.x', name);
    // moto leaves the architecture of a template aside.
    const { Architectures } = await templateProperties(
      account,
      `${logicalName(name)}LambdaFunction`,
    );
    assert.deepEqual(Architectures, ['arm64'], name);
    assert.equal(Configuration?.MemorySize, 256, name);
    assert.equal(Configuration?.Timeout, TIMEOUT_SECONDS[name] ?? 15, name);
    assert.equal(Configuration?.Handler, `handlers/${name}.handler`, name);
    assert.equal(Concurrency?.ReservedConcurrentExecutions, undefined, name);
    assert.deepEqual(
      Configuration?.Environment?.Variables,
      {
        TABLE_NAME: outputs.TableName,
        RECHECK_QUEUE_URL: outputs.RecheckQueueUrl,
        NOTIFICATIONS_TOPIC_ARN: outputs.NotificationsTopicArn,
        POWERTOOLS_SERVICE_NAME: 'sagemaker-fast-scaler',
        POWERTOOLS_METRICS_NAMESPACE: 'FastScaler',
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
      name,
    );
    roles.add(Configuration?.Role);
  }
  assert.equal(roles.size, FUNCTIONS.length, 'every function has a role of its own');
}

export async function checkRules(account: Account): Promise<void> {
  const { eventBridge, lambda } = account;
  const deadLetters = await queueArn(account, 'DeadLetters');
  for (const { name, ageSeconds, attempts, lambdaAgeSeconds, lambdaAttempts } of RULES) {
    const functionArn = arn('lambda', `function:${deployedName(name)}`);
    const Rule = ruleName(name);
    const rule = await eventBridge.send(new DescribeRuleCommand({ Name: Rule }));
    assert.equal(rule.State, 'ENABLED', name);
    assert.equal(rule.ScheduleExpression, name === 'sweep' ? 'rate(1 minute)' : undefined, name);
    const { account: from, region } = JSON.parse(rule.EventPattern || '{}');
    const isOwn = name !== 'sweep' && name !== 'surge';
    assert.deepEqual(
      [from, region],
      isOwn ? [[ACCOUNT_ID], [REGION]] : [undefined, undefined],
      name,
    );
    const { Targets } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule }));
    assert.equal(Targets?.length, 1, name);
    assert.equal(Targets?.[0]?.Arn, functionArn, name);
    assert.deepEqual(
      Targets?.[0]?.RetryPolicy,
      { MaximumEventAgeInSeconds: ageSeconds, MaximumRetryAttempts: attempts },
      name,
    );
    assert.equal(Targets?.[0]?.DeadLetterConfig?.Arn, deadLetters, name);

    // moto knows no such resource; what it was given must do.
    const invoke = await templateProperties(account, `${logicalName(name)}LambdaEvConf`);
    assert.equal(invoke.MaximumEventAgeInSeconds, lambdaAgeSeconds, name);
    assert.equal(invoke.MaximumRetryAttempts, lambdaAttempts, name);
    assert.deepEqual(
      invoke.DestinationConfig,
      { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
      name,
    );

    const { Policy = '{}' } = await lambda.send(
      new GetPolicyCommand({ FunctionName: deployedName(name) }),
    );
    const [permission] = JSON.parse(Policy).Statement;
    assert.equal(permission.Principal.Service, 'events.amazonaws.com', name);
    assert.equal(permission.Condition.ArnLike['AWS:SourceArn'], arn('events', `rule/${Rule}`));
  }
}

export async function checkTable(account: Account, { TableName }: StackOutputs): Promise<void> {
  const { Table } = await account.dynamo.send(new DescribeTableCommand({ TableName }));
  assert.deepEqual(Table?.KeySchema, [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
  assert.equal(Table?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
  // moto drops these.
  const { SSESpecification, TimeToLiveSpecification } = await templateProperties(account, 'Table');
  assert.deepEqual(SSESpecification, { SSEEnabled: true });
  assert.deepEqual(TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true });
}

export async function checkQueues(account: Account): Promise<void> {
  const rechecks = await queueAttributes(account, 'Rechecks');
  const deadLetters = await queueAttributes(account, 'DeadLetters');
  assert.equal(rechecks.SqsManagedSseEnabled, 'true');
  assert.equal(deadLetters.SqsManagedSseEnabled, 'true');
  assert.equal(rechecks.VisibilityTimeout, '90', 'six times the timeout of the function');
  assert.deepEqual(JSON.parse(rechecks.RedrivePolicy ?? '{}'), {
    deadLetterTargetArn: deadLetters.QueueArn,
    maxReceiveCount: 5,
  });
  await checkQueuePolicies(account);
  for (const { name } of RULES) {
    assert.ok(ruleName(name).startsWith(`${STACK}-`), `the policy covers the rule of ${name}`);
  }

  const { EventSourceMappings } = await account.lambda.send(new ListEventSourceMappingsCommand({}));
  assert.equal(EventSourceMappings?.length, 1);
  const [mapping] = EventSourceMappings ?? [];
  assert.equal(mapping?.FunctionArn, arn('lambda', `function:${deployedName('recheck')}`));
  assert.equal(mapping?.EventSourceArn, rechecks.QueueArn);
  assert.equal(mapping?.BatchSize, 10);
  assert.deepEqual(mapping?.FunctionResponseTypes, ['ReportBatchItemFailures']);
}

/** They come from the template, since moto leaves policies of queues aside. */
async function checkQueuePolicies(account: Account): Promise<void> {
  const statementsOf = async (policy: string) => {
    const { PolicyDocument } = await templateProperties(account, policy);
    return (PolicyDocument as { Statement: unknown }).Statement;
  };
  const overTlsOnly = (queue: string) => ({
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  assert.deepEqual(await statementsOf('RechecksPolicy'), [overTlsOnly('Rechecks')]);
  assert.deepEqual(await statementsOf('DeadLettersPolicy'), [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': substituted('events', `rule/${STACK}-*`) },
      },
    },
    overTlsOnly('DeadLetters'),
  ]);
}

/** Alarms and the topic's policy come from the template, since moto makes neither from one. */
export async function checkWatch(account: Account): Promise<void> {
  const watched: readonly (readonly [alarm: string, metric: string, dimension: object])[] = [
    [
      'DeadLetters',
      'ApproximateNumberOfMessagesVisible',
      { Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } },
    ],
    ['SweepMissing', 'Sweeps', SERVICE_DIMENSION],
    ['LeaseOverdue', 'LeaseOverdue', SERVICE_DIMENSION],
    ['ConfigurationInvalid', 'InvalidConfigurations', SERVICE_DIMENSION],
    ['CyclesFailing', 'CycleFailed', SERVICE_DIMENSION],
    ['NotificationsFailing', 'NotificationFailed', SERVICE_DIMENSION],
    ...FUNCTIONS.flatMap((name) =>
      ['Errors', 'Throttles'].map(
        (metric) => [`${logicalName(name)}${metric}`, metric, functionDimension(name)] as const,
      ),
    ),
  ];
  for (const [name, metric, dimension] of watched) {
    const alarm = await templateProperties(account, `${name}Alarm`);
    assert.equal(alarm.MetricName, metric, name);
    assert.deepEqual(alarm.Dimensions, [dimension], name);
    assert.deepEqual(alarm.AlarmActions, [{ Ref: 'Notifications' }], name);
    assert.match(String(alarm.AlarmName), new RegExp(`^${STACK}-`), name);
  }
  await checkTopic(account);
  const { logGroups = [] } = await account.logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${STACK}-` }),
  );
  assert.deepEqual(
    logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]),
    FUNCTIONS.map((name: FunctionName) => [`/aws/lambda/${deployedName(name)}`, 30]),
  );
}

/**
 * The dashboard as the deploy tool wrote it, with what CloudFormation fills in. moto makes none from a
 * template, so that it is put by hand; the structure of the body is checked in tests/dashboard.
 */
export async function checkDashboard(account: Account): Promise<void> {
  const { DashboardName, DashboardBody } = await templateProperties(account, 'Dashboard');
  assert.deepEqual(DashboardName, { 'Fn::Sub': `${STACK}-\${AWS::Region}` });
  const written = (DashboardBody as { 'Fn::Sub': string })['Fn::Sub'];
  const filledIn = written.replace(/\$\{([^}]+)\}/g, (_, name: string) =>
    name === 'AWS::Region' ? REGION : name,
  );
  const { cloudWatch } = account;
  await cloudWatch.send(new PutDashboardCommand({ DashboardName: STACK, DashboardBody: filledIn }));
  const kept = await cloudWatch.send(new GetDashboardCommand({ DashboardName: STACK }));
  const { widgets } = JSON.parse(kept.DashboardBody ?? '{}') as { widgets: { type: string }[] };
  assert.ok(widgets.length > 10);
  assert.match(written, /"service", "sagemaker-fast-scaler"/, 'the tool filled its variables in');
  assert.doesNotMatch(written, /\$\{(self|sls|opt|param):/);
  await cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [STACK] }));
}

/** The topic is encrypted with a key that alarms may use, and closed to everybody else. */
async function checkTopic(account: Account): Promise<void> {
  const { KmsMasterKeyId } = await templateProperties(account, 'Notifications');
  assert.deepEqual(KmsMasterKeyId, { Ref: 'NotificationsKey' });
  const { KeyPolicy } = await templateProperties(account, 'NotificationsKey');
  const [, forAlarms, ...more] = (KeyPolicy as { Statement: unknown[] }).Statement;
  assert.deepEqual(more, []);
  assert.deepEqual(forAlarms, {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  const { PolicyDocument } = await templateProperties(account, 'NotificationsPolicy');
  assert.deepEqual((PolicyDocument as { Statement: unknown }).Statement, [
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: 'Notifications' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': substituted('cloudwatch', `alarm:${STACK}-*`) },
      },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: { Ref: 'Notifications' },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}

/** What Powertools gives every metric that belongs to no target. */
const SERVICE_DIMENSION = { Name: 'service', Value: 'sagemaker-fast-scaler' };

const functionDimension = (name: FunctionName) => ({
  Name: 'FunctionName',
  Value: { Ref: `${logicalName(name)}LambdaFunction` },
});

/** An ARN as the template writes it, for any partition. */
const substituted = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

async function queueAttributes(
  account: Account,
  logicalId: 'Rechecks' | 'DeadLetters',
): Promise<Record<string, string>> {
  const { RecheckQueueUrl, DeadLettersUrl } = await stackOutputs(account);
  const QueueUrl = await localQueueUrl(
    account,
    logicalId === 'Rechecks' ? RecheckQueueUrl : DeadLettersUrl,
  );
  const { Attributes = {} } = await account.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return Attributes;
}

async function queueArn(account: Account, logicalId: 'Rechecks' | 'DeadLetters'): Promise<string> {
  return (await queueAttributes(account, logicalId)).QueueArn ?? '';
}
