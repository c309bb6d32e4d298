import type {
  PutScalingPolicyRequest,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { VirtualClock } from '../clock.ts';
import { requireMembers, requireRange } from '../input.ts';
import { type CallContext, validationError } from '../service.ts';
import type { AlarmService } from './contracts.ts';
import { limitExceeded, objectNotFound } from './errors.ts';
import type { IdSource } from './ids.ts';
import { checkStepScaling } from './step-scaling.ts';
import {
  type TrackedMetric,
  type TrackingAlarms,
  trackedMetric,
  trackingAlarms,
} from './target-tracking.ts';
import { describe, type ScalableTarget, type TargetName } from './targets.ts';

interface PolicyIdentity {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
}

/** A target tracking policy with what it watches. */
export interface TrackingPolicy extends PolicyIdentity {
  readonly type: 'TargetTrackingScaling';
  readonly configuration: TargetTrackingScalingPolicyConfiguration;
  readonly tracked: TrackedMetric;
  readonly alarms: TrackingAlarms;
}

/** A step scaling policy; its alarms are the owner's. */
export interface StepPolicy extends PolicyIdentity {
  readonly type: 'StepScaling';
  readonly configuration: StepScalingPolicyConfiguration;
}

export type ScalingPolicy = TrackingPolicy | StepPolicy;

/** Most policies of a scalable target (Application Auto Scaling quotas). */
const MAX_POLICIES = 50;

/** Puts, describes and deletes scaling policies, and with them target tracking's own alarms. */
export class PolicyBook {
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #alarms: AlarmService;
  readonly #ids: IdSource;

  constructor(options: {
    readonly clock: VirtualClock;
    readonly context: CallContext;
    readonly alarms: AlarmService;
    readonly ids: IdSource;
  }) {
    this.#clock = options.clock;
    this.#context = options.context;
    this.#alarms = options.alarms;
    this.#ids = options.ids;
  }

  put(target: ScalableTarget, input: PutScalingPolicyRequest) {
    requireMembers(input, ['PolicyName']);
    const name = input.PolicyName as string;
    const existing = target.policies.get(name);
    const type = input.PolicyType ?? existing?.type ?? 'StepScaling';
    if (existing && existing.type !== type) {
      throw validationError(`Policy ${name} is of type ${existing.type}, which cannot be changed.`);
    }
    if (!existing && target.policies.size >= MAX_POLICIES) {
      throw limitExceeded(
        `You have reached the limit of ${MAX_POLICIES} scaling policies for this scalable target.`,
      );
    }
    const identity = existing ?? {
      name,
      arn: this.#arn(target, name),
      createdAtMs: this.#clock.nowMs,
    };
    const policy = this.#policy(target, input, type, identity, existing);
    target.policies.set(name, policy);
    return { PolicyARN: policy.arn, Alarms: this.#alarmReferences(policy) };
  }

  describe(target: ScalableTarget, policy: ScalingPolicy) {
    return {
      PolicyARN: policy.arn,
      PolicyName: policy.name,
      ServiceNamespace: 'sagemaker',
      ResourceId: target.resourceId,
      ScalableDimension: target.dimension,
      PolicyType: policy.type,
      ...(policy.type === 'StepScaling'
        ? { StepScalingPolicyConfiguration: policy.configuration }
        : { TargetTrackingScalingPolicyConfiguration: policy.configuration }),
      Alarms: this.#alarmReferences(policy),
      CreationTime: policy.createdAtMs / 1000,
    };
  }

  /** Deletes a policy by name. Throws `ObjectNotFoundException`. */
  delete(target: ScalableTarget, policyName: string, name: TargetName): void {
    const policy = target.policies.get(policyName);
    if (!policy) {
      throw objectNotFound(
        `No scaling policy found for ${describe(name)}, scaling policy name: ${policyName}`,
      );
    }
    this.#remove(target, policy);
  }

  deleteAll(target: ScalableTarget): void {
    for (const policy of target.policies.values()) this.#remove(target, policy);
  }

  #policy(
    target: ScalableTarget,
    input: PutScalingPolicyRequest,
    type: string,
    { name, arn, createdAtMs }: PolicyIdentity,
    existing: ScalingPolicy | undefined,
  ): ScalingPolicy {
    const identity = { name, arn, createdAtMs };
    if (type === 'StepScaling') {
      requireMembers(input, ['StepScalingPolicyConfiguration']);
      const configuration = input.StepScalingPolicyConfiguration as StepScalingPolicyConfiguration;
      checkStepScaling(configuration);
      return { ...identity, type, configuration };
    }
    if (type !== 'TargetTrackingScaling') {
      throw validationError(
        `Policy type ${type} is not supported for service namespace sagemaker.`,
      );
    }
    requireMembers(input, ['TargetTrackingScalingPolicyConfiguration']);
    const configuration =
      input.TargetTrackingScalingPolicyConfiguration as TargetTrackingScalingPolicyConfiguration;
    const tracked = trackedMetric(configuration, target.resourceId);
    requireRange('scaleOutCooldown', configuration.ScaleOutCooldown, 0, Number.MAX_SAFE_INTEGER);
    requireRange('scaleInCooldown', configuration.ScaleInCooldown, 0, Number.MAX_SAFE_INTEGER);
    requireOwnMetric(target, name, tracked);
    const before = existing?.type === type ? existing.alarms : undefined;
    const alarms = this.#putAlarms(target, configuration, tracked, arn, before);
    return { ...identity, type, configuration, tracked, alarms };
  }

  /** An update keeps the alarms' names, and so their states. */
  #putAlarms(
    target: ScalableTarget,
    configuration: TargetTrackingScalingPolicyConfiguration,
    tracked: TrackedMetric,
    policyArn: string,
    before: TrackingAlarms | undefined,
  ): TrackingAlarms {
    const name = (kind: string) =>
      `TargetTracking-${target.resourceId}-${kind}-${this.#ids.next()}`;
    const high = before?.high ?? name('AlarmHigh');
    const names = configuration.DisableScaleIn
      ? { high }
      : { high, low: before?.low ?? name('AlarmLow') };
    if (configuration.DisableScaleIn && before?.low) this.#alarms.deleteAlarms([before.low]);
    const targetValue = configuration.TargetValue as number;
    for (const alarm of trackingAlarms(tracked, targetValue, names, policyArn)) {
      this.#alarms.putMetricAlarm(alarm);
    }
    return names;
  }

  #remove(target: ScalableTarget, policy: ScalingPolicy): void {
    target.policies.delete(policy.name);
    if (policy.type === 'TargetTrackingScaling') this.#alarms.deleteAlarms(alarmNames(policy));
  }

  #alarmReferences(policy: ScalingPolicy) {
    const alarms =
      policy.type === 'StepScaling'
        ? this.#alarms.alarmsWithAction(policy.arn)
        : alarmNames(policy).flatMap((name) => this.#alarms.describeAlarm(name) ?? []);
    return alarms.map(({ AlarmName, AlarmArn }) => ({ AlarmName, AlarmARN: AlarmArn }));
  }

  #arn(target: ScalableTarget, name: string): string {
    const { region, accountId } = this.#context;
    return (
      `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${this.#ids.next()}:` +
      `resource/sagemaker/${target.resourceId}:policyName/${name}`
    );
  }
}

function alarmNames({ alarms }: TrackingPolicy): string[] {
  return alarms.low === undefined ? [alarms.high] : [alarms.high, alarms.low];
}

function requireOwnMetric(target: ScalableTarget, name: string, { metric }: TrackedMetric): void {
  const rival = [...target.policies.values()].find(
    (policy) =>
      policy.name !== name &&
      policy.type === 'TargetTrackingScaling' &&
      sameMetric(policy.tracked.metric, metric),
  );
  if (!rival) return;
  throw validationError(
    'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
  );
}

function sameMetric(a: TrackedMetric['metric'], b: TrackedMetric['metric']): boolean {
  const pairs = (metric: TrackedMetric['metric']) => Object.entries(metric.dimensions).sort();
  return (
    a.namespace === b.namespace &&
    a.metricName === b.metricName &&
    JSON.stringify(pairs(a)) === JSON.stringify(pairs(b))
  );
}
