import type { VirtualClock } from '../account/clock.ts';
import type { MetricSink } from './metrics.ts';
import { type Random, seededRandom } from './random.ts';
import { type Load, Variant, type VariantIdentity, type VariantModel } from './variant.ts';

/** A scale-out, as the source of insufficient capacity sees it. */
export interface InstanceStart extends VariantIdentity {
  readonly atMs: number;
  /** Instances asked for besides those in service. */
  readonly added: number;
}

export interface PlantOptions {
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  /** How variants behave; a function where they differ. */
  readonly model: VariantModel | ((variant: VariantIdentity) => VariantModel);
  /** Seed of all chance in the plant. Default 1. */
  readonly seed?: number;
  /** Most instances of a type over all endpoints ("ml.g5.xlarge for endpoint usage"). Default: no limit. */
  readonly instanceQuota?: Readonly<Record<string, number>>;
  /** Asked at every scale-out; an answer means that EC2 has no instances for so long. */
  readonly insufficientCapacity?: (
    start: InstanceStart,
  ) => { readonly forSeconds: number } | undefined;
}

/** Why an account may not have more instances. Counts of instances. */
export interface QuotaRefusal {
  readonly instanceType: string;
  readonly limit: number;
  readonly utilization: number;
  readonly added: number;
}

/** Milliseconds between visits to all variants; every metric period is a multiple of it. */
const BLOCK_MS = 10_000;

/** Everything behind the SageMaker API: the instances of all endpoints and the requests to them. */
export class Plant {
  readonly #options: PlantOptions;
  readonly #random: Random;
  readonly #variants = new Map<string, Variant>();

  constructor(options: PlantOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    const { clock } = options;
    const firstMs = (Math.floor(clock.nowMs / BLOCK_MS) + 1) * BLOCK_MS;
    clock.every(firstMs, BLOCK_MS, () => {
      for (const variant of this.#variants.values()) variant.sync();
    });
  }

  /** Adds a variant without instances. */
  createVariant(identity: VariantIdentity, metricPublishFrequencySeconds: number): Variant {
    const { clock, metrics, model } = this.#options;
    const variant = new Variant({
      ...identity,
      clock,
      metrics,
      random: this.#random,
      model: typeof model === 'function' ? model(identity) : model,
      metricPublishFrequencySeconds,
    });
    this.#variants.set(key(identity.endpointName, identity.variantName), variant);
    return variant;
  }

  removeVariant({ identity: { endpointName, variantName } }: Variant): void {
    const name = key(endpointName, variantName);
    this.#variants.get(name)?.close();
    this.#variants.delete(name);
  }

  /** Throws when there is no such variant. */
  variant(endpointName: string, variantName: string): Variant {
    const variant = this.#variants.get(key(endpointName, variantName));
    if (!variant) {
      const known = [...this.#variants.keys()].join(', ') || 'none';
      throw new Error(
        `The plant has no variant ${key(endpointName, variantName)}; it has ${known}.`,
      );
    }
    return variant;
  }

  setLoad(endpointName: string, variantName: string, load: Load): void {
    this.variant(endpointName, variantName).setLoad(load);
  }

  /** Whether the quota of an instance type forbids so many more; undefined: it does not. */
  quotaRefusal(instanceType: string, added: number): QuotaRefusal | undefined {
    const limit = this.#options.instanceQuota?.[instanceType];
    if (limit === undefined || added <= 0) return undefined;
    const utilization = this.#utilization(instanceType);
    return utilization + added > limit ? { instanceType, limit, utilization, added } : undefined;
  }

  /** For how many seconds EC2 has no capacity for this start; undefined: it has. */
  insufficientCapacity(variant: Variant, added: number): number | undefined {
    const start = { ...variant.identity, atMs: this.#options.clock.nowMs, added };
    return this.#options.insufficientCapacity?.(start)?.forSeconds;
  }

  #utilization(instanceType: string): number {
    let count = 0;
    for (const { identity, instances } of this.#variants.values()) {
      if (identity.instanceType !== instanceType) continue;
      const { inService, starting, draining, awaitingCapacity } = instances;
      count += inService + starting + draining + awaitingCapacity;
    }
    return count;
  }
}

function key(endpointName: string, variantName: string): string {
  return `${endpointName}/${variantName}`;
}
