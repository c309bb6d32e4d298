import type { VirtualClock } from '../clock.ts';
import type { IdSource } from './ids.ts';

export type ActivityStatus = 'InProgress' | 'Successful' | 'Unfulfilled' | 'Failed';

/** Why a policy did not scale (DescribeScalingActivities API reference, NotScaledReason). */
export interface NotScaledReason {
  readonly Code:
    | 'AutoScalingAnticipatedFlapping'
    | 'TargetServicePutResourceAsUnscalable'
    | 'AlreadyAtMaxCapacity'
    | 'AlreadyAtMinCapacity'
    | 'AlreadyAtDesiredCapacity';
  readonly MaxCapacity?: number;
  readonly MinCapacity?: number;
  readonly CurrentCapacity?: number;
}

/** A scaling activity as on the wire; times are epoch seconds. */
export interface ScalingActivity {
  readonly ActivityId: string;
  readonly ServiceNamespace: 'sagemaker';
  readonly ResourceId: string;
  readonly ScalableDimension: string;
  readonly Description: string;
  readonly Cause: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusCode: ActivityStatus;
  readonly StatusMessage?: string;
  readonly NotScaledReasons?: readonly NotScaledReason[];
}

/** What an activity begins with. */
export type NewActivity = Omit<
  ScalingActivity,
  'ActivityId' | 'ServiceNamespace' | 'StartTime' | 'EndTime'
>;

/** Activities are kept six weeks (user guide, "Scaling activities"). */
const RETENTION_SECONDS = 42 * 86_400;

/** Everything that scaling did, tried or left undone. */
export class ActivityLog {
  readonly #clock: VirtualClock;
  readonly #ids: IdSource;
  #activities: ScalingActivity[] = [];

  constructor(clock: VirtualClock, ids: IdSource) {
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Returns the id, under which the activity can be finished. */
  add(activity: NewActivity): string {
    const ActivityId = this.#ids.next();
    const StartTime = this.#clock.nowSeconds;
    this.#dropExpired(StartTime - RETENTION_SECONDS);
    this.#activities.push({ ...activity, ActivityId, ServiceNamespace: 'sagemaker', StartTime });
    return ActivityId;
  }

  finish(activityId: string, status: ActivityStatus, message: string): void {
    const index = this.#activities.findLastIndex(({ ActivityId }) => ActivityId === activityId);
    const activity = this.#activities[index];
    if (!activity) return;
    this.#activities[index] = {
      ...activity,
      StatusCode: status,
      StatusMessage: message,
      EndTime: this.#clock.nowSeconds,
    };
  }

  /** Newest first. */
  list(filter: {
    readonly resourceId?: string | undefined;
    readonly dimension?: string | undefined;
    readonly includeNotScaled?: boolean | undefined;
  }): ScalingActivity[] {
    return this.#activities
      .filter(
        ({ ResourceId, ScalableDimension, NotScaledReasons }) =>
          (filter.resourceId === undefined || ResourceId === filter.resourceId) &&
          (filter.dimension === undefined || ScalableDimension === filter.dimension) &&
          (filter.includeNotScaled === true || NotScaledReasons === undefined),
      )
      .reverse();
  }

  #dropExpired(beforeSeconds: number): void {
    const firstKept = this.#activities.findIndex(({ StartTime }) => StartTime >= beforeSeconds);
    if (firstKept > 0) this.#activities.splice(0, firstKept);
  }
}
