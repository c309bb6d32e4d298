import type { ScalingPolicy } from '../../lib/aws/scaling-policies.ts';
import { resolve } from '../../lib/config/resolve.ts';
import type { TargetSettings } from '../../lib/config/schema.ts';
import { inputNames } from '../../lib/enrolment/parameter-name.ts';
import { plan, type Situation } from '../../lib/enrolment/plan.ts';
import { TARGET, World } from './fakes.ts';

export const tracking = (
  policyName: string,
  predefined: string,
  targetValue: number,
): ScalingPolicy => ({
  resourceId: TARGET.resourceId,
  policyName,
  tracking: {
    predefined,
    metricName: null,
    targetValue,
    scaleOutCooldownSeconds: 10,
    scaleInCooldownSeconds: 100,
  },
  alarms: 2,
});

export const INVOCATIONS = tracking('owners', 'SageMakerVariantInvocationsPerInstance', 1500);

export const CONCURRENCY = tracking(
  'owners',
  'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  4,
);

export const CPU: ScalingPolicy = {
  ...INVOCATIONS,
  tracking: { ...(INVOCATIONS.tracking as object), predefined: null, metricName: 'CPU' } as never,
};

export const STEPS: ScalingPolicy = { ...INVOCATIONS, tracking: null };

export const FAST = new World().withCounts(1, 1);

export const BUSY = { namespace: 'App', metricName: 'Busy', statistic: 'Average' } as const;

const SITUATION: Situation = {
  endpoint: FAST,
  baseline: { min: 1, max: 20 },
  policies: [INVOCATIONS],
  alarms: [],
  callers: { arrivals: false, busy: false },
  latency: null,
  instance: null,
  previous: undefined,
};

export const run = (settings: TargetSettings, situation: Partial<Situation> = {}) =>
  plan(TARGET, resolve({ target: JSON.stringify(settings) }, inputNames(TARGET)), {
    ...SITUATION,
    ...situation,
  });
