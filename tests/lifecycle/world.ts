import type {
  MetricType,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling';
import type { Bounds } from '../../lib/control/bounds.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { type ScalableTarget, variantTarget } from '../../lib/target.ts';
import {
  type AccountOptions,
  type AccountParts,
  createAccount,
} from '../../simulator/account/create-account.ts';
import type { Enforcement } from '../../simulator/account/iam/enforce.ts';
import { type Deployment, deployService } from '../../simulator/run/deploy.ts';
import { readStack } from '../../simulator/stack.ts';
import {
  CHECKOUT,
  LEAD_TIME_SECONDS,
  namesOf,
  ownersEndpoint,
  PER_INSTANCE,
  USUAL_MODEL,
} from '../usual-endpoint.ts';
import { SERVERLESS_YML, withRoles } from './roles.ts';

export const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;
export { CHECKOUT, LEAD_TIME_SECONDS, PER_INSTANCE };

export interface EndpointOptions {
  readonly endpointName?: string;
  /** Null: no scalable target is registered. */
  readonly bounds?: Bounds | null;
  readonly hasPolicy?: boolean;
  /** False: metrics as an endpoint configuration has them that says nothing of them. */
  readonly isEnhanced?: boolean;
  readonly tag?: string;
}

/** An account with the service deployed; time 0 is its start. */
export class LifecycleWorld {
  readonly parts: AccountParts;
  deployment: Deployment;
  readonly roles: Enforcement;
  readonly calls: { readonly atSeconds: number; readonly operation: string }[] = [];
  readonly #demand = new Map<string, [fromSecond: number, instances: number][]>();

  private constructor(parts: AccountParts, deployment: Deployment, roles: Enforcement) {
    this.parts = parts;
    this.deployment = deployment;
    this.roles = roles;
    parts.account.onCall(({ atMs, operation }) => {
      this.calls.push({ atSeconds: atMs / 1000 - START_SECONDS, operation });
    });
  }

  static async create(
    seed = 1,
    options: Partial<AccountOptions> = {},
    usedRights?: Set<string>,
  ): Promise<LifecycleWorld> {
    const parts = createAccount({
      startMs: START_SECONDS * 1000,
      seed,
      model: USUAL_MODEL,
      ...options,
    });
    const roles = withRoles(parts, usedRights);
    return new LifecycleWorld(parts, await deployService(parts), roles);
  }

  /** The stack died, and another takes its place: with an empty table, knowing nothing of it. */
  async deployAnew(): Promise<void> {
    this.deployment.kill();
    const { dynamoDb } = this.parts;
    for (const { logicalId: name, ...table } of readStack(SERVERLESS_YML).tables) {
      dynamoDb.deleteTable(name);
      dynamoDb.createTable({ name, ...table });
    }
    this.deployment = await deployService(this.parts, { isRestart: true });
  }

  get nowSeconds(): number {
    return this.parts.clock.nowSeconds - START_SECONDS;
  }

  runTo(second: number): Promise<void> {
    return this.parts.clock.runUntil((START_SECONDS + second) * 1000);
  }

  run(seconds: number): Promise<void> {
    return this.runTo(this.nowSeconds + seconds);
  }

  /** An endpoint in service, as its owner made it. */
  addEndpoint(options: EndpointOptions = {}): ScalableTarget {
    const { endpointName = 'checkout', bounds = { min: 1, max: 20 }, tag } = options;
    const target = variantTarget(endpointName, 'AllTraffic');
    ownersEndpoint(this.parts, {
      endpointName,
      variantNames: [target.variantName],
      initialCount: 1,
      isEnhanced: options.isEnhanced !== false,
      tag,
    });
    if (bounds) this.register(target, bounds);
    if (bounds && options.hasPolicy !== false) this.putOwnersPolicy(target);
    this.parts.plant.setLoad(endpointName, target.variantName, (second) => {
      const entries = this.#demand.get(endpointName) ?? [];
      const at = second - START_SECONDS;
      return PER_INSTANCE * (entries.findLast(([from]) => from <= at)?.[1] ?? 0);
    });
    return target;
  }

  /** From now on the load of an endpoint needs `instances`. */
  setDemand(instances: number, endpointName = 'checkout'): void {
    const entries = this.#demand.get(endpointName) ?? [];
    this.#demand.set(endpointName, [...entries, [this.nowSeconds, instances]]);
  }

  /** Lets time go by until the endpoint takes changes again. */
  async untilInService(endpointName = 'checkout'): Promise<void> {
    const { sageMaker } = this.parts;
    const status = () => sageMaker.describeEndpoint({ EndpointName: endpointName }).EndpointStatus;
    while (status() !== 'InService') await this.run(1);
  }

  /** The owner sets bounds, as a console user or Terraform does. */
  register(target: ScalableTarget, { min, max }: Partial<Bounds>): void {
    const input: RegisterScalableTargetRequest = {
      ...namesOf(target),
      MinCapacity: min,
      MaxCapacity: max,
    };
    this.parts.autoScaling.registerScalableTarget(input);
  }

  deregister(target: ScalableTarget): void {
    this.parts.autoScaling.deregisterScalableTarget(namesOf(target));
  }

  /** The policy of the question: 1500 invocations a minute, cooldowns of 10 and 100 s. */
  putOwnersPolicy(
    target: ScalableTarget,
    PredefinedMetricType: MetricType = 'SageMakerVariantInvocationsPerInstance',
  ): void {
    this.parts.autoScaling.putScalingPolicy({
      ...namesOf(target),
      PolicyName: 'target-tracking-invocations-1700000000',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 1500,
        PredefinedMetricSpecification: { PredefinedMetricType },
        ScaleOutCooldown: 10,
        ScaleInCooldown: 100,
        DisableScaleIn: false,
      },
    });
  }

  /** The owner's own scheduled action, `inSeconds` from now. */
  schedule(target: ScalableTarget, inSeconds: number, { min, max }: Bounds): void {
    const at = new Date((this.parts.clock.nowSeconds + inSeconds) * 1000);
    this.parts.autoScaling.putScheduledAction({
      ...namesOf(target),
      ScheduledActionName: 'owners-morning',
      Schedule: `at(${at.toISOString().slice(0, 19)})`,
      ScalableTargetAction: { MinCapacity: min, MaxCapacity: max },
    });
  }

  async putParameter(name: string, value: object | string): Promise<void> {
    const { ssm, account } = this.parts;
    const Value = typeof value === 'string' ? value : JSON.stringify(value);
    const input = { Name: name, Type: 'String', Overwrite: true, Value };
    await ssm.operations.PutParameter?.(input, account.context);
  }

  enrol(target: ScalableTarget, config: object | string = {}): Promise<void> {
    return this.putParameter(targetParameterName(target), config);
  }

  /** Enrols, and lets the event arrive. */
  async apply(target: ScalableTarget, config: object | string = {}): Promise<void> {
    await this.enrol(target, config);
    await this.run(5);
  }

  async deleteParameter(target: ScalableTarget): Promise<void> {
    const { ssm, account } = this.parts;
    const Names = [targetParameterName(target)];
    await ssm.operations.DeleteParameters?.({ Names }, account.context);
  }

  bounds(target: ScalableTarget): Bounds | undefined {
    const [found] = this.parts.autoScaling.describeScalableTargets({
      ServiceNamespace: 'sagemaker',
      ResourceIds: [target.resourceId],
    }).ScalableTargets;
    return found && { min: found.MinCapacity, max: found.MaxCapacity };
  }

  alarmThreshold(target: ScalableTarget): number | undefined {
    return this.parts.cloudWatch.describeAlarm(`fast-scaler/${target.resourceId}/high`)?.Threshold;
  }

  lease(target: ScalableTarget) {
    return this.#scheduledActions(target).find((name) => name === 'fast-scaler-restore');
  }

  policies(target: ScalableTarget): string[] {
    const { ScalingPolicies } = this.parts.autoScaling.describeScalingPolicies(namesOf(target));
    return ScalingPolicies.map(({ PolicyName }) => PolicyName as string);
  }

  /** Names of the alarms that stand for the target's policies. */
  policyAlarms(target: ScalableTarget): string[] {
    const { ScalingPolicies } = this.parts.autoScaling.describeScalingPolicies(namesOf(target));
    return ScalingPolicies.flatMap(({ Alarms }) => Alarms.map(({ AlarmName }) => AlarmName));
  }

  /** Names of everything in AWS that the scaler made for a target. */
  leftovers(target: ScalableTarget): string[] {
    return [
      ...(this.alarmThreshold(target) === undefined ? [] : ['alarm']),
      ...(this.bounds(target) ? [...this.policies(target), ...this.#scheduledActions(target)] : []),
    ].filter((name) => name === 'alarm' || name.startsWith('fast-scaler'));
  }

  /** How often an operation was called. */
  countOf(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  #scheduledActions(target: ScalableTarget): string[] {
    const { ScheduledActions } = this.parts.autoScaling.describeScheduledActions(namesOf(target));
    return ScheduledActions.map(({ ScheduledActionName }) => ScheduledActionName as string);
  }
}
