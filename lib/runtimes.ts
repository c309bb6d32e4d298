import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { cloudWatchAlarms } from './aws/alarms.ts';
import { sageMakerTags } from './aws/endpoint-tags.ts';
import { sageMakerEndpoints } from './aws/endpoints.ts';
import { dynamoEnrolmentStore, type EnrolmentStore } from './aws/enrolment-store.ts';
import { cloudWatchLoad } from './aws/load.ts';
import { cloudWatchMeasurements } from './aws/measurements.ts';
import { cloudWatchMuteRules } from './aws/mute-rules.ts';
import { parameterStore } from './aws/parameters.ts';
import { sqsRechecks } from './aws/rechecks.ts';
import { applicationAutoScaling } from './aws/scalable-targets.ts';
import { scalingPolicies } from './aws/scaling-policies.ts';
import { dynamoStateStore } from './aws/state-store.ts';
import type { CycleRuntime } from './cycle.ts';
import type { EnrolmentRuntime, ReleaseRuntime } from './enrolment/runtime.ts';
import { lambdaSurroundings, type Surroundings } from './runtime.ts';

/** What a function that runs control cycles needs. */
export function cycleRuntime(surroundings: Surroundings = lambdaSurroundings()): CycleRuntime {
  const { now, logger, metrics, clientConfig, tableName, recheckQueueUrl } = surroundings;
  return {
    now,
    logger,
    metrics,
    store: dynamoStateStore(new DynamoDBClient(clientConfig), tableName),
    rechecks: sqsRechecks(new SQSClient(clientConfig), recheckQueueUrl),
    load: cloudWatchLoad(new CloudWatchClient(clientConfig)),
    endpoints: sageMakerEndpoints(new SageMakerClient(clientConfig)),
    scalableTargets: applicationAutoScaling(new ApplicationAutoScalingClient(clientConfig)),
  };
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

/** What a function that only releases targets needs. */
export function releaseRuntime(surroundings: Surroundings = lambdaSurroundings()): ReleaseRuntime {
  const { now, sleep, logger, metrics, clientConfig, tableName } = surroundings;
  const autoScaling = new ApplicationAutoScalingClient(clientConfig);
  return {
    now,
    sleep,
    logger,
    metrics,
    enrolments: dynamoEnrolmentStore(new DynamoDBClient(clientConfig), tableName),
    alarms: cloudWatchAlarms(new CloudWatchClient(clientConfig)),
    policies: scalingPolicies(autoScaling),
    scalableTargets: applicationAutoScaling(autoScaling),
  };
}

/** What a function that enrols and releases targets needs. */
export function enrolmentRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
): EnrolmentRuntime {
  const { clientConfig, recheckQueueUrl } = surroundings;
  const sageMaker = new SageMakerClient(clientConfig);
  const cloudWatch = new CloudWatchClient(clientConfig);
  return {
    ...releaseRuntime(surroundings),
    endpoints: sageMakerEndpoints(sageMaker),
    tags: sageMakerTags(sageMaker),
    measurements: cloudWatchMeasurements(cloudWatch),
    muteRules: cloudWatchMuteRules(cloudWatch),
    parameters: parameterStore(new SSMClient(clientConfig)),
    rechecks: sqsRechecks(new SQSClient(clientConfig), recheckQueueUrl),
  };
}
