import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { cloudWatchAlarms } from './aws/alarms.ts';
import { sageMakerEndpoints } from './aws/endpoints.ts';
import { cloudWatchLoad } from './aws/load.ts';
import { parameterStore } from './aws/parameters.ts';
import { sqsRechecks } from './aws/rechecks.ts';
import { applicationAutoScaling } from './aws/scalable-targets.ts';
import { dynamoStateStore } from './aws/state-store.ts';
import type { CycleRuntime } from './cycle.ts';
import type { EnrolmentRuntime } from './enrolment/enrol.ts';
import { lambdaSurroundings, type Surroundings } from './runtime.ts';
import type { SweepRuntime } from './sweep.ts';

/** What a function that runs control cycles needs. */
export function cycleRuntime(surroundings: Surroundings = lambdaSurroundings()): CycleRuntime {
  const { clientConfig } = surroundings;
  return {
    ...sweepRuntime(surroundings),
    load: cloudWatchLoad(new CloudWatchClient(clientConfig)),
    endpoints: sageMakerEndpoints(new SageMakerClient(clientConfig)),
    scalableTargets: applicationAutoScaling(new ApplicationAutoScalingClient(clientConfig)),
  };
}

/** What a function that enrols and releases targets needs. */
export function enrolmentRuntime(
  surroundings: Surroundings = lambdaSurroundings(),
): EnrolmentRuntime {
  const { clientConfig } = surroundings;
  return {
    ...sweepRuntime(surroundings),
    alarms: cloudWatchAlarms(new CloudWatchClient(clientConfig)),
    parameters: parameterStore(new SSMClient(clientConfig)),
    scalableTargets: applicationAutoScaling(new ApplicationAutoScalingClient(clientConfig)),
  };
}

/** What the sweep needs. */
export function sweepRuntime(surroundings: Surroundings = lambdaSurroundings()): SweepRuntime {
  const { now, logger, metrics, clientConfig, tableName, recheckQueueUrl } = surroundings;
  return {
    now,
    logger,
    metrics,
    store: dynamoStateStore(new DynamoDBClient(clientConfig), tableName),
    rechecks: sqsRechecks(new SQSClient(clientConfig), recheckQueueUrl),
  };
}
