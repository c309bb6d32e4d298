import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { VirtualClock } from '../clock.ts';
import type { EventContent } from '../eventbridge/bus.ts';
import type { AwsService, CallContext, Operation } from '../service.ts';
import { type AlarmView, actionsOf } from './alarm.ts';
import { type AlarmAction, AlarmEngine } from './alarm-engine.ts';
import { ALARM_STATES } from './alarm-evaluation.ts';
import * as alarms from './alarm-operations.ts';
import type { Aggregate } from './bins.ts';
import { getMetricData } from './get-metric-data.ts';
import type { MetricIdentity } from './metric.ts';
import { type MetricLagSeconds, MetricStore } from './metric-store.ts';
import { MuteRules } from './mute-rules.ts';
import { putMetricData } from './put-metric-data.ts';
import { getMetricStatistics, listMetrics } from './read-metrics.ts';
import { type Datapoint, datapoints, type Statistic } from './statistics.ts';

export type { AlarmView } from './alarm.ts';

export interface CloudWatchOptions {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  /** Where alarm events go; an `EventBus` fits. */
  readonly events: { emit(event: EventContent): unknown };
  /** Decides at which ms of its interval each alarm is evaluated; default 0. */
  readonly seed?: number;
  /** Overrides the seeded phase of alarms: ms into the evaluation interval. */
  readonly phaseMs?: (alarmName: string, intervalMs: number) => number;
  /** Default 10 s each; AWS publishes no figure. */
  readonly metricLagSeconds?: Partial<MetricLagSeconds>;
  /**
   * How many data points beyond EvaluationPeriods an alarm looks back, default 2. AWS publishes
   * no rule; its one example fetches 5 for an alarm of 3.
   */
  readonly evaluationRangeExtra?: number;
}

const DEFAULT_LAG_SECONDS: MetricLagSeconds = { highResolution: 10, standard: 10 };
const DEFAULT_EVALUATION_RANGE_EXTRA = 2;

/** CloudWatch of the embedded account: metrics, and alarms on single metrics. */
export class CloudWatch implements AwsService {
  readonly name = 'cloudwatch';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #clock: VirtualClock;
  readonly #store: MetricStore;
  readonly #engine: AlarmEngine;

  constructor(options: CloudWatchOptions) {
    const { clock, context, events, phaseMs } = options;
    this.#clock = clock;
    const mutes = new MuteRules(clock, context);
    this.#store = new MetricStore(clock, { ...DEFAULT_LAG_SECONDS, ...options.metricLagSeconds });
    this.#engine = new AlarmEngine({
      clock,
      context,
      store: this.#store,
      emit: (event) => events.emit(event),
      seed: options.seed ?? 0,
      evaluationRangeExtra: options.evaluationRangeExtra ?? DEFAULT_EVALUATION_RANGE_EXTRA,
      ...(phaseMs ? { phaseMs } : {}),
      muteDetail: (alarmName) => mutes.detail(alarmName),
    });
    const engine = this.#engine;
    const store = this.#store;
    this.operations = {
      PutMetricData: (input) => putMetricData(store, clock.nowMs, input),
      GetMetricData: (input) => getMetricData(store, clock.nowMs, input),
      GetMetricStatistics: (input) => getMetricStatistics(store, clock.nowMs, input),
      ListMetrics: (input) => listMetrics(store, clock.nowMs, input),
      PutMetricAlarm: (input) => alarms.putMetricAlarm(engine, input),
      DeleteAlarms: (input) => alarms.deleteAlarms(engine, input.AlarmNames),
      DescribeAlarms: (input) => alarms.describeAlarms(engine, input),
      DescribeAlarmsForMetric: (input) => alarms.describeAlarmsForMetric(engine, input),
      SetAlarmState: (input) => alarms.setAlarmState(engine, input),
      EnableAlarmActions: (input) => alarms.setActionsEnabled(engine, input.AlarmNames, true),
      DisableAlarmActions: (input) => alarms.setActionsEnabled(engine, input.AlarmNames, false),
      PutAlarmMuteRule: (input) => mutes.put(input),
      GetAlarmMuteRule: (input) => mutes.get(input),
      ListAlarmMuteRules: (input) => mutes.list(input),
      DeleteAlarmMuteRule: (input) => mutes.delete(input.AlarmMuteRuleName),
      TagResource: (input) => alarms.tagResource(engine, input.ResourceARN, input.Tags),
      UntagResource: (input) => alarms.untagResource(engine, input.ResourceARN, input.TagKeys),
      ListTagsForResource: (input) => alarms.listTagsForResource(engine, input.ResourceARN),
    };
  }

  /**
   * Publishes one bin of a service's own metric: `startMs` to `startMs` + `periodSeconds`. It can
   * be read the lag after its end. Throws RangeError for a bin without samples.
   */
  recordBin(
    metric: MetricIdentity,
    startMs: number,
    periodSeconds: number,
    bin: Aggregate,
    unit?: string,
  ): void {
    this.#store.recordBin(metric, startMs, periodSeconds, bin, unit);
  }

  /** The visible data points that start in [fromMs, toMs), oldest first; without `unit` of any. */
  statistic(
    metric: MetricIdentity,
    statistic: Statistic,
    periodSeconds: number,
    fromMs: number,
    toMs: number,
    unit?: string,
  ): Datapoint[] {
    const { nowMs } = this.#clock;
    return datapoints(this.#store, nowMs, metric, statistic, periodSeconds, fromMs, toMs, unit);
  }

  /** As the operation of that name, for other services of the account. */
  putMetricAlarm(input: PutMetricAlarmInput): void {
    alarms.putMetricAlarm(this.#engine, input);
  }

  /** As the operation of that name; unknown names are passed over. */
  deleteAlarms(names: readonly string[]): void {
    alarms.deleteAlarms(this.#engine, names);
  }

  describeAlarm(name: string): AlarmView | undefined {
    return this.#engine.get(name)?.view;
  }

  /** Every alarm that has an action among those of any of its states. */
  alarmsWithAction(actionArn: string): AlarmView[] {
    return this.alarms().filter((alarm) =>
      ALARM_STATES.some((state) => actionsOf(alarm, state).includes(actionArn)),
    );
  }

  /** See {@link AlarmEngine.decidingValues}. */
  decidingValues(alarmName: string): readonly number[] {
    return this.#engine.decidingValues(alarmName);
  }

  /** All alarms as DescribeAlarms shows them. */
  alarms(): AlarmView[] {
    return this.#engine.all().map(({ view }) => view);
  }

  /** Runs the Auto Scaling actions of alarms: on a transition, then at each evaluation in the state. */
  onAutoScalingAction(executor: AlarmAction): void {
    this.#engine.onAutoScalingAction(executor);
  }

  /** Runs all other actions (topics, functions, …): on a transition only. */
  onNotificationAction(executor: AlarmAction): void {
    this.#engine.onNotificationAction(executor);
  }
}
