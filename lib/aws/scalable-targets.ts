import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Bounds } from '../control/types.ts';
import type { ScalableTarget } from '../target.ts';

/** Reads and nudges scalable targets. */
export interface ScalableTargets {
  /** Bounds by resource id; a target that is not registered is absent. */
  describe(targets: readonly ScalableTarget[]): Promise<ReadonlyMap<string, Bounds>>;
  /**
   * Sets Min and Max together. Application Auto Scaling moves capacity inside at once; while the
   * endpoint is updating it stores the bounds and leaves capacity alone.
   */
  nudge(target: ScalableTarget, bounds: Bounds): Promise<void>;
}

export function applicationAutoScaling(client: ApplicationAutoScalingClient): ScalableTargets {
  return {
    async describe(targets) {
      const bounds = new Map<string, Bounds>();
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeScalableTargetsCommand({
            ServiceNamespace: 'sagemaker',
            ResourceIds: targets.map((target) => target.resourceId),
            ...(NextToken ? { NextToken } : {}),
          }),
        );
        for (const found of page.ScalableTargets ?? []) {
          const isOurs = targets.some(
            (target) =>
              target.resourceId === found.ResourceId &&
              target.scalableDimension === found.ScalableDimension,
          );
          if (!isOurs || !found.ResourceId) continue;
          bounds.set(found.ResourceId, {
            min: found.MinCapacity ?? 0,
            max: found.MaxCapacity ?? 0,
          });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return bounds;
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
  };
}
