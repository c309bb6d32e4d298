/** Where the emulator and moto part, and why. The path is `call: member.member[]`. */
export interface KnownDifference {
  readonly paths: readonly string[];
  readonly why: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    paths: [
      'sagemaker.describe_model: gave.Containers',
      'sagemaker.describe_model: gave.VpcConfig',
      'sagemaker.describe_endpoint_config: gave.DataCaptureConfig',
      'sagemaker.describe_endpoint: gave.DataCaptureConfig',
      'sagemaker-runtime.invoke_endpoint: gave.CustomAttributes',
      'cloudwatch.describe_alarms: gave.MetricAlarms[].Metrics',
      'cloudwatch.describe_alarms_for_metric: gave.MetricAlarms[].Metrics',
      'dynamodb.create_table: gave.TableDescription.GlobalSecondaryIndexes',
      'dynamodb.create_table: gave.TableDescription.LocalSecondaryIndexes',
      'dynamodb.create_table: gave.TableDescription.ProvisionedThroughput',
      'dynamodb.describe_table: gave.Table.GlobalSecondaryIndexes',
      'dynamodb.describe_table: gave.Table.LocalSecondaryIndexes',
      'dynamodb.describe_table: gave.Table.ProvisionedThroughput',
    ],
    why: 'moto shows empty members that were never set; the emulator leaves them out, as AWS does',
  },
  {
    paths: [
      'cloudwatch.describe_alarms_for_metric: gave.MetricAlarms[].StateReasonData',
      'cloudwatch.describe_alarms: gave.MetricAlarms[].StateReasonData',
    ],
    why: 'moto shows reason data before there was a reason',
  },
  {
    paths: [
      'dynamodb.update_item: gave.ConsumedCapacity',
      'dynamodb.batch_get_item: gave.ConsumedCapacity',
    ],
    why: 'moto shows consumed capacity to who did not ask for it',
  },
  {
    paths: [
      'cloudwatch.get_metric_data: gave.Messages',
      'ssm.describe_parameters: gave.Parameters[].Policies',
      'application-autoscaling.describe_scalable_targets: gave.ScalableTargets[].RoleARN',
      'application-autoscaling.describe_scalable_targets: gave.ScalableTargets[].SuspendedState',
      'sagemaker.describe_endpoint: gave.ProductionVariants[].CurrentWeight',
      'sagemaker.describe_endpoint: gave.ProductionVariants[].DesiredWeight',
    ],
    why: 'members that AWS documents and moto leaves out',
  },
  {
    paths: [
      'application-autoscaling.put_scaling_policy: gave.Alarms[]',
      'application-autoscaling.describe_scaling_policies: gave.ScalingPolicies[].Alarms[]',
    ],
    why: 'moto makes no alarms for target tracking of endpoints',
  },
  {
    paths: [
      'application-autoscaling.put_scaling_policy (no target): gave',
      'application-autoscaling.put_scaling_policy (no target): refused',
      'application-autoscaling.register_scalable_target (Min above Max): gave',
      'application-autoscaling.register_scalable_target (Min above Max): refused',
      'application-autoscaling.register_scalable_target (unknown endpoint): gave',
      'application-autoscaling.register_scalable_target (unknown endpoint): refused',
      'application-autoscaling.delete_scheduled_action (missing): gave',
      'application-autoscaling.delete_scheduled_action (missing): refused',
      'cloudwatch.put_metric_data (reserved): gave',
      'cloudwatch.put_metric_data (reserved): refused',
    ],
    why: 'moto takes what AWS documents as refused',
  },
  {
    paths: [
      'application-autoscaling.deregister_scalable_target (missing): refused',
      'application-autoscaling.delete_scaling_policy (missing): refused',
    ],
    why: 'AWS documents ObjectNotFoundException here; moto says ValidationException',
  },
  {
    paths: ['cloudwatch.put_metric_data (two kinds of value): refused'],
    why: 'AWS documents InvalidParameterCombination for it; moto says InvalidParameterValue',
  },
  {
    paths: [
      'application-autoscaling.describe_scaling_activities: gave',
      'application-autoscaling.describe_scaling_activities: refused',
    ],
    why: 'moto does not implement it',
  },
];
