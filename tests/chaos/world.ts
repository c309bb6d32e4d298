import { fileURLToPath } from 'node:url';
import { endpointKey, type Item } from '../../lib/aws/endpoint-item.ts';
import type { Bounds } from '../../lib/control/bounds.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';
import { enforceRoles } from '../../simulator/account/iam/enforce.ts';
import { type FunctionRole, readRoles } from '../../simulator/account/iam/roles.ts';
import { AwsError, type CallContext } from '../../simulator/account/service.ts';
import { FaultInjector } from '../../simulator/faults/injector.ts';
import { type Deployment, deployService } from '../../simulator/run/deploy.ts';
import { LoggedErrors } from './logged-errors.ts';
import type { Story } from './story.ts';

export const TARGET = variantTarget('checkout', 'AllTraffic');
export const START_MS = Date.UTC(2026, 0, 5);

/** Requests a second that one instance is meant to carry; few, since every one costs time. */
const PER_INSTANCE = 5;

const INSTANCE_TYPE = 'ml.g5.xlarge';

const NAMES = {
  ServiceNamespace: 'sagemaker',
  ResourceId: TARGET.resourceId,
  ScalableDimension: TARGET.scalableDimension,
} as const;

const OWNERS_POLICY = 'owners-target-tracking';

/** An account with one endpoint and the service on it, in which anything may go wrong. */
export class ChaosWorld {
  readonly parts: AccountParts;
  readonly faults: FaultInjector;
  readonly deployment: Deployment;
  readonly logged: LoggedErrors;
  /** Calls that the role of the calling function does not allow. */
  readonly denials: readonly string[];
  readonly #story: Story;
  #instances = 0.5;
  #configurations = 0;
  #ownersPolicyStands = false;

  private constructor(
    story: Story,
    parts: AccountParts,
    faults: FaultInjector,
    deployment: Deployment,
    logged: LoggedErrors,
    denials: readonly string[],
  ) {
    this.#story = story;
    this.parts = parts;
    this.faults = faults;
    this.deployment = deployment;
    this.logged = logged;
    this.denials = denials;
  }

  static async create(story: Story): Promise<ChaosWorld> {
    const { seed, leadTimeSeconds } = story;
    const instanceType = INSTANCE_TYPE;
    const faults = await FaultInjector.create({ startMs: START_MS, seed, instanceType });
    const parts = createAccount({
      ...faults.accountOptions,
      model: {
        instanceThroughputPerSecond: PER_INSTANCE / 0.7,
        serviceSeconds: 0.2,
        leadTimeSeconds,
      },
      autoScaling: {
        whileUpdating: story.whileUpdating,
        scheduleDelaySeconds: story.scheduleDelaySeconds,
      },
      duplicateEvents: story.duplicateEvents,
    });
    const { denials } = enforceRoles(parts.account, rolesOf(parts.account.context));
    const logged = new LoggedErrors(faults.invocations);
    const options = faults.deploymentOptions(parts);
    const deployment = await deployService(parts, {
      ...options,
      surroundings: { ...options.surroundings, logger: logged.logger },
    });
    return new ChaosWorld(story, parts, faults, deployment, logged, denials);
  }

  /** The metric that the load is read by. */
  get loadMetric(): string {
    return this.#story.countsByTheMinute ? 'ConcurrentRequestsPerModel' : 'Invocations';
  }

  get nowMs(): number {
    return this.faults.clock.nowMs;
  }

  get nowSeconds(): number {
    return (this.nowMs - START_MS) / 1000;
  }

  runTo(second: number): Promise<void> {
    return this.faults.clock.runUntil(START_MS + second * 1000);
  }

  /** Demand in instances. */
  get demand(): number {
    return this.#instances;
  }

  set demand(instances: number) {
    this.#instances = instances;
  }

  createEndpoint(instances: number): void {
    const { sageMaker, plant } = this.parts;
    if (this.#configurations === 0) {
      sageMaker.createModel({ ModelName: 'model', ExecutionRoleArn: ROLE });
    }
    const EndpointConfigName = this.#newConfiguration(instances);
    sageMaker.createEndpoint({ EndpointName: TARGET.endpointName, EndpointConfigName });
    plant.setLoad(TARGET.endpointName, TARGET.variantName, () => PER_INSTANCE * this.#instances);
  }

  deploy(retains: boolean): boolean {
    const EndpointConfigName = this.#newConfiguration(1);
    return isAccepted(() =>
      this.parts.sageMaker.updateEndpoint({
        EndpointName: TARGET.endpointName,
        EndpointConfigName,
        RetainAllVariantProperties: retains,
      }),
    );
  }

  deleteEndpoint(): boolean {
    // Its scalable target goes, and with that the policy.
    this.#ownersPolicyStands = false;
    return isAccepted(() =>
      this.parts.sageMaker.deleteEndpoint({ EndpointName: TARGET.endpointName }),
    );
  }

  maintain(seconds: number): boolean {
    return isAccepted(() => this.parts.sageMaker.maintainEndpoint(TARGET.endpointName, seconds));
  }

  /** As a console user or Terraform does it; false when AWS refuses it. */
  register({ min, max }: Partial<Bounds>): boolean {
    return isAccepted(() =>
      this.parts.autoScaling.registerScalableTarget({
        ...NAMES,
        MinCapacity: min,
        MaxCapacity: max,
      }),
    );
  }

  deregister(): boolean {
    this.#ownersPolicyStands = false;
    return isAccepted(() => this.parts.autoScaling.deregisterScalableTarget(NAMES));
  }

  /** AWS refuses it where the scaler's backstop has its metric. */
  putOwnersPolicy(): void {
    if (!this.#story.hasPolicy) return;
    this.#ownersPolicyStands = isAccepted(() =>
      this.parts.autoScaling.putScalingPolicy({
        ...NAMES,
        PolicyName: OWNERS_POLICY,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: PER_INSTANCE * 60,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
          },
          ScaleOutCooldown: 10,
          ScaleInCooldown: 100,
        },
      }),
    );
  }

  /** Settings beside those without which nothing could be measured. */
  async configure(settings: string): Promise<void> {
    const { owner, isRegistered, countsByTheMinute } = this.#story;
    const bounds = isRegistered ? {} : { minCapacity: owner.min, maxCapacity: owner.max };
    const signal = countsByTheMinute ? 'auto' : 'invocations';
    const base = { signal, targetPerInstance: PER_INSTANCE * 60, leaseSeconds: 300 };
    await this.configureText(JSON.stringify({ ...base, ...bounds, ...JSON.parse(settings) }));
  }

  async configureText(Value: string): Promise<void> {
    const { ssm, account } = this.parts;
    const Name = targetParameterName(TARGET);
    await account.perform(ssm, 'PutParameter', { Name, Type: 'String', Overwrite: true, Value });
  }

  async deleteParameter(): Promise<void> {
    const { ssm, account } = this.parts;
    await account.perform(ssm, 'DeleteParameters', { Names: [targetParameterName(TARGET)] });
  }

  /** Wake-ups at once: several cycles of the endpoint run at the same time. */
  async wakeUp(count: number): Promise<void> {
    const { cloudWatch, account } = this.parts;
    const AlarmName = `fast-scaler/${TARGET.resourceId}/high`;
    if (!cloudWatch.describeAlarm(AlarmName)) return;
    for (let i = 0; i < count; i += 1) {
      for (const StateValue of ['OK', 'ALARM']) {
        const input = { AlarmName, StateValue, StateReason: 'chaos' };
        await account.perform(cloudWatch, 'SetAlarmState', input);
      }
    }
  }

  get bounds(): Bounds | undefined {
    const [found] = this.parts.autoScaling.describeScalableTargets({
      ServiceNamespace: 'sagemaker',
      ResourceIds: [TARGET.resourceId],
    }).ScalableTargets;
    return found && { min: found.MinCapacity, max: found.MaxCapacity };
  }

  /** The endpoint's item as it stands in the table; empty when there is none. */
  async item(): Promise<Item> {
    const { account, dynamoDb } = this.parts;
    const Key = endpointKey(TARGET.endpointName);
    const output = await account.perform(dynamoDb, 'GetItem', { TableName: 'Table', Key });
    return (output as { readonly Item?: Item }).Item ?? {};
  }

  /** When the scheduled action that ends a lease is due, epoch milliseconds; it stays after that. */
  get leaseUntilMs(): number | undefined {
    const lease = this.#scheduledActions().find(
      ({ ScheduledActionName }) => ScheduledActionName === 'fast-scaler-restore',
    );
    const [, at] = /^at\((.*)\)$/.exec(lease?.Schedule ?? '') ?? [];
    return at === undefined ? undefined : Date.parse(`${at}Z`);
  }

  /** Instances asked for; undefined without an endpoint. */
  get desired(): number | undefined {
    return this.parts.sageMaker.read(TARGET.resourceId, TARGET.scalableDimension)?.desired;
  }

  get isUnlocked(): boolean {
    return (
      this.parts.sageMaker.read(TARGET.resourceId, TARGET.scalableDimension)?.isScalable ?? false
    );
  }

  /** False while AWS refuses new bounds, if it does so for an endpoint that is updating. */
  get takesBounds(): boolean {
    return this.#story.whileUpdating === 'stores-bounds' || this.isUnlocked;
  }

  /** Names of everything in AWS that the scaler made. */
  leftovers(): string[] {
    const alarm = this.parts.cloudWatch.describeAlarm(`fast-scaler/${TARGET.resourceId}/high`);
    const policies = this.bounds
      ? this.parts.autoScaling.describeScalingPolicies(NAMES).ScalingPolicies
      : [];
    return [
      ...(alarm ? ['alarm'] : []),
      ...policies.map(({ PolicyName }) => PolicyName as string),
      ...this.#scheduledActions().map(({ ScheduledActionName }) => ScheduledActionName as string),
    ].filter((name) => name !== OWNERS_POLICY);
  }

  /** Whether the owner's policy, if the target has one, was taken away. */
  lostOwnersPolicy(): boolean {
    if (!this.bounds || !this.#ownersPolicyStands) return false;
    const { ScalingPolicies } = this.parts.autoScaling.describeScalingPolicies(NAMES);
    return !ScalingPolicies.some(({ PolicyName }) => PolicyName === OWNERS_POLICY);
  }

  /** Requests for more instances that the quota refused. */
  quotaRefusals(): number {
    const { ScalingActivities } = this.parts.autoScaling.describeScalingActivities(NAMES);
    return ScalingActivities.filter(({ StatusMessage }) =>
      StatusMessage?.includes('ResourceLimitExceeded'),
    ).length;
  }

  #scheduledActions() {
    if (!this.bounds) return [];
    return this.parts.autoScaling.describeScheduledActions(NAMES).ScheduledActions;
  }

  #newConfiguration(instances: number): string {
    const name = `config-${this.#configurations++}`;
    this.parts.sageMaker.createEndpointConfig({
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: TARGET.variantName,
          ModelName: 'model',
          InstanceType: INSTANCE_TYPE,
          InitialInstanceCount: instances,
        },
      ],
      ...(!this.#story.countsByTheMinute && {
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      }),
    });
    return name;
  }
}

const ROLE = 'arn:aws:iam::123456789012:role/m';

function isAccepted(call: () => void): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return false;
  }
}

const SERVERLESS_YML = fileURLToPath(new URL('../../serverless.yml', import.meta.url));
let roles: ReadonlyMap<string, FunctionRole> | undefined;

function rolesOf(context: CallContext): ReadonlyMap<string, FunctionRole> {
  roles ??= readRoles(SERVERLESS_YML, context);
  return roles;
}
