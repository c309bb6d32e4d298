import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ScalingPolicies, scalingPolicies } from '../../lib/aws/scaling-policies.ts';
import { variantTarget } from '../../lib/target.ts';
import { type AccountParts, createAccount } from '../../simulator/account/create-account.ts';
import { AwsError } from '../../simulator/account/service.ts';
import { namesOf, ownersEndpoint, USUAL_MODEL } from '../usual-endpoint.ts';

const TARGET = variantTarget('checkout', 'AllTraffic');

const BACKSTOP = {
  policyName: 'ours',
  metric: {
    namespace: 'AWS/SageMaker',
    metricName: 'InvocationsPerInstance',
    dimensions: { EndpointName: 'checkout', VariantName: 'AllTraffic' },
    statistic: 'Sum',
  },
  targetValue: 60,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 600,
} as const;

const RATE = 'Unable to retrieve alarms for scaling policy arn due to reason: Rate exceeded';

let parts: AccountParts;
let policies: ScalingPolicies;
let slept: number[];
let called: number;

/** The next calls fail, one for each message. */
function failing(...messages: string[]): void {
  parts.account.intercept(() => {
    const message = messages.shift();
    if (message) throw new AwsError('FailedResourceAccessException', message);
  });
}

beforeEach(() => {
  parts = createAccount({ startMs: Date.UTC(2026, 0, 5), seed: 1, model: USUAL_MODEL });
  ownersEndpoint(parts, {
    endpointName: 'checkout',
    variantNames: ['AllTraffic'],
    initialCount: 1,
    isEnhanced: true,
    tag: undefined,
  });
  parts.autoScaling.registerScalableTarget({ ...namesOf(TARGET), MinCapacity: 1, MaxCapacity: 9 });
  slept = [];
  called = 0;
  parts.account.intercept(() => {
    called += 1;
  });
  const client = new ApplicationAutoScalingClient(parts.account.clientConfig());
  policies = scalingPolicies(client, async (milliseconds) => {
    slept.push(milliseconds);
  });
});

describe('scaling policies', () => {
  it('are read page by page, with time for others between two pages', async () => {
    for (let i = 0; i < 21; i += 1) {
      parts.autoScaling.putScalingPolicy({
        ...namesOf(TARGET),
        PolicyName: `steps-${i}`,
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        },
      });
    }
    expect(await policies.list()).toHaveLength(21);
    expect(called).toBe(3);
    expect(slept).toEqual([400, 400]);
  });

  it('are asked for again where CloudWatch refused their alarms for its rate', async () => {
    failing(RATE, RATE);
    expect(await policies.list()).toEqual([]);
    expect(slept).toEqual([1000, 2000]);
  });

  it('are put again, likewise', async () => {
    failing(RATE);
    await policies.put(TARGET, BACKSTOP);
    expect(slept).toEqual([1000]);
    expect(await policies.list(TARGET)).toMatchObject([{ policyName: 'ours' }]);
  });

  it.each<[label: string, messages: string[], calls: number]>([
    ['after so many attempts', [RATE, RATE, RATE, RATE], 4],
    ['for another reason, at once', ['The role may not call DescribeAlarms.'], 1],
  ])('cannot be read: %s', async (_, messages, calls) => {
    failing(...messages);
    await expect(policies.list()).rejects.toThrow(/alarms/i);
    expect(called).toBe(calls);
  });
});
