import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Alarms, cloudWatchAlarms } from '../aws/alarms.ts';
import { type EndpointTags, sageMakerTags } from '../aws/endpoint-tags.ts';
import { type Endpoints, sageMakerEndpoints } from '../aws/endpoints.ts';
import { dynamoEnrolmentStore, type EnrolmentStore } from '../aws/enrolment-store.ts';
import { type FunctionInvocations, functionInvocations } from '../aws/function-invocations.ts';
import { cloudWatchLoad, type LoadReader } from '../aws/load.ts';
import { cloudWatchMeasurements, type Measurements } from '../aws/measurements.ts';
import { cloudWatchHistory, type MetricHistory } from '../aws/metric-history.ts';
import { type OperatorTable, operatorTable } from '../aws/operator-table.ts';
import { type ParameterWriter, parameterWriter } from '../aws/parameter-writer.ts';
import { type Parameters, parameterStore } from '../aws/parameters.ts';
import { eventBridgePrewarms, type PrewarmRequests } from '../aws/prewarm-requests.ts';
import { type InstanceQuotas, serviceQuotas } from '../aws/quotas.ts';
import { applicationAutoScaling, type ScalableTargets } from '../aws/scalable-targets.ts';
import { type ScalingPolicies, scalingPolicies } from '../aws/scaling-policies.ts';
import { sageMakerVariantInstances, type VariantInstances } from '../aws/variant-instances.ts';
import { AwsClock } from './aws-clock.ts';
import type { StackNames } from './stack-names.ts';

/** What an operator's commands work with. Of all this, only `parameterWriter` and `prewarmRequests` change anything. */
export interface OperatorRuntime {
  /** Epoch milliseconds, by AWS's clock. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly names: StackNames;
  /** Where calls go, as given or as the AWS profile has it. */
  readonly region: () => Promise<string>;
  readonly table: OperatorTable;
  readonly enrolments: Pick<EnrolmentStore, 'fleet' | 'entry'>;
  readonly endpoints: Endpoints;
  readonly variantInstances: VariantInstances;
  readonly tags: EndpointTags;
  readonly scalableTargets: ScalableTargets;
  readonly policies: Pick<ScalingPolicies, 'list'>;
  readonly alarms: Pick<Alarms, 'list'>;
  readonly load: LoadReader;
  readonly measurements: Measurements;
  readonly history: MetricHistory;
  readonly functions: FunctionInvocations;
  readonly quotas: InstanceQuotas;
  readonly parameters: Parameters;
  readonly parameterWriter: ParameterWriter;
  readonly prewarmRequests: PrewarmRequests;
}

/** Where an operator's commands reach AWS. */
export interface OperatorSurroundings {
  /** Epoch milliseconds, by this machine's clock. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly names: StackNames;
  /** Settings that every SDK client is made with. */
  readonly clientConfig: Readonly<Record<string, unknown>>;
}

export function operatorRuntime(surroundings: OperatorSurroundings): OperatorRuntime {
  const { sleep, names, clientConfig } = surroundings;
  const clock = new AwsClock(surroundings.now);
  const timed = <Client extends { middlewareStack: { use(plugin: never): void } }>(
    client: Client,
  ) => {
    client.middlewareStack.use(clock.plugin as never);
    return client;
  };
  const dynamo = timed(new DynamoDBClient(clientConfig));
  const sageMaker = timed(new SageMakerClient(clientConfig));
  const autoScaling = timed(new ApplicationAutoScalingClient(clientConfig));
  const cloudWatch = timed(new CloudWatchClient(clientConfig));
  const ssm = timed(new SSMClient(clientConfig));
  const tableName = () => names.table;
  return {
    now: clock.now,
    sleep,
    names,
    region: dynamo.config.region,
    table: operatorTable(dynamo, tableName),
    enrolments: dynamoEnrolmentStore(dynamo, tableName),
    endpoints: sageMakerEndpoints(sageMaker),
    variantInstances: sageMakerVariantInstances(sageMaker),
    tags: sageMakerTags(sageMaker),
    scalableTargets: applicationAutoScaling(autoScaling),
    policies: scalingPolicies(autoScaling, sleep),
    alarms: cloudWatchAlarms(cloudWatch),
    load: cloudWatchLoad(cloudWatch),
    measurements: cloudWatchMeasurements(cloudWatch),
    history: cloudWatchHistory(cloudWatch, sageMaker),
    functions: functionInvocations(cloudWatch),
    quotas: serviceQuotas(timed(new ServiceQuotasClient(clientConfig))),
    parameters: parameterStore(ssm),
    parameterWriter: parameterWriter(ssm),
    prewarmRequests: eventBridgePrewarms(timed(new EventBridgeClient(clientConfig))),
  };
}
