import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { cloudWatchAlarms } from '../aws/alarms.ts';
import { eventBridgeDecisions } from '../aws/decision-events.ts';
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
import { lambdaSurroundings, type Surroundings } from './surroundings.ts';

/** What a function that runs control cycles needs. */
export function cycleRuntime(surroundings: Surroundings = lambdaSurroundings()): CycleRuntime {
  const { now, logger, metrics, clientConfig, tableName, recheckQueueUrl } = surroundings;
  const autoScaling = new ApplicationAutoScalingClient(clientConfig);
  const dynamo = new DynamoDBClient(clientConfig);
  return {
    now,
    logger,
    metrics,
    enrolments: dynamoEnrolmentStore(dynamo, tableName),
    store: dynamoStateStore(dynamo, tableName),
    rechecks: sqsRechecks(new SQSClient(clientConfig), recheckQueueUrl),
    load: cloudWatchLoad(new CloudWatchClient(clientConfig)),
    endpoints: sageMakerEndpoints(new SageMakerClient(clientConfig)),
    scalableTargets: applicationAutoScaling(autoScaling),
    activities: scalingActivities(autoScaling),
    events: eventBridgeDecisions(new EventBridgeClient({ ...LISTENERS, ...clientConfig })),
    notifications: notificationsOf(surroundings),
  };
}

/**
 * Whoever listens must not hold up a function for longer than this, milliseconds: the calls are the
 * last of a cycle, and a look comes every ten seconds.
 */
const LISTENERS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};

function notificationsOf({ clientConfig, notificationsTopicArn }: Surroundings): Notifications {
  const client = new SNSClient({ ...LISTENERS, ...clientConfig });
  return snsNotifications(client, notificationsTopicArn);
}

/** What the function needs that hears of endpoints: cycles, and the fleet to tell of what it heard. */
export function endpointRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
): CycleRuntime & { readonly enrolments: EnrolmentStore } {
  const { clientConfig, tableName } = surroundings;
  return {
    ...cycleRuntime(surroundings),
    enrolments: dynamoEnrolmentStore(new DynamoDBClient(clientConfig), tableName),
  };
}

/** What the function needs that hears of prewarms: cycles, and a place to keep them. */
export function prewarmRuntime(surroundings: Surroundings = lambdaSurroundings()): PrewarmRuntime {
  const { clientConfig, tableName } = surroundings;
  return {
    ...cycleRuntime(surroundings),
    prewarms: dynamoPrewarmStore(new DynamoDBClient(clientConfig), tableName),
  };
}

/** What a function that only releases targets needs. */
export function releaseRuntime(surroundings: Surroundings = lambdaSurroundings()): ReleaseRuntime {
  const { now, sleep, logger, metrics, clientConfig, tableName } = surroundings;
  const autoScaling = new ApplicationAutoScalingClient(clientConfig);
  const dynamo = new DynamoDBClient(clientConfig);
  return {
    now,
    sleep,
    logger,
    metrics,
    store: dynamoStateStore(dynamo, tableName),
    events: eventBridgeDecisions(new EventBridgeClient({ ...LISTENERS, ...clientConfig })),
    enrolments: dynamoEnrolmentStore(dynamo, tableName),
    alarms: cloudWatchAlarms(new CloudWatchClient(clientConfig)),
    policies: scalingPolicies(autoScaling, sleep),
    scalableTargets: applicationAutoScaling(autoScaling),
  };
}

/** What a function that enrols and releases targets needs. */
export function enrolmentRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
): EnrolmentRuntime {
  const { clientConfig, tableName, recheckQueueUrl } = surroundings;
  const sageMaker = new SageMakerClient(clientConfig);
  const cloudWatch = new CloudWatchClient(clientConfig);
  return {
    ...releaseRuntime(surroundings),
    endpoints: sageMakerEndpoints(sageMaker),
    tags: sageMakerTags(sageMaker),
    variantInstances: sageMakerVariantInstances(sageMaker),
    measurements: cloudWatchMeasurements(cloudWatch),
    muteRules: cloudWatchMuteRules(cloudWatch),
    parameters: parameterStore(new SSMClient(clientConfig)),
    rechecks: sqsRechecks(new SQSClient(clientConfig), recheckQueueUrl),
    notifications: notificationsOf(surroundings),
    notices: dynamoNoticeStore(new DynamoDBClient(clientConfig), tableName),
  };
}
