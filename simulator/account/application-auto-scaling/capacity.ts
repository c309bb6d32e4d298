import type { VirtualClock } from '../clock.ts';
import { AwsError } from '../service.ts';
import type { ActivityLog, NotScaledReason } from './activities.ts';
import type { EventEmitter, ScalableResource } from './contracts.ts';
import type { IdSource } from './ids.ts';
import type { ScalableTarget } from './targets.ts';

/** What the capacity of a dimension is called in activities. */
const CAPACITY_NAMES: Readonly<Record<string, string>> = {
  'sagemaker:variant:DesiredInstanceCount': 'desired instance count',
  'sagemaker:variant:DesiredProvisionedConcurrency': 'desired provisioned concurrency',
  'sagemaker:inference-component:DesiredCopyCount': 'desired copy count',
};

/** Moves the capacity of scalable targets and keeps the record of it. */
export class CapacityControl {
  readonly #clock: VirtualClock;
  readonly #resource: ScalableResource;
  readonly #activities: ActivityLog;
  readonly #events: EventEmitter | undefined;
  readonly #requestIds: IdSource;

  constructor(options: {
    readonly clock: VirtualClock;
    readonly resource: ScalableResource;
    readonly activities: ActivityLog;
    readonly events: EventEmitter | undefined;
    readonly requestIds: IdSource;
  }) {
    this.#clock = options.clock;
    this.#resource = options.resource;
    this.#activities = options.activities;
    this.#events = options.events;
    this.#requestIds = options.requestIds;
  }

  /** Undefined: the resource is gone. */
  read(target: ScalableTarget): ReturnType<ScalableResource['read']> {
    return this.#resource.read(target.resourceId, target.dimension);
  }

  /** Moves capacity inside the bounds, unless the resource takes no change just now. */
  clamp(target: ScalableTarget): void {
    const capacity = this.read(target);
    if (!capacity?.isScalable) return;
    if (capacity.desired < target.min) {
      this.move(target, target.min, `minimum capacity was set to ${target.min}`);
    } else if (capacity.desired > target.max) {
      this.move(target, target.max, `maximum capacity was set to ${target.max}`);
    }
  }

  /**
   * Asks the resource for a capacity. A refusal becomes a failed activity, no error.
   * @param onFulfilled runs when the capacity has been reached
   */
  move(
    target: ScalableTarget,
    capacity: number,
    cause: string,
    onFulfilled: () => void = () => {},
  ): void {
    const name = CAPACITY_NAMES[target.dimension] ?? 'capacity';
    const set = `set ${name} to ${capacity}.`;
    const startMs = this.#clock.nowMs;
    const before = this.read(target)?.desired ?? 0;
    const id = this.#activities.add({
      ...nameOf(target),
      Description: `Setting ${name} to ${capacity}.`,
      Cause: cause,
      StatusCode: 'InProgress',
      StatusMessage: `Successfully ${set} Waiting for change to be fulfilled by sagemaker.`,
    });
    const accept = () =>
      this.#resource.setDesired(target.resourceId, target.dimension, capacity, (outcome) => {
        if (outcome === 'unfulfilled') {
          const message = `Successfully ${set} However, the change was not fulfilled by sagemaker.`;
          this.#activities.finish(id, 'Unfulfilled', message);
          return;
        }
        target.landedAtMs = this.#clock.nowMs;
        const message = `Successfully ${set} Change successfully fulfilled by sagemaker.`;
        this.#activities.finish(id, 'Successful', message);
        this.#announceMaximum(target, before, capacity, startMs);
        onFulfilled();
      });
    try {
      accept();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const reason =
        `${error.message} (Service: AmazonSageMaker; Status Code: ${error.statusCode}; ` +
        `Error Code: ${error.code}; Request ID: ${this.#requestIds.next()}; Proxy: null)`;
      this.#activities.finish(id, 'Failed', `Failed to ${set} Reason: ${reason}`);
    }
  }

  /** Records that a policy left the capacity as it was. */
  recordNotScaled(target: ScalableTarget, cause: string, reason: NotScaledReason): void {
    this.#activities.add({
      ...nameOf(target),
      Description: 'Attempting to scale due to alarm triggered',
      Cause: cause,
      StatusCode: 'Failed',
      NotScaledReasons: [reason],
    });
  }

  /** Records that a scheduled action set the bounds, or why it could not. */
  recordSchedule(target: ScalableTarget, cause: string, change: string, failure?: string): void {
    this.#activities.add({
      ...nameOf(target),
      Description: `Setting ${change}`,
      Cause: cause,
      StatusCode: failure === undefined ? 'Successful' : 'Failed',
      StatusMessage:
        failure === undefined
          ? `Successfully set ${change}`
          : `Failed to set ${change}. Reason: ${failure}`,
    });
  }

  /** Application Auto Scaling tells EventBridge of one thing only: that it scaled to the maximum. */
  #announceMaximum(
    target: ScalableTarget,
    before: number,
    capacity: number,
    startMs: number,
  ): void {
    if (capacity <= before || capacity !== target.max) return;
    this.#events?.emit({
      source: 'aws.application-autoscaling',
      detailType: 'Application Auto Scaling Scaling Activity State Change',
      resources: [],
      detail: {
        startTime: isoSeconds(startMs),
        endTime: isoSeconds(this.#clock.nowMs),
        newDesiredCapacity: capacity,
        oldDesiredCapacity: before,
        minCapacity: target.min,
        maxCapacity: target.max,
        resourceId: target.resourceId,
        scalableDimension: target.dimension,
        serviceNamespace: 'sagemaker',
        statusCode: 'Successful',
        scaledToMax: true,
        direction: 'scale-out',
      },
    });
  }
}

function nameOf(target: ScalableTarget) {
  return { ResourceId: target.resourceId, ScalableDimension: target.dimension };
}

function isoSeconds(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
