import { Logger } from '@aws-lambda-powertools/logger';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { type ScalableTarget, variantTarget } from '../../lib/target.ts';
import { VirtualClock } from '../account/clock.ts';
import { type AccountParts, createAccount } from '../account/create-account.ts';
import { limitRates } from '../account/rate-limits.ts';
import { virtualRetries } from '../faults/retries.ts';
import { seededRandom } from '../plant/random.ts';
import { type Deployment, deployService } from '../run/deploy.ts';
import type { Handler } from '../stack.ts';
import { CallMeter } from './call-meter.ts';
import { Functions } from './functions.ts';
import { RATE_QUOTAS } from './quotas.ts';
import { UsageMeter } from './usage.ts';

export const START_MS = Date.UTC(2026, 0, 5);

/** Requests a second that one instance is meant to carry; few, since every one costs time. */
const PER_INSTANCE = 2;

const OWNERS = { min: 1, max: 20 };

/** Instances that the load of a target needs, at rest and in its surge. */
export const REST = 0.4;
export const SURGE = 4;

/** How long an AWS call takes, milliseconds. */
export const CALL_MS = { least: 5, most: 40 };

export interface ScaleOptions {
  readonly endpoints: number;
  readonly variantsPerEndpoint: number;
  readonly seed: number;
  /** Counts what AWS would bill, which takes some time. Default false. */
  readonly metered?: boolean;
}

/** An account with many endpoints and the service on it; calls take time and quotas are enforced. */
export class ScaleWorld {
  readonly parts: AccountParts;
  readonly targets: readonly ScalableTarget[];
  readonly calls: CallMeter;
  readonly functions: Functions;
  readonly meter: UsageMeter | undefined;
  /** Set once the service is deployed. */
  deployment: Deployment | undefined;
  readonly #clock: VirtualClock;
  readonly #instances = new Map<string, number>();

  private constructor(
    parts: AccountParts,
    clock: VirtualClock,
    targets: readonly ScalableTarget[],
    { seed, metered = false }: ScaleOptions,
  ) {
    this.parts = parts;
    this.targets = targets;
    this.#clock = clock;
    const random = seededRandom(seed);
    const { least, most } = CALL_MS;
    parts.account.intercept(() => clock.sleep(Math.ceil(least + random() * (most - least))));
    this.calls = new CallMeter(parts.account);
    limitRates(parts.account, RATE_QUOTAS);
    this.functions = new Functions(clock);
    this.meter = metered ? new UsageMeter(() => clock.nowMs) : undefined;
    this.meter?.listen(parts);
  }

  static async create(options: ScaleOptions): Promise<ScaleWorld> {
    const { endpoints, variantsPerEndpoint, seed } = options;
    const clock = new VirtualClock(START_MS, 'rest');
    const parts = createAccount({
      clock,
      startMs: START_MS,
      seed,
      region: 'us-east-1',
      model: {
        instanceThroughputPerSecond: PER_INSTANCE / 0.7,
        serviceSeconds: 0.2,
        leadTimeSeconds: 300,
      },
    });
    const targets = Array.from({ length: endpoints }, (_, i) =>
      Array.from({ length: variantsPerEndpoint }, (_, variant) =>
        variantTarget(`model-${String(i).padStart(4, '0')}`, `variant-${variant + 1}`),
      ),
    ).flat();
    const world = new ScaleWorld(parts, clock, targets, options);
    world.#createEndpoints();
    world.deployment = await deployService(parts, {
      handler: (name: string, handler: Handler) => world.functions.wrap(name, handler),
      surroundings: {
        sleep: (milliseconds) => clock.sleep(milliseconds),
        logger: world.meter?.logger ?? new Logger({ logLevel: 'SILENT' }),
        ...(world.meter && { metrics: world.meter.metrics }),
        clientConfig: {
          ...parts.account.clientConfig(),
          retryStrategy: virtualRetries(clock, seededRandom(seed + 1)),
        },
      },
    });
    return world;
  }

  /** Seconds since the world began. */
  get nowSeconds(): number {
    return (this.#clock.nowMs - START_MS) / 1000;
  }

  runTo(second: number): Promise<void> {
    return this.#clock.runUntil(START_MS + second * 1000);
  }

  /** Writes the parameters of all targets, evenly over `seconds`. */
  async enrolAll(seconds: number): Promise<void> {
    const { account, ssm } = this.parts;
    const fromSeconds = this.nowSeconds;
    const value = JSON.stringify({ signal: 'invocations', targetPerInstance: PER_INSTANCE * 60 });
    for (const [i, target] of this.targets.entries()) {
      const input = { Name: targetParameterName(target), Type: 'String', Value: value };
      await account.perform(ssm, 'PutParameter', input);
      await this.runTo(fromSeconds + ((i + 1) * seconds) / this.targets.length);
    }
  }

  hasAlarm(target: ScalableTarget): boolean {
    return this.parts.cloudWatch.describeAlarm(highAlarmName(target)) !== undefined;
  }

  /** From now on the load of a target needs `instances`; at first it is {@link REST}. */
  setDemand({ resourceId }: ScalableTarget, instances: number): void {
    this.#instances.set(resourceId, instances);
  }

  #createEndpoints(): void {
    const { sageMaker, autoScaling, plant } = this.parts;
    sageMaker.createModel({ ModelName: 'model', ExecutionRoleArn: ROLE });
    for (const [endpointName, variants] of Map.groupBy(this.targets, (each) => each.endpointName)) {
      sageMaker.createEndpointConfig({
        EndpointConfigName: endpointName,
        ProductionVariants: variants.map(({ variantName }) => ({
          VariantName: variantName,
          ModelName: 'model',
          InstanceType: 'ml.g5.xlarge',
          InitialInstanceCount: OWNERS.min,
        })),
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      });
      sageMaker.createEndpoint({ EndpointName: endpointName, EndpointConfigName: endpointName });
    }
    for (const target of this.targets) {
      const { endpointName, variantName, resourceId, scalableDimension } = target;
      this.#instances.set(resourceId, REST);
      const load = () => PER_INSTANCE * (this.#instances.get(resourceId) ?? 0);
      plant.setLoad(endpointName, variantName, load);
      const name = {
        ServiceNamespace: 'sagemaker',
        ResourceId: resourceId,
        ScalableDimension: scalableDimension,
      } as const;
      autoScaling.registerScalableTarget({
        ...name,
        MinCapacity: OWNERS.min,
        MaxCapacity: OWNERS.max,
      });
      autoScaling.putScalingPolicy({
        ...name,
        PolicyName: 'owners-target-tracking',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: PER_INSTANCE * 60,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance',
          },
        },
      });
    }
  }
}

const ROLE = 'arn:aws:iam::123456789012:role/m';
