import { wholeInstances } from '../../lib/control/size.ts';
import { type Policy, periodic } from './policy.ts';

const SYNC_SECONDS = 15;

/** A ratio this far from 1 changes nothing. */
const TOLERANCE = 0.1;

const DOWN_STABILISATION_SECONDS = 300;

/** Default limits of a scale-up: four pods or a doubling in 15 s, whichever is more. */
const MOST_PODS = 4;
const MOST_FACTOR = 2;
const LIMIT_SECONDS = 15;

/** Replicas that a total load asks for, before any behaviour. */
export function recommendedReplicas(load: number, target: number, replicas: number): number {
  const ratio = load / (target * replicas);
  if (ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE) return replicas;
  return wholeInstances(load / target);
}

/** The most replicas that a scale-up may reach, when `added` came within the last 15 s. */
export function scaleUpLimit(replicas: number, added: number): number {
  const base = replicas - added;
  return Math.max(base + MOST_PODS, Math.ceil(base * MOST_FACTOR));
}

/**
 * What stands between a recommendation and a change, with the default behaviour: a scale-down goes
 * no lower than the highest recommendation of the last five minutes, a scale-up no higher than its
 * limits. The default limit of a scale-down, all pods in 15 s, holds nothing back.
 */
export class DefaultBehaviour {
  #recommended: { readonly atSeconds: number; readonly replicas: number }[] = [];
  #added: { readonly atSeconds: number; readonly pods: number }[] = [];

  /** Replicas to ask for. */
  apply(nowSeconds: number, replicas: number, recommended: number): number {
    const isYounger = (seconds: number) => (event: { readonly atSeconds: number }) =>
      nowSeconds - event.atSeconds < seconds;
    this.#recommended = this.#recommended.filter(isYounger(DOWN_STABILISATION_SECONDS));
    this.#added = this.#added.filter(isYounger(LIMIT_SECONDS));
    this.#recommended.push({ atSeconds: nowSeconds, replicas: recommended });
    if (recommended >= replicas) {
      const added = this.#added.reduce((sum, { pods }) => sum + pods, 0);
      return Math.max(replicas, Math.min(recommended, scaleUpLimit(replicas, added)));
    }
    const highest = Math.max(...this.#recommended.map((each) => each.replicas));
    return Math.min(replicas, highest);
  }

  /** Tells of a scale-up that was taken. */
  scaledUp(nowSeconds: number, pods: number): void {
    this.#added.push({ atSeconds: nowSeconds, pods });
  }
}

/**
 * Kubernetes' horizontal pod autoscaler on a total (external) metric with default behaviour
 * (pkg/controller/podautoscaler, apis/autoscaling/v2/defaults.go), every 15 s.
 *
 * A total metric has no pods whose readiness could matter; its replicas are those asked for. It
 * reads the newest window of the metric and aims at the whole target: over recorded traffic and the
 * generated scenarios together no mean over more windows and no lower aim scored better by more
 * than a hundredth.
 */
export const hpa: Policy = {
  name: 'hpa',
  usesRiskPrice: false,
  create() {
    const behaviour = new DefaultBehaviour();
    return periodic(SYNC_SECONDS, 0, (view) => {
      const load = view.demand(0);
      if (load === undefined) return null;
      const { nowSeconds, desired, locked } = view;
      const wanted = behaviour.apply(nowSeconds, desired, recommendedReplicas(load, 1, desired));
      if (wanted > desired && !locked) behaviour.scaledUp(nowSeconds, wanted - desired);
      return wanted;
    });
  },
};
