import { AddTagsCommand } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import type { AwsEvent } from '../../simulator/account/eventbridge/bus.ts';
import { ENDPOINT_ARN, START_MS, sageMakerWorld, type WorldOptions } from './sagemaker-world.ts';

const STATE_CHANGE = 'SageMaker Endpoint State Change';
const DEPLOYMENT = 'SageMaker Endpoint Deployment State Change';

type World = ReturnType<typeof sageMakerWorld>;

async function scaledWorld(options: WorldOptions = {}): Promise<World> {
  const world = sageMakerWorld(options);
  await world.runTo(100);
  world.events.length = 0;
  world.sageMaker.updateEndpointWeightsAndCapacities({
    EndpointName: 'Chat',
    DesiredWeightsAndCapacities: [{ VariantName: 'main', DesiredInstanceCount: 6 }],
  });
  await world.runTo(400);
  return world;
}

const statuses = (world: World, detailType = STATE_CHANGE) =>
  of(world, detailType).map(({ detail }) => detail.EndpointStatus);
const of = (world: World, detailType: string): AwsEvent[] =>
  world.events.filter((event) => event['detail-type'] === detailType);

describe('SageMaker Endpoint State Change', () => {
  it('tells of every change of status, in the shape of the documented sample', async () => {
    const world = await scaledWorld();
    expect(of(world, STATE_CHANGE).map(({ detail, time }) => [time, detail])).toEqual([
      [
        '2026-01-05T00:01:40Z',
        {
          EndpointName: 'Chat',
          EndpointArn: ENDPOINT_ARN,
          EndpointConfigName: 'one',
          ProductionVariants: [{ DesiredWeight: 1, DesiredInstanceCount: 6 }],
          EndpointStatus: 'UPDATING',
          CreationTime: START_MS,
          LastModifiedTime: START_MS + 100_000,
          Tags: {},
        },
      ],
      [
        '2026-01-05T00:04:40Z',
        expect.objectContaining({
          EndpointStatus: 'IN_SERVICE',
          LastModifiedTime: START_MS + 280_000,
        }),
      ],
    ]);
  });

  it('names the endpoint in lower case in the ARN only', async () => {
    const [event] = of(await scaledWorld(), STATE_CHANGE);
    expect(event?.source).toBe('aws.sagemaker');
    expect(event?.resources).toEqual([ENDPOINT_ARN]);
    expect(ENDPOINT_ARN).toMatch(/endpoint\/chat$/);
    expect(event?.detail.EndpointName).toBe('Chat');
  });

  it('carries the tags of the endpoint', async () => {
    const world = sageMakerWorld();
    const Tags = [{ Key: 'fast-scaler', Value: 'act' }];
    await world.sageMakerClient.send(new AddTagsCommand({ ResourceArn: ENDPOINT_ARN, Tags }));
    world.sageMaker.deleteEndpoint({ EndpointName: 'Chat' });
    expect(of(world, STATE_CHANGE).at(-1)?.detail).toMatchObject({
      EndpointStatus: 'DELETING',
      Tags: { 'fast-scaler': 'act' },
    });
  });

  it('tells of creation and of maintenance', async () => {
    const world = sageMakerWorld({ sageMaker: { creationSeconds: 30 } });
    await world.runTo(30);
    world.sageMaker.maintainEndpoint('Chat', 60);
    await world.runTo(90);
    expect(statuses(world)).toEqual(['CREATING', 'IN_SERVICE', 'SYSTEM_UPDATING', 'IN_SERVICE']);
  });

  it('comes twice when duplicates are asked for', async () => {
    const world = await scaledWorld({ sageMaker: { duplicateEvents: true } });
    expect(statuses(world)).toEqual(['UPDATING', 'UPDATING', 'IN_SERVICE', 'IN_SERVICE']);
  });

  it('tells of IN_SERVICE also when EC2 had no capacity', async () => {
    const insufficientCapacity = () => ({ forSeconds: 200 });
    const world = await scaledWorld({ plant: { insufficientCapacity } });
    expect(statuses(world)).toEqual(['UPDATING', 'IN_SERVICE']);
    expect(of(world, STATE_CHANGE).at(-1)?.detail).toMatchObject({
      ProductionVariants: [{ DesiredInstanceCount: 2 }],
    });
  });
});

describe('SageMaker Endpoint Deployment State Change', () => {
  it('has names, counts and the status of variants', async () => {
    const world = await scaledWorld();
    expect(statuses(world, DEPLOYMENT)).toEqual(['UPDATING', 'IN_SERVICE']);
    expect(of(world, DEPLOYMENT)[0]?.detail.ProductionVariants).toEqual([
      {
        VariantName: 'main',
        CurrentWeight: 1,
        DesiredWeight: 1,
        CurrentInstanceCount: 2,
        DesiredInstanceCount: 6,
        VariantStatus: [
          {
            Status: 'Updating',
            StatusMessage: 'Scaling out desired instance count to 6.',
            StartTime: START_MS + 100_000,
          },
        ],
      },
    ]);
  });
});
