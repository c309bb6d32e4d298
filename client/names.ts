/**
 * What callers publish and the scaler reads. All metrics carry exactly the dimensions
 * `EndpointName` and `VariantName`, so that many callers add up in one metric.
 */
export const NAMESPACE = 'FastScaler/Client';

/** Metric names; the Sum of each over all callers is the figure that counts. */
export const METRIC_NAMES = {
  /** Requests sent, each attempt of the SDK for itself, but for those that never reached the model. */
  arrivals: 'Arrivals',
  /** Seconds that requests were under way: divided by the period, the mean concurrency. */
  busySeconds: 'BusySeconds',
  /** Requests that failed, throttled ones and those that never reached the model included. */
  errors: 'Errors',
  /** Requests refused for want of capacity. */
  throttles: 'Throttles',
} as const;

export const DIMENSION_NAMES = { endpoint: 'EndpointName', variant: 'VariantName' } as const;

/**
 * Seconds between two publications, on whole multiples of it. It is the window that the scaler
 * reads: published any oftener, a window would be seen half full and taken for a lull.
 */
export const PUBLISH_SECONDS = 10;

/** The event that wakes the scaler ahead of any alarm. */
export const SURGE = {
  source: 'fast-scaler',
  detailType: 'Load Surge',
  schemaVersion: 1,
} as const;

/** Why somebody says that load surges. */
export const SURGE_REASONS = ['throttled', 'not-ready', 'concurrency', 'queue'] as const;

export type SurgeReason = (typeof SURGE_REASONS)[number];

/** Detail of the event. */
export interface SurgeDetail {
  readonly schemaVersion: 1;
  readonly endpointName: string;
  readonly variantName?: string;
  readonly reason: SurgeReason;
  /** Refused requests since the last event, requests under way, or requests that wait. */
  readonly observed: number;
}
