import assert from 'node:assert/strict';
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { ACCOUNT_ID, type Account } from './account.ts';

export const ENDPOINT = 'checkout';
export const VARIANT = 'AllTraffic';
const WINDOW_MS = 10_000;

/** How long after its end a window of the metric is there to read. */
const METRIC_LAG_MS = 10_000;

const RESOURCE_ID = `endpoint/${ENDPOINT}/variant/${VARIANT}`;
const TARGET = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

/** Min and Max of the scalable target. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The endpoint that the story is about, its scalable target, its load and the time. */
export class Stage {
  readonly #account: Account;
  #nowMs: number;
  /** The first window that was not written yet. */
  #nextWindowMs: number;

  constructor(account: Account) {
    this.#account = account;
    this.#nowMs = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
    this.#nextWindowMs = this.#nowMs - 15 * 60_000;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  async build({ min, max }: Bounds): Promise<void> {
    const { sageMaker, autoScaling } = this.#account;
    await sageMaker.send(
      new CreateModelCommand({
        ModelName: ENDPOINT,
        ExecutionRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/sagemaker`,
        PrimaryContainer: { Image: 'image' },
      }),
    );
    await sageMaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: ENDPOINT,
        ProductionVariants: [
          {
            VariantName: VARIANT,
            ModelName: ENDPOINT,
            InstanceType: 'ml.m5.large',
            InitialInstanceCount: min,
            InitialVariantWeight: 1,
          },
        ],
      }),
    );
    await sageMaker.send(
      new CreateEndpointCommand({ EndpointName: ENDPOINT, EndpointConfigName: ENDPOINT }),
    );
    await autoScaling.send(
      new RegisterScalableTargetCommand({
        ...TARGET,
        ResourceId: RESOURCE_ID,
        MinCapacity: min,
        MaxCapacity: max,
      }),
    );
  }

  async demolish(): Promise<void> {
    const { sageMaker } = this.#account;
    await sageMaker.send(new DeleteEndpointCommand({ EndpointName: ENDPOINT }));
    await sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: ENDPOINT }));
    await sageMaker.send(new DeleteModelCommand({ ModelName: ENDPOINT }));
  }

  /**
   * Moves the clock on and writes the windows of the load that became readable meanwhile.
   * @param invocations of the whole variant, in each window of ten seconds
   */
  async pass(seconds: number, invocations: number): Promise<void> {
    this.#nowMs += seconds * 1000;
    const instances = await this.instances();
    const starts: number[] = [];
    while (this.#nextWindowMs + WINDOW_MS + METRIC_LAG_MS <= this.#nowMs) {
      starts.push(this.#nextWindowMs);
      this.#nextWindowMs += WINDOW_MS;
    }
    if (starts.length === 0) return;
    const datum = (MetricName: string, Value: number) => (startMs: number) => ({
      MetricName,
      Value,
      Timestamp: new Date(startMs),
      StorageResolution: 1,
      Dimensions: [
        { Name: 'EndpointName', Value: ENDPOINT },
        { Name: 'VariantName', Value: VARIANT },
      ],
    });
    await this.#account.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/SageMaker',
        MetricData: [
          ...starts.map(datum('Invocations', invocations)),
          ...starts.map(datum('InvocationsPerInstance', invocations / instances)),
        ],
      }),
    );
  }

  async bounds(): Promise<Bounds> {
    const { ScalableTargets } = await this.#account.autoScaling.send(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: 'sagemaker',
        ResourceIds: [RESOURCE_ID],
      }),
    );
    const [target] = ScalableTargets ?? [];
    assert.ok(target, 'the scalable target is registered');
    return { min: target.MinCapacity ?? Number.NaN, max: target.MaxCapacity ?? Number.NaN };
  }

  async instances(): Promise<number> {
    const { ProductionVariants } = await this.#account.sageMaker.send(
      new DescribeEndpointCommand({ EndpointName: ENDPOINT }),
    );
    return ProductionVariants?.[0]?.CurrentInstanceCount ?? Number.NaN;
  }

  /**
   * Moves the endpoint's capacity inside Min and Max: what Application Auto Scaling does by itself
   * when a target is registered. moto stores the bounds only.
   */
  async applyBounds(): Promise<void> {
    const { min, max } = await this.bounds();
    const instances = await this.instances();
    const inside = Math.min(Math.max(instances, min), max);
    if (inside === instances) return;
    await this.#account.sageMaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: ENDPOINT,
        DesiredWeightsAndCapacities: [
          { VariantName: VARIANT, DesiredInstanceCount: inside, DesiredWeight: 1 },
        ],
      }),
    );
  }
}
