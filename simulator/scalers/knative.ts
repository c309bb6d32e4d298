import { wholeInstances } from '../../lib/control/size.ts';
import { type Policy, periodic } from './policy.ts';
import { meanDemand } from './view.ts';

const TICK_SECONDS = 2;
const STABLE_SECONDS = 60;
const PANIC_THRESHOLD = 2;
const MAX_SCALE_UP_RATE = 1000;
const MAX_SCALE_DOWN_RATE = 2;

/** Ten-second windows in the stable and in the panic window; one is the nearest to Knative's 6 s. */
const STABLE_WINDOWS = 6;
const PANIC_WINDOWS = 1;

/**
 * Part of the target that a pod is aimed at. Knative's default is 0.7; 0.8 scored better on recorded
 * traffic than it or any other of 0.7, 0.75 … 1, so the peer has it.
 */
const UTILISATION = 0.8;

/**
 * The decision of Knative's pod autoscaler, with its default rates, windows and threshold
 * (knative/serving, pkg/autoscaler/scaling/autoscaler.go and config/config.go). While panicking it
 * never shrinks; panic ends when the load has not been over the threshold for a stable window.
 */
export class KnativeAutoscaler {
  readonly #target: number;
  #panickedAt: number | null = null;
  #highest = 0;

  /**
   * @param target load that one pod is meant to carry
   * @param pods pods at the start; with more than one it begins in panic, so as not to shrink blindly
   */
  constructor(target: number, pods: number, nowSeconds = 0) {
    this.#target = target;
    if (pods <= 1) return;
    this.#panickedAt = nowSeconds;
    this.#highest = pods;
  }

  /** Pods wanted, given the mean total load over the stable and the panic window. */
  scale(nowSeconds: number, stable: number, panic: number, readyPods: number): number {
    const ready = Math.max(1, readyPods);
    const lowest = Math.floor(ready / MAX_SCALE_DOWN_RATE);
    const highest = Math.ceil(MAX_SCALE_UP_RATE * ready);
    const limited = (pods: number) => Math.min(Math.max(pods, lowest), highest);
    const forPanic = wholeInstances(panic / this.#target);
    const wanted = limited(wholeInstances(stable / this.#target));
    if (forPanic / ready >= PANIC_THRESHOLD) {
      this.#panickedAt = nowSeconds;
    } else if (this.#panickedAt !== null && this.#panickedAt + STABLE_SECONDS < nowSeconds) {
      this.#panickedAt = null;
      this.#highest = 0;
    }
    if (this.#panickedAt === null) return wanted;
    this.#highest = Math.max(this.#highest, wanted, limited(forPanic));
    return this.#highest;
  }
}

/**
 * Knative's pod autoscaler on total load, every two seconds. Its windows end with the newest readable
 * window of the metric: the metric's lag is no gap in them.
 */
export const knative: Policy = {
  name: 'knative',
  usesRiskPrice: false,
  create() {
    let autoscaler: KnativeAutoscaler | undefined;
    return periodic(TICK_SECONDS, 0, (view) => {
      autoscaler ??= new KnativeAutoscaler(UTILISATION, view.inService);
      const stable = meanDemand(view, STABLE_WINDOWS);
      const panic = meanDemand(view, PANIC_WINDOWS);
      if (stable === undefined || panic === undefined) return null;
      return autoscaler.scale(view.nowSeconds, stable, panic, view.inService);
    });
  },
};
