import assert from 'node:assert/strict';
import { GetRoleCommand, GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { FUNCTIONS, type FunctionName } from '../../tools/serverless.ts';
import { WITHOUT_RESOURCE } from '../security/without-resource.ts';
import { ACCOUNT_ID, type Account, deployedName, REGION } from './account.ts';
import type { RecordedCall } from './call-recorder.ts';

/** One right of a role: an action on some resources. */
interface Grant {
  readonly policy: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly namespace: string | undefined;
}

/**
 * Rights that no call of a handler uses: what the Lambda service does with the function's role, SNS
 * when it encrypts, and Application Auto Scaling before it registers a target.
 */
const USED_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  logs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  'dead-letters': ['sqs:SendMessage'],
  notify: ['kms:GenerateDataKey', 'kms:Decrypt'],
  queue: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  nudge: [
    'sagemaker:DescribeEndpoint',
    'sagemaker:UpdateEndpointWeightsAndCapacities',
    'sagemaker:DescribeEndpointConfig',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:DeleteAlarms',
    'iam:CreateServiceLinkedRole',
  ],
};

/**
 * Rights that the story does not come to: its parameter names the signal, so that none is looked
 * for, moto keeps no backstop policy and knows no mute rules. The lifecycle tests on the embedded account do both.
 */
const NOT_PLAYED = [
  'cloudwatch:ListMetrics',
  'cloudwatch:GetAlarmMuteRule',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:DeleteScalingPolicy',
];

/** What every role must look like, whatever its function does. */
export async function checkRoles(account: Account): Promise<void> {
  for (const name of FUNCTIONS) {
    const RoleName = await roleName(account, name);
    const { Role } = await account.iam.send(new GetRoleCommand({ RoleName }));
    const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}'));
    assert.deepEqual(trust.Statement, [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    for (const { action, resources, policy } of await grantsOf(account, name)) {
      const what = `${name}, policy ${policy}, ${action}`;
      assert.match(action, /^[a-z-]+:[A-Za-z]+$/, `${what}: one action, no wildcard`);
      const isOpen = resources.includes('*');
      assert.equal(isOpen, WITHOUT_RESOURCE.includes(action), `${what} on ${resources}`);
      if (policy !== 'logs') continue;
      assert.deepEqual(resources, [
        `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:/aws/lambda/${deployedName(name)}:*`,
      ]);
    }
  }
}

/**
 * Holds a role against the calls that its function really made: each must be allowed, and what is
 * allowed beyond them, and beyond the calls of functions that do the same work, must be for AWS.
 */
export async function checkRoleAgainst(
  account: Account,
  name: FunctionName,
  calls: readonly RecordedCall[],
  callsOfSameWork: readonly RecordedCall[],
): Promise<void> {
  const grants = await grantsOf(account, name);
  const used = new Set<Grant>();
  for (const call of calls) {
    const allowing = grants.filter((grant) => allows(grant, call));
    assert.ok(
      allowing.length > 0,
      `${name} calls ${call.action} on ${resourceOf(call)}, which its role does not allow`,
    );
  }
  for (const call of callsOfSameWork) {
    for (const grant of grants) if (allows(grant, call)) used.add(grant);
  }
  const unused = grants.filter(
    (grant) =>
      !used.has(grant) &&
      !USED_BY_AWS[grant.policy]?.includes(grant.action) &&
      !NOT_PLAYED.includes(grant.action),
  );
  assert.deepEqual(
    unused.map(({ policy, action }) => `${policy}: ${action}`),
    [],
    `${name} may do what it never does`,
  );
}

function allows(grant: Grant, call: RecordedCall): boolean {
  if (grant.action !== call.action) return false;
  if (grant.namespace && !call.body.includes(`"ServiceNamespace":"${grant.namespace}"`)) {
    return false;
  }
  const resource = resourceOf(call);
  return grant.resources.some((pattern) => isLike(resource, pattern));
}

/** True when `text` fits a pattern in which `*` stands for anything. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** The resource that IAM would judge a call by. */
function resourceOf({ action, body }: RecordedCall): string {
  const field = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(body)?.[1] ?? '';
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
  const [service = '', operation = ''] = action.split(':');
  switch (service) {
    case 'dynamodb':
      return arn(service, `table/${field('TableName')}`);
    case 'sqs':
      return arn(service, field('QueueUrl').split('/').at(-1) ?? '');
    case 'ssm':
      return arn(service, `parameter${field('Name') || field('Path')}`);
    case 'sagemaker':
      return operation === 'DescribeEndpointConfig'
        ? arn(service, `endpoint-config/${field('EndpointConfigName').toLowerCase()}`)
        : arn(service, `endpoint/${field('EndpointName').toLowerCase()}`);
    case 'application-autoscaling':
      return operation.startsWith('Describe') ? '*' : arn(service, 'scalable-target/some-id');
    case 'sns':
      return new URLSearchParams(body).get('TopicArn') ?? '';
    case 'events':
      return arn(service, 'event-bus/default');
    case 'cloudwatch':
      return WITHOUT_RESOURCE.includes(action) ? '*' : arn(service, `alarm:${alarmName(body)}`);
    default:
      return '';
  }
}

/** CloudWatch may be spoken to in CBOR, in which strings stand as they are. */
const alarmName = (body: string) => /fast-scaler\/endpoint[\w/-]+/.exec(body)?.[0] ?? '';

async function grantsOf(account: Account, name: FunctionName): Promise<Grant[]> {
  const RoleName = await roleName(account, name);
  const { PolicyNames = [] } = await account.iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = await Promise.all(
    PolicyNames.map((PolicyName) =>
      account.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    ),
  );
  return policies.flatMap(({ PolicyName = '', PolicyDocument = '' }) => {
    // moto keeps a template's policies in Python's notation, which differs in the quotes only.
    const json = decodeURIComponent(PolicyDocument).replaceAll("'", '"');
    const { Statement } = JSON.parse(json) as {
      Statement: {
        Action: string | string[];
        Resource: string | string[];
        Condition?: { StringEquals?: Record<string, string> };
      }[];
    };
    return Statement.flatMap(({ Action, Resource, Condition }) =>
      [Action].flat().map((action) => ({
        policy: PolicyName,
        action,
        resources: [Resource].flat(),
        namespace: Condition?.StringEquals?.['application-autoscaling:service-namespace'],
      })),
    );
  });
}

async function roleName({ lambda }: Account, name: FunctionName): Promise<string> {
  const { Role = '' } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: deployedName(name) }),
  );
  return Role.split('/').at(-1) ?? '';
}
