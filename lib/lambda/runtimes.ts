import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { cloudWatchAlarms } from '../aws/alarms.ts';
import { type DecisionEvents, eventBridgeDecisions } from '../aws/decision-events.ts';
import { sageMakerTags } from '../aws/endpoint-tags.ts';
import { sageMakerEndpoints } from '../aws/endpoints.ts';
import { dynamoEnrolmentStore, type EnrolmentStore } from '../aws/enrolment-store.ts';
import { cloudWatchLoad } from '../aws/load.ts';
import { cloudWatchMeasurements } from '../aws/measurements.ts';
import { cloudWatchMuteRules } from '../aws/mute-rules.ts';
import { dynamoNoticeStore } from '../aws/notice-store.ts';
import { type Notifications, snsNotifications } from '../aws/notifications.ts';
import { parameterStore } from '../aws/parameters.ts';
import { dynamoPrewarmStore } from '../aws/prewarm-store.ts';
import { sqsRechecks } from '../aws/rechecks.ts';
import { applicationAutoScaling } from '../aws/scalable-targets.ts';
import { scalingActivities } from '../aws/scaling-activities.ts';
import { scalingPolicies } from '../aws/scaling-policies.ts';
import { dynamoStateStore } from '../aws/state-store.ts';
import { sageMakerVariantInstances } from '../aws/variant-instances.ts';
import type { CycleRuntime } from '../cycle/cycle.ts';
import type { EnrolmentRuntime, ReleaseRuntime } from '../enrolment/runtime.ts';
import type { PrewarmRuntime } from '../prewarm/take-prewarm.ts';
import { LIMITS, limited, type ServiceLimits } from './call-limits.ts';
import { lambdaSurroundings, type Surroundings } from './surroundings.ts';

/** What a function that runs control cycles needs. */
export function cycleRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
  limits: ServiceLimits = LIMITS,
): CycleRuntime {
  const { now, logger, metrics, tableName, recheckQueueUrl } = surroundings;
  const config = limited(limits.cycle, surroundings.clientConfig);
  const autoScaling = new ApplicationAutoScalingClient(config);
  const dynamo = new DynamoDBClient(config);
  return {
    now,
    logger,
    metrics,
    enrolments: dynamoEnrolmentStore(dynamo, tableName),
    store: dynamoStateStore(dynamo, tableName),
    rechecks: sqsRechecks(new SQSClient(config), recheckQueueUrl),
    load: cloudWatchLoad(new CloudWatchClient(config)),
    endpoints: sageMakerEndpoints(new SageMakerClient(config)),
    scalableTargets: applicationAutoScaling(autoScaling),
    activities: scalingActivities(autoScaling),
    ...listeners(surroundings, limits),
  };
}

/** Whoever listens to what the service does. */
function listeners(
  { clientConfig, notificationsTopicArn }: Surroundings,
  limits: ServiceLimits,
): { readonly events: DecisionEvents; readonly notifications: Notifications } {
  const config = limited(limits.listeners, clientConfig);
  return {
    events: eventBridgeDecisions(new EventBridgeClient(config)),
    notifications: snsNotifications(new SNSClient(config), notificationsTopicArn),
  };
}

/** What the function needs that hears of endpoints: cycles, and the fleet to tell of what it heard. */
export function endpointRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
  limits: ServiceLimits = LIMITS,
): CycleRuntime & { readonly enrolments: EnrolmentStore } {
  const dynamo = new DynamoDBClient(limited(limits.cycle, surroundings.clientConfig));
  return {
    ...cycleRuntime(surroundings, limits),
    enrolments: dynamoEnrolmentStore(dynamo, surroundings.tableName),
  };
}

/** What the function needs that hears of prewarms: cycles, and a place to keep them. */
export function prewarmRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
  limits: ServiceLimits = LIMITS,
): PrewarmRuntime {
  const dynamo = new DynamoDBClient(limited(limits.cycle, surroundings.clientConfig));
  return {
    ...cycleRuntime(surroundings, limits),
    prewarms: dynamoPrewarmStore(dynamo, surroundings.tableName),
  };
}

/** What a function that only releases targets needs. */
export function releaseRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
  limits: ServiceLimits = LIMITS,
): ReleaseRuntime {
  const { now, sleep, logger, metrics, tableName } = surroundings;
  const config = limited(limits.enrolment, surroundings.clientConfig);
  const autoScaling = new ApplicationAutoScalingClient(config);
  const dynamo = new DynamoDBClient(config);
  return {
    now,
    sleep,
    logger,
    metrics,
    store: dynamoStateStore(dynamo, tableName),
    events: listeners(surroundings, limits).events,
    enrolments: dynamoEnrolmentStore(dynamo, tableName),
    alarms: cloudWatchAlarms(new CloudWatchClient(config)),
    policies: scalingPolicies(autoScaling, sleep),
    scalableTargets: applicationAutoScaling(autoScaling),
  };
}

/** What a function that enrols and releases targets needs. */
export function enrolmentRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
  limits: ServiceLimits = LIMITS,
): EnrolmentRuntime {
  const { tableName, recheckQueueUrl } = surroundings;
  const config = limited(limits.enrolment, surroundings.clientConfig);
  const sageMaker = new SageMakerClient(config);
  const cloudWatch = new CloudWatchClient(config);
  return {
    ...releaseRuntime(surroundings, limits),
    endpoints: sageMakerEndpoints(sageMaker),
    tags: sageMakerTags(sageMaker),
    variantInstances: sageMakerVariantInstances(sageMaker),
    measurements: cloudWatchMeasurements(cloudWatch),
    muteRules: cloudWatchMuteRules(cloudWatch),
    parameters: parameterStore(new SSMClient(config)),
    rechecks: sqsRechecks(new SQSClient(config), recheckQueueUrl),
    notifications: listeners(surroundings, limits).notifications,
    notices: dynamoNoticeStore(new DynamoDBClient(config), tableName),
  };
}
