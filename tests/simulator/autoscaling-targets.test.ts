import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  ListTagsForResourceCommand,
  type RegisterScalableTargetCommandInput,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
