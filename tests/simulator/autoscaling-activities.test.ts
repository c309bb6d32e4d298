import {
  DeregisterScalableTargetCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { ActivityLog } from '../../simulator/account/application-auto-scaling/activities.ts';
import { IdSource } from '../../simulator/account/application-auto-scaling/ids.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import { bounds, register, target } from './autoscaling-calls.ts';
import {
  at,
  DIMENSION,
  RESOURCE_ID,
  refusal,
  START_MS,
  sageMakerWorld,
  TARGET,
  type World,
} from './sagemaker-world.ts';

const activities = async ({ autoScalingClient }: World, IncludeNotScaledActivities = true) => {
  const input = { ...TARGET, IncludeNotScaledActivities };
  const output = await autoScalingClient.send(new DescribeScalingActivitiesCommand(input));
  return output.ScalingActivities ?? [];
};

describe('a nudge while the endpoint is Updating', () => {
  const updating = async (whileUpdating?: 'refuses') => {
    const world = sageMakerWorld({ autoScaling: whileUpdating ? { whileUpdating } : {} });
    await register(world, bounds(1, 9));
    await register(world, { MinCapacity: 4 });
    await world.runTo(100);
    expect(world.state()).toEqual(['Updating', 2, 4]);
    return world;
  };

  it('stores the bounds and leaves the capacity', async () => {
    const world = await updating();
    await register(world, bounds(7, 8));
    expect(await target(world)).toMatchObject(bounds(7, 8));
    expect(world.state()).toEqual(['Updating', 2, 4]);
    await world.runTo(1000);
    expect(world.state()).toEqual(['InService', 4, 4]);
    expect(await activities(world)).toHaveLength(1);
  });

  it('has its effect when it is sent again in service', async () => {
    const world = await updating();
    await register(world, bounds(7, 8));
    await world.runTo(180);
    expect(world.state()).toEqual(['InService', 4, 4]);
    await register(world, bounds(7, 8));
    expect(world.state()).toEqual(['Updating', 4, 7]);
    await world.runTo(360);
    expect(world.state()).toEqual(['InService', 7, 7]);
  });

  it('is refused where the account is set so, and stores nothing', async () => {
    const world = await updating('refuses');
    expect(await refusal(register(world, bounds(7, 8)))).toBe(
      `ValidationException: Resource Id [${RESOURCE_ID}] is not scalable.`,
    );
    expect(await target(world)).toMatchObject(bounds(4, 9));
    await world.runTo(180);
    await register(world, bounds(7, 8));
    expect(world.state()).toEqual(['Updating', 4, 7]);
  });
});

describe('scaling activities', () => {
  const base = {
    ServiceNamespace: 'sagemaker',
    ResourceId: RESOURCE_ID,
    ScalableDimension: DIMENSION,
    ActivityId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  };

  it('of a scale-out go from in progress to successful', async () => {
    const world = sageMakerWorld();
    await world.runTo(10);
    await register(world, bounds(4, 9));
    const running = {
      ...base,
      Description: 'Setting desired instance count to 4.',
      Cause: 'minimum capacity was set to 4',
      StartTime: at(10),
      StatusCode: 'InProgress',
      StatusMessage:
        'Successfully set desired instance count to 4. Waiting for change to be fulfilled by sagemaker.',
    };
    expect(await activities(world)).toEqual([running]);
    await world.runTo(189);
    expect(await activities(world)).toEqual([running]);
    await world.runTo(190);
    expect(await activities(world)).toEqual([
      {
        ...running,
        EndTime: at(190),
        StatusCode: 'Successful',
        StatusMessage:
          'Successfully set desired instance count to 4. Change successfully fulfilled by sagemaker.',
      },
    ]);
  });

  it('of a scale-in name the maximum', async () => {
    const world = sageMakerWorld({ instances: 5 });
    await register(world, bounds(1, 3));
    expect(await activities(world)).toMatchObject([
      {
        Cause: 'maximum capacity was set to 3',
        Description: 'Setting desired instance count to 3.',
      },
    ]);
  });

  it('of a refusal by the quota fail as a whole, and the endpoint stays in service', async () => {
    const world = sageMakerWorld({ plant: { instanceQuota: { 'ml.g5.xlarge': 3 } } });
    await register(world, bounds(4, 9));
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect(await target(world)).toMatchObject(bounds(4, 9));
    const [activity] = await activities(world, false);
    expect(activity).toMatchObject({ StatusCode: 'Failed', StartTime: at(0), EndTime: at(0) });
    expect(activity?.StatusMessage).toMatch(
      new RegExp(
        "^Failed to set desired instance count to 4\\. Reason: The account-level service limit 'ml\\." +
          "g5\\.xlarge for endpoint usage' is 3 Instances, with current utilization of 2 Instances " +
          'and a request delta of 2 Instances\\. .* \\(Service: AmazonSageMaker; Status Code: 400; ' +
          'Error Code: ResourceLimitExceeded; Request ID: [0-9a-f-]{36}; Proxy: null\\)$',
      ),
    );
  });

  it('without EC2 capacity stay in progress while the endpoint is held, then are unfulfilled', async () => {
    const insufficientCapacity = () => ({ forSeconds: 1800 });
    const world = sageMakerWorld({ plant: { insufficientCapacity } });
    await register(world, bounds(4, 9));
    await world.runTo(1799);
    expect(await activities(world)).toMatchObject([
      {
        StatusCode: 'InProgress',
        StatusMessage:
          'Successfully set desired instance count to 4. Waiting for change to be fulfilled by sagemaker.',
      },
    ]);
    await world.runTo(1800);
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect(await activities(world)).toMatchObject([
      { StatusCode: 'Unfulfilled', EndTime: at(1800) },
    ]);
  });

  it('come newest first, by pages, and outlive the target', async () => {
    const world = sageMakerWorld({
      instances: 1,
      model: { scaleInSeconds: 1, leadTimeSeconds: 1 },
    });
    for (const [index, min] of [2, 3, 4].entries()) {
      await world.runTo(10 * index);
      await register(world, bounds(min, 9));
    }
    await world.autoScalingClient.send(new DeregisterScalableTargetCommand(TARGET));
    const page = (NextToken?: string) =>
      world.autoScalingClient.send(
        new DescribeScalingActivitiesCommand({ ...TARGET, MaxResults: 2, NextToken }),
      );
    const first = await page();
    const second = await page(first.NextToken);
    const causes = [...(first.ScalingActivities ?? []), ...(second.ScalingActivities ?? [])].map(
      ({ Cause }) => Cause,
    );
    expect(causes).toEqual([4, 3, 2].map((min) => `minimum capacity was set to ${min}`));
    expect(first.ScalingActivities).toHaveLength(2);
    expect(second.NextToken).toBeUndefined();
    expect(await refusal(page('nonsense'))).toMatch(/^InvalidNextTokenException: /);
  });

  it('are kept for six weeks', async () => {
    const clock = new VirtualClock(START_MS);
    const log = new ActivityLog(clock, new IdSource('test'));
    const add = (Cause: string) =>
      log.add({ ...TARGET, Description: '', Cause, StatusCode: 'InProgress' });
    add('first');
    await clock.runUntil(START_MS + 42 * 86_400_000);
    add('second');
    expect(log.list({}).map(({ Cause }) => Cause)).toEqual(['second', 'first']);
    await clock.runUntil(START_MS + 42 * 86_400_000 + 1);
    add('third');
    expect(log.list({}).map(({ Cause }) => Cause)).toEqual(['third', 'second']);
  });

  it('of other namespaces are none', async () => {
    const world = sageMakerWorld();
    await register(world, bounds(3, 9));
    const input = { ServiceNamespace: 'ecs' } as const;
    const output = await world.autoScalingClient.send(new DescribeScalingActivitiesCommand(input));
    expect(output.ScalingActivities).toEqual([]);
  });

  it('that reach the maximum are told to EventBridge, others are not', async () => {
    const world = sageMakerWorld({ model: { scaleInSeconds: 20 } });
    const told = () =>
      world.events.filter(({ source }) => source === 'aws.application-autoscaling');
    await register(world, bounds(4, 5));
    await world.runTo(180);
    expect(told()).toEqual([]);
    await register(world, bounds(5, 5));
    await world.runTo(360);
    expect(told()).toMatchObject([
      {
        'detail-type': 'Application Auto Scaling Scaling Activity State Change',
        resources: [],
        detail: {
          startTime: '2026-01-05T00:03:00Z',
          endTime: '2026-01-05T00:06:00Z',
          newDesiredCapacity: 5,
          oldDesiredCapacity: 4,
          minCapacity: 5,
          maxCapacity: 5,
          resourceId: RESOURCE_ID,
          scalableDimension: DIMENSION,
          serviceNamespace: 'sagemaker',
          statusCode: 'Successful',
          scaledToMax: true,
          direction: 'scale-out',
        },
      },
    ]);
    await register(world, bounds(1, 3));
    await world.runTo(600);
    expect(told()).toHaveLength(1);
  });
});
