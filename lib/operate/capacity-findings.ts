import type { ScalingPolicy, Tracking } from '../aws/scaling-policies.ts';
import { enhancedMetricsFix } from '../enrolment/choose-signal.ts';
import { BACKSTOP_NAME, ownersPolicies } from '../enrolment/plan.ts';
import { registerCommand } from '../scaling-commands.ts';
import type { ScalableTarget } from '../target.ts';
import type { Case } from './case.ts';
import type { Finding } from './finding.ts';

/** Instance types whose endpoints Application Auto Scaling does not support (SageMaker guide). */
const BURSTABLE = /^ml\.t\d/;

/** What speaks against fast scaling in how the endpoint itself is set up. */
export function capacityFindings(facts: Case): Finding[] {
  const checks = [slowMetrics, burstable, room, unusedCapacity, quota, policy, cooldowns];
  return checks.flatMap((check) => check(facts) ?? []);
}

function slowMetrics({ endpoint, resolved, signal, target, ...facts }: Case): Finding | null {
  const everySeconds = endpoint?.invocationsEverySeconds ?? 0;
  if (resolved.config.signal !== 'auto' || signal?.kind !== 'concurrency') return null;
  if (everySeconds <= 10 || ownersPolicies(facts.policies).some(tracksConcurrency)) return null;
  return {
    code: 'slow-metrics',
    severity: 'warning',
    what: `Invocations are published every ${everySeconds} s, so the load is read from concurrency, of which only the peak of ten seconds is known.`,
    fix: `For invocations every 10 s, ${enhancedMetricsFix(target)}`,
  };
}

function burstable({ instanceType = '' }: Case): Finding | null {
  if (!BURSTABLE.test(instanceType)) return null;
  return {
    code: 'burstable',
    severity: 'error',
    what: `${instanceType} is a burstable type, which SageMaker does not scale automatically.`,
    fix: 'Create an endpoint configuration with another instance type (ml.m5.large is the nearest), deregister the scalable target, update the endpoint, and register it again.',
  };
}

function room({ baseline, target }: Case): Finding[] {
  if (!baseline) return [];
  const { min, max } = baseline;
  const setMin = (to: number) => registerCommand(target, { min: to, max: Math.max(to + 1, max) });
  if (min === max) {
    return [
      {
        code: 'no-room',
        severity: 'warning',
        what: `Min and Max are both ${min}: there is nothing to scale.`,
        fix: registerCommand(target, { min, max: 2 * Math.max(min, 1) }),
      },
    ];
  }
  if (min === 0) {
    return [
      {
        code: 'min-zero',
        severity: 'warning',
        what: 'Min is 0. A variant of a realtime endpoint needs an instance: without one there is neither an answer nor a load to measure.',
        fix: setMin(1),
      },
    ];
  }
  if (min > 1) return [];
  return [
    {
      code: 'min-one',
      severity: 'hint',
      what: 'Min is 1. From rest every surge meets a single instance for as long as the next ones take to start, and in one availability zone.',
      fix: setMin(2),
    },
  ];
}

/** Whoever writes these into a parameter may take them for the bounds that hold. */
function unusedCapacity({ baseline, resolved, target }: Case): Finding | null {
  if (!baseline) return null;
  const { config, sources } = resolved;
  const wanted = {
    min: sources.minCapacity === 'target' ? (config.minCapacity ?? baseline.min) : baseline.min,
    max: sources.maxCapacity === 'target' ? (config.maxCapacity ?? baseline.max) : baseline.max,
  };
  const unused = [
    ...(wanted.min === baseline.min ? [] : [`"minCapacity" ${wanted.min}`]),
    ...(wanted.max === baseline.max ? [] : [`"maxCapacity" ${wanted.max}`]),
  ];
  if (unused.length === 0) return null;
  const are = unused.length === 1 ? 'is' : 'are';
  return {
    code: 'capacity-unused',
    severity: 'hint',
    what: `${unused.join(' and ')} of the parameter ${are} not used: the scalable target has a Min of ${baseline.min} and a Max of ${baseline.max} of its own, and these hold.`,
    fix: registerCommand(target, { min: wanted.min, max: Math.max(wanted.min, wanted.max) }),
  };
}

function quota({ quota: limit, baseline, instanceType, othersInstances }: Case): Finding | null {
  if (!limit || !baseline || limit.instances - othersInstances >= baseline.max) return null;
  const others = othersInstances > 0 ? `, and other variants hold ${othersInstances} of them` : '';
  return {
    code: 'quota',
    severity: 'warning',
    what: `Max is ${baseline.max}, but the account may have ${limit.instances} ${instanceType} for endpoint usage${others}. A request for more is refused as a whole.`,
    fix: `aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code ${limit.quotaCode} --desired-value ${baseline.max + othersInstances}`,
  };
}

/** What scales the endpoint in the hours in which the scaler does not. */
function policy({ enrolledBy, planned, policies, target, resolved, bounds }: Case): Finding | null {
  if (!bounds || ownersPolicies(policies).length > 0) return null;
  const hasBackstop = policies.some(({ policyName }) => policyName === BACKSTOP_NAME);
  if (hasBackstop || (enrolledBy && planned.putBackstop)) return null;
  const { targetPerInstance } = resolved.config;
  return {
    code: 'no-policy',
    severity: 'warning',
    what: 'There is no target-tracking policy: nothing scales the endpoint while the scaler does not.',
    fix: putPolicy(target, 'target-tracking', {
      predefined: 'SageMakerVariantInvocationsPerInstance',
      targetValue: targetPerInstance,
      out: USUAL_COOLDOWN_SECONDS,
      in: USUAL_COOLDOWN_SECONDS,
    }),
  };
}

/** Of a policy that says nothing (Application Auto Scaling, target tracking of SageMaker variants), seconds. */
const USUAL_COOLDOWN_SECONDS = 300;

function cooldowns({ policies, stored, planned, target }: Case): Finding[] {
  const learned = stored?.state.learnedLeadTimeSeconds ?? null;
  const leadTime = Math.round(learned ?? planned.enrolment.config.leadTimeSeconds);
  const known = learned === null ? 'are reckoned to take' : 'have taken';
  return ownersPolicies(policies).flatMap(({ policyName, tracking }) => {
    if (!tracking) return [];
    const out = tracking.scaleOutCooldownSeconds ?? USUAL_COOLDOWN_SECONDS;
    const back = tracking.scaleInCooldownSeconds ?? USUAL_COOLDOWN_SECONDS;
    const scalesIn = !tracking.isScaleInDisabled;
    const wanted = {
      out: Math.max(out, leadTime),
      in: scalesIn ? Math.max(back, leadTime) : back,
    };
    if (out === wanted.out && back === wanted.in) return [];
    const waits = `waits ${out} s after a scale-out${scalesIn ? ` and ${back} s after a scale-in` : ''}`;
    const effect = `it answers the same load twice${scalesIn ? ', or takes back what it has just asked for' : ''}`;
    const what = `The policy ${policyName} ${waits}, but instances ${known} ${leadTime} s to start: ${effect}.`;
    const fix = tracking.predefined
      ? putPolicy(target, policyName, { ...tracking, ...wanted })
      : `Set ScaleOutCooldown to ${wanted.out}${scalesIn ? ` and ScaleInCooldown to ${wanted.in}` : ''} where the policy ${policyName} is defined.`;
    return [{ code: 'short-cooldown', severity: 'hint', what, fix } satisfies Finding];
  });
}

function tracksConcurrency({ tracking }: ScalingPolicy): boolean {
  return /ConcurrentRequestsPer/.test(tracking?.predefined ?? tracking?.metricName ?? '');
}

function putPolicy(
  target: ScalableTarget,
  policyName: string,
  policy: Pick<Tracking, 'predefined' | 'isScaleInDisabled'> & {
    readonly targetValue: number | null;
    readonly out: number;
    readonly in: number;
  },
): string {
  const configuration = JSON.stringify({
    TargetValue: policy.targetValue ?? '<invocations a minute that one instance carries>',
    PredefinedMetricSpecification: { PredefinedMetricType: policy.predefined },
    ScaleOutCooldown: policy.out,
    ScaleInCooldown: policy.in,
    ...(policy.isScaleInDisabled && { DisableScaleIn: true }),
  });
  return (
    'aws application-autoscaling put-scaling-policy --service-namespace sagemaker ' +
    `--resource-id ${target.resourceId} --scalable-dimension ${target.scalableDimension} ` +
    `--policy-name ${policyName} --policy-type TargetTrackingScaling ` +
    `--target-tracking-scaling-policy-configuration '${configuration}'`
  );
}
