import type { VirtualClock } from '../clock.ts';
import type { EventContent } from '../eventbridge/bus.ts';
import type { CallContext } from '../service.ts';
import {
  type Alarm,
  type AlarmStateView,
  type AlarmView,
  actionsOf,
  evaluationIntervalMs,
  seededPhaseMs,
} from './alarm.ts';
import {
  type AlarmConfiguration,
  alarmMetric,
  isHighResolution,
  missingDataTreatment,
} from './alarm-configuration.ts';
import { type AlarmState, COMPARISONS, evaluateAlarm, type Verdict } from './alarm-evaluation.ts';
import { configurationChangeEvent, stateChangeEvent } from './alarm-events.ts';
import { type EvaluationRange, stateReason } from './alarm-reason.ts';
import type { Aggregate } from './bins.ts';
import type { MetricStore } from './metric-store.ts';
import type { MuteDetail } from './mute-rules.ts';
import { floor } from './series.ts';
import { statisticOf } from './statistics.ts';

/** Runs one action of an alarm; `actionArn` is the scaling policy or the topic, function, …. */
export type AlarmAction = (actionArn: string, alarm: AlarmView) => void | Promise<void>;

export interface AlarmEngineOptions {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  readonly store: MetricStore;
  readonly emit: (event: EventContent) => unknown;
  /** Decides the phases of all alarms. */
  readonly seed: number;
  /** Data points fetched beyond EvaluationPeriods. */
  readonly evaluationRangeExtra: number;
  /** Overrides the seeded phase: ms into the interval. */
  readonly phaseMs?: (alarmName: string, intervalMs: number) => number;
  /** By what an alarm is muted at this moment, if it is. */
  readonly muteDetail: (alarmName: string) => MuteDetail | undefined;
}

const AUTO_SCALING_ARN = /^arn:aws[\w-]*:autoscaling:/;

/** Keeps the alarms, evaluates each on its own beat, and acts on what comes of it. */
export class AlarmEngine {
  readonly #options: AlarmEngineOptions;
  readonly #alarms = new Map<string, Alarm>();
  readonly #autoScalingActions: AlarmAction[] = [];
  readonly #notificationActions: AlarmAction[] = [];

  constructor(options: AlarmEngineOptions) {
    this.#options = options;
  }

  onAutoScalingAction(executor: AlarmAction): void {
    this.#autoScalingActions.push(executor);
  }

  onNotificationAction(executor: AlarmAction): void {
    this.#notificationActions.push(executor);
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  /** All alarms in order of their names. */
  all(): Alarm[] {
    return [...this.#alarms.values()].sort((a, b) =>
      a.view.AlarmName < b.view.AlarmName ? -1 : 1,
    );
  }

  /** Creates an alarm, or overwrites the configuration of one and leaves its state and tags. */
  put(configuration: AlarmConfiguration, tags: ReadonlyMap<string, string>): void {
    const existing = this.#alarms.get(configuration.AlarmName);
    if (existing) this.#reconfigure(existing, configuration);
    else this.#create(configuration, tags);
  }

  delete(name: string): void {
    const alarm = this.#alarms.get(name);
    if (!alarm) return;
    alarm.cancel();
    this.#alarms.delete(name);
    this.#options.emit(configurationChangeEvent('delete', alarm.view));
  }

  setActionsEnabled(name: string, enabled: boolean): void {
    const alarm = this.#alarms.get(name);
    if (!alarm || alarm.view.ActionsEnabled === enabled) return;
    this.#reconfigure(alarm, { ...configurationOf(alarm.view), ActionsEnabled: enabled });
  }

  /** Puts an alarm into a state by hand, until its next evaluation says otherwise. */
  setState(alarm: Alarm, state: AlarmState, reason: string, reasonData?: string): void {
    const isTransition = state !== alarm.view.StateValue;
    this.#enter(alarm, state, reason, reasonData, isTransition);
    if (isTransition) this.#act(alarm, true);
  }

  #create(configuration: AlarmConfiguration, tags: ReadonlyMap<string, string>): void {
    const { clock, context } = this.#options;
    const { region, accountId } = context;
    const alarm: Alarm = {
      view: {
        ...configuration,
        AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${configuration.AlarmName}`,
        AlarmConfigurationUpdatedTimestamp: clock.nowSeconds,
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: clock.nowSeconds,
        StateTransitionedTimestamp: clock.nowSeconds,
      },
      tags: new Map(tags),
      intervalMs: evaluationIntervalMs(configuration),
      cancel: () => {},
    };
    this.#alarms.set(configuration.AlarmName, alarm);
    this.#schedule(alarm);
    this.#options.emit(configurationChangeEvent('create', alarm.view));
  }

  #reconfigure(alarm: Alarm, configuration: AlarmConfiguration): void {
    const before = alarm.view;
    alarm.view = {
      ...configuration,
      ...stateOf(before),
      AlarmArn: before.AlarmArn,
      AlarmConfigurationUpdatedTimestamp: this.#options.clock.nowSeconds,
    };
    const intervalMs = evaluationIntervalMs(configuration);
    // The beat goes on through an update: an alarm rewritten on every beat would never be evaluated.
    if (intervalMs !== alarm.intervalMs) {
      alarm.intervalMs = intervalMs;
      alarm.cancel();
      this.#schedule(alarm);
    }
    this.#options.emit(configurationChangeEvent('update', alarm.view, before));
  }

  /** Plans the first evaluation after now that falls on the alarm's phase. */
  #schedule(alarm: Alarm): void {
    const { clock, seed, phaseMs } = this.#options;
    const { intervalMs, view } = alarm;
    const phase = phaseMs
      ? phaseMs(view.AlarmName, intervalMs)
      : seededPhaseMs(seed, view.AlarmName, intervalMs);
    const firstMs = floor(clock.nowMs - phase, intervalMs) + intervalMs + phase;
    this.#planAt(alarm, firstMs);
  }

  #planAt(alarm: Alarm, atMs: number): void {
    alarm.cancel = this.#options.clock.at(atMs, () => {
      this.#planAt(alarm, atMs + alarm.intervalMs);
      this.#evaluate(alarm);
    });
  }

  /**
   * The values, oldest first, that an alarm's state rests on at this moment: those that breach of the
   * data points that it evaluates, all of them where none does or the state is not ALARM.
   */
  decidingValues(name: string): number[] {
    const alarm = this.#alarms.get(name);
    if (!alarm) return [];
    const { view } = alarm;
    const { verdict, slots } = this.#look(view);
    const values = verdict.evaluated.map((index) =>
      statisticOf(slots[index] as Aggregate, view.Statistic),
    );
    if (view.StateValue !== 'ALARM' || verdict.breaching === 0) return values;
    const isBreaching = COMPARISONS[view.ComparisonOperator];
    return values.filter((value) => isBreaching(value, view.Threshold));
  }

  #look(view: AlarmView): EvaluationRange & { readonly verdict: Verdict } {
    const { clock, store, evaluationRangeExtra } = this.#options;
    const metric = alarmMetric(view);
    const periodMs = view.Period * 1000;
    // A window of one bin is there or it is not; one of several bins would be judged by too small a
    // sum while some are still to come.
    const settleMs = periodMs > 10_000 ? store.settleMs(metric) : 0;
    // The window slides by one evaluation: it ends at the last whole 10 s or minute.
    const endMs = floor(clock.nowMs - settleMs, isHighResolution(view) ? 10_000 : 60_000);
    const count = view.EvaluationPeriods + evaluationRangeExtra;
    const fromMs = endMs - count * periodMs;
    const slots = store.windows(metric, fromMs, periodMs, count, view.Unit);
    const verdict = evaluateAlarm(
      slots.map((slot) => slot && statisticOf(slot, view.Statistic)),
      {
        evaluationPeriods: view.EvaluationPeriods,
        datapointsToAlarm: view.DatapointsToAlarm ?? view.EvaluationPeriods,
        threshold: view.Threshold,
        comparisonOperator: view.ComparisonOperator,
        treatMissingData: missingDataTreatment(view),
      },
    );
    return { fromMs, periodMs, slots, verdict };
  }

  #evaluate(alarm: Alarm): void {
    const { clock } = this.#options;
    const { view } = alarm;
    const { verdict, ...range } = this.#look(view);
    const state = verdict.state ?? view.StateValue;
    if (state === view.StateValue) {
      this.#act(alarm, false);
      return;
    }
    const { reason, reasonData } = stateReason(view, verdict, state, range, clock.nowMs);
    this.#enter(alarm, state, reason, reasonData, true);
    this.#act(alarm, true);
  }

  #enter(
    alarm: Alarm,
    state: AlarmState,
    reason: string,
    reasonData: string | undefined,
    isTransition: boolean,
  ): void {
    const before = alarm.view;
    const nowSeconds = this.#options.clock.nowSeconds;
    const { StateReasonData: _previous, ...rest } = before;
    alarm.view = {
      ...rest,
      StateValue: state,
      StateReason: reason,
      ...(reasonData === undefined ? {} : { StateReasonData: reasonData }),
      StateUpdatedTimestamp: nowSeconds,
      StateTransitionedTimestamp: isTransition ? nowSeconds : before.StateTransitionedTimestamp,
    };
    if (!isTransition) return;
    const mute = this.#options.muteDetail(before.AlarmName);
    this.#options.emit(stateChangeEvent(before, alarm.view, mute));
  }

  /** Auto Scaling actions run at every evaluation in the state, all others on entering it only. */
  #act(alarm: Alarm, isTransition: boolean): void {
    const { view } = alarm;
    if (!view.ActionsEnabled || this.#options.muteDetail(view.AlarmName)) return;
    const { clock } = this.#options;
    for (const arn of actionsOf(view, view.StateValue)) {
      const isAutoScaling = AUTO_SCALING_ARN.test(arn);
      if (!isAutoScaling && !isTransition) continue;
      const executors = isAutoScaling ? this.#autoScalingActions : this.#notificationActions;
      for (const execute of executors) clock.at(clock.nowMs, () => execute(arn, view));
    }
  }
}

function stateOf(view: AlarmView): AlarmStateView {
  return {
    StateValue: view.StateValue,
    StateReason: view.StateReason,
    ...(view.StateReasonData === undefined ? {} : { StateReasonData: view.StateReasonData }),
    StateUpdatedTimestamp: view.StateUpdatedTimestamp,
    StateTransitionedTimestamp: view.StateTransitionedTimestamp,
  };
}

function configurationOf(view: AlarmView): AlarmConfiguration {
  const {
    AlarmArn: _arn,
    AlarmConfigurationUpdatedTimestamp: _configured,
    StateValue: _value,
    StateReason: _reason,
    StateReasonData: _data,
    StateUpdatedTimestamp: _updated,
    StateTransitionedTimestamp: _transitioned,
    ...configuration
  } = view;
  return configuration;
}
