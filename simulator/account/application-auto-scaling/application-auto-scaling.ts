import type {
  DeleteScalingPolicyRequest,
  DeleteScheduledActionRequest,
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  DescribeScalingActivitiesRequest,
  DescribeScalingPoliciesRequest,
  DescribeScheduledActionsRequest,
  ListTagsForResourceRequest,
  PutScalingPolicyRequest,
  RegisterScalableTargetRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-application-auto-scaling';
import type { VirtualClock } from '../clock.ts';
import { pageOf, requireMembers } from '../input.ts';
import { type AwsService, type CallContext, type Operation, validationError } from '../service.ts';
import { ActivityLog } from './activities.ts';
import { CapacityControl } from './capacity.ts';
import type { AlarmService, EventEmitter, ScalableResource } from './contracts.ts';
import { invalidNextToken, objectNotFound, resourceNotFound } from './errors.ts';
import { IdSource } from './ids.ts';
import { PolicyBook } from './policies.ts';
import { PolicyRunner } from './policy-runner.ts';
import { type BoundsChange, Registry } from './registry.ts';
import { type PutScheduledActionInput, ScheduleBook } from './scheduled-actions.ts';
import { describe, type ScalableTarget, TargetStore } from './targets.ts';

export interface ApplicationAutoScalingOptions {
  readonly clock: VirtualClock;
  readonly context: CallContext;
  readonly resource: ScalableResource;
  readonly alarms: AlarmService;
  /** Where "scaled to max" is told; nowhere by default. */
  readonly events?: EventEmitter;
  /**
   * What RegisterScalableTarget does while the resource takes no change. AWS documents that
   * capacity stays as it is ('stores-bounds', the default), not whether the call succeeds.
   */
  readonly whileUpdating?: 'stores-bounds' | 'refuses';
  /** What PutScheduledAction does with an at() in the past, which AWS does not document. Default: refuses. */
  readonly pastTimes?: 'refuses' | 'never-runs';
  /** Seconds by which scheduled actions run late; AWS says "a few seconds". Default 0. */
  readonly scheduleDelaySeconds?: number;
  /**
   * Seconds since the end of a period from which its datapoint counts as complete. Default 10;
   * no less than the lag with which metrics become visible.
   */
  readonly metricSettleSeconds?: number;
  /**
   * Whether target tracking scales out by a datapoint that began before the latest change of
   * capacity was in service. Then it adds capacity for load that is already carried; AWS does not
   * say how it avoids that. Default 'ignored'; which one helps target tracking depends on the load.
   */
  readonly metricsOfOldCapacity?: 'ignored' | 'used';
}

/** Pages of listings (Application Auto Scaling API reference). */
const PAGES = { byDefault: 50, most: 50 };

/** The same of DescribeScalingPolicies. */
const POLICY_PAGES = { byDefault: 10, most: 10 };

/** Application Auto Scaling for the resources of one service. */
export class ApplicationAutoScaling implements AwsService {
  readonly name = 'application-auto-scaling';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #targets = new TargetStore();
  readonly #activities: ActivityLog;
  readonly #registry: Registry;
  readonly #policies: PolicyBook;
  readonly #schedules: ScheduleBook;

  constructor(options: ApplicationAutoScalingOptions) {
    const { clock, context, resource, alarms, events } = options;
    const ids = (kind: string) => new IdSource(`${context.accountId}/${context.region}/${kind}`);
    this.#activities = new ActivityLog(clock, ids('activity'));
    const control = new CapacityControl({
      clock,
      resource,
      activities: this.#activities,
      events,
      requestIds: ids('request'),
    });
    this.#registry = new Registry({
      clock,
      context,
      targets: this.#targets,
      control,
      resource,
      ids: ids('target'),
      whileUpdating: options.whileUpdating ?? 'stores-bounds',
    });
    this.#policies = new PolicyBook({ clock, context, alarms, ids: ids('policy') });
    this.#schedules = new ScheduleBook({
      clock,
      context,
      ids: ids('schedule'),
      run: (target, action) => this.#registry.runSchedule(target, action),
      delaySeconds: options.scheduleDelaySeconds ?? 0,
      pastTimes: options.pastTimes ?? 'refuses',
    });
    new PolicyRunner({
      clock,
      targets: this.#targets,
      control,
      alarms,
      metricSettleSeconds: options.metricSettleSeconds ?? 10,
      metricsOfOldCapacity: options.metricsOfOldCapacity ?? 'ignored',
    });
    resource.onDeleted((resourceIds) => {
      for (const target of this.#targets.all()) {
        if (resourceIds.includes(target.resourceId)) this.#deregister(target);
      }
    });
    resource.knowScalableTargets((resourceId) =>
      this.#targets.all().some((target) => target.resourceId === resourceId),
    );
    this.operations = {
      RegisterScalableTarget: (input) => this.registerScalableTarget(input),
      DeregisterScalableTarget: (input) => this.deregisterScalableTarget(input),
      DescribeScalableTargets: (input) => this.describeScalableTargets(input),
      PutScalingPolicy: (input) => this.putScalingPolicy(input),
      DescribeScalingPolicies: (input) => this.describeScalingPolicies(input),
      DeleteScalingPolicy: (input) => this.deleteScalingPolicy(input),
      PutScheduledAction: (input) => this.putScheduledAction(input),
      DescribeScheduledActions: (input) => this.describeScheduledActions(input),
      DeleteScheduledAction: (input) => this.deleteScheduledAction(input),
      DescribeScalingActivities: (input) => this.describeScalingActivities(input),
      TagResource: (input) => this.tagResource(input),
      UntagResource: (input) => this.untagResource(input),
      ListTagsForResource: (input) => this.listTagsForResource(input),
    };
  }

  /** Hears of every change of a target's bounds, whoever made it. */
  onBoundsChange(listener: (change: BoundsChange) => void): void {
    this.#registry.onBoundsChange(listener);
  }

  registerScalableTarget(input: RegisterScalableTargetRequest) {
    return this.#registry.register(input);
  }

  deregisterScalableTarget(input: DeregisterScalableTargetRequest) {
    const target = this.#targets.find(input);
    if (!target) throw objectNotFound(`No scalable target found for ${describe(input)}`);
    this.#deregister(target);
    return {};
  }

  describeScalableTargets(input: DescribeScalableTargetsRequest) {
    const { ServiceNamespace, ResourceIds, ScalableDimension } = input;
    requireResource(ScalableDimension, ResourceIds?.[0]);
    const chosen = this.#targets
      .select({ ServiceNamespace, ScalableDimension })
      .filter(({ resourceId }) => ResourceIds === undefined || ResourceIds.includes(resourceId));
    const { items, ...next } = pageOf(chosen, input, PAGES, invalidNextToken);
    return { ScalableTargets: items.map(describeTarget), ...next };
  }

  putScalingPolicy(input: PutScalingPolicyRequest) {
    return this.#policies.put(this.#targets.require(input), input);
  }

  describeScalingPolicies(input: DescribeScalingPoliciesRequest) {
    const { PolicyNames } = input;
    requireResource(input.ScalableDimension, input.ResourceId);
    const policies = this.#targets
      .select(input)
      .flatMap((target) =>
        [...target.policies.values()]
          .filter(({ name }) => PolicyNames === undefined || PolicyNames.includes(name))
          .map((policy) => this.#policies.describe(target, policy)),
      );
    const { items, ...next } = pageOf(policies, input, POLICY_PAGES, invalidNextToken);
    return { ScalingPolicies: items, ...next };
  }

  deleteScalingPolicy(input: DeleteScalingPolicyRequest) {
    requireMembers(input, ['PolicyName']);
    this.#policies.delete(this.#targets.require(input), input.PolicyName as string, input);
    return {};
  }

  putScheduledAction(input: PutScheduledActionInput) {
    this.#schedules.put(this.#targets.require(input), input);
    return {};
  }

  describeScheduledActions(input: DescribeScheduledActionsRequest) {
    const { ScheduledActionNames } = input;
    requireResource(input.ScalableDimension, input.ResourceId);
    const actions = this.#targets
      .select(input)
      .flatMap((target) =>
        [...target.scheduledActions.values()]
          .filter(
            ({ name }) => ScheduledActionNames === undefined || ScheduledActionNames.includes(name),
          )
          .map((action) => this.#schedules.describe(target, action)),
      );
    const { items, ...next } = pageOf(actions, input, PAGES, invalidNextToken);
    return { ScheduledActions: items, ...next };
  }

  deleteScheduledAction(input: DeleteScheduledActionRequest) {
    requireMembers(input, ['ScheduledActionName']);
    const target = this.#targets.require(input);
    this.#schedules.delete(target, input.ScheduledActionName as string, input);
    return {};
  }

  /** Newest first. Those of a deregistered target stay. */
  describeScalingActivities(input: DescribeScalingActivitiesRequest) {
    requireMembers(input, ['ServiceNamespace']);
    requireResource(input.ScalableDimension, input.ResourceId);
    const activities =
      input.ServiceNamespace === 'sagemaker'
        ? this.#activities.list({
            resourceId: input.ResourceId,
            dimension: input.ScalableDimension,
            includeNotScaled: input.IncludeNotScaledActivities,
          })
        : [];
    const { items, ...next } = pageOf(activities, input, PAGES, invalidNextToken);
    return { ScalingActivities: items, ...next };
  }

  tagResource(input: TagResourceRequest) {
    requireMembers(input, ['ResourceARN', 'Tags']);
    const { tags } = this.#byArn(input.ResourceARN);
    for (const [key, value] of Object.entries(input.Tags ?? {})) tags.set(key, value);
    return {};
  }

  untagResource(input: UntagResourceRequest) {
    requireMembers(input, ['ResourceARN', 'TagKeys']);
    const { tags } = this.#byArn(input.ResourceARN);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  }

  listTagsForResource(input: ListTagsForResourceRequest) {
    requireMembers(input, ['ResourceARN']);
    return { Tags: Object.fromEntries(this.#byArn(input.ResourceARN).tags) };
  }

  #byArn(arn: string | undefined): ScalableTarget {
    const target = this.#targets.all().find((candidate) => candidate.arn === arn);
    if (!target) throw resourceNotFound(arn ?? '');
    return target;
  }

  #deregister(target: ScalableTarget): void {
    this.#policies.deleteAll(target);
    this.#schedules.deleteAll(target);
    this.#targets.remove(target);
  }
}

function describeTarget(target: ScalableTarget) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: target.roleArn,
    CreationTime: target.createdAtMs / 1000,
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  };
}

/** "If you specify a scalable dimension, you must also specify a resource ID": every Describe call. */
function requireResource(dimension: string | undefined, resourceId: string | undefined): void {
  if (dimension === undefined || resourceId !== undefined) return;
  throw validationError('A scalable dimension was specified without a resource ID.');
}
