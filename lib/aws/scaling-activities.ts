import {
  type ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  type ScalingActivity,
} from '@aws-sdk/client-application-auto-scaling';
import type { PendingRequest, QuotaShortage, RequestRefusal } from '../control/types.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';

/** Reads what became of requests for capacity. */
export interface ScalingActivities {
  /** Why a request came to nothing; null when Application Auto Scaling does not say. */
  refusalOf(
    target: ScalableTarget,
    request: PendingRequest,
    nowSeconds: number,
  ): Promise<RequestRefusal | null>;
}

/** Newest activities that are looked through for a request; policies and schedules make some too. */
const PAGE_SIZE = 20;

/** The clocks of Lambda and of Application Auto Scaling may differ by this much, seconds. */
const CLOCK_SKEW_SECONDS = 60;

/** An activity this old still waits for what the endpoint has given up, seconds. */
const WAITS_IN_VAIN_SECONDS = 300;

export function scalingActivities(client: ApplicationAutoScalingClient): ScalingActivities {
  return {
    async refusalOf({ resourceId, scalableDimension }, request, nowSeconds) {
      const { ScalingActivities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({
          ServiceNamespace: 'sagemaker',
          ResourceId: resourceId,
          ScalableDimension: scalableDimension,
          MaxResults: PAGE_SIZE,
        }),
      );
      return readRefusal(ScalingActivities, request, nowSeconds);
    },
  };
}

/**
 * The refusal of `request` among the target's activities. It is asked for only once the endpoint is
 * in service again without the instances: an activity that still waits for them then is in vain.
 */
export function readRefusal(
  activities: readonly ScalingActivity[],
  { capacity, sentAtSeconds }: PendingRequest,
  nowSeconds: number,
): RequestRefusal | null {
  const startOf = ({ StartTime }: ScalingActivity) => (StartTime?.getTime() ?? 0) / 1000;
  const [activity] = activities
    .filter(
      (each) =>
        requestedBy(each) === capacity && startOf(each) >= sentAtSeconds - CLOCK_SKEW_SECONDS,
    )
    .sort((a, b) => startOf(b) - startOf(a));
  switch (activity?.StatusCode) {
    case 'Failed':
      return refusalIn(withoutNames(activity));
    case 'Unfulfilled':
      return INSUFFICIENT_CAPACITY;
    case 'InProgress':
    case 'Pending':
      return nowSeconds - startOf(activity) >= WAITS_IN_VAIN_SECONDS ? INSUFFICIENT_CAPACITY : null;
    default:
      return null;
  }
}

/**
 * What is over by the next look: the endpoint was locked after all, or a service was busy. Where nothing
 * is said at all, another attempt tells more than waiting does.
 */
const PASSING =
  /in-progress|being updated|throttl|rate exceeded|too many|concurrent|internal|unavailable|^$/i;

const REQUEST_FAILED: RequestRefusal = { reason: 'request-failed', quota: null };

const INSUFFICIENT_CAPACITY: RequestRefusal = { reason: 'insufficient-capacity', quota: null };

/** "Setting desired instance count to 4." */
function requestedBy({ Description = '' }: ScalingActivity): number {
  return Number(/ to (\d+)\.?$/.exec(Description)?.[1] ?? Number.NaN);
}

/** Names are the owner's words and no reason: an endpoint may be called `internal-search`. */
function withoutNames({ ResourceId = '', StatusMessage = '' }: ScalingActivity): string {
  const { endpointName, variantName } = parseResourceId(ResourceId) ?? {};
  return [endpointName, variantName].reduce<string>(
    (text, name) =>
      name ? text.replace(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), '') : text,
    StatusMessage,
  );
}

function refusalIn(message: string): RequestRefusal | null {
  if (/ResourceLimitExceeded|service limit/i.test(message)) {
    return { reason: 'quota-refused', quota: quotaShortage(message) };
  }
  if (/insufficient ?(instance ?)?capacity/i.test(message)) return INSUFFICIENT_CAPACITY;
  return PASSING.test(message) ? null : REQUEST_FAILED;
}

/**
 * SageMaker's words: "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 4
 * Instances, with current utilization of 3 Instances and a request delta of 3 Instances."
 */
function quotaShortage(message: string): QuotaShortage | null {
  const [, name, limit, inUse, asked] =
    /service limit '([^']+)' is (\d+) .*?utilization of (\d+) .*?delta of (\d+) /is.exec(message) ??
    [];
  if (!name) return null;
  return { name, limit: Number(limit), inUse: Number(inUse), asked: Number(asked) };
}
