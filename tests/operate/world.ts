import type { Bounds } from '../../lib/control/bounds.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { type ScalableTarget, variantTarget } from '../../lib/target.ts';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';
import { type Deployment, deployService } from '../../simulator/run/deploy.ts';
import { CHECKOUT, namesOf, ownersEndpoint, PER_INSTANCE, USUAL_MODEL } from '../usual-endpoint.ts';

export const START_SECONDS = Date.UTC(2026, 0, 5, 9) / 1000;
export { CHECKOUT };

/** Seconds; undefined: the policy says nothing of it. */
export interface Cooldowns {
  readonly out: number | undefined;
  readonly in: number | undefined;
}

export interface EndpointOptions {
  readonly endpointName?: string;
  readonly variantNames?: readonly string[];
  readonly instanceType?: string;
  readonly initialCount?: number;
  /** Null: no scalable target is registered. */
  readonly bounds?: Bounds | null;
  /** Cooldowns of the owner's policy, seconds; null: there is none. */
  readonly cooldowns?: Cooldowns | null;
  /** False: metrics as an endpoint configuration has them that says nothing of them. */
  readonly isEnhanced?: boolean;
  readonly tag?: string;
}

export interface WorldOptions {
  readonly instanceQuota?: Readonly<Record<string, number>>;
  /** How long AWS has none of the instances that are asked for, seconds. */
  readonly noInstancesForSeconds?: number;
  /** How long a new endpoint is Creating, seconds. */
  readonly creationSeconds?: number;
  /** False: nothing is deployed. */
  readonly isDeployed?: boolean;
}

/** An account whose time begins on a Monday at nine, with the service deployed. */
export class OperateWorld {
  readonly parts: AccountParts;
  readonly deployment: Deployment | undefined;
  readonly #demand = new Map<string, [fromSecond: number, instances: number][]>();

  private constructor(parts: AccountParts, deployment: Deployment | undefined) {
    this.parts = parts;
    this.deployment = deployment;
  }

  static async create(options: WorldOptions = {}): Promise<OperateWorld> {
    const { instanceQuota, isDeployed, noInstancesForSeconds: forSeconds } = options;
    const { creationSeconds } = options;
    const parts = createAccount({
      startMs: START_SECONDS * 1000,
      seed: 1,
      model: USUAL_MODEL,
      ...(instanceQuota && { instanceQuota }),
      ...(creationSeconds !== undefined && { creationSeconds }),
      ...(forSeconds !== undefined && { insufficientCapacity: () => ({ forSeconds }) }),
    });
    const deployment = isDeployed === false ? undefined : await deployService(parts);
    return new OperateWorld(parts, deployment);
  }

  async run(seconds: number): Promise<void> {
    const { clock } = this.parts;
    await clock.runUntil(clock.nowMs + seconds * 1000);
  }

  /** An endpoint in service, as its owner made it. */
  addEndpoint(options: EndpointOptions = {}): ScalableTarget {
    const { endpointName = 'checkout', variantNames = ['AllTraffic'], tag } = options;
    const { bounds = { min: 1, max: 20 }, cooldowns = { out: 300, in: 300 } } = options;
    ownersEndpoint(this.parts, {
      endpointName,
      variantNames,
      instanceType: options.instanceType,
      initialCount: options.initialCount ?? bounds?.min ?? 1,
      isEnhanced: options.isEnhanced !== false,
      tag,
    });
    const targets = variantNames.map((name) => variantTarget(endpointName, name));
    for (const target of targets) {
      if (bounds) this.register(target, bounds);
      if (bounds && cooldowns) this.putPolicy(target, cooldowns);
      this.#carryDemand(target);
    }
    return targets[0] as ScalableTarget;
  }

  /** From now on the load of a variant needs `instances`. */
  setDemand(instances: number, target: ScalableTarget = CHECKOUT): void {
    const entries = this.#demand.get(target.resourceId) ?? [];
    this.#demand.set(target.resourceId, [...entries, [this.parts.clock.nowSeconds, instances]]);
  }

  register(target: ScalableTarget, { min, max }: Partial<Bounds>): void {
    this.parts.autoScaling.registerScalableTarget({
      ...namesOf(target),
      MinCapacity: min,
      MaxCapacity: max,
    });
  }

  deregister(target: ScalableTarget): void {
    this.parts.autoScaling.deregisterScalableTarget(namesOf(target));
  }

  putPolicy(target: ScalableTarget, cooldowns: Cooldowns): void {
    this.parts.autoScaling.putScalingPolicy({
      ...namesOf(target),
      PolicyName: 'owners-policy',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60 * PER_INSTANCE,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
        },
        ScaleOutCooldown: cooldowns.out,
        ScaleInCooldown: cooldowns.in,
      },
    });
  }

  bounds(target: ScalableTarget = CHECKOUT): Bounds | undefined {
    const [found] = this.parts.autoScaling.describeScalableTargets({
      ServiceNamespace: 'sagemaker',
      ResourceIds: [target.resourceId],
    }).ScalableTargets;
    return found && { min: found.MinCapacity, max: found.MaxCapacity };
  }

  async putParameter(name: string, value: object | string): Promise<void> {
    const { ssm, account } = this.parts;
    const Value = typeof value === 'string' ? value : JSON.stringify(value);
    await account.perform(ssm, 'PutParameter', {
      Name: name,
      Type: 'String',
      Overwrite: true,
      Value,
    });
  }

  async parameter(name: string): Promise<string | undefined> {
    const { ssm, account } = this.parts;
    const output = await account.perform(ssm, 'GetParameters', { Names: [name] });
    return (output as { Parameters: { Value: string }[] }).Parameters[0]?.Value;
  }

  /** Writes a target's parameter, and lets the event arrive. */
  async enrol(target: ScalableTarget = CHECKOUT, config: object | string = {}): Promise<void> {
    await this.putParameter(targetParameterName(target), config);
    await this.run(5);
  }

  #carryDemand({ endpointName, variantName, resourceId }: ScalableTarget): void {
    this.parts.plant.setLoad(endpointName, variantName, (second) => {
      const entries = this.#demand.get(resourceId) ?? [];
      return PER_INSTANCE * (entries.findLast(([from]) => from <= second)?.[1] ?? 0);
    });
  }
}
