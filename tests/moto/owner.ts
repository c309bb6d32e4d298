import * as autoScaling from '@aws-sdk/client-application-auto-scaling';
import * as sageMaker from '@aws-sdk/client-sagemaker';
import type { Bounds } from '../../lib/control/bounds.ts';
import { TAG_KEY } from '../../lib/enrolment/parameter-name.ts';
import { ACCOUNT_ID, type Account, REGION } from '../deploy/account.ts';
import {
  CHECKOUT,
  OWNERS_POLICY,
  type ScheduledAction,
  TARGET_PER_INSTANCE,
} from '../lifecycle/contract/world.ts';

const { endpointName: EndpointName, variantName: VariantName, resourceId } = CHECKOUT;
const MODEL = 'checkout-model';
const ARN = `arn:aws:sagemaker:${REGION}:${ACCOUNT_ID}:endpoint/${EndpointName}`;
const NAMES = {
  ServiceNamespace: 'sagemaker',
  ResourceId: resourceId,
  ScalableDimension: CHECKOUT.scalableDimension,
} as const;

/** What the owner of the story's endpoint does and sees, in an account that moto plays. */
export class Owner {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  async createEndpoint(configName: string, instanceType: string, tag?: string): Promise<void> {
    const { sageMaker: client } = this.#account;
    if (configName === 'first') {
      await client.send(
        new sageMaker.CreateModelCommand({
          ModelName: MODEL,
          ExecutionRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/sagemaker`,
          PrimaryContainer: { Image: 'image' },
        }),
      );
    }
    await client.send(
      new sageMaker.CreateEndpointConfigCommand({
        EndpointConfigName: configName,
        ProductionVariants: [
          {
            VariantName,
            ModelName: MODEL,
            InstanceType: instanceType as sageMaker.ProductionVariantInstanceType,
            InitialInstanceCount: 1,
            InitialVariantWeight: 1,
          },
        ],
      }),
    );
    await client.send(
      new sageMaker.CreateEndpointCommand({
        EndpointName,
        EndpointConfigName: configName,
        ...(tag !== undefined && { Tags: [{ Key: TAG_KEY, Value: tag }] }),
      }),
    );
  }

  async deleteEndpoint(): Promise<void> {
    await this.#account.sageMaker.send(new sageMaker.DeleteEndpointCommand({ EndpointName }));
  }

  /** AWS gives a key one value; moto would keep both. */
  async tag(value: string | null): Promise<void> {
    const { sageMaker: client } = this.#account;
    await client.send(new sageMaker.DeleteTagsCommand({ ResourceArn: ARN, TagKeys: [TAG_KEY] }));
    if (value === null) return;
    const Tags = [{ Key: TAG_KEY, Value: value }];
    await client.send(new sageMaker.AddTagsCommand({ ResourceArn: ARN, Tags }));
  }

  /** Instances in service; undefined without an endpoint. */
  async instances(): Promise<number | undefined> {
    const { sageMaker: client } = this.#account;
    const { Endpoints = [] } = await client.send(new sageMaker.ListEndpointsCommand({}));
    if (Endpoints.length === 0) return undefined;
    const endpoint = await client.send(new sageMaker.DescribeEndpointCommand({ EndpointName }));
    return endpoint.ProductionVariants?.[0]?.CurrentInstanceCount;
  }

  async setInstances(count: number): Promise<void> {
    await this.#account.sageMaker.send(
      new sageMaker.UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName,
        DesiredWeightsAndCapacities: [
          { VariantName, DesiredInstanceCount: count, DesiredWeight: 1 },
        ],
      }),
    );
  }

  async register({ min, max }: Partial<Bounds>): Promise<void> {
    await this.#account.autoScaling.send(
      new autoScaling.RegisterScalableTargetCommand({
        ...NAMES,
        MinCapacity: min,
        MaxCapacity: max,
      }),
    );
  }

  /** AWS deletes a target's policies and scheduled actions with it; moto leaves them. */
  async deregister(): Promise<void> {
    const { autoScaling: client } = this.#account;
    for (const PolicyName of await this.policies()) {
      await client.send(new autoScaling.DeleteScalingPolicyCommand({ ...NAMES, PolicyName }));
    }
    for (const { name } of await this.scheduledActions()) {
      const input = { ...NAMES, ScheduledActionName: name };
      await client.send(new autoScaling.DeleteScheduledActionCommand(input));
    }
    await client.send(new autoScaling.DeregisterScalableTargetCommand(NAMES));
  }

  async putPolicy(): Promise<void> {
    await this.#account.autoScaling.send(
      new autoScaling.PutScalingPolicyCommand({
        ...NAMES,
        PolicyName: OWNERS_POLICY,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: TARGET_PER_INSTANCE,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
          },
          ScaleOutCooldown: 10,
          ScaleInCooldown: 100,
          DisableScaleIn: false,
        },
      }),
    );
  }

  async putScheduledAction({ name, schedule, bounds }: ScheduledAction): Promise<void> {
    await this.#account.autoScaling.send(
      new autoScaling.PutScheduledActionCommand({
        ...NAMES,
        ScheduledActionName: name,
        Schedule: schedule,
        ScalableTargetAction: { MinCapacity: bounds.min, MaxCapacity: bounds.max },
      }),
    );
  }

  async bounds(): Promise<Bounds | null> {
    const { ScalableTargets = [] } = await this.#account.autoScaling.send(
      new autoScaling.DescribeScalableTargetsCommand({
        ServiceNamespace: 'sagemaker',
        ResourceIds: [resourceId],
      }),
    );
    const [target] = ScalableTargets;
    if (!target) return null;
    return { min: target.MinCapacity ?? Number.NaN, max: target.MaxCapacity ?? Number.NaN };
  }

  async policies(): Promise<string[]> {
    const { ScalingPolicies = [] } = await this.#account.autoScaling.send(
      new autoScaling.DescribeScalingPoliciesCommand(NAMES),
    );
    return ScalingPolicies.map(({ PolicyName = '' }) => PolicyName);
  }

  async scheduledActions(): Promise<ScheduledAction[]> {
    const { ScheduledActions = [] } = await this.#account.autoScaling.send(
      new autoScaling.DescribeScheduledActionsCommand(NAMES),
    );
    return ScheduledActions.map(({ ScheduledActionName, Schedule, ScalableTargetAction }) => ({
      name: ScheduledActionName ?? '',
      schedule: Schedule ?? '',
      bounds: {
        min: ScalableTargetAction?.MinCapacity ?? Number.NaN,
        max: ScalableTargetAction?.MaxCapacity ?? Number.NaN,
      },
    }));
  }
}
