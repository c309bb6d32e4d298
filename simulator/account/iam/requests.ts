import type { CallContext } from '../service.ts';
import type { AccessRequest } from './policy.ts';

/** A call as an interceptor of the account sees it. */
export interface ObservedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Resources = (input: Record<string, unknown>, arn: Arn) => readonly string[];
type Arn = (service: string, resource: string) => string;

const ANY: Resources = () => ['*'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

const table: Resources = ({ TableName }, arn) => [arn('dynamodb', `table/${text(TableName)}`)];
const queue: Resources = ({ QueueUrl }, arn) => [
  arn('sqs', text(QueueUrl).split('/').at(-1) ?? ''),
];
// AWS writes the names of endpoints and their configurations in lower case in ARNs.
const endpoint: Resources = ({ EndpointName }, arn) => [
  arn('sagemaker', `endpoint/${text(EndpointName).toLowerCase()}`),
];
const endpointConfig: Resources = ({ EndpointConfigName }, arn) => [
  arn('sagemaker', `endpoint-config/${text(EndpointConfigName).toLowerCase()}`),
];
const named: Resources = ({ ResourceArn }) => [text(ResourceArn)];
const scalableTarget: Resources = (_, arn) => [arn('application-autoscaling', 'scalable-target/0')];
const alarms: Resources = ({ AlarmNames }, arn) =>
  texts(AlarmNames).map((name) => arn('cloudwatch', `alarm:${name}`));
const parameter: Resources = ({ Name, Path }, arn) => [
  arn('ssm', `parameter${(text(Name) || text(Path)).replace(/\/$/, '')}`),
];

/**
 * The resources by which AWS judges each action (Service Authorization Reference). An action that
 * is missing here is an error, so that a new call cannot pass unjudged.
 */
const RESOURCES: Readonly<Record<string, Resources>> = {
  'application-autoscaling:DeleteScalingPolicy': scalableTarget,
  'application-autoscaling:DeleteScheduledAction': scalableTarget,
  'application-autoscaling:DescribeScalableTargets': ANY,
  'application-autoscaling:DescribeScalingActivities': ANY,
  'application-autoscaling:DescribeScalingPolicies': ANY,
  'application-autoscaling:DescribeScheduledActions': ANY,
  'application-autoscaling:PutScalingPolicy': scalableTarget,
  'application-autoscaling:PutScheduledAction': scalableTarget,
  'application-autoscaling:RegisterScalableTarget': scalableTarget,
  'cloudwatch:DeleteAlarms': alarms,
  // Listing by prefix is judged by the prefix.
  'cloudwatch:DescribeAlarms': (input, arn) =>
    input.AlarmNames
      ? alarms(input, arn)
      : [arn('cloudwatch', `alarm:${text(input.AlarmNamePrefix)}*`)],
  'cloudwatch:GetAlarmMuteRule': ({ AlarmMuteRuleName }, arn) => [
    arn('cloudwatch', `alarm-mute-rule:${text(AlarmMuteRuleName)}`),
  ],
  'cloudwatch:GetMetricData': ANY,
  'cloudwatch:ListAlarmMuteRules': ANY,
  'cloudwatch:ListMetrics': ANY,
  'cloudwatch:PutMetricAlarm': ({ AlarmName }, arn) => [
    arn('cloudwatch', `alarm:${text(AlarmName)}`),
  ],
  'cloudwatch:PutMetricData': ANY,
  'dynamodb:DeleteItem': table,
  'dynamodb:GetItem': table,
  'dynamodb:PutItem': table,
  'dynamodb:Query': table,
  'dynamodb:UpdateItem': table,
  'events:PutEvents': ({ Entries }, arn) =>
    (Array.isArray(Entries) ? Entries : []).map(({ EventBusName }) =>
      arn('events', `event-bus/${text(EventBusName) || 'default'}`),
    ),
  'sagemaker:DescribeEndpoint': endpoint,
  'sagemaker:DescribeEndpointConfig': endpointConfig,
  'sagemaker:ListEndpoints': ANY,
  'sagemaker:ListTags': named,
  'sagemaker:UpdateEndpointWeightsAndCapacities': endpoint,
  'servicequotas:GetAWSDefaultServiceQuota': ANY,
  'servicequotas:GetServiceQuota': ANY,
  'servicequotas:ListServiceQuotas': ANY,
  'sns:Publish': ({ TopicArn }) => [text(TopicArn)],
  'sqs:DeleteMessage': queue,
  'sqs:GetQueueAttributes': queue,
  'sqs:ReceiveMessage': queue,
  'sqs:SendMessage': queue,
  'ssm:GetParameter': parameter,
  'ssm:GetParametersByPath': parameter,
};

/** Services whose actions have another prefix than the account calls them. */
const PREFIXES: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  eventbridge: 'events',
  'service-quotas': 'servicequotas',
};

/** Operations that are judged as another action. */
const ACTIONS: Readonly<Record<string, string>> = { 'sqs:SendMessageBatch': 'sqs:SendMessage' };

/**
 * What IAM judges when a call arrives: one request for each resource that it works on.
 * @throws {RangeError} for a call that nobody said how to judge
 */
export function accessRequests(
  { service, operation, input }: ObservedCall,
  { region, accountId }: CallContext,
): AccessRequest[] {
  const name = `${PREFIXES[service] ?? service}:${operation}`;
  const action = ACTIONS[name] ?? name;
  const resources = RESOURCES[action];
  if (!resources) {
    throw new RangeError(`How IAM judges ${action} is not said; add it to iam/requests.ts.`);
  }
  const arn: Arn = (owner, resource) => `arn:aws:${owner}:${region}:${accountId}:${resource}`;
  const context = contextOf(action, input);
  return resources(input, arn).map((resource) => ({ action, resource, context }));
}

function contextOf(action: string, input: Readonly<Record<string, unknown>>) {
  const context: Record<string, string> = {};
  const keep = (key: string, value: unknown) => {
    if (typeof value === 'string') context[key] = value;
  };
  if (action.startsWith('application-autoscaling:')) {
    keep('application-autoscaling:service-namespace', input.ServiceNamespace);
    keep('application-autoscaling:scalable-dimension', input.ScalableDimension);
  }
  if (action === 'events:PutEvents') {
    const [entry] = input.Entries as readonly Readonly<Record<string, unknown>>[];
    keep('events:source', entry?.Source);
    keep('events:detail-type', entry?.DetailType);
  }
  if (action === 'cloudwatch:PutMetricData') keep('cloudwatch:namespace', input.Namespace);
  return context;
}

/**
 * What SNS does with the publisher's own rights when a topic is encrypted. The account names resources
 * by their logical ids, and the key of a topic is called after it.
 */
export function usedForPublishing(
  { TopicArn }: Readonly<Record<string, unknown>>,
  { region, accountId }: CallContext,
): AccessRequest[] {
  const resource = `arn:aws:kms:${region}:${accountId}:key/${text(TopicArn).split(':').at(-1)}Key`;
  return ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => ({
    action,
    resource,
    context: {},
  }));
}

/** The endpoint's name in a resource id. */
const endpointOf = (resourceId: unknown) => text(resourceId).split('/')[1] ?? '';

/**
 * What Application Auto Scaling tries with the caller's own rights before it registers a scalable
 * target, some of it with empty names (its user guide, "Permissions validation").
 */
export function triedForRegistration(
  { ResourceId }: Readonly<Record<string, unknown>>,
  context: CallContext,
): AccessRequest[] {
  const EndpointName = endpointOf(ResourceId);
  const calls: ObservedCall[] = [
    { service: 'sagemaker', operation: 'DescribeEndpoint', input: { EndpointName } },
    {
      service: 'sagemaker',
      operation: 'DescribeEndpointConfig',
      input: { EndpointConfigName: 'any' },
    },
    {
      service: 'sagemaker',
      operation: 'UpdateEndpointWeightsAndCapacities',
      input: { EndpointName },
    },
    { service: 'cloudwatch', operation: 'DescribeAlarms', input: { AlarmNamePrefix: '' } },
    { service: 'cloudwatch', operation: 'PutMetricAlarm', input: { AlarmName: '' } },
    { service: 'cloudwatch', operation: 'DeleteAlarms', input: { AlarmNames: [''] } },
  ];
  const role =
    'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/' +
    'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';
  return [
    ...calls.flatMap((call) => accessRequests(call, context)),
    {
      action: 'iam:CreateServiceLinkedRole',
      resource: `arn:aws:iam::${context.accountId}:role/${role}`,
      context: { 'iam:AWSServiceName': 'sagemaker.application-autoscaling.amazonaws.com' },
    },
  ];
}
