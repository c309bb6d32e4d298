import {
  type ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScalableTargetsCommand,
  DescribeScheduledActionsCommand,
  ObjectNotFoundException,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type ScheduledAction,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { Bounds } from '../control/bounds.ts';
import type { Lease, SuspendedScaling } from '../control/types.ts';
import { type ScalableTarget, VARIANT_DIMENSION } from '../target.ts';

/** A scalable target as it is registered. */
export interface RegisteredTarget {
  readonly bounds: Bounds;
  /** Kinds of scaling that its owner suspended. */
  readonly suspended: readonly SuspendedScaling[];
}

/** Reads and nudges scalable targets. */
export interface ScalableTargets {
  /** By resource id; a target that is not registered is absent. */
  describe(targets: readonly ScalableTarget[]): Promise<ReadonlyMap<string, RegisteredTarget>>;
  /** Every registered SageMaker variant, by resource id. */
  describeAll(): Promise<ReadonlyMap<string, RegisteredTarget>>;
  /**
   * Sets Min and Max together; registers a target that is not. Application Auto Scaling moves capacity inside at once; while the
   * endpoint is updating it stores the bounds and leaves capacity alone.
   */
  nudge(target: ScalableTarget, bounds: Bounds): Promise<void>;
  /** Has Application Auto Scaling itself end a lease: the one before it, if any, is replaced. */
  putLease(target: ScalableTarget, lease: Lease): Promise<void>;
  /** The lease that was put last, whoever put it, and though it may have ended; undefined: none. */
  lease(target: ScalableTarget): Promise<Lease | undefined>;
  /** Deleting a lease that is not there is no error. */
  deleteLease(target: ScalableTarget): Promise<void>;
}

/** The scheduled action that gives the owner's bounds back. */
export const LEASE_NAME = 'fast-scaler-restore';

export function applicationAutoScaling(client: ApplicationAutoScalingClient): ScalableTargets {
  return {
    async describe(targets) {
      const found = await read(client, {
        ResourceIds: targets.map(({ resourceId }) => resourceId),
      });
      const isOurs = (resourceId: string, dimension: string) =>
        targets.some(
          (target) => target.resourceId === resourceId && target.scalableDimension === dimension,
        );
      return new Map(
        found
          .filter(({ resourceId, dimension }) => isOurs(resourceId, dimension))
          .map(({ resourceId, registered }) => [resourceId, registered]),
      );
    },

    async describeAll() {
      // Application Auto Scaling takes a dimension only together with resource ids.
      const found = await read(client, {});
      return new Map(
        found
          .filter(({ dimension }) => dimension === VARIANT_DIMENSION)
          .map(({ resourceId, registered }) => [resourceId, registered]),
      );
    },

    async nudge({ resourceId, scalableDimension }, { min, max }) {
      // Nothing else may travel in this call: Tags on a registered target are refused.
      await client.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: 'sagemaker',
          ResourceId: resourceId,
          ScalableDimension: scalableDimension,
          MinCapacity: min,
          MaxCapacity: max,
        }),
      );
    },

    async putLease({ resourceId, scalableDimension }, { untilSeconds, restores }) {
      await client.send(
        new PutScheduledActionCommand({
          ServiceNamespace: 'sagemaker',
          ResourceId: resourceId,
          ScalableDimension: scalableDimension,
          ScheduledActionName: LEASE_NAME,
          Schedule: `at(${utcSecond(untilSeconds)})`,
          Timezone: 'UTC',
          ScalableTargetAction: { MinCapacity: restores.min, MaxCapacity: restores.max },
        }),
      );
    },

    async lease({ resourceId, scalableDimension }) {
      const { ScheduledActions = [] } = await client.send(
        new DescribeScheduledActionsCommand({
          ServiceNamespace: 'sagemaker',
          ResourceId: resourceId,
          ScalableDimension: scalableDimension,
          ScheduledActionNames: [LEASE_NAME],
        }),
      );
      return leaseOf(ScheduledActions[0]);
    },

    async deleteLease({ resourceId, scalableDimension }) {
      try {
        await client.send(
          new DeleteScheduledActionCommand({
            ServiceNamespace: 'sagemaker',
            ResourceId: resourceId,
            ScalableDimension: scalableDimension,
            ScheduledActionName: LEASE_NAME,
          }),
        );
      } catch (error) {
        // Gone with the scalable target, which takes its scheduled actions along.
        if (!(error instanceof ObjectNotFoundException)) throw error;
      }
    },
  };
}

interface Found {
  readonly resourceId: string;
  readonly dimension: string;
  readonly registered: RegisteredTarget;
}

async function read(
  client: ApplicationAutoScalingClient,
  which: { readonly ResourceIds?: string[] },
): Promise<Found[]> {
  const found: Found[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: 'sagemaker',
        ...which,
        ...(NextToken ? { NextToken } : {}),
      }),
    );
    for (const { ResourceId, ScalableDimension = '', ...target } of page.ScalableTargets ?? []) {
      if (!ResourceId) continue;
      const bounds = { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 };
      const registered = { bounds, suspended: suspendedOf(target.SuspendedState) };
      found.push({ resourceId: ResourceId, dimension: ScalableDimension, registered });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

function suspendedOf(state: SuspendedState = {}): SuspendedScaling[] {
  return [
    ...(state.DynamicScalingInSuspended ? (['scale-in'] as const) : []),
    ...(state.DynamicScalingOutSuspended ? (['scale-out'] as const) : []),
    ...(state.ScheduledScalingSuspended ? (['scheduled'] as const) : []),
  ];
}

/** What {@link ScalableTargets.putLease} put; undefined where somebody made something else of it. */
function leaseOf(action: ScheduledAction | undefined): Lease | undefined {
  const { MinCapacity: min, MaxCapacity: max } = action?.ScalableTargetAction ?? {};
  const at = /^at\((.*)\)$/.exec(action?.Schedule ?? '')?.[1];
  const untilSeconds = Date.parse(`${at}Z`) / 1000;
  if (min === undefined || max === undefined || Number.isNaN(untilSeconds)) return undefined;
  return { untilSeconds, restores: { min, max } };
}

/** `yyyy-mm-ddThh:mm:ss`, the form that `at()` takes. */
function utcSecond(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 19);
}
