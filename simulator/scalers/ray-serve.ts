import { wholeInstances } from '../../lib/control/size.ts';
import { type Policy, periodic } from './policy.ts';
import { meanDemand } from './view.ts';

/** How often replicas report; the controller's own loop is faster, but sees nothing new between. */
const REPORT_SECONDS = 10;

/** Ten-second windows in the look-back of 30 s. */
const LOOK_BACK_WINDOWS = 3;

const UPSCALE_DELAY_SECONDS = 30;
const DOWNSCALE_DELAY_SECONDS = 600;

/**
 * Part of the target that a replica is aimed at. Ray leaves the target to its user; 0.9 scored best
 * on recorded traffic of 0.7, 0.8, 0.85, 0.9, 0.95 and 1, so the peer has it.
 */
const UTILISATION = 0.9;

/**
 * The decision of Ray Serve's autoscaling policy with default delays and factors of 1
 * (python/ray/serve/autoscaling_policy.py, config.py): a direction must have held for its delay, and
 * then the latest count is taken, not one of the time between.
 */
export class RayServeAutoscaler {
  readonly #target: number;
  #direction = 0;
  #sinceSeconds = 0;

  /** @param target ongoing requests that one replica is meant to have */
  constructor(target: number) {
    this.#target = target;
  }

  /**
   * Replicas wanted, given the mean of all ongoing requests over the look-back.
   *
   * A change that the endpoint refuses stays due: the direction's clock starts anew only when the
   * wanted count is reached or lies on the other side. Ray knows no refusal, so this is the reading
   * that helps.
   */
  decide(nowSeconds: number, ongoing: number, replicas: number): number {
    const wanted = Math.max(1, wholeInstances(ongoing / this.#target));
    const direction = Math.sign(wanted - replicas);
    if (direction !== this.#direction) {
      this.#direction = direction;
      this.#sinceSeconds = nowSeconds;
    }
    const delay = direction > 0 ? UPSCALE_DELAY_SECONDS : DOWNSCALE_DELAY_SECONDS;
    return nowSeconds - this.#sinceSeconds >= delay ? wanted : replicas;
  }

  /** Tells that a change was taken: the next one's delay starts anew. */
  taken(): void {
    this.#direction = 0;
  }
}

/** Ray Serve's replica autoscaling on total load. */
export const rayServe: Policy = {
  name: 'ray-serve',
  usesRiskPrice: false,
  create({ metricLagSeconds }) {
    const autoscaler = new RayServeAutoscaler(UTILISATION);
    return periodic(REPORT_SECONDS, metricLagSeconds, (view) => {
      const load = meanDemand(view, LOOK_BACK_WINDOWS);
      if (load === undefined) return null;
      const wanted = autoscaler.decide(view.nowSeconds, load, view.desired);
      if (wanted !== view.desired && !view.locked) autoscaler.taken();
      return wanted;
    });
  },
};
