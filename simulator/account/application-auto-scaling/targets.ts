import type { SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { requireMembers } from '../input.ts';
import { Cooldowns } from './cooldown.ts';
import { objectNotFound } from './errors.ts';
import type { ScalingPolicy } from './policies.ts';
import type { ScheduledAction } from './scheduled-actions.ts';

/** The three members that name a scalable target in every operation. */
export interface TargetName {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

/** A registered scalable target with all that hangs on it. */
export interface ScalableTarget {
  readonly resourceId: string;
  readonly dimension: string;
  readonly arn: string;
  readonly createdAtMs: number;
  roleArn: string;
  min: number;
  max: number;
  suspended: Required<SuspendedState>;
  /** When the latest change of capacity was in service, epoch milliseconds; 0: never. */
  landedAtMs: number;
  readonly tags: Map<string, string>;
  readonly policies: Map<string, ScalingPolicy>;
  readonly scheduledActions: Map<string, ScheduledAction>;
  readonly cooldowns: Cooldowns;
}

export const NOT_SUSPENDED: Required<SuspendedState> = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** The registered scalable targets, in order of registration. */
export class TargetStore {
  readonly #targets = new Map<string, ScalableTarget>();

  get size(): number {
    return this.#targets.size;
  }

  all(): ScalableTarget[] {
    return [...this.#targets.values()];
  }

  find(name: TargetName): ScalableTarget | undefined {
    requireMembers(name, ['ServiceNamespace', 'ResourceId', 'ScalableDimension']);
    return this.#targets.get(key(name.ResourceId, name.ScalableDimension));
  }

  /** Throws `ObjectNotFoundException`. */
  require(name: TargetName): ScalableTarget {
    const target = this.find(name);
    if (target) return target;
    throw objectNotFound(`No scalable target registered for ${describe(name)}`);
  }

  add(
    target: Omit<
      ScalableTarget,
      'landedAtMs' | 'tags' | 'policies' | 'scheduledActions' | 'cooldowns'
    >,
    tags: Readonly<Record<string, string>>,
  ): ScalableTarget {
    const added: ScalableTarget = {
      ...target,
      landedAtMs: 0,
      tags: new Map(Object.entries(tags)),
      policies: new Map(),
      scheduledActions: new Map(),
      cooldowns: new Cooldowns(),
    };
    this.#targets.set(key(target.resourceId, target.dimension), added);
    return added;
  }

  remove(target: ScalableTarget): void {
    this.#targets.delete(key(target.resourceId, target.dimension));
  }

  /** Those of a namespace that match the members given. */
  select({ ServiceNamespace, ResourceId, ScalableDimension }: TargetName): ScalableTarget[] {
    requireMembers({ ServiceNamespace }, ['ServiceNamespace']);
    if (ServiceNamespace !== 'sagemaker') return [];
    return this.all().filter(
      ({ resourceId, dimension }) =>
        (ResourceId === undefined || resourceId === ResourceId) &&
        (ScalableDimension === undefined || dimension === ScalableDimension),
    );
  }
}

/** A target's name in the words of error messages. */
export function describe({ ServiceNamespace, ResourceId, ScalableDimension }: TargetName): string {
  return (
    `service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, ` +
    `scalable dimension: ${ScalableDimension}`
  );
}

function key(resourceId: string | undefined, dimension: string | undefined): string {
  return `${resourceId} ${dimension}`;
}
