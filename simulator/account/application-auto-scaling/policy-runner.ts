import type { VirtualClock } from '../clock.ts';
import type { NotScaledReason } from './activities.ts';
import type { CapacityControl } from './capacity.ts';
import type { AlarmService, ScalingAlarm } from './contracts.ts';
import type { StepPolicy, TrackingPolicy } from './policies.ts';
import { findStep, steppedCapacity } from './step-scaling.ts';
import { proportionalCapacity } from './target-tracking.ts';
import type { ScalableTarget, TargetStore } from './targets.ts';

/** Cooldown of policies on SageMaker where none is set (Application Auto Scaling API reference). */
const DEFAULT_COOLDOWN_SECONDS = 300;
/** How many periods back a datapoint may lie to count as the newest. */
const LOOK_BACK_PERIODS = 10;

/** What a policy wants of a target whose alarm called it. */
interface Wish {
  readonly target: ScalableTarget;
  readonly cause: string;
  /** Capacity asked for at present. */
  readonly capacity: number;
  readonly isScalable: boolean;
  /** Capacity wanted, before the bounds. */
  readonly wanted: number;
  readonly cooldownSeconds: number;
}

/** Carries out scaling policies when alarms call them. */
export class PolicyRunner {
  readonly #clock: VirtualClock;
  readonly #targets: TargetStore;
  readonly #control: CapacityControl;
  readonly #alarms: AlarmService;
  readonly #metricSettleMs: number;
  readonly #ignoresOldCapacity: boolean;

  /** @param metricSettleSeconds how old the end of a period must be before its datapoint counts */
  constructor(options: {
    readonly clock: VirtualClock;
    readonly targets: TargetStore;
    readonly control: CapacityControl;
    readonly alarms: AlarmService;
    readonly metricSettleSeconds: number;
    readonly metricsOfOldCapacity: 'ignored' | 'used';
  }) {
    this.#clock = options.clock;
    this.#targets = options.targets;
    this.#control = options.control;
    this.#alarms = options.alarms;
    this.#metricSettleMs = options.metricSettleSeconds * 1000;
    this.#ignoresOldCapacity = options.metricsOfOldCapacity === 'ignored';
    options.alarms.onAutoScalingAction((policyArn, alarm) => this.#run(policyArn, alarm));
  }

  #run(policyArn: string, alarm: ScalingAlarm): void {
    for (const target of this.#targets.all()) {
      for (const policy of target.policies.values()) {
        if (policy.arn !== policyArn) continue;
        const cause =
          `monitor alarm ${alarm.AlarmName} in state ${alarm.StateValue} ` +
          `triggered policy ${policy.name}`;
        if (policy.type === 'StepScaling') this.#step(target, policy, alarm, cause);
        else if (alarm.AlarmName === policy.alarms.high) this.#trackOut(target, policy, cause);
        else if (alarm.AlarmName === policy.alarms.low) this.#trackIn(target, policy, cause);
      }
    }
  }

  /** Out if any policy wants it: the largest capacity among those whose alarm is on. */
  #trackOut(target: ScalableTarget, caller: TrackingPolicy, cause: string): void {
    const capacity = this.#control.read(target);
    if (!capacity) return;
    // A datapoint from after the latest change shows what that change carries already: counting from
    // the capacity before it would credit the earlier step twice.
    const base = this.#ignoresOldCapacity
      ? capacity.desired
      : target.cooldowns.scaleOutBase(this.#clock.nowMs, capacity.desired);
    const sinceMs = this.#ignoresOldCapacity ? target.landedAtMs : 0;
    const wishes = trackingPolicies(target)
      .filter((policy) => policy === caller || this.#isInAlarm(policy.alarms.high))
      .flatMap((policy) => this.#tracked(policy, base, 'high', sinceMs));
    if (wishes.length === 0) return;
    this.#scaleOut({
      target,
      cause,
      capacity: capacity.desired,
      isScalable: capacity.isScalable,
      wanted: Math.max(...wishes),
      cooldownSeconds: caller.configuration.ScaleOutCooldown ?? DEFAULT_COOLDOWN_SECONDS,
    });
  }

  /** In only if every policy that may scale in wants it, and not below what any of them needs. */
  #trackIn(target: ScalableTarget, caller: TrackingPolicy, cause: string): void {
    const policies = trackingPolicies(target).filter(({ alarms }) => alarms.low !== undefined);
    if (!policies.every(({ alarms }) => this.#isInAlarm(alarms.low as string))) return;
    const capacity = this.#control.read(target);
    if (!capacity) return;
    const wishes = policies.flatMap((policy) => this.#tracked(policy, capacity.desired, 'low', 0));
    if (wishes.length === 0) return;
    this.#scaleIn(
      {
        target,
        cause,
        capacity: capacity.desired,
        isScalable: capacity.isScalable,
        wanted: Math.max(...wishes),
        cooldownSeconds: caller.configuration.ScaleInCooldown ?? DEFAULT_COOLDOWN_SECONDS,
      },
      // Rounding up left the capacity where it is: one instance less would breach again.
      { Code: 'AutoScalingAnticipatedFlapping' },
    );
  }

  #step(target: ScalableTarget, policy: StepPolicy, alarm: ScalingAlarm, cause: string): void {
    const { configuration } = policy;
    const capacity = this.#control.read(target);
    const metric = this.#aggregate(
      alarm.AlarmName,
      configuration.MetricAggregationType ?? 'Average',
    );
    if (!capacity || metric === undefined) return;
    const isBelow = alarm.ComparisonOperator.startsWith('Less');
    const step = findStep(configuration.StepAdjustments ?? [], metric - alarm.Threshold, isBelow);
    if (!step) return;
    const adjustment = step.ScalingAdjustment as number;
    const reached = steppedCapacity(configuration, adjustment, capacity.desired);
    const wish = {
      target,
      cause,
      capacity: capacity.desired,
      isScalable: capacity.isScalable,
      wanted: Math.max(0, reached),
      cooldownSeconds: configuration.Cooldown ?? DEFAULT_COOLDOWN_SECONDS,
    };
    if (reached < capacity.desired) {
      this.#scaleIn(wish, alreadyDesired(capacity.desired));
    } else {
      const base = target.cooldowns.scaleOutBase(this.#clock.nowMs, capacity.desired);
      this.#scaleOut({ ...wish, wanted: steppedCapacity(configuration, adjustment, base) });
    }
  }

  #scaleOut(wish: Wish): void {
    const { target, capacity, wanted, cooldownSeconds } = wish;
    if (target.suspended.DynamicScalingOutSuspended) return;
    const next = Math.max(Math.min(wanted, target.max), target.min);
    if (next <= capacity) {
      const isAtMax = wanted > capacity && capacity >= target.max;
      this.#leave(
        wish,
        isAtMax
          ? { Code: 'AlreadyAtMaxCapacity', MaxCapacity: target.max }
          : alreadyDesired(capacity),
      );
      return;
    }
    if (!wish.isScalable) {
      this.#leave(wish, { Code: 'TargetServicePutResourceAsUnscalable' });
      return;
    }
    const ended = target.cooldowns.scaleOutBegins(this.#clock.nowMs, capacity, cooldownSeconds);
    this.#control.move(target, next, wish.cause, () => ended(this.#clock.nowMs));
  }

  #scaleIn(wish: Wish, noLower: NotScaledReason): void {
    const { target, capacity, wanted, cooldownSeconds } = wish;
    if (target.suspended.DynamicScalingInSuspended) return;
    if (target.cooldowns.blocksScaleIn(this.#clock.nowMs)) return;
    const next = Math.min(Math.max(wanted, target.min), target.max);
    if (next >= capacity) {
      const isAtMin = capacity <= target.min;
      this.#leave(
        wish,
        isAtMin ? { Code: 'AlreadyAtMinCapacity', MinCapacity: target.min } : noLower,
      );
      return;
    }
    if (!wish.isScalable) {
      this.#leave(wish, { Code: 'TargetServicePutResourceAsUnscalable' });
      return;
    }
    this.#control.move(target, next, wish.cause, () =>
      target.cooldowns.scaleInEnded(this.#clock.nowMs, cooldownSeconds),
    );
  }

  #leave({ target, cause }: Wish, reason: NotScaledReason): void {
    this.#control.recordNotScaled(target, cause, reason);
  }

  /** What a policy's newest datapoint asks for; none without one that began at `sinceMs` or later. */
  #tracked(policy: TrackingPolicy, base: number, side: 'high' | 'low', sinceMs: number): number[] {
    const { metric, unit, [side]: evaluation } = policy.tracked;
    const { statistic, periodSeconds } = evaluation;
    const newest = this.#datapoints(metric, statistic, periodSeconds, LOOK_BACK_PERIODS, unit).at(
      -1,
    );
    const target = policy.configuration.TargetValue as number;
    if (newest === undefined || newest.startMs < sinceMs) return [];
    return [proportionalCapacity(base, newest.value, target)];
  }

  /** A step policy's metric: its aggregation over the datapoints that set off the alarm. */
  #aggregate(
    alarmName: string,
    aggregation: 'Average' | 'Minimum' | 'Maximum',
  ): number | undefined {
    const values = this.#alarms.decidingValues(alarmName);
    if (values.length === 0) return undefined;
    if (aggregation === 'Maximum') return Math.max(...values);
    if (aggregation === 'Minimum') return Math.min(...values);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  /** Recent datapoints, oldest first, without periods that may still be filling. */
  #datapoints(
    metric: TrackingPolicy['tracked']['metric'],
    statistic: TrackingPolicy['tracked']['high']['statistic'],
    periodSeconds: number,
    periods: number,
    unit?: string,
  ): readonly { readonly startMs: number; readonly value: number }[] {
    const periodMs = periodSeconds * 1000;
    const toMs = Math.floor((this.#clock.nowMs - this.#metricSettleMs) / periodMs) * periodMs;
    const fromMs = toMs - periods * periodMs;
    return this.#alarms.statistic(metric, statistic, periodSeconds, fromMs, toMs, unit);
  }

  #isInAlarm(alarmName: string): boolean {
    return this.#alarms.describeAlarm(alarmName)?.StateValue === 'ALARM';
  }
}

function trackingPolicies(target: ScalableTarget): TrackingPolicy[] {
  return [...target.policies.values()].filter((policy) => policy.type === 'TargetTrackingScaling');
}

function alreadyDesired(capacity: number): NotScaledReason {
  return { Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: capacity };
}
