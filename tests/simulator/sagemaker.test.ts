import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DataCaptureConfig,
  DeleteEndpointCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type DesiredWeightAndCapacity,
  ListEndpointsCommand,
  ListTagsCommand,
  type ProductionVariant,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import {
  createConfig,
  describeChat,
  IN_PROGRESS,
  setCapacity,
  variant,
} from './sagemaker-calls.ts';
import { at, ENDPOINT_ARN, refusal, sageMakerWorld, type World } from './sagemaker-world.ts';

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
      'asynchronous inference',
      config({}, { AsyncInferenceConfig: { OutputConfig: {} } }),
      /^ValidationException: The embedded account does not serve AsyncInferenceConfig/,
    ],
    [
      'shadow variants',
      config({}, { ShadowProductionVariants: [variant('shadow')] }),
      /does not serve ShadowProductionVariants/,
    ],
    ['explanations', config({}, { ExplainerConfig: {} }), /does not serve ExplainerConfig/],
    [
      'a capture of data to nowhere',
      config({}, { DataCaptureConfig: { EnableCapture: true } as DataCaptureConfig }),
      /Value null at 'initialSamplingPercentage'.*; Value null at 'destinationS3Uri'/,
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
  const order = (input: object) => new ListEndpointsCommand(input);
  const main = { VariantName: 'main', DesiredInstanceCount: 3 };
  cases.push(
    ['no changes', change(), /length greater than or equal to 1/],
    ['two changes of one variant', change(main, main), /Duplicate variant name "main"/],
    ['a negative weight', change({ VariantName: 'main', DesiredWeight: -2.5 }), /'desiredWeight'/],
    ['a negative weight to begin with', config({ InitialVariantWeight: -1 }), /VariantWeight'/],
    ['an order by what is inherited', order({ SortBy: '__proto__' }), /'sortBy'.*\[Name, Cre/],
    ['an order that is none', order({ SortOrder: 'Up' }), /'sortOrder'.*\[Ascending, Desc/],
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
