import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivityLog } from '../../simulator/account/application-auto-scaling/activities.ts';
import { IdSource } from '../../simulator/account/application-auto-scaling/ids.ts';
import { VirtualClock } from '../../simulator/account/clock.ts';
import {
  DIMENSION,
  RESOURCE_ID,
  refusal,
  START_MS,
  sageMakerWorld,
  TARGET,
} from './sagemaker-world.ts';

type World = ReturnType<typeof sageMakerWorld>;

const at = (second: number) => new Date(START_MS + second * 1000);
const register = (
  { autoScalingClient }: World,
  input: Partial<RegisterScalableTargetCommandInput> = {},
) => autoScalingClient.send(new RegisterScalableTargetCommand({ ...TARGET, ...input }));
const bounds = (MinCapacity: number, MaxCapacity: number) => ({ MinCapacity, MaxCapacity });
const target = async ({ autoScalingClient }: World) => {
  const output = await autoScalingClient.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
  );
  return output.ScalableTargets?.[0];
};
const activities = async ({ autoScalingClient }: World, IncludeNotScaledActivities = true) => {
  const input = { ...TARGET, IncludeNotScaledActivities };
  const output = await autoScalingClient.send(new DescribeScalingActivitiesCommand(input));
  return output.ScalingActivities ?? [];
};

describe('RegisterScalableTarget', () => {
  it('registers a target that is described as AWS does', async () => {
    const world = sageMakerWorld();
    await world.runTo(7);
    const { ScalableTargetARN } = await register(world, bounds(1, 9));
    expect(ScalableTargetARN).toMatch(
      /^arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target\/[0-9a-f]{32}$/,
    );
    expect(await target(world)).toEqual({
      ...TARGET,
      MinCapacity: 1,
      MaxCapacity: 9,
      RoleARN: expect.stringContaining('AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint'),
      CreationTime: at(7),
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
      ScalableTargetARN,
    });
  });

  it('changes only what is given', async () => {
    const world = sageMakerWorld({ instances: 3 });
    const { ScalableTargetARN } = await register(world, bounds(1, 9));
    await register(world, { MinCapacity: 2, SuspendedState: { DynamicScalingInSuspended: true } });
    await register(world, { MaxCapacity: 8, SuspendedState: { ScheduledScalingSuspended: true } });
    expect(await target(world)).toMatchObject({
      ...bounds(2, 8),
      ScalableTargetARN,
      SuspendedState: {
        DynamicScalingInSuspended: true,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: true,
      },
    });
  });

  it.each([
    { label: 'Min above capacity', input: bounds(5, 9), desired: 5 },
    { label: 'Min just above', input: bounds(4, 9), desired: 4 },
    { label: 'Min at capacity', input: bounds(3, 9), desired: 3 },
    { label: 'Max at capacity', input: bounds(1, 3), desired: 3 },
    { label: 'Max just below', input: bounds(1, 2), desired: 2 },
    { label: 'Max far below', input: bounds(1, 1), desired: 1 },
  ])('$label: desired becomes $desired', async ({ input, desired }) => {
    const world = sageMakerWorld({ instances: 3 });
    await register(world, input);
    expect(world.state()).toEqual([desired === 3 ? 'InService' : 'Updating', 3, desired]);
    await world.runTo(180);
    expect(world.state()).toEqual(['InService', desired, desired]);
  });

  it('clamps also when no bound is given', async () => {
    const world = sageMakerWorld({ instances: 3 });
    await register(world, bounds(2, 4));
    world.sageMaker.updateEndpointWeightsAndCapacities({
      EndpointName: 'Chat',
      DesiredWeightsAndCapacities: [{ VariantName: 'main', DesiredInstanceCount: 1 }],
    });
    await world.runTo(600);
    // Bounds are enforced when they are set, not all the time.
    expect(world.state()).toEqual(['InService', 1, 1]);
    await register(world, { SuspendedState: { DynamicScalingOutSuspended: true } });
    expect(world.state()).toEqual(['Updating', 1, 2]);
  });

  it('clamps although scaling is suspended', async () => {
    const world = sageMakerWorld();
    const SuspendedState = {
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: true,
      ScheduledScalingSuspended: true,
    };
    await register(world, { ...bounds(4, 9), SuspendedState });
    expect(world.state()).toEqual(['Updating', 2, 4]);
  });

  const refused: {
    label: string;
    existing?: boolean;
    input: Partial<RegisterScalableTargetCommandInput>;
    expected: string;
  }[] = [
    {
      label: 'Min above Max',
      input: bounds(3, 2),
      expected: 'ValidationException: Maximum capacity cannot be less than minimum capacity',
    },
    {
      label: 'Min above the stored Max',
      existing: true,
      input: { MinCapacity: 10 },
      expected: 'ValidationException: Maximum capacity cannot be less than minimum capacity',
    },
    {
      label: 'Max below the stored Min',
      existing: true,
      input: { MaxCapacity: 0 },
      expected: 'ValidationException: Maximum capacity cannot be less than minimum capacity',
    },
    {
      label: 'tags on an existing target',
      existing: true,
      input: { Tags: { team: 'a' } },
      expected:
        'ValidationException: The scalable target that you tried to tag already exists. To update ' +
        'tags on an existing scalable target, use the TagResource API.',
    },
    {
      label: 'a new target without Max',
      input: { MinCapacity: 1 },
      expected:
        "ValidationException: 1 validation error detected: Value null at 'maxCapacity' failed to " +
        'satisfy constraint: Member must not be null',
    },
    {
      label: 'a negative Min',
      input: bounds(-1, 2),
      expected:
        "ValidationException: 1 validation error detected: Value '-1' at 'minCapacity' failed to " +
        'satisfy constraint: Member must have value greater than or equal to 0',
    },
    {
      label: 'an endpoint that does not exist',
      input: { ...bounds(1, 2), ResourceId: 'endpoint/none/variant/main' },
      expected:
        'ValidationException: Resource not found for resource ID: endpoint/none/variant/main, ' +
        `scalable dimension: ${DIMENSION}`,
    },
    {
      label: 'a variant that does not exist',
      input: { ...bounds(1, 2), ResourceId: 'endpoint/Chat/variant/none' },
      expected:
        'ValidationException: Resource not found for resource ID: endpoint/Chat/variant/none, ' +
        `scalable dimension: ${DIMENSION}`,
    },
    {
      label: 'a dimension that the variant has not',
      input: {
        ...bounds(1, 2),
        ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
      },
      expected:
        `ValidationException: Resource not found for resource ID: ${RESOURCE_ID}, ` +
        'scalable dimension: sagemaker:inference-component:DesiredCopyCount',
    },
    {
      label: 'another service',
      input: { ...bounds(1, 2), ServiceNamespace: 'ecs' },
      expected:
        'ValidationException: The embedded account serves the service namespace sagemaker only, not ecs.',
    },
  ];
  it.each(refused)('refuses $label', async ({ existing = false, input, expected }) => {
    const world = sageMakerWorld();
    if (existing) await register(world, bounds(1, 9));
    expect(await refusal(register(world, input))).toBe(expected);
    expect(await target(world)).toEqual(
      existing ? expect.objectContaining(bounds(1, 9)) : undefined,
    );
    expect(world.state()).toEqual(['InService', 2, 2]);
  });

  it('has room for 500 targets and no more', async () => {
    const world = sageMakerWorld({ instances: 1 });
    const registerEndpoint = (name: string) => {
      world.sageMaker.createEndpoint({ EndpointName: name, EndpointConfigName: 'one' });
      const ResourceId = `endpoint/${name}/variant/main`;
      return register(world, { ...bounds(1, 1), ResourceId });
    };
    for (let index = 0; index < 500; index += 1) await registerEndpoint(`e${index}`);
    expect(await refusal(registerEndpoint('more'))).toContain('LimitExceededException');
  });
});

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

describe('DescribeScalableTargets', () => {
  const many = async () => {
    const world = sageMakerWorld({ instances: 1 });
    for (const name of ['a', 'b', 'c']) {
      world.sageMaker.createEndpoint({ EndpointName: name, EndpointConfigName: 'one' });
      await register(world, { ...bounds(1, 2), ResourceId: `endpoint/${name}/variant/main` });
    }
    return world;
  };
  const ids = async (world: World, input: object) => {
    const command = new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker', ...input });
    const output = await world.autoScalingClient.send(command);
    return output.ScalableTargets?.map(({ ResourceId }) => ResourceId?.split('/')[1]);
  };

  it.each([
    { label: 'all', input: {}, expected: ['a', 'b', 'c'] },
    {
      label: 'by resource',
      input: { ResourceIds: ['endpoint/c/variant/main', 'endpoint/x/variant/main'] },
      expected: ['c'],
    },
    {
      label: 'by resource and dimension',
      input: { ResourceIds: ['endpoint/b/variant/main'], ScalableDimension: DIMENSION },
      expected: ['b'],
    },
    {
      label: 'by resource and another dimension',
      input: {
        ResourceIds: ['endpoint/b/variant/main'],
        ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
      },
      expected: [],
    },
    { label: 'of another service', input: { ServiceNamespace: 'ecs' }, expected: [] },
    { label: 'by page', input: { MaxResults: 2 }, expected: ['a', 'b'] },
  ])('$label', async ({ input, expected }) => {
    expect(await ids(await many(), input)).toEqual(expected);
  });

  it('needs a namespace, a resource beside a dimension, and takes no page above 50', async () => {
    const world = await many();
    expect(await refusal(ids(world, { ScalableDimension: DIMENSION }))).toContain(
      'without a resource ID',
    );
    expect(await refusal(ids(world, { ServiceNamespace: undefined }))).toContain(
      "Value null at 'serviceNamespace'",
    );
    expect(await refusal(ids(world, { MaxResults: 51 }))).toContain('less than or equal to 50');
    expect(await ids(world, { MaxResults: 50 })).toHaveLength(3);
  });
});

describe('DeregisterScalableTarget', () => {
  it('refuses what is not registered', async () => {
    const { autoScalingClient } = sageMakerWorld();
    const call = autoScalingClient.send(new DeregisterScalableTargetCommand(TARGET));
    expect(await refusal(call)).toBe(
      'ObjectNotFoundException: No scalable target found for service namespace: sagemaker, ' +
        `resource ID: ${RESOURCE_ID}, scalable dimension: ${DIMENSION}`,
    );
  });

  it('happens by itself when the endpoint is deleted', async () => {
    const world = sageMakerWorld();
    await register(world, bounds(1, 9));
    world.sageMaker.deleteEndpoint({ EndpointName: 'Chat' });
    expect(await target(world)).toBeUndefined();
  });
});

it('keeps tags of targets, given at registration or later', async () => {
  const world = sageMakerWorld();
  const { autoScalingClient } = world;
  const registered = await register(world, { ...bounds(1, 9), Tags: { team: 'a', stage: 'x' } });
  const ResourceARN = registered.ScalableTargetARN as string;
  await autoScalingClient.send(new TagResourceCommand({ ResourceARN, Tags: { team: 'b' } }));
  await autoScalingClient.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['stage'] }));
  const tags = (arn: string) =>
    autoScalingClient.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  expect((await tags(ResourceARN)).Tags).toEqual({ team: 'b' });
  expect(await refusal(tags('arn:aws:none'))).toMatch(/^ResourceNotFoundException: .*arn:aws:none/);
});

it('tells listeners of every change of bounds', async () => {
  const world = sageMakerWorld();
  const changes: unknown[] = [];
  world.autoScaling.onBoundsChange(({ atMs, min, max, by }) =>
    changes.push([(atMs - START_MS) / 1000, min, max, by]),
  );
  await register(world, bounds(1, 9));
  await world.runTo(30);
  await register(world, { MinCapacity: 3 });
  expect(changes).toEqual([
    [0, 1, 9, 'register'],
    [30, 3, 9, 'register'],
  ]);
});

it('desired capacity is never outside the bounds after a register in service', async () => {
  const anyBounds = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
    .map(([a, b]) => bounds(Math.min(a, b), Math.max(a, b)));
  const anyNudges = fc.array(fc.record({ input: anyBounds, waitSeconds: fc.nat(200) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), anyNudges, async (instances, nudges) => {
      const world = sageMakerWorld({ instances });
      let second = 0;
      for (const { input, waitSeconds } of nudges) {
        const [status, , desiredBefore] = world.state();
        world.autoScaling.registerScalableTarget({ ...TARGET, ...input });
        const [, , desired] = world.state();
        if (status === 'InService') {
          expect(desired).toBeGreaterThanOrEqual(input.MinCapacity);
          expect(desired).toBeLessThanOrEqual(input.MaxCapacity);
        } else {
          expect(desired).toBe(desiredBefore);
        }
        second += waitSeconds;
        await world.runTo(second);
      }
    }),
    { numRuns: 40 },
  );
});
