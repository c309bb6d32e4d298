import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  ListEndpointsCommand,
  UpdateEndpointCommand,
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
import { at, refusal, sageMakerWorld, TARGET, type World } from './sagemaker-world.ts';

const updateEndpoint = (world: World, config: string, retain = false) =>
  world.sageMakerClient.send(
    new UpdateEndpointCommand({
      EndpointName: 'Chat',
      EndpointConfigName: config,
      RetainAllVariantProperties: retain,
    }),
  );

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
