import { describe, expect, it } from 'vitest';
import type { AccountParts } from '../../simulator/account/create-account.ts';
import { alarmsOf, demandOf, trackedTarget } from '../../simulator/server/owner-view.ts';

const policy = (PredefinedMetricType: string, TargetValue: number) => ({
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue,
    PredefinedMetricSpecification: { PredefinedMetricType },
  },
});
const INVOCATIONS = policy('SageMakerVariantInvocationsPerInstance', 1500);
const CONCURRENCY = policy('SageMakerVariantConcurrentRequestsPerModelHighResolution', 4);

describe('what an owner sees of a variant', () => {
  it.each([
    ['checkout', 'a', ['of the endpoint', 'of a']],
    ['checkout', 'b', ['of the endpoint', 'of b']],
    ['search', 'a', ['of another']],
    ['none', 'a', []],
  ])('are the alarms on it: %s/%s', (endpointName, variantName, names) => {
    const alarm = (AlarmName: string, ...dimensions: string[]) => ({
      AlarmName,
      StateValue: 'OK',
      Dimensions: dimensions.map((Value, i) => ({
        Name: ['EndpointName', 'VariantName'][i] as string,
        Value,
      })),
    });
    const alarms = [
      alarm('of the endpoint', 'checkout'),
      alarm('of a', 'checkout', 'a'),
      alarm('of b', 'checkout', 'b'),
      alarm('of another', 'search', 'a'),
      alarm('of nothing'),
    ];
    const parts = { cloudWatch: { alarms: () => alarms } } as unknown as AccountParts;
    const found = alarmsOf(parts)({ endpointName, variantName });
    expect(found).toEqual(names.map((name) => ({ name, state: 'OK' })));
  });

  // In ten seconds 500 requests came, and 30 at most were there at once.
  it.each([
    ['invocations', [INVOCATIONS], { unit: 'invocations', value: 1500 }, 2],
    ['concurrency', [CONCURRENCY], { unit: 'concurrency', value: 4 }, 7.5],
    ['the first that is known', [{}, CONCURRENCY], { unit: 'concurrency', value: 4 }, 7.5],
    ['nothing', [], undefined, undefined],
    ['a metric that is not known', [policy('Other', 1)], undefined, undefined],
  ])('is demand by what its policy tracks: %s', (_, ScalingPolicies, target, demand) => {
    const parts = {
      autoScaling: { describeScalingPolicies: () => ({ ScalingPolicies }) },
    } as unknown as AccountParts;
    const found = trackedTarget(parts, 'endpoint/checkout/variant/a');
    expect(found).toEqual(target);
    const step = { arrived: 500, mostConcurrency: 30 };
    expect(found && demandOf(step, found)).toBe(demand);
  });
});
