/** What CloudFormation does to resources of one type with the rights of whoever deploys. */
interface TypeRights {
  /** Of every resource of the type, actions without the prefix of their service. */
  readonly always: string;
  /** Beside that, of properties that have calls of their own: actions with the prefix. */
  readonly properties?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The calls that the handlers of each type declare in CloudFormation's registry, to create, read,
 * update and delete, without those for properties that the template does not have.
 */
const TYPES: Readonly<Record<string, TypeRights>> = {
  'AWS::CloudFormation::CustomResource': { always: 'lambda InvokeFunction' },
  'AWS::CloudWatch::Alarm': {
    always:
      'cloudwatch DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource',
  },
  'AWS::CloudWatch::Dashboard': { always: 'cloudwatch DeleteDashboards GetDashboard PutDashboard' },
  'AWS::DynamoDB::Table': {
    always:
      'dynamodb CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights DescribeKinesisStreamingDestination DescribeTable GetResourcePolicy ListTagsOfResource TagResource UntagResource UpdateTable',
    properties: {
      PointInTimeRecoverySpecification: ['dynamodb:UpdateContinuousBackups'],
      TimeToLiveSpecification: ['dynamodb:DescribeTimeToLive', 'dynamodb:UpdateTimeToLive'],
    },
  },
  'AWS::Events::Rule': {
    always:
      'events DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule TagResource UntagResource',
    properties: { Targets: ['events:PutTargets', 'events:RemoveTargets'] },
  },
  'AWS::IAM::Role': {
    always:
      'iam CreateRole DeleteRole GetRole ListAttachedRolePolicies ListRolePolicies TagRole UntagRole UpdateAssumeRolePolicy UpdateRole',
    properties: {
      PermissionsBoundary: ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
      Policies: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
    },
  },
  'AWS::KMS::Key': {
    always:
      'kms CreateKey DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription',
    properties: { EnableKeyRotation: ['kms:EnableKeyRotation'] },
  },
  'AWS::Lambda::EventInvokeConfig': {
    always:
      'lambda DeleteFunctionEventInvokeConfig GetFunctionEventInvokeConfig PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig',
  },
  'AWS::Lambda::EventSourceMapping': {
    always:
      'lambda CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource UntagResource UpdateEventSourceMapping',
  },
  'AWS::Lambda::Function': {
    always:
      'lambda CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig ListTags TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration',
    properties: {
      Code: ['s3:GetObject'],
      RecursiveLoop: ['lambda:PutFunctionRecursionConfig'],
      Role: ['iam:PassRole'],
    },
  },
  'AWS::Lambda::Permission': { always: 'lambda AddPermission GetPolicy RemovePermission' },
  'AWS::Logs::LogGroup': {
    always:
      'logs CreateLogGroup DeleteLogGroup DescribeIndexPolicies DescribeLogGroups DescribeResourcePolicies GetDataProtectionPolicy ListTagsForResource TagResource UntagResource',
    properties: { RetentionInDays: ['logs:PutRetentionPolicy'] },
  },
  'AWS::S3::Bucket': {
    always:
      's3 CreateBucket DeleteBucket GetBucketAcl GetBucketTagging ListBucket PutBucketTagging',
    properties: {
      BucketEncryption: ['s3:GetEncryptionConfiguration', 's3:PutEncryptionConfiguration'],
      PublicAccessBlockConfiguration: [
        's3:GetBucketPublicAccessBlock',
        's3:PutBucketPublicAccessBlock',
      ],
    },
  },
  'AWS::S3::BucketPolicy': { always: 's3 DeleteBucketPolicy GetBucketPolicy PutBucketPolicy' },
  'AWS::SNS::Topic': {
    always:
      'sns CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource SetTopicAttributes TagResource UntagResource',
  },
  'AWS::SNS::TopicPolicy': { always: 'sns SetTopicAttributes' },
  'AWS::SQS::Queue': {
    always:
      'sqs CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes TagQueue UntagQueue',
  },
  'AWS::SQS::QueuePolicy': { always: 'sqs SetQueueAttributes' },
};

/** Properties whose values go with the calls of their type. */
const WITHOUT_CALLS: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm':
    'ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator DatapointsToAlarm Dimensions EvaluationPeriods MetricName Namespace OKActions Period Statistic Threshold TreatMissingData',
  'AWS::CloudWatch::Dashboard': 'DashboardBody DashboardName',
  'AWS::DynamoDB::Table': 'AttributeDefinitions BillingMode KeySchema SSESpecification TableName',
  'AWS::Events::Rule': 'Description EventPattern Name ScheduleExpression State',
  'AWS::IAM::Role': 'AssumeRolePolicyDocument Path',
  'AWS::KMS::Key': 'Description KeyPolicy PendingWindowInDays',
  'AWS::Lambda::EventInvokeConfig':
    'DestinationConfig FunctionName MaximumEventAgeInSeconds MaximumRetryAttempts Qualifier',
  'AWS::Lambda::EventSourceMapping':
    'BatchSize Enabled EventSourceArn FunctionName FunctionResponseTypes',
  'AWS::Lambda::Function':
    'Architectures Description Environment FunctionName Handler MemorySize Runtime Tags Timeout',
  'AWS::Lambda::Permission': 'Action FunctionName Principal SourceArn',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::BucketPolicy': 'Bucket PolicyDocument',
  'AWS::SNS::Topic': 'DisplayName KmsMasterKeyId',
  'AWS::SNS::TopicPolicy': 'PolicyDocument Topics',
  'AWS::SQS::Queue': 'MessageRetentionPeriod RedrivePolicy SqsManagedSseEnabled VisibilityTimeout',
  'AWS::SQS::QueuePolicy': 'PolicyDocument Queues',
};

/** What the deploy tool itself calls: to deploy, to look for changes, and to remove. */
const TOOL =
  'cloudformation:CreateStack cloudformation:DeleteStack cloudformation:DescribeStackEvents cloudformation:DescribeStackResource cloudformation:DescribeStacks cloudformation:ListStackResources cloudformation:TagResource cloudformation:UpdateStack cloudformation:ValidateTemplate lambda:GetFunction s3:DeleteObject s3:GetObject s3:ListBucket s3:PutObject';

/**
 * The actions that a template takes from whoever deploys it.
 * @throws {Error} for a type, or a property of one, of which is not known here what it takes
 */
export function rightsFor(
  resources: Iterable<{ readonly Type: string; readonly Properties?: object }>,
): Set<string> {
  const rights = new Set(TOOL.split(' '));
  for (const { Type, Properties = {} } of resources) {
    const isCustom = Type.startsWith('Custom::');
    const type = isCustom ? 'AWS::CloudFormation::CustomResource' : Type;
    const known = TYPES[type];
    if (!known) throw new Error(`What does ${Type} take from whoever deploys it?`);
    const [service, ...actions] = known.always.split(' ');
    for (const action of actions) rights.add(`${service}:${action}`);
    if (isCustom) continue;
    for (const property of Object.keys(Properties)) {
      const more = known.properties?.[property];
      for (const action of more ?? []) rights.add(action);
      const isFree = WITHOUT_CALLS[type]?.split(' ').includes(property) ?? false;
      if (!more && !isFree) throw new Error(`What does ${property} of ${Type} take?`);
    }
  }
  return rights;
}
