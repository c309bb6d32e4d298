import { describe, expect, it } from 'vitest';
import type { ScalingPolicy } from '../../lib/aws/scaling-policies.ts';
import type { TargetSettings } from '../../lib/config/schema.ts';
import { BACKSTOP_NAME, type Situation } from '../../lib/enrolment/plan.ts';
import { TARGET } from './fakes.ts';
import { BUSY, CONCURRENCY, CPU, INVOCATIONS, run, STEPS } from './plan-situation.ts';

describe('the backstop', () => {
  const target = { targetPerInstance: 60 };
  const ours = (targetValue: number, alarms = 2, cooldowns = {}): ScalingPolicy => ({
    resourceId: TARGET.resourceId,
    policyName: BACKSTOP_NAME,
    tracking: {
      predefined: null,
      metricName: 'InvocationsPerInstance',
      targetValue,
      scaleOutCooldownSeconds: 60,
      scaleInCooldownSeconds: 600,
      ...cooldowns,
    },
    alarms,
  });

  it.each<[string, TargetSettings, Partial<Situation>, unknown, boolean]>([
    [
      'is put where there is no policy',
      target,
      { policies: [] },
      { metric: { metricName: 'InvocationsPerInstance' }, targetValue: 60 },
      false,
    ],
    [
      'tracks concurrency for concurrency',
      { ...target, signal: 'concurrency' },
      { policies: [] },
      { metric: { metricName: 'ConcurrentRequestsPerModel', statistic: 'Maximum' } },
      false,
    ],
    ['is not put again', target, { policies: [ours(60)] }, null, false],
    [
      'is put again where one of its alarms is gone',
      target,
      { policies: [ours(60, 1)] },
      { targetValue: 60 },
      false,
    ],
    [
      'is put again with its cooldown after a scale-out',
      target,
      { policies: [ours(60, 2, { scaleOutCooldownSeconds: 300 })] },
      { scaleOutCooldownSeconds: 60 },
      false,
    ],
    [
      'is put again with its cooldown after a scale-in',
      target,
      { policies: [ours(60, 2, { scaleInCooldownSeconds: 300 })] },
      { scaleInCooldownSeconds: 600 },
      false,
    ],
    ['follows the target', target, { policies: [ours(50)] }, { targetValue: 60 }, false],
    ['is not put beside a policy of any type', target, { policies: [STEPS] }, null, false],
    ['goes when the owner has one', target, { policies: [ours(60), INVOCATIONS] }, null, true],
    ['is not put in observe', { ...target, mode: 'observe' }, { policies: [] }, null, false],
    ['goes in observe', { ...target, mode: 'observe' }, { policies: [ours(60)] }, null, true],
    ['is not put when paused', { ...target, mode: 'paused' }, { policies: [] }, null, false],
    ['goes when paused', { ...target, mode: 'paused' }, { policies: [ours(60)] }, null, true],
    [
      'has no metric where a variant is counted as a whole',
      { ...target, signal: { ...BUSY, dimensions: {}, loadScope: 'variant' } },
      { policies: [] },
      null,
      false,
    ],
    ['needs a scalable target', target, { policies: [], baseline: undefined }, null, false],
  ])('%s', (_, settings, situation, put, deleted) => {
    const { putBackstop, deleteBackstop } = run(settings, situation);
    if (put === null) expect(putBackstop).toBeNull();
    else expect(putBackstop).toMatchObject(put as object);
    expect(deleteBackstop).toBe(deleted);
  });
});

describe('the backstop beside an owner’s policy', () => {
  const backstop = run({ targetPerInstance: 60 }, { policies: [] }).putBackstop;
  const sameMetric: ScalingPolicy = {
    ...INVOCATIONS,
    tracking: {
      predefined: null,
      metricName: backstop?.metric.metricName ?? '',
      targetValue: 60,
      scaleOutCooldownSeconds: 60,
      scaleInCooldownSeconds: 600,
    },
  };

  // Application Auto Scaling takes one target-tracking policy for a metric specification.
  it.each([
    ['the same customised metric', sameMetric],
    ['the predefined type of the same metric', INVOCATIONS],
    ['another predefined type', CONCURRENCY],
    ['another customised metric', CPU],
    ['steps', STEPS],
  ])('is never put: %s', (_, owners) => {
    for (const mode of ['act', 'observe', 'paused'] as const) {
      for (const signal of ['auto', 'invocations', 'concurrency'] as const) {
        const settings = { mode, signal, targetPerInstance: 60 };
        expect(run(settings, { policies: [owners] }).putBackstop).toBeNull();
      }
    }
  });
});
