import type {
  DesiredWeightAndCapacity,
  EndpointStatus,
  UpdateEndpointInput,
  VariantStatus,
} from '@aws-sdk/client-sagemaker';
import type { UpdateOutcome } from '../../plant/fleet.ts';
import type { Plant } from '../../plant/plant.ts';
import type { Variant } from '../../plant/variant.ts';
import type { VirtualClock } from '../clock.ts';
import { validationError } from '../service.ts';
import {
  type EndpointConfig,
  metricPublishFrequencySeconds,
  type VariantConfig,
} from './catalog.ts';
import { checkChanges, limitExceeded, retainedProperties } from './changes.ts';

/** A production variant of an endpoint: AWS's view of it beside the plant's. */
export interface EndpointVariant {
  readonly plant: Variant;
  config: VariantConfig;
  currentWeight: number;
  desiredWeight: number;
  /** What an update is doing to it; undefined at rest. */
  progress?: { readonly status: VariantStatus; readonly message: string; readonly sinceMs: number };
}

/** What an endpoint needs of the account around it. */
export interface EndpointSurroundings {
  readonly clock: VirtualClock;
  readonly plant: Plant;
  /** Hears of every change of status. */
  readonly onStatus: (endpoint: Endpoint) => void;
}

type Part = (onEnd: (outcome: UpdateOutcome) => void) => void;

/**
 * An endpoint: the unit of locking. While one change of any variant runs, every other is refused
 * with `ValidationException: Cannot update in-progress endpoint`.
 */
export class Endpoint {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly #surroundings: EndpointSurroundings;
  readonly #variants = new Map<string, EndpointVariant>();
  #config: EndpointConfig;
  #status: EndpointStatus = 'Creating';
  #modifiedAtMs: number;

  constructor(
    surroundings: EndpointSurroundings,
    name: string,
    arn: string,
    config: EndpointConfig,
  ) {
    this.name = name;
    this.arn = arn;
    this.createdAtMs = surroundings.clock.nowMs;
    this.#surroundings = surroundings;
    this.#config = config;
    this.#modifiedAtMs = surroundings.clock.nowMs;
  }

  get config(): EndpointConfig {
    return this.#config;
  }

  get status(): EndpointStatus {
    return this.#status;
  }

  get modifiedAtMs(): number {
    return this.#modifiedAtMs;
  }

  get variants(): readonly EndpointVariant[] {
    return [...this.#variants.values()];
  }

  variant(name: string): EndpointVariant | undefined {
    return this.#variants.get(name);
  }

  /** Throws `ResourceLimitExceeded` when the quota forbids the first instances. */
  requireQuota(): void {
    const { variants } = this.#config;
    this.#requireQuota(variants.map((v) => [v.InstanceType, v.InitialInstanceCount]));
  }

  /** Launches the first instances, which serve after `seconds`. */
  create(seconds: number): void {
    const { config } = this;
    const parts = config.variants.map((variant): Part => {
      const added = this.#addVariant(variant);
      return (onEnd) => added.plant.open(variant.InitialInstanceCount, seconds, onEnd);
    });
    this.#setStatus('Creating');
    this.#together(parts, () => this.#setStatus('InService'));
  }

  /**
   * Changes weights and instance counts; `onEnd` hears when the endpoint is InService again.
   * Throws `ValidationException` and `ResourceLimitExceeded`, then nothing has changed.
   */
  scale(
    changes: readonly DesiredWeightAndCapacity[],
    onEnd: (outcome: UpdateOutcome) => void = () => {},
  ): void {
    this.requireUnlocked();
    checkChanges(changes);
    const resolved = changes.map((change) => {
      const variant = this.#requireVariant(change.VariantName);
      const current = variant.plant.instances.inService;
      return { variant, change, current, count: change.DesiredInstanceCount ?? current };
    });
    this.#requireQuota(
      resolved.map(({ variant, current, count }) => [variant.config.InstanceType, count - current]),
    );
    const parts = resolved.map(({ variant, change, current, count }): Part => {
      variant.desiredWeight = change.DesiredWeight ?? variant.desiredWeight;
      this.#mark(
        variant,
        `Scaling ${count < current ? 'in' : 'out'} desired instance count to ${count}.`,
      );
      return (end) => variant.plant.scaleTo(count, end, this.#refusedForSeconds(variant, count));
    });
    this.#runUpdate(parts, () => {}, onEnd);
  }

  /** Moves to another configuration: a new fleet is launched and takes over when it is ready. */
  update(config: EndpointConfig, input: UpdateEndpointInput): void {
    this.requireUnlocked();
    const retained = retainedProperties(input);
    const targets = config.variants.map((next) => {
      const existing = this.#variants.get(next.VariantName);
      const count =
        existing && retained.count ? existing.plant.instances.desired : next.InitialInstanceCount;
      const weight =
        existing && retained.weight ? existing.desiredWeight : (next.InitialVariantWeight ?? 1);
      return { next, existing, count, weight };
    });
    this.#requireQuota(targets.map(({ next, count }) => [next.InstanceType, count]));
    const parts = targets.map(({ next, existing, count, weight }): Part => {
      const variant = existing ?? this.#addVariant(next);
      this.#mark(variant, `Deploying endpoint configuration ${config.name}.`);
      return (end) =>
        variant.plant.replaceWith(count, (outcome) => {
          variant.config = next;
          variant.plant.becomeType(next.InstanceType);
          variant.desiredWeight = weight;
          variant.plant.metricPublishFrequencySeconds = metricPublishFrequencySeconds(config);
          end(outcome);
        });
    });
    this.#runUpdate(parts, () => {
      this.#config = config;
      const names = new Set(config.variants.map(({ VariantName }) => VariantName));
      for (const { plant } of this.variants) {
        if (!names.has(plant.identity.variantName)) this.#removeVariant(plant);
      }
    });
  }

  /** AWS's own maintenance: locked like an update, for so many seconds. */
  maintain(seconds: number): void {
    this.requireUnlocked();
    this.#setStatus('SystemUpdating');
    this.#surroundings.clock.after(seconds * 1000, () => this.#setStatus('InService'));
  }

  /** Releases everything. */
  delete(): void {
    this.requireUnlocked();
    this.#setStatus('Deleting');
    for (const { plant } of this.variants) this.#removeVariant(plant);
  }

  /** Throws `ValidationException` unless the endpoint takes changes. */
  requireUnlocked(): void {
    if (this.#status === 'InService') return;
    throw validationError(`Cannot update in-progress endpoint "${this.arn}".`);
  }

  #runUpdate(
    parts: readonly Part[],
    settle: () => void,
    onEnd: (outcome: UpdateOutcome) => void = () => {},
  ): void {
    this.#together(parts, (outcome) => {
      settle();
      for (const variant of this.variants) {
        delete variant.progress;
        variant.currentWeight = variant.desiredWeight;
      }
      this.#setStatus('InService');
      onEnd(outcome);
    });
    // The parts have taken up the new counts, so that is what the event about this status shows.
    this.#setStatus('Updating');
  }

  #together(parts: readonly Part[], onEnd: (outcome: UpdateOutcome) => void): void {
    let running = parts.length;
    let together: UpdateOutcome = 'fulfilled';
    for (const part of parts) {
      part((outcome) => {
        if (outcome === 'unfulfilled') together = outcome;
        running -= 1;
        if (running === 0) onEnd(together);
      });
    }
  }

  #addVariant(config: VariantConfig): EndpointVariant {
    const { VariantName: variantName, InstanceType: instanceType } = config;
    const plant = this.#surroundings.plant.createVariant(
      { endpointName: this.name, variantName, instanceType },
      metricPublishFrequencySeconds(this.#config),
    );
    const weight = config.InitialVariantWeight ?? 1;
    const variant = { plant, config, currentWeight: weight, desiredWeight: weight };
    this.#variants.set(variantName, variant);
    return variant;
  }

  #removeVariant(plant: Variant): void {
    this.#surroundings.plant.removeVariant(plant);
    this.#variants.delete(plant.identity.variantName);
  }

  #requireVariant(name: string | undefined): EndpointVariant {
    const variant = this.#variants.get(name ?? '');
    if (variant) return variant;
    throw validationError(
      `The variant name(s) "${name}" is/are not present within endpoint configuration "${this.#config.name}".`,
    );
  }

  #refusedForSeconds(variant: EndpointVariant, count: number): number | undefined {
    const added = count - variant.plant.instances.inService;
    if (added <= 0) return undefined;
    const seconds = this.#surroundings.plant.insufficientCapacity(variant.plant, added);
    const limit = variant.config.VariantInstanceProvisionTimeoutInSeconds;
    return seconds === undefined ? undefined : Math.min(seconds, limit ?? seconds);
  }

  #requireQuota(additions: readonly (readonly [instanceType: string, added: number])[]): void {
    const byType = new Map<string, number>();
    for (const [instanceType, added] of additions) {
      byType.set(instanceType, (byType.get(instanceType) ?? 0) + Math.max(0, added));
    }
    for (const [instanceType, added] of byType) {
      const refusal = this.#surroundings.plant.quotaRefusal(instanceType, added);
      if (refusal) throw limitExceeded(refusal);
    }
  }

  #mark(variant: EndpointVariant, message: string): void {
    variant.progress = { status: 'Updating', message, sinceMs: this.#surroundings.clock.nowMs };
  }

  #setStatus(status: EndpointStatus): void {
    this.#status = status;
    this.#modifiedAtMs = this.#surroundings.clock.nowMs;
    this.#surroundings.onStatus(this);
  }
}
