import type { AtOnce } from '../plant/at-once.ts';

/**
 * What a policy can see at one moment: the endpoint, and the windows of the metric that have become
 * readable. `back` counts readable windows (minutes) from the newest, which is 0; what is not
 * readable, or lies before the start, is undefined. Demand and load are in instances: 1 is the load
 * that one instance is meant to carry.
 */
export interface View {
  /** Seconds from the start of the run. */
  readonly nowSeconds: number;
  readonly inService: number;
  /** Instances asked for, starting ones included. */
  readonly desired: number;
  /** True while the endpoint refuses every change of capacity. */
  readonly locked: boolean;
  /** When the last change of capacity was, or will be, complete; −∞ before the first. */
  readonly completedAtSeconds: number;
  /** Readable windows of ten seconds since the start. */
  readonly windows: number;
  /** Readable minutes since the start. */
  readonly minutes: number;
  /** Requests to the whole variant in a window, as the signal counts them. */
  requests(back: number): number | undefined;
  /** Demand of the whole variant in a window. */
  demand(back: number): number | undefined;
  /** Load of one instance in a window: demand over the instances that were in service then. */
  perInstance(back: number): number | undefined;
  /** The requests under way in a window, for policies that read them. */
  underWay(back: number): AtOnce | undefined;
  /** Mean demand over a minute. */
  minuteDemand(back: number): number | undefined;
  /** Mean load of one instance over a minute. */
  minutePerInstance(back: number): number | undefined;
}

/** Mean demand over the newest `count` windows, or as many as are readable; undefined without one. */
export function meanDemand(view: View, count: number): number | undefined {
  const readable = Math.min(count, view.windows);
  if (readable === 0) return undefined;
  let sum = 0;
  for (let back = 0; back < readable; back += 1) sum += view.demand(back) as number;
  return sum / readable;
}
