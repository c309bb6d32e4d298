import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';

// What Application Auto Scaling needs of the services around it.

/** How a capacity change ended: as asked for, or back at the old capacity. */
export type ChangeOutcome = 'fulfilled' | 'unfulfilled';

/** The service that owns what is scaled; SageMaker for endpoint variants. */
export interface ScalableResource {
  /** Undefined: there is no such resource, or it has no such dimension. */
  read(
    resourceId: string,
    dimension: string,
  ):
    | {
        readonly desired: number;
        /** False while the service takes no change of capacity. */
        readonly isScalable: boolean;
      }
    | undefined;
  /** Throws `AwsError`, then nothing has changed; else `onEnd` hears once how it went. */
  setDesired(
    resourceId: string,
    dimension: string,
    capacity: number,
    onEnd: (outcome: ChangeOutcome) => void,
  ): void;
  /** Hears which resources have been deleted. */
  onDeleted(listener: (resourceIds: readonly string[]) => void): void;
  /** Takes the answer to which resources are scalable targets. */
  knowScalableTargets(isScalableTarget: (resourceId: string) => boolean): void;
}

/** A metric as a statistic is read from it. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

/** What scaling needs to know of an alarm, under the member names of DescribeAlarms. */
export interface ScalingAlarm {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly Threshold: number;
  readonly ComparisonOperator: string;
}

/** CloudWatch, as far as scaling policies need it. */
export interface AlarmService {
  putMetricAlarm(input: PutMetricAlarmInput): void;
  deleteAlarms(names: readonly string[]): void;
  describeAlarm(name: string): ScalingAlarm | undefined;
  /** Every alarm that has an action among those of any of its states. */
  alarmsWithAction(actionArn: string): readonly ScalingAlarm[];
  /** The values, oldest first, of the datapoints that an alarm's state rests on at this moment. */
  decidingValues(alarmName: string): readonly number[];
  /** The visible datapoints that start in [fromMs, toMs), oldest first; without `unit` of any. */
  statistic(
    metric: MetricIdentity,
    statistic: Statistic,
    periodSeconds: number,
    fromMs: number,
    toMs: number,
    unit?: string,
  ): readonly { readonly startMs: number; readonly value: number }[];
  /** The executor runs at each evaluation in a state that has the policy among its actions. */
  onAutoScalingAction(executor: (policyArn: string, alarm: ScalingAlarm) => void): void;
}

/** The way to the event bus. */
export interface EventEmitter {
  emit(event: {
    readonly source: string;
    readonly detailType: string;
    readonly resources: readonly string[];
    readonly detail: object;
  }): unknown;
}
