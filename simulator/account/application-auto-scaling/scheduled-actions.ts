import type { ScalableTargetAction } from '@aws-sdk/client-application-auto-scaling';
import type { VirtualClock } from '../clock.ts';
import { requireMembers, requireRange } from '../input.ts';
import { type CallContext, validationError } from '../service.ts';
import { limitExceeded, objectNotFound } from './errors.ts';
import type { IdSource } from './ids.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { describe, type ScalableTarget, type TargetName } from './targets.ts';
import { requireTimeZone } from './time-zone.ts';

/** PutScheduledAction as on the wire: times are epoch seconds. */
export interface PutScheduledActionInput extends TargetName {
  readonly ScheduledActionName?: string | undefined;
  readonly Schedule?: string | undefined;
  readonly Timezone?: string | undefined;
  readonly StartTime?: number | undefined;
  readonly EndTime?: number | undefined;
  readonly ScalableTargetAction?: ScalableTargetAction | undefined;
}

/** A scheduled action that waits for its next run, or has had its last. */
export interface ScheduledAction {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly expression: string;
  readonly timeZone: string | undefined;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly change: ScalableTargetAction;
  /** Cancels the next run. */
  cancel: () => void;
}

/** Most scheduled actions of a scalable target (Application Auto Scaling quotas). */
const MAX_SCHEDULED_ACTIONS = 200;
const DEFAULT_TIME_ZONE = 'UTC';

/**
 * Scheduled actions of all scalable targets. A one-time action stays listed after its run until it
 * is deleted: the user guide says to delete an action "when you are finished with" it, and nothing
 * of a deletion by itself.
 */
export class ScheduleBook {
  readonly #clock: VirtualClock;
  readonly #context: CallContext;
  readonly #ids: IdSource;
  readonly #run: (target: ScalableTarget, action: ScheduledAction) => void;
  readonly #delayMs: number;
  readonly #pastTimes: 'refuses' | 'never-runs';

  constructor(options: {
    readonly clock: VirtualClock;
    readonly context: CallContext;
    readonly ids: IdSource;
    readonly run: (target: ScalableTarget, action: ScheduledAction) => void;
    /** Seconds by which actions run late. */
    readonly delaySeconds: number;
    /** What a one-time action in the past leads to. */
    readonly pastTimes: 'refuses' | 'never-runs';
  }) {
    this.#clock = options.clock;
    this.#context = options.context;
    this.#ids = options.ids;
    this.#run = options.run;
    this.#delayMs = options.delaySeconds * 1000;
    this.#pastTimes = options.pastTimes;
  }

  /** Creates an action, or changes what is given of one; start and end not given are dropped. */
  put(target: ScalableTarget, input: PutScheduledActionInput): void {
    requireMembers(input, ['ScheduledActionName']);
    const name = input.ScheduledActionName as string;
    const existing = target.scheduledActions.get(name);
    if (!existing) requireMembers(input, ['Schedule', 'ScalableTargetAction']);
    if (!existing && target.scheduledActions.size >= MAX_SCHEDULED_ACTIONS) {
      throw limitExceeded(
        `You have reached the limit of ${MAX_SCHEDULED_ACTIONS} scheduled actions for this ` +
          'scalable target.',
      );
    }
    const action: ScheduledAction = {
      name,
      arn: existing?.arn ?? this.#arn(target, name),
      createdAtMs: existing?.createdAtMs ?? this.#clock.nowMs,
      expression: input.Schedule ?? (existing?.expression as string),
      timeZone: input.Timezone ?? existing?.timeZone,
      startMs: toMs(input.StartTime),
      endMs: toMs(input.EndTime),
      change: input.ScalableTargetAction ?? (existing?.change as ScalableTargetAction),
      cancel: () => {},
    };
    checkChange(action.change);
    const schedule = this.#schedule(action);
    existing?.cancel();
    target.scheduledActions.set(name, action);
    this.#plan(target, action, schedule, this.#clock.nowMs);
  }

  /** Deletes an action by name. Throws `ObjectNotFoundException`. */
  delete(target: ScalableTarget, actionName: string, name: TargetName): void {
    const action = target.scheduledActions.get(actionName);
    if (!action) {
      throw objectNotFound(
        `No scheduled action found for ${describe(name)}, scheduled action name: ${actionName}`,
      );
    }
    action.cancel();
    target.scheduledActions.delete(actionName);
  }

  deleteAll(target: ScalableTarget): void {
    for (const action of target.scheduledActions.values()) action.cancel();
    target.scheduledActions.clear();
  }

  describe(target: ScalableTarget, action: ScheduledAction) {
    return {
      ScheduledActionName: action.name,
      ScheduledActionARN: action.arn,
      ServiceNamespace: 'sagemaker',
      Schedule: action.expression,
      ...(action.timeZone !== undefined && { Timezone: action.timeZone }),
      ResourceId: target.resourceId,
      ScalableDimension: target.dimension,
      ...(action.startMs !== undefined && { StartTime: action.startMs / 1000 }),
      ...(action.endMs !== undefined && { EndTime: action.endMs / 1000 }),
      ScalableTargetAction: action.change,
      CreationTime: action.createdAtMs / 1000,
    };
  }

  #schedule(action: ScheduledAction): Schedule {
    const zone = action.timeZone ?? DEFAULT_TIME_ZONE;
    requireTimeZone(zone);
    const nowMs = this.#clock.nowMs;
    const { startMs, endMs } = action;
    if (startMs !== undefined && endMs !== undefined && startMs >= endMs) {
      throw validationError('The start time must be before the end time.');
    }
    const schedule = parseSchedule(action.expression, zone, startMs ?? nowMs);
    const isPast = schedule.isOneTime && schedule.nextMs(nowMs) === undefined;
    if (isPast && this.#pastTimes === 'refuses') {
      throw validationError(`Schedule "${action.expression}" is in the past.`);
    }
    return schedule;
  }

  /** A recurring action with a start time runs at that time too. */
  #plan(
    target: ScalableTarget,
    action: ScheduledAction,
    schedule: Schedule,
    afterMs: number,
  ): void {
    const { startMs, endMs } = action;
    const hasStart = !schedule.isOneTime && startMs !== undefined && startMs > afterMs;
    const nextMs = hasStart ? startMs : schedule.nextMs(afterMs);
    if (nextMs === undefined || (endMs !== undefined && nextMs > endMs)) return;
    action.cancel = this.#clock.at(nextMs + this.#delayMs, () => {
      this.#plan(target, action, schedule, nextMs);
      this.#run(target, action);
    });
  }

  #arn(target: ScalableTarget, name: string): string {
    const { region, accountId } = this.#context;
    return (
      `arn:aws:autoscaling:${region}:${accountId}:scheduledAction:${this.#ids.next()}:` +
      `resource/sagemaker/${target.resourceId}:scheduledActionName/${name}`
    );
  }
}

function checkChange({ MinCapacity, MaxCapacity }: ScalableTargetAction): void {
  if (MinCapacity === undefined && MaxCapacity === undefined) {
    throw validationError(
      'At least one of minimum capacity and maximum capacity should be provided',
    );
  }
  requireRange('minCapacity', MinCapacity, 0, Number.MAX_SAFE_INTEGER);
  requireRange('maxCapacity', MaxCapacity, 0, Number.MAX_SAFE_INTEGER);
  if (MinCapacity !== undefined && MaxCapacity !== undefined && MinCapacity > MaxCapacity) {
    throw validationError('Maximum capacity cannot be less than minimum capacity');
  }
}

function toMs(epochSeconds: number | undefined): number | undefined {
  return epochSeconds === undefined ? undefined : Math.round(epochSeconds * 1000);
}
