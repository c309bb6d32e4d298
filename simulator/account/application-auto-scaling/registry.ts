import type {
  RegisterScalableTargetRequest,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { VirtualClock } from '../clock.ts';
import { requireMembers, requireRange } from '../input.ts';
import { type CallContext, validationError } from '../service.ts';
import type { CapacityControl } from './capacity.ts';
import type { ScalableResource } from './contracts.ts';
import { limitExceeded } from './errors.ts';
import type { IdSource } from './ids.ts';
import type { ScheduledAction } from './scheduled-actions.ts';
import { NOT_SUSPENDED, type ScalableTarget, type TargetStore } from './targets.ts';

/** New bounds of a scalable target. */
export interface BoundsChange {
  readonly atMs: number;
  readonly resourceId: string;
  readonly dimension: string;
  readonly min: number;
  readonly max: number;
  readonly by: 'register' | 'scheduled-action';
}

/** Most scalable targets for SageMaker in an account and region (Application Auto Scaling quotas). */
const MAX_TARGETS = 500;

/** Who may set the bounds of scalable targets, and what follows from it. */
export class Registry {
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #targets: TargetStore;
  readonly #control: CapacityControl;
  readonly #resource: ScalableResource;
  readonly #ids: IdSource;
  readonly #whileUpdating: 'stores-bounds' | 'refuses';
  readonly #listeners: ((change: BoundsChange) => void)[] = [];

  constructor(options: {
    readonly clock: VirtualClock;
    readonly context: CallContext;
    readonly targets: TargetStore;
    readonly control: CapacityControl;
    readonly resource: ScalableResource;
    readonly ids: IdSource;
    readonly whileUpdating: 'stores-bounds' | 'refuses';
  }) {
    this.#clock = options.clock;
    this.#context = options.context;
    this.#targets = options.targets;
    this.#control = options.control;
    this.#resource = options.resource;
    this.#ids = options.ids;
    this.#whileUpdating = options.whileUpdating;
  }

  onBoundsChange(listener: (change: BoundsChange) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Registers a target, or changes what is given of one. Every call moves capacity inside the
   * bounds, also one that names no bounds.
   */
  register(input: RegisterScalableTargetRequest) {
    const existing = this.#targets.find(input);
    const resourceId = input.ResourceId as string;
    const dimension = input.ScalableDimension as string;
    if (input.ServiceNamespace !== 'sagemaker') {
      throw validationError(
        'The embedded account serves the service namespace sagemaker only, ' +
          `not ${input.ServiceNamespace}.`,
      );
    }
    requireRange('minCapacity', input.MinCapacity, 0, Number.MAX_SAFE_INTEGER);
    requireRange('maxCapacity', input.MaxCapacity, 0, Number.MAX_SAFE_INTEGER);
    const capacity = this.#resource.read(resourceId, dimension);
    if (!capacity) {
      throw validationError(
        `Resource not found for resource ID: ${resourceId}, scalable dimension: ${dimension}`,
      );
    }
    if (existing && input.Tags && Object.keys(input.Tags).length > 0) {
      throw validationError(
        'The scalable target that you tried to tag already exists. To update tags on an existing ' +
          'scalable target, use the TagResource API.',
      );
    }
    if (!existing) requireMembers(input, ['MinCapacity', 'MaxCapacity']);
    if (!capacity.isScalable && this.#whileUpdating === 'refuses') {
      throw validationError(`Resource Id [${resourceId}] is not scalable.`);
    }
    const min = input.MinCapacity ?? (existing?.min as number);
    const max = input.MaxCapacity ?? (existing?.max as number);
    requireOrder(min, max);
    const target = existing ?? this.#add(input, resourceId, dimension, min, max);
    target.roleArn = input.RoleARN ?? target.roleArn;
    target.suspended = { ...target.suspended, ...given(input.SuspendedState) };
    this.#setBounds(target, min, max, 'register');
    return { ScalableTargetARN: target.arn };
  }

  /** Carries out a scheduled action. What goes wrong becomes a failed activity. */
  runSchedule(target: ScalableTarget, { name, change }: ScheduledAction): void {
    if (target.suspended.ScheduledScalingSuspended) return;
    const { MinCapacity, MaxCapacity } = change;
    const parts = [
      ...(MinCapacity === undefined ? [] : [`min capacity to ${MinCapacity}`]),
      ...(MaxCapacity === undefined ? [] : [`max capacity to ${MaxCapacity}`]),
    ];
    const cause = `scheduled action name ${name} was triggered`;
    const min = MinCapacity ?? target.min;
    const max = MaxCapacity ?? target.max;
    if (min > max) {
      this.#control.recordSchedule(target, cause, parts.join(' and '), ORDER_MESSAGE);
      return;
    }
    this.#control.recordSchedule(target, cause, parts.join(' and '));
    this.#setBounds(target, min, max, 'scheduled-action');
  }

  #setBounds(target: ScalableTarget, min: number, max: number, by: BoundsChange['by']): void {
    target.min = min;
    target.max = max;
    const { resourceId, dimension } = target;
    const change = { atMs: this.#clock.nowMs, resourceId, dimension, min, max, by };
    for (const listener of this.#listeners) listener(change);
    this.#control.clamp(target);
  }

  #add(
    input: RegisterScalableTargetRequest,
    resourceId: string,
    dimension: string,
    min: number,
    max: number,
  ): ScalableTarget {
    if (this.#targets.size >= MAX_TARGETS) {
      throw limitExceeded(
        `You have reached the limit of ${MAX_TARGETS} scalable targets for sagemaker.`,
      );
    }
    const { region, accountId } = this.#context;
    const id = this.#ids.next().replaceAll('-', '');
    return this.#targets.add(
      {
        resourceId,
        dimension,
        arn: `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${id}`,
        createdAtMs: this.#clock.nowMs,
        roleArn:
          `arn:aws:iam::${accountId}:role/aws-service-role/` +
          'sagemaker.application-autoscaling.amazonaws.com/' +
          'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
        min,
        max,
        suspended: NOT_SUSPENDED,
      },
      input.Tags ?? {},
    );
  }
}

const ORDER_MESSAGE = 'Maximum capacity cannot be less than minimum capacity';

function requireOrder(min: number, max: number): void {
  if (min > max) throw validationError(ORDER_MESSAGE);
}

function given(state: SuspendedState | undefined): Partial<Required<SuspendedState>> {
  const entries = Object.entries(state ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
