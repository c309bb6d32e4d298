import {
  DescribeScheduledActionsCommand,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { parseSchedule } from '../../simulator/account/application-auto-scaling/schedule.ts';
import { START_MS, sageMakerWorld, TARGET, type WorldOptions } from './sagemaker-world.ts';

/** The first runs of a schedule after the start, as ISO text to the minute. */
export function runs(expression: string, count: number, zone = 'UTC', fromMs = START_MS): string[] {
  const schedule = parseSchedule(expression, zone, fromMs);
  const found: string[] = [];
  for (let afterMs = fromMs; found.length < count; ) {
    const nextMs = schedule.nextMs(afterMs);
    if (nextMs === undefined) break;
    found.push(new Date(nextMs).toISOString().slice(0, 16));
    afterMs = nextMs;
  }
  return found;
}

export function scheduleWorld(
  options: WorldOptions = {},
  bounds = { MinCapacity: 1, MaxCapacity: 9 },
) {
  const world = sageMakerWorld({ instances: 3, ...options });
  world.autoScaling.registerScalableTarget({ ...TARGET, ...bounds });
  const { autoScalingClient } = world;
  return {
    ...world,
    put: (input: Partial<PutScheduledActionCommandInput>) =>
      autoScalingClient.send(
        new PutScheduledActionCommand({ ...TARGET, ScheduledActionName: 'restore', ...input }),
      ),
    actions: async (input: object = {}) =>
      (
        await autoScalingClient.send(
          new DescribeScheduledActionsCommand({ ServiceNamespace: 'sagemaker', ...input }),
        )
      ).ScheduledActions ?? [],
    bounds: () => {
      const [target] = world.autoScaling.describeScalableTargets({
        ServiceNamespace: 'sagemaker',
      }).ScalableTargets;
      return [target?.MinCapacity, target?.MaxCapacity];
    },
    activities: () => world.autoScaling.describeScalingActivities({ ...TARGET }).ScalingActivities,
  };
}

export const AT_ONE_HOUR = 'at(2026-01-05T01:00:00)';
