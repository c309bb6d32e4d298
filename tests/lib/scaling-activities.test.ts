import type { ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { readRefusal } from '../../lib/aws/scaling-activities.ts';

const NOW = 1_800_000_000;
const REQUEST = { capacity: 4, sentAtSeconds: NOW - 400 };
const QUOTA =
  "Failed to set desired instance count to 4. Reason: The account-level service limit 'ml.g5.xlarge for endpoint usage' is 4 Instances, with current utilization of 3 Instances and a request delta of 3 Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota. (Service: AmazonSageMaker; Status Code: 400; Error Code: ResourceLimitExceeded; Request ID: 0; Proxy: null).";
const LOCKED =
  'Failed to set desired instance count to 4. Reason: Cannot update in-progress endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/checkout". (Service: AmazonSageMaker; Status Code: 400; Error Code: ValidationException)';
const NONE = { reason: 'insufficient-capacity', quota: null };

function activity(changes: Partial<ScalingActivity>, ageSeconds = 400): ScalingActivity {
  return {
    ActivityId: 'id',
    ServiceNamespace: 'sagemaker',
    ResourceId: 'endpoint/checkout/variant/AllTraffic',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    Description: 'Setting desired instance count to 4.',
    Cause: 'minimum capacity was set to 4',
    StartTime: new Date((NOW - ageSeconds) * 1000),
    StatusCode: 'Failed',
    StatusMessage: QUOTA,
    ...changes,
  };
}

describe('a request came to nothing', () => {
  it('for a quota, with its name and numbers', () => {
    expect(readRefusal([activity({})], REQUEST, NOW)).toEqual({
      reason: 'quota-refused',
      quota: { name: 'ml.g5.xlarge for endpoint usage', limit: 4, inUse: 3, asked: 3 },
    });
  });

  it.each<[string, Partial<ScalingActivity>, unknown]>([
    [
      'for a quota that is not named',
      { StatusMessage: 'Error Code: ResourceLimitExceeded' },
      { reason: 'quota-refused', quota: null },
    ],
    [
      'for want of capacity, refused outright',
      { StatusMessage: 'Reason: InsufficientInstanceCapacity' },
      NONE,
    ],
    ['for want of capacity, given up', { StatusCode: 'Unfulfilled' }, NONE],
    [
      'for a reason that is not known',
      { StatusMessage: 'Failed to set desired instance count to 4. Reason: Model data is gone.' },
      { reason: 'request-failed', quota: null },
    ],
    [
      'for a reason that is not known, of an endpoint whose name sounds like one',
      {
        ResourceId: 'endpoint/internal-search/variant/concurrent',
        StatusMessage:
          'Failed to set desired instance count to 4. Reason: Model data of "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/internal-search", variant concurrent, is gone.',
      },
      { reason: 'request-failed', quota: null },
    ],
    ['for a lock', { StatusMessage: LOCKED }, null],
    ['for too many calls', { StatusMessage: 'Reason: Rate exceeded (ThrottlingException)' }, null],
    ['for a service that was not well', { StatusMessage: 'Reason: InternalFailure' }, null],
    [
      'for a service that was not there',
      {
        StatusMessage: 'Reason: Service Unavailable. (Service: AmazonSageMaker; Status Code: 503)',
      },
      null,
    ],
    ['without a word', { StatusMessage: undefined }, null],
    ['though it succeeded once', { StatusCode: 'Successful' }, null],
    ['because a later one took its place', { StatusCode: 'Overridden' }, null],
    ['and another was meant', { Description: 'Setting desired instance count to 14.' }, null],
  ])('%s', (_, changes, expected) => {
    expect(readRefusal([activity(changes)], REQUEST, NOW)).toEqual(expected);
  });

  it('for want of capacity when the activity still waits after five minutes', () => {
    const waiting = (ageSeconds: number) =>
      readRefusal([activity({ StatusCode: 'InProgress' }, ageSeconds)], REQUEST, NOW);
    expect(waiting(299)).toBeNull();
    expect(waiting(300)).toEqual(NONE);
  });
});

it.each([
  ['older than the request by more than clocks differ', 461, null],
  ['as old as clocks may differ', 460, 'quota-refused'],
])('an activity %s', (_, ageSeconds, reason) => {
  const refusal = readRefusal([activity({}, ageSeconds)], REQUEST, NOW);
  expect(refusal?.reason ?? null).toBe(reason);
});

it('judges by the newest of several, in whatever order they come', () => {
  const old = activity({}, 390);
  const fresh = activity({ StatusCode: 'Successful' }, 20);
  expect(readRefusal([fresh, old], REQUEST, NOW)).toBeNull();
  expect(readRefusal([old, fresh], REQUEST, NOW)).toBeNull();
});

it('knows nothing of a request without an activity', () => {
  expect(readRefusal([], REQUEST, NOW)).toBeNull();
});
