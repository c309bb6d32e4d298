import type { MetricSink } from '../plant/metrics.ts';
import { Plant, type PlantOptions } from '../plant/plant.ts';
import { EmbeddedAccount } from './account.ts';
import {
  ApplicationAutoScaling,
  type ApplicationAutoScalingOptions,
} from './application-auto-scaling/application-auto-scaling.ts';
import { VirtualClock } from './clock.ts';
import { CloudWatch, type CloudWatchOptions } from './cloudwatch/cloudwatch.ts';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import { EventBus } from './eventbridge/bus.ts';
import { SageMakerRuntime } from './sagemaker/runtime.ts';
import { SageMaker } from './sagemaker/sagemaker.ts';
import type { CallContext } from './service.ts';
import { ServiceQuotas } from './service-quotas/service-quotas.ts';
import { Sns } from './sns/sns.ts';
import { Sqs } from './sqs/sqs.ts';
import { Ssm } from './ssm/ssm.ts';

/** What of the embedded account's behaviour can be set. */
export interface AccountOptions {
  /** Epoch milliseconds at which its time begins. */
  readonly startMs: number;
  readonly seed: number;
  readonly model: PlantOptions['model'];
  readonly instanceQuota?: PlantOptions['instanceQuota'];
  readonly insufficientCapacity?: PlantOptions['insufficientCapacity'];
  readonly metricLagSeconds?: NonNullable<CloudWatchOptions['metricLagSeconds']>;
  /** Default `eu-west-1`. */
  readonly region?: string;
  /** See `SageMakerOptions`. */
  readonly creationSeconds?: number;
  /** A clock at `startMs` to share; one of its own by default. */
  readonly clock?: VirtualClock;
  /** What stands between the plant's metrics and CloudWatch; nothing by default. */
  readonly metricSink?: (cloudWatch: MetricSink, clock: VirtualClock) => MetricSink;
  /** What AWS has not documented of Application Auto Scaling. */
  readonly autoScaling?: Pick<
    ApplicationAutoScalingOptions,
    'whileUpdating' | 'pastTimes' | 'scheduleDelaySeconds' | 'metricsOfOldCapacity'
  >;
  /** Sends every event of an endpoint twice. Default false. */
  readonly duplicateEvents?: boolean;
}

/** An embedded account with its services within reach. */
export interface AccountParts {
  readonly account: EmbeddedAccount;
  readonly clock: VirtualClock;
  readonly bus: EventBus;
  readonly cloudWatch: CloudWatch;
  readonly plant: Plant;
  readonly sageMaker: SageMaker;
  readonly runtime: SageMakerRuntime;
  readonly autoScaling: ApplicationAutoScaling;
  readonly ssm: Ssm;
  readonly sns: Sns;
  readonly sqs: Sqs;
  readonly dynamoDb: DynamoDb;
}

const CONTEXT: CallContext = { region: 'eu-west-1', accountId: '123456789012' };

/** An empty account in one region, on a clock of its own. */
export function createAccount(options: AccountOptions): AccountParts {
  const { startMs, seed, model, instanceQuota, metricLagSeconds, insufficientCapacity } = options;
  const context = { ...CONTEXT, region: options.region ?? CONTEXT.region };
  const clock = options.clock ?? new VirtualClock(startMs);
  const bus = new EventBus({ clock, context });
  const cloudWatch = new CloudWatch({
    clock,
    context,
    events: bus,
    seed,
    ...(metricLagSeconds ? { metricLagSeconds } : {}),
  });
  const plant = new Plant({
    clock,
    metrics: options.metricSink?.(cloudWatch, clock) ?? cloudWatch,
    model,
    seed,
    ...(instanceQuota ? { instanceQuota } : {}),
    ...(insufficientCapacity ? { insufficientCapacity } : {}),
  });
  const { duplicateEvents = false, creationSeconds = 0 } = options;
  const sageMaker = new SageMaker({
    clock,
    context,
    plant,
    events: bus,
    creationSeconds,
    duplicateEvents,
  });
  const runtime = new SageMakerRuntime({ clock, context, endpoints: sageMaker, seed });
  const autoScaling = new ApplicationAutoScaling({
    clock,
    context,
    resource: sageMaker,
    alarms: cloudWatch,
    events: bus,
    ...options.autoScaling,
  });
  const ssm = new Ssm({ clock, events: bus });
  const sns = new Sns({ clock, context });
  const sqs = new Sqs({ clock, context });
  const dynamoDb = new DynamoDb({ clock });
  const account = new EmbeddedAccount(clock, context);
  account.add(bus, cloudWatch, sageMaker, runtime, autoScaling, ssm, sns, sqs, dynamoDb);
  account.add(new ServiceQuotas(instanceQuota ?? {}));
  return {
    account,
    clock,
    bus,
    cloudWatch,
    plant,
    sageMaker,
    runtime,
    autoScaling,
    ssm,
    sns,
    sqs,
    dynamoDb,
  };
}
