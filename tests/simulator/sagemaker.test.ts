import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type DesiredWeightAndCapacity,
  ListEndpointsCommand,
  ListTagsCommand,
  type ProductionVariant,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { ENDPOINT_ARN, refusal, START_MS, sageMakerWorld, TARGET } from './sagemaker-world.ts';

const IN_PROGRESS = `ValidationException: Cannot update in-progress endpoint "${ENDPOINT_ARN}".`;

type World = ReturnType<typeof sageMakerWorld>;

const at = (second: number) => new Date(START_MS + second * 1000);
const describeChat = async ({ sageMakerClient }: World) => {
  const { $metadata: _, ...output } = await sageMakerClient.send(
    new DescribeEndpointCommand({ EndpointName: 'Chat' }),
  );
  return output;
};
const setCapacity = (world: World, count: number, variant = 'main') =>
  world.sageMakerClient.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'Chat',
      DesiredWeightsAndCapacities: [{ VariantName: variant, DesiredInstanceCount: count }],
    }),
  );
const variant = (name: string, changes: Partial<ProductionVariant> = {}): ProductionVariant => ({
  VariantName: name,
  ModelName: 'llm',
  InstanceType: 'ml.g5.xlarge',
  InitialInstanceCount: 1,
  ...changes,
});
const createConfig = (world: World, name: string, ...variants: ProductionVariant[]) =>
  world.sageMakerClient.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: variants }),
  );
const updateEndpoint = (world: World, config: string, retain = false) =>
  world.sageMakerClient.send(
    new UpdateEndpointCommand({
      EndpointName: 'Chat',
      EndpointConfigName: config,
      RetainAllVariantProperties: retain,
    }),
  );

describe('an endpoint from model to deletion', () => {
  it('is InService at once, and described as AWS does', async () => {
    const world = sageMakerWorld({ instances: 0 });
    const { sageMakerClient: client } = world;
    const model = await client.send(
      new CreateModelCommand({ ModelName: 'LLM', ExecutionRoleArn: 'arn:aws:iam::1:role/r' }),
    );
    expect(model.ModelArn).toBe('arn:aws:sagemaker:eu-central-1:123456789012:model/llm');
    const config = await client.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'One',
        ProductionVariants: [variant('main', { ModelName: 'LLM', InitialInstanceCount: 3 })],
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      }),
    );
    expect(config.EndpointConfigArn).toMatch(/endpoint-config\/one$/);
    await world.runTo(5);
    const created = await client.send(
      new CreateEndpointCommand({ EndpointName: 'Chat', EndpointConfigName: 'One' }),
    );
    expect(created.EndpointArn).toBe(ENDPOINT_ARN);
    expect(await describeChat(world)).toEqual({
      EndpointName: 'Chat',
      EndpointArn: ENDPOINT_ARN,
      EndpointConfigName: 'One',
      EndpointStatus: 'InService',
      CreationTime: at(5),
      LastModifiedTime: at(5),
      MetricsConfig: {
        EnableEnhancedMetrics: true,
        EnableDetailedObservability: true,
        MetricPublishFrequencyInSeconds: 10,
      },
      ProductionVariants: [
        {
          VariantName: 'main',
          CurrentWeight: 1,
          DesiredWeight: 1,
          CurrentInstanceCount: 3,
          DesiredInstanceCount: 3,
        },
      ],
    });
  });

  it('is Creating for as long as the option says, without variants to see', async () => {
    const world = sageMakerWorld({ sageMaker: { creationSeconds: 90 } });
    await world.runTo(89);
    expect(await describeChat(world)).toMatchObject({ EndpointStatus: 'Creating' });
    expect((await describeChat(world)).ProductionVariants).toBeUndefined();
    expect(await refusal(setCapacity(world, 3))).toBe(IN_PROGRESS);
    await world.runTo(90);
    expect(world.state()).toEqual(['InService', 2, 2]);
  });

  it('is gone after deletion, with its instances', async () => {
    const world = sageMakerWorld();
    await world.sageMakerClient.send(new DeleteEndpointCommand({ EndpointName: 'Chat' }));
    const missing = `ValidationException: Could not find endpoint "${ENDPOINT_ARN}".`;
    expect(await refusal(describeChat(world))).toBe(missing);
    expect(() => world.plant.variant('Chat', 'main')).toThrow('it has none');
  });

  it('shows the configuration it was made from', async () => {
    const world = sageMakerWorld();
    const { $metadata: _, ...config } = await world.sageMakerClient.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: 'one' }),
    );
    expect(config).toEqual({
      EndpointConfigName: 'one',
      EndpointConfigArn: 'arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/one',
      ProductionVariants: [variant('main', { InitialInstanceCount: 2 })],
      CreationTime: at(0),
    });
  });
});

describe('refusals', () => {
  const chat = { EndpointName: 'Chat', EndpointConfigName: 'one' };
  const config = (changes: Partial<ProductionVariant>, metrics = {}) =>
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'new',
      ProductionVariants: [variant('main', changes)],
      ...metrics,
    });
  const cases: [label: string, command: object, expected: string | RegExp][] = [
    [
      'an endpoint twice',
      new CreateEndpointCommand(chat),
      `ValidationException: Cannot create already existing endpoint "${ENDPOINT_ARN}".`,
    ],
    [
      'an endpoint of no configuration',
      new CreateEndpointCommand({ EndpointName: 'new', EndpointConfigName: 'none' }),
      /Could not find endpoint configuration "arn:.*:endpoint-config\/none"/,
    ],
    [
      'an endpoint whose name cannot be',
      new CreateEndpointCommand({ ...chat, EndpointName: '-x' }),
      /Value '-x' at 'endpointName' failed to satisfy constraint/,
    ],
    [
      'an endpoint without a name',
      new DescribeEndpointCommand({ EndpointName: undefined }),
      "ValidationException: 1 validation error detected: Value null at 'endpointName' failed to " +
        'satisfy constraint: Member must not be null',
    ],
    [
      'two members missing',
      new CreateEndpointCommand({ EndpointName: undefined, EndpointConfigName: undefined }),
      /^ValidationException: 2 validation errors detected: .*'endpointName'.*; .*'endpointConfigName'/,
    ],
    ['a model twice', new CreateModelCommand({ ModelName: 'llm' }), /already existing model/],
    [
      'a configuration twice',
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'one',
        ProductionVariants: [variant('main')],
      }),
      /already existing endpoint configuration/,
    ],
    [
      'no variants',
      new CreateEndpointConfigCommand({ EndpointConfigName: 'new', ProductionVariants: [] }),
      /At least one production variant/,
    ],
    [
      'an unknown model',
      config({ ModelName: 'none' }),
      /Could not find model "arn:.*:model\/none"/,
    ],
    ['no instances', config({ InitialInstanceCount: 0 }), /greater than or equal to 1/],
    ['parts of instances', config({ InitialInstanceCount: 1.5 }), /whole number/],
    [
      'managed scaling without inference components',
      config({ ManagedInstanceScaling: { Status: 'ENABLED' } }),
      'ValidationException: ManagedInstanceScaling is only supported for inference component endpoints.',
    ],
    [
      'a metric frequency that is not offered',
      config({}, { MetricsConfig: { MetricPublishFrequencyInSeconds: 20 } }),
      /enum value set: \[10, 30, 60, 120, 180, 240, 300\]/,
    ],
    [
      'a variant that does not exist',
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'Chat',
        DesiredWeightsAndCapacities: [{ VariantName: 'none', DesiredInstanceCount: 1 }],
      }),
      /variant name\(s\) "none"/,
    ],
  ];
  const change = (...changes: DesiredWeightAndCapacity[]) =>
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'Chat',
      DesiredWeightsAndCapacities: changes,
    });
  const main = { VariantName: 'main', DesiredInstanceCount: 3 };
  cases.push(
    ['no changes', change(), /length greater than or equal to 1/],
    ['two changes of one variant', change(main, main), /Duplicate variant name "main"/],
    ['a negative count', change({ ...main, DesiredInstanceCount: -1 }), /'desiredInstanceCount'/],
  );
  it.each(cases)('%s', async (_label, command, expected) => {
    const { sageMakerClient, state } = sageMakerWorld();
    const message = await refusal(sageMakerClient.send(command as DescribeEndpointCommand));
    if (typeof expected === 'string') expect(message).toBe(expected);
    else expect(message).toMatch(expected);
    expect(state()).toEqual(['InService', 2, 2]);
  });

  it('two variants of one name', async () => {
    const world = sageMakerWorld();
    const create = createConfig(world, 'new', variant('main'), variant('main'));
    expect(await refusal(create)).toContain('Duplicate production variant name "main"');
  });
});

describe('the endpoint lock', () => {
  it('holds from the request until the new instances serve', async () => {
    const world = sageMakerWorld();
    await world.runTo(10);
    await setCapacity(world, 5);
    expect(await describeChat(world)).toMatchObject({
      EndpointStatus: 'Updating',
      LastModifiedTime: at(10),
      ProductionVariants: [
        {
          CurrentInstanceCount: 2,
          DesiredInstanceCount: 5,
          VariantStatus: [
            {
              Status: 'Updating',
              StatusMessage: 'Scaling out desired instance count to 5.',
              StartTime: at(10),
            },
          ],
        },
      ],
    });
    await world.runTo(189);
    expect(world.state()).toEqual(['Updating', 2, 5]);
    await world.runTo(190);
    expect(world.state()).toEqual(['InService', 5, 5]);
    expect((await describeChat(world)).ProductionVariants?.[0]?.VariantStatus).toBeUndefined();
  });

  it('holds for a scale-in until its instances are released', async () => {
    const world = sageMakerWorld({ instances: 4 });
    await setCapacity(world, 1);
    expect(world.state()).toEqual(['Updating', 4, 1]);
    expect((await describeChat(world)).ProductionVariants?.[0]?.VariantStatus?.[0]).toMatchObject({
      StatusMessage: 'Scaling in desired instance count to 1.',
    });
    await world.runTo(59);
    expect(world.state()).toEqual(['Updating', 4, 1]);
    await world.runTo(60);
    expect(world.state()).toEqual(['InService', 1, 1]);
  });

  it('refuses every other change of any variant', async () => {
    const world = sageMakerWorld({ instances: 0 });
    await world.sageMakerClient.send(new CreateModelCommand({ ModelName: 'llm' }));
    await createConfig(world, 'two', variant('a'), variant('b'));
    const chat = { EndpointName: 'Chat', EndpointConfigName: 'two' };
    await world.sageMakerClient.send(new CreateEndpointCommand(chat));
    await setCapacity(world, 3, 'a');
    const remove = new DeleteEndpointCommand({ EndpointName: 'Chat' });
    expect(await refusal(setCapacity(world, 4, 'a'))).toBe(IN_PROGRESS);
    expect(await refusal(setCapacity(world, 4, 'b'))).toBe(IN_PROGRESS);
    expect(await refusal(updateEndpoint(world, 'two'))).toBe(IN_PROGRESS);
    expect(await refusal(world.sageMakerClient.send(remove))).toBe(IN_PROGRESS);
    await world.runTo(180);
    await setCapacity(world, 4, 'b');
    await world.runTo(360);
    const counts = (await describeChat(world)).ProductionVariants?.map(
      ({ CurrentInstanceCount }) => CurrentInstanceCount,
    );
    expect(counts).toEqual([3, 4]);
  });

  it('holds until the slowest of several variants is done', async () => {
    const world = sageMakerWorld({ instances: 0, model: { scaleInSeconds: 30 } });
    await world.sageMakerClient.send(new CreateModelCommand({ ModelName: 'llm' }));
    const b = variant('b', { InitialInstanceCount: 4, InitialVariantWeight: 2 });
    await createConfig(world, 'two', variant('a'), b);
    const chat = { EndpointName: 'Chat', EndpointConfigName: 'two' };
    await world.sageMakerClient.send(new CreateEndpointCommand(chat));
    await world.sageMakerClient.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'Chat',
        DesiredWeightsAndCapacities: [
          { VariantName: 'a', DesiredInstanceCount: 2 },
          { VariantName: 'b', DesiredInstanceCount: 1, DesiredWeight: 7 },
        ],
      }),
    );
    await world.runTo(179);
    expect(await describeChat(world)).toMatchObject({
      EndpointStatus: 'Updating',
      ProductionVariants: [
        { CurrentInstanceCount: 1, DesiredInstanceCount: 2, CurrentWeight: 1 },
        { CurrentInstanceCount: 1, DesiredInstanceCount: 1, CurrentWeight: 2, DesiredWeight: 7 },
      ],
    });
    await world.runTo(180);
    expect(await describeChat(world)).toMatchObject({
      EndpointStatus: 'InService',
      ProductionVariants: [{ CurrentInstanceCount: 2 }, { CurrentWeight: 7 }],
    });
  });

  it('holds through maintenance of AWS', async () => {
    const world = sageMakerWorld();
    world.sageMaker.maintainEndpoint('Chat', 600);
    expect(world.state()).toEqual(['SystemUpdating', 2, 2]);
    expect(await refusal(setCapacity(world, 4))).toBe(IN_PROGRESS);
    await world.runTo(600);
    expect(world.state()).toEqual(['InService', 2, 2]);
  });
});

describe('what the account cannot give', () => {
  const quota = { plant: { instanceQuota: { 'ml.g5.xlarge': 5 } } };

  it('beyond the quota the whole request is refused and the endpoint stays as it is', async () => {
    const world = sageMakerWorld(quota);
    expect(await refusal(setCapacity(world, 6))).toBe(
      "ResourceLimitExceeded: The account-level service limit 'ml.g5.xlarge for endpoint usage' " +
        'is 5 Instances, with current utilization of 2 Instances and a request delta of 4 ' +
        'Instances. Please use AWS Service Quotas to request an increase for this quota.',
    );
    expect(world.state()).toEqual(['InService', 2, 2]);
    await setCapacity(world, 5);
    expect(world.state()).toEqual(['Updating', 2, 5]);
  });

  it('an endpoint beyond the quota is not created', async () => {
    const world = sageMakerWorld(quota);
    await createConfig(world, 'big', variant('a', { InitialInstanceCount: 4 }));
    const create = new CreateEndpointCommand({ EndpointName: 'Big', EndpointConfigName: 'big' });
    expect(await refusal(world.sageMakerClient.send(create))).toContain('request delta of 4');
    const { Endpoints = [] } = await world.sageMakerClient.send(new ListEndpointsCommand({}));
    expect(Endpoints.map(({ EndpointName }) => EndpointName)).toEqual(['Chat']);
  });

  it('without EC2 capacity the endpoint is Updating, then back where it was', async () => {
    const world = sageMakerWorld({
      plant: {
        insufficientCapacity: ({ added }) => (added > 2 ? { forSeconds: 1500 } : undefined),
      },
    });
    await setCapacity(world, 5);
    await world.runTo(1499);
    expect(world.state()).toEqual(['Updating', 2, 5]);
    expect(await refusal(setCapacity(world, 3))).toBe(IN_PROGRESS);
    await world.runTo(1500);
    expect(world.state()).toEqual(['InService', 2, 2]);
    expect((await describeChat(world)).FailureReason).toBeUndefined();
    await setCapacity(world, 4);
    await world.runTo(1680);
    expect(world.state()).toEqual(['InService', 4, 4]);
  });

  it('a provision timeout bounds that time', async () => {
    const world = sageMakerWorld({
      plant: { insufficientCapacity: () => ({ forSeconds: 1500 }) },
      instances: 0,
    });
    await world.sageMakerClient.send(new CreateModelCommand({ ModelName: 'llm' }));
    const bounded = variant('main', { VariantInstanceProvisionTimeoutInSeconds: 300 });
    await createConfig(world, 'one', bounded);
    const chat = { EndpointName: 'Chat', EndpointConfigName: 'one' };
    await world.sageMakerClient.send(new CreateEndpointCommand(chat));
    await setCapacity(world, 5);
    await world.runTo(299);
    expect(world.state()).toEqual(['Updating', 1, 5]);
    await world.runTo(300);
    expect(world.state()).toEqual(['InService', 1, 1]);
  });
});

describe('UpdateEndpoint', () => {
  const scaled = async () => {
    const world = sageMakerWorld();
    await createConfig(world, 'next', variant('main'));
    await setCapacity(world, 5);
    await world.runTo(180);
    return world;
  };

  it('throws away the instance count that scaling reached', async () => {
    const world = await scaled();
    await updateEndpoint(world, 'next');
    expect(await describeChat(world)).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'one',
    });
    await world.runTo(360);
    expect(world.state()).toEqual(['InService', 1, 1]);
    expect((await describeChat(world)).EndpointConfigName).toBe('next');
  });

  it('keeps it with RetainAllVariantProperties', async () => {
    const world = await scaled();
    await updateEndpoint(world, 'next', true);
    expect(world.plant.variant('Chat', 'main').instances).toMatchObject({
      inService: 5,
      starting: 5,
    });
    await world.runTo(360);
    expect(world.state()).toEqual(['InService', 5, 5]);
  });

  it('does not keep what is excluded from that', async () => {
    const world = await scaled();
    await world.sageMakerClient.send(
      new UpdateEndpointCommand({
        EndpointName: 'Chat',
        EndpointConfigName: 'next',
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }],
      }),
    );
    await world.runTo(360);
    expect(world.state()).toEqual(['InService', 1, 1]);
  });

  it('adds and removes variants, and moves to the new metric frequency', async () => {
    const world = sageMakerWorld();
    await world.sageMakerClient.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'next',
        ProductionVariants: [variant('main'), variant('canary')],
        MetricsConfig: { EnableEnhancedMetrics: true, MetricPublishFrequencyInSeconds: 10 },
      }),
    );
    await createConfig(world, 'last', variant('canary'));
    await updateEndpoint(world, 'next');
    await world.runTo(180);
    const names = async () =>
      (await describeChat(world)).ProductionVariants?.map(({ VariantName }) => VariantName);
    expect(await names()).toEqual(['main', 'canary']);
    expect(world.plant.variant('Chat', 'canary').metricPublishFrequencySeconds).toBe(10);
    expect(world.plant.variant('Chat', 'main').metricPublishFrequencySeconds).toBe(10);
    await updateEndpoint(world, 'last');
    await world.runTo(360);
    expect(await names()).toEqual(['canary']);
    expect(world.plant.variant('Chat', 'canary').metricPublishFrequencySeconds).toBe(60);
  });

  it.each([
    {
      label: 'a change of instance type',
      next: variant('main', { InstanceType: 'ml.p4d.24xlarge' }),
    },
    { label: 'a removal', next: variant('other') },
  ])('refuses $label of a scalable target', async ({ next }) => {
    const world = sageMakerWorld();
    await createConfig(world, 'next', next);
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 4 });
    expect(await refusal(updateEndpoint(world, 'next'))).toContain(
      'The variant(s) "main" must be deregistered as scalable targets',
    );
    world.autoScaling.deregisterScalableTarget(TARGET);
    await updateEndpoint(world, 'next');
    await world.runTo(180);
    const [name, type] = [next.VariantName as string, next.InstanceType];
    expect(world.plant.variant('Chat', name).identity.instanceType).toBe(type);
    expect((await describeChat(world)).EndpointStatus).toBe('InService');
  });

  it('lets a new model pass for a scalable target', async () => {
    const world = sageMakerWorld();
    await world.sageMakerClient.send(new CreateModelCommand({ ModelName: 'llm2' }));
    await createConfig(world, 'next', variant('main', { ModelName: 'llm2' }));
    world.autoScaling.registerScalableTarget({ ...TARGET, MinCapacity: 1, MaxCapacity: 4 });
    await updateEndpoint(world, 'next');
    expect((await describeChat(world)).EndpointStatus).toBe('Updating');
  });
});

describe('ListEndpoints', () => {
  const many = async () => {
    const world = sageMakerWorld({ instances: 1 });
    for (const [second, name] of [
      [10, 'alpha'],
      [20, 'beta-chat'],
    ] as const) {
      await world.runTo(second);
      world.sageMaker.createEndpoint({ EndpointName: name, EndpointConfigName: 'one' });
    }
    await setCapacity(world, 3);
    return world;
  };
  const names = async (world: World, input: object) => {
    const { Endpoints = [] } = await world.sageMakerClient.send(new ListEndpointsCommand(input));
    return Endpoints.map(({ EndpointName }) => EndpointName);
  };

  it.each([
    { label: 'newest first', input: {}, expected: ['beta-chat', 'alpha', 'Chat'] },
    { label: 'in service', input: { StatusEquals: 'InService' }, expected: ['beta-chat', 'alpha'] },
    {
      label: 'by part of the name',
      input: { NameContains: 'CHAT' },
      expected: ['beta-chat', 'Chat'],
    },
    {
      label: 'in order of names',
      input: { SortBy: 'Name', SortOrder: 'Ascending' },
      expected: ['Chat', 'alpha', 'beta-chat'],
    },
    {
      label: 'made from a moment on',
      input: { CreationTimeAfter: at(10) },
      expected: ['beta-chat', 'alpha'],
    },
    { label: 'made before', input: { CreationTimeBefore: at(10) }, expected: ['Chat'] },
    {
      label: 'changed after',
      input: { LastModifiedTimeAfter: at(10) },
      expected: ['beta-chat', 'Chat'],
    },
    { label: 'changed before', input: { LastModifiedTimeBefore: at(20) }, expected: ['alpha'] },
  ])('$label', async ({ input, expected }) => {
    expect(await names(await many(), input)).toEqual(expected);
  });

  it('pages', async () => {
    const { sageMakerClient } = await many();
    const first = await sageMakerClient.send(new ListEndpointsCommand({ MaxResults: 2 }));
    const NextToken = first.NextToken;
    const second = await sageMakerClient.send(
      new ListEndpointsCommand({ MaxResults: 2, NextToken }),
    );
    expect(first.Endpoints).toHaveLength(2);
    expect(second.Endpoints?.map(({ EndpointName }) => EndpointName)).toEqual(['Chat']);
    expect(second.NextToken).toBeUndefined();
    const bad = new ListEndpointsCommand({ NextToken: 'x' });
    expect(await refusal(sageMakerClient.send(bad))).toContain('Invalid pagination token');
    const tooMany = new ListEndpointsCommand({ MaxResults: 101 });
    expect(await refusal(sageMakerClient.send(tooMany))).toContain('less than or equal to 100');
  });

  it('gives no token with an exactly full last page', async () => {
    const { sageMakerClient } = await many();
    const page = await sageMakerClient.send(new ListEndpointsCommand({ MaxResults: 3 }));
    expect([page.Endpoints?.length, page.NextToken]).toEqual([3, undefined]);
  });
});

it('keeps tags, adds, replaces and removes them', async () => {
  const { sageMakerClient } = sageMakerWorld();
  const ResourceArn = ENDPOINT_ARN;
  const tags = async () =>
    (await sageMakerClient.send(new ListTagsCommand({ ResourceArn }))).Tags ?? [];
  expect(await tags()).toEqual([]);
  const first = [
    { Key: 'fast-scaler', Value: 'observe' },
    { Key: 'team', Value: 'a' },
  ];
  await sageMakerClient.send(new AddTagsCommand({ ResourceArn, Tags: first }));
  const second = [{ Key: 'fast-scaler', Value: 'act' }];
  await sageMakerClient.send(new AddTagsCommand({ ResourceArn, Tags: second }));
  await sageMakerClient.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['team'] }));
  expect(await tags()).toEqual(second);
});
