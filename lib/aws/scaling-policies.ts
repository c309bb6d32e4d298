import {
  type ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DescribeScalingPoliciesCommand,
  FailedResourceAccessException,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  type ScalingPolicy as WirePolicy,
} from '@aws-sdk/client-application-auto-scaling';
import type { MetricRef } from '../config/signal.ts';
import { type ScalableTarget, VARIANT_DIMENSION } from '../target.ts';

/** What a target-tracking policy tracks. */
export interface Tracking {
  /** Predefined metric type, for example `SageMakerVariantInvocationsPerInstance`. */
  readonly predefined: string | null;
  /** Name of a customised metric, where it is a single one. */
  readonly metricName: string | null;
  readonly targetValue: number;
  readonly scaleOutCooldownSeconds: number | null;
  readonly scaleInCooldownSeconds: number | null;
  /** Absent for a policy that also scales in. */
  readonly isScaleInDisabled?: true;
}

/** A scaling policy on a scalable target. */
export interface ScalingPolicy {
  readonly resourceId: string;
  readonly policyName: string;
  /** Null for a policy of another type. */
  readonly tracking: Tracking | null;
  /** How many of its own alarms stand: one may have been refused when the policy was made, or deleted since. */
  readonly alarms: number;
}

/**
 * A target-tracking policy as the scaler makes it. It names its metric itself: of two policies on
 * the same predefined metric Application Auto Scaling refuses the second, which would be the owner's.
 */
export interface TrackingSpec {
  readonly policyName: string;
  readonly metric: MetricRef;
  readonly targetValue: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
}

/** Reads scaling policies; writes those of the scaler. */
export interface ScalingPolicies {
  /** Policies of one target, or of every SageMaker variant, which takes its time. */
  list(target?: ScalableTarget): Promise<ScalingPolicy[]>;
  put(target: ScalableTarget, policy: TrackingSpec): Promise<void>;
  /** Deleting a policy that is not there is no error. */
  delete(target: ScalableTarget, policyName: string): Promise<void>;
}

/**
 * Between two pages, milliseconds. A page has ten policies at most, and Application Auto Scaling asks CloudWatch for their
 * alarms, out of the account's quota: nine such calls a second, of which enrolments need their share.
 */
const PAGE_GAP_MS = 400;

/** Before further attempts at what CloudWatch refused for its rate, milliseconds. */
const WAITS_MS = [1000, 2000, 4000];

/** @param sleep by milliseconds */
export function scalingPolicies(
  client: ApplicationAutoScalingClient,
  sleep: (milliseconds: number) => Promise<void>,
): ScalingPolicies {
  /** The SDK does not try again what it is told is the caller's fault. */
  const patiently = async <Output>(send: () => Promise<Output>): Promise<Output> => {
    for (const waitMs of WAITS_MS) {
      try {
        return await send();
      } catch (error) {
        if (!isForItsRate(error)) throw error;
        await sleep(waitMs);
      }
    }
    return send();
  };
  return {
    async list(target) {
      const policies: ScalingPolicy[] = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeScalingPoliciesCommand({
          ServiceNamespace: 'sagemaker',
          ...(target && {
            ResourceId: target.resourceId,
            ScalableDimension: target.scalableDimension,
          }),
          ...(NextToken ? { NextToken } : {}),
        });
        const page = await patiently(() => client.send(command));
        for (const policy of page.ScalingPolicies ?? []) {
          const dimension = target?.scalableDimension ?? VARIANT_DIMENSION;
          if (policy.ScalableDimension === dimension) policies.push(readPolicy(policy));
        }
        NextToken = page.NextToken;
        if (NextToken) await sleep(PAGE_GAP_MS);
      } while (NextToken);
      return policies;
    },

    async put({ resourceId, scalableDimension }, policy) {
      const command = new PutScalingPolicyCommand({
        ServiceNamespace: 'sagemaker',
        ResourceId: resourceId,
        ScalableDimension: scalableDimension,
        PolicyName: policy.policyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: policy.targetValue,
          CustomizedMetricSpecification: {
            Namespace: policy.metric.namespace,
            MetricName: policy.metric.metricName,
            Dimensions: Object.entries(policy.metric.dimensions).map(([Name, Value]) => ({
              Name,
              Value,
            })),
            Statistic: policy.metric.statistic,
          },
          ScaleOutCooldown: policy.scaleOutCooldownSeconds,
          ScaleInCooldown: policy.scaleInCooldownSeconds,
        },
      });
      await patiently(() => client.send(command));
    },

    async delete({ resourceId, scalableDimension }, policyName) {
      try {
        await client.send(
          new DeleteScalingPolicyCommand({
            ServiceNamespace: 'sagemaker',
            ResourceId: resourceId,
            ScalableDimension: scalableDimension,
            PolicyName: policyName,
          }),
        );
      } catch (error) {
        if (!(error instanceof ObjectNotFoundException)) throw error;
      }
    },
  };
}

/** Said of many things: of a right that is missing too. */
function isForItsRate(error: unknown): boolean {
  return error instanceof FailedResourceAccessException && /rate exceeded/i.test(error.message);
}

function readPolicy({ ResourceId, PolicyName, ...policy }: WirePolicy): ScalingPolicy {
  const configuration = policy.TargetTrackingScalingPolicyConfiguration;
  return {
    resourceId: ResourceId ?? '',
    policyName: PolicyName ?? '',
    tracking: configuration
      ? {
          predefined: configuration.PredefinedMetricSpecification?.PredefinedMetricType ?? null,
          metricName: configuration.CustomizedMetricSpecification?.MetricName ?? null,
          targetValue: configuration.TargetValue ?? 0,
          scaleOutCooldownSeconds: configuration.ScaleOutCooldown ?? null,
          scaleInCooldownSeconds: configuration.ScaleInCooldown ?? null,
          ...(configuration.DisableScaleIn && { isScaleInDisabled: true as const }),
        }
      : null,
    alarms: policy.Alarms?.length ?? 0,
  };
}
