/** Actions of the functions' roles for which AWS knows no resource, so that `*` is all one can write. */
export const WITHOUT_RESOURCE: readonly string[] = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingActivities',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListAlarmMuteRules',
  'cloudwatch:ListMetrics',
  'sagemaker:ListEndpoints',
];
