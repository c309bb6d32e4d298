import {
  ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  SageMakerClient,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';

export const VARIANT = 'AllTraffic';

/** The bounds and cooldowns of the question's endpoint. */
const MIN_CAPACITY = 1;
const MAX_CAPACITY = 20;
const SCALE_OUT_COOLDOWN_SECONDS = 10;
const SCALE_IN_COOLDOWN_SECONDS = 100;

/** Longest wait for the endpoint, seconds outside. */
const MOST_WAIT_SECONDS = 600;

/** Does in an emulated account what the owner of an endpoint would do. */
export class Owner {
  readonly #config;

  constructor(url: string, region: string) {
    const credentials = { accessKeyId: 'emulated', secretAccessKey: 'emulated' };
    this.#config = { endpoint: url, region, credentials };
  }

  /** Creates an endpoint of one instance with ten-second metrics, and waits until it serves. */
  async createEndpoint(endpointName: string): Promise<void> {
    const client = new SageMakerClient(this.#config);
    await client.send(new CreateModelCommand({ ModelName: endpointName }));
    await client.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: endpointName,
        ProductionVariants: [
          {
            VariantName: VARIANT,
            ModelName: endpointName,
            InstanceType: 'ml.g5.xlarge',
            InitialInstanceCount: MIN_CAPACITY,
          },
        ],
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      }),
    );
    await client.send(
      new CreateEndpointCommand({ EndpointName: endpointName, EndpointConfigName: endpointName }),
    );
    await waitUntilEndpointInService(
      { client, maxWaitTime: MOST_WAIT_SECONDS, minDelay: 1, maxDelay: 1 },
      { EndpointName: endpointName },
    );
  }

  /** Puts the question's policy on it: target tracking of the invocations per instance. */
  async trackTarget(endpointName: string, targetValue: number): Promise<void> {
    const client = new ApplicationAutoScalingClient(this.#config);
    const { resourceId, scalableDimension } = variantTarget(endpointName, VARIANT);
    const target = {
      ServiceNamespace: 'sagemaker',
      ResourceId: resourceId,
      ScalableDimension: scalableDimension,
    } as const;
    await client.send(
      new RegisterScalableTargetCommand({
        ...target,
        MinCapacity: MIN_CAPACITY,
        MaxCapacity: MAX_CAPACITY,
      }),
    );
    await client.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'target-tracking-invocations',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: targetValue,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
          },
          ScaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
          ScaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
          DisableScaleIn: false,
        },
      }),
    );
  }

  /** Has the scaler look after it. */
  async enrol(endpointName: string): Promise<void> {
    const client = new SSMClient(this.#config);
    await client.send(
      new PutParameterCommand({
        Name: targetParameterName(variantTarget(endpointName, VARIANT)),
        Type: 'String',
        Value: '{}',
      }),
    );
  }
}
