import type { View } from './view.ts';

/** What a policy is told of the endpoint before it starts; nothing of the load to come. */
export interface PolicyOptions {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Load that one instance is meant to carry, requests a minute. */
  readonly targetPerInstance: number;
  /** What one unserved instance-second is worth in instance-seconds. */
  readonly riskPrice: number;
  /** How long after its end a window of the metric becomes readable. */
  readonly metricLagSeconds: number;
}

/** One run of a policy; holds whatever the policy remembers. */
export interface Controller {
  /** The first moment after `nowSeconds` at which it wants to be asked; −1 stands for the start. */
  nextAtSeconds(nowSeconds: number): number;
  /** The capacity it asks for now; null asks for none. Outside the bounds it is clamped. */
  evaluate(view: View): number | null;
}

/** A scaling policy. Controllers of one policy share nothing. */
export interface Policy {
  readonly name: string;
  /** False when the risk price changes nothing, so that one run serves every price. */
  readonly usesRiskPrice: boolean;
  /** True when it reads the requests under way, which cost time to simulate. */
  readonly readsUnderWay?: boolean;
  create(options: PolicyOptions): Controller;
}

/** A controller that is asked at `phaseSeconds` and every `periodSeconds` from then on. */
export function periodic(
  periodSeconds: number,
  phaseSeconds: number,
  evaluate: Controller['evaluate'],
): Controller {
  return {
    nextAtSeconds: (nowSeconds) =>
      nowSeconds < phaseSeconds
        ? phaseSeconds
        : phaseSeconds +
          periodSeconds * (Math.floor((nowSeconds - phaseSeconds) / periodSeconds) + 1),
    evaluate,
  };
}
