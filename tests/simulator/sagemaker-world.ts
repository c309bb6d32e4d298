import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { type MetricsConfig, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { EmbeddedAccount } from '../../simulator/account/account.ts';
import {
  ApplicationAutoScaling,
  type ApplicationAutoScalingOptions,
} from '../../simulator/account/application-auto-scaling/application-auto-scaling.ts';
import type {
  AlarmService,
  MetricIdentity,
  ScalingAlarm,
} from '../../simulator/account/application-auto-scaling/contracts.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import {
  CloudWatch,
  type CloudWatchOptions,
} from '../../simulator/account/cloudwatch/cloudwatch.ts';
import { type AwsEvent, EventBus } from '../../simulator/account/eventbridge/bus.ts';
import { SageMaker, type SageMakerOptions } from '../../simulator/account/sagemaker/sagemaker.ts';
import type { MetricSink, MetricUnit, StatisticSet } from '../../simulator/plant/metrics.ts';
import { Plant, type PlantOptions } from '../../simulator/plant/plant.ts';
import type { VariantModel } from '../../simulator/plant/variant.ts';

/** A whole day, hence a whole minute and ten seconds too; a Monday. */
export const START_MS = Date.UTC(2026, 0, 5);

export const CONTEXT = { region: 'eu-central-1', accountId: '123456789012' };

export const RESOURCE_ID = 'endpoint/Chat/variant/main';
export const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';
export const ENDPOINT_ARN = 'arn:aws:sagemaker:eu-central-1:123456789012:endpoint/chat';

/** The members that name the scalable target of the world's endpoint. */
export const TARGET = {
  ServiceNamespace: 'sagemaker',
  ResourceId: RESOURCE_ID,
  ScalableDimension: DIMENSION,
} as const;

/** 10 requests a second per instance, 0.5 s each; instances take 180 s to come and 60 s to go. */
export const MODEL: VariantModel = {
  instanceThroughputPerSecond: 10,
  serviceSeconds: 0.5,
  leadTimeSeconds: 180,
};

/** A bin as a service published it. */
export interface PublishedBin extends StatisticSet {
  readonly unit: MetricUnit | 'None';
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds after the start. */
  readonly second: number;
  readonly periodSeconds: number;
  /** Seconds after the start at which it was published. */
  readonly publishedAt: number;
}

/** Keeps what is published. */
export class RecordingSink implements MetricSink {
  readonly bins: PublishedBin[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  recordBin(
    { metricName, dimensions }: MetricIdentity,
    startMs: number,
    periodSeconds: number,
    stats: StatisticSet,
    unit: MetricUnit | 'None' = 'None',
  ): void {
    this.bins.push({
      metricName,
      dimensions,
      second: (startMs - START_MS) / 1000,
      periodSeconds,
      publishedAt: (this.#clock.nowMs - START_MS) / 1000,
      unit,
      ...stats,
    });
  }

  of(metricName: string): PublishedBin[] {
    return this.bins.filter((bin) => bin.metricName === metricName);
  }
}

/** CloudWatch by hand: alarms whose states and values a test sets. */
export class FakeAlarms implements AlarmService {
  readonly inputs = new Map<string, Parameters<AlarmService['putMetricAlarm']>[0]>();
  readonly #states = new Map<string, ScalingAlarm['StateValue']>();
  readonly #values = new Map<string, number[]>();
  #execute: (policyArn: string, alarm: ScalingAlarm) => void = () => {};

  putMetricAlarm(input: Parameters<AlarmService['putMetricAlarm']>[0]): void {
    this.inputs.set(input.AlarmName as string, input);
  }

  deleteAlarms(names: readonly string[]): void {
    for (const name of names) this.inputs.delete(name);
  }

  describeAlarm(name: string): ScalingAlarm | undefined {
    const input = this.inputs.get(name);
    if (!input) return undefined;
    return {
      ...(input as unknown as ScalingAlarm),
      AlarmArn: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`,
      StateValue: this.#states.get(name) ?? 'OK',
    };
  }

  statistic(
    { metricName }: MetricIdentity,
    _statistic: string,
    periodSeconds: number,
    fromMs: number,
    toMs: number,
  ): { startMs: number; value: number }[] {
    const values = this.#values.get(metricName) ?? [];
    const count = Math.min(values.length, (toMs - fromMs) / (periodSeconds * 1000));
    return values
      .slice(values.length - count)
      .map((value, index) => ({ startMs: toMs - (count - index) * periodSeconds * 1000, value }));
  }

  alarmsWithAction(actionArn: string): ScalingAlarm[] {
    return [...this.inputs].flatMap(([name, { AlarmActions = [] }]) =>
      AlarmActions.includes(actionArn) ? (this.describeAlarm(name) ?? []) : [],
    );
  }

  decidingValues(alarmName: string): readonly number[] {
    const { MetricName = '', EvaluationPeriods = 1 } = this.inputs.get(alarmName) ?? {};
    return (this.#values.get(MetricName) ?? []).slice(-EvaluationPeriods);
  }

  onAutoScalingAction(executor: (policyArn: string, alarm: ScalingAlarm) => void): void {
    this.#execute = executor;
  }

  /** The newest values of a metric, oldest first. */
  setMetric(metricName: string, ...values: number[]): void {
    this.#values.set(metricName, values);
  }

  setState(name: string, state: ScalingAlarm['StateValue']): void {
    this.#states.set(name, state);
  }

  /** Puts an alarm into ALARM, if need be, and runs its actions once. */
  fire(name: string): void {
    this.setState(name, 'ALARM');
    const alarm = this.describeAlarm(name);
    if (!alarm) throw new Error(`There is no alarm ${name}.`);
    for (const arn of this.inputs.get(name)?.AlarmActions ?? []) this.#execute(arn, alarm);
  }

  /** The one alarm whose name contains `part`. */
  named(part: string): string {
    const names = [...this.inputs.keys()].filter((name) => name.includes(part));
    if (names.length !== 1) throw new Error(`${names.length} alarms contain ${part}.`);
    return names[0] as string;
  }
}

export interface WorldOptions {
  readonly model?: Partial<VariantModel>;
  readonly plant?: Partial<Pick<PlantOptions, 'instanceQuota' | 'insufficientCapacity' | 'seed'>>;
  readonly sageMaker?: Partial<Pick<SageMakerOptions, 'creationSeconds' | 'duplicateEvents'>>;
  readonly autoScaling?: Partial<ApplicationAutoScalingOptions>;
  readonly cloudWatch?: Partial<CloudWatchOptions>;
  /** Instances of the endpoint `Chat`, variant `main`; 0 makes no endpoint. Default 2. */
  readonly instances?: number;
  readonly metricsConfig?: MetricsConfig;
}

/** SageMaker, Application Auto Scaling, CloudWatch and EventBridge on a plant of their own. */
export function sageMakerWorld(options: WorldOptions = {}) {
  const clock = new VirtualClock(START_MS);
  const bus = new EventBus({ clock, context: CONTEXT });
  const cloudWatch = new CloudWatch({
    clock,
    context: CONTEXT,
    events: bus,
    phaseMs: () => 0,
    ...options.cloudWatch,
  });
  const plant = new Plant({
    clock,
    metrics: cloudWatch,
    model: { ...MODEL, ...options.model },
    ...options.plant,
  });
  const sageMaker = new SageMaker({
    clock,
    context: CONTEXT,
    plant,
    events: bus,
    ...options.sageMaker,
  });
  const autoScaling = new ApplicationAutoScaling({
    clock,
    context: CONTEXT,
    resource: sageMaker,
    alarms: cloudWatch,
    events: bus,
    ...options.autoScaling,
  });
  const account = new EmbeddedAccount(clock, CONTEXT).add(sageMaker, autoScaling, cloudWatch, bus);
  const clientOptions = {
    region: CONTEXT.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: account.requestHandler(),
    maxAttempts: 1,
  };
  const events: AwsEvent[] = [];
  bus.onEvent((event) => events.push(event));

  const { instances = 2, metricsConfig } = options;
  if (instances > 0) {
    sageMaker.createModel({ ModelName: 'llm' });
    sageMaker.createEndpointConfig({
      EndpointConfigName: 'one',
      ProductionVariants: [
        {
          VariantName: 'main',
          ModelName: 'llm',
          InstanceType: 'ml.g5.xlarge',
          InitialInstanceCount: instances,
        },
      ],
      ...(metricsConfig && { MetricsConfig: metricsConfig }),
    });
    sageMaker.createEndpoint({ EndpointName: 'Chat', EndpointConfigName: 'one' });
  }

  return {
    clock,
    bus,
    events,
    plant,
    sageMaker,
    autoScaling,
    cloudWatch,
    account,
    sageMakerClient: new SageMakerClient(clientOptions),
    autoScalingClient: new ApplicationAutoScalingClient(clientOptions),
    /** Runs to `second` s after the start, that instant included. */
    runTo(second: number) {
      return clock.runUntil(START_MS + second * 1000);
    },
    /** What DescribeEndpoint says: status, current and desired instances of the first variant. */
    state() {
      const { EndpointStatus, ProductionVariants: [variant] = [] } = sageMaker.describeEndpoint({
        EndpointName: 'Chat',
      });
      return [EndpointStatus, variant?.CurrentInstanceCount, variant?.DesiredInstanceCount];
    },
  };
}

/** The same with CloudWatch by hand. */
export function handAlarmWorld(options: WorldOptions = {}) {
  const alarms = new FakeAlarms();
  // Metrics set by hand are as of now, whatever their period says.
  const byHand = { alarms, metricsOfOldCapacity: 'used' } as const;
  const world = sageMakerWorld({ ...options, autoScaling: { ...byHand, ...options.autoScaling } });
  return { ...world, alarms };
}

/** The error of a call that must be refused, as `Code: message`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  throw new Error('The call was not refused.');
}

export type World = ReturnType<typeof sageMakerWorld>;

/** So many seconds after the start. */
export const at = (second: number) => new Date(START_MS + second * 1000);
