import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { refusal, START_MS, sageMakerWorld } from './sagemaker-world.ts';

const PREFIX = 'arn:aws:sagemaker:';
const at = (second: number) => new Date(START_MS + second * 1000);

/** Models a0, b1, c2 … made a second apart. */
async function worldOfModels(count: number) {
  const world = sageMakerWorld({ instances: 0 });
  const client = world.sageMakerClient;
  for (let i = 0; i < count; i += 1) {
    await world.runTo(i);
    const ModelName = `${String.fromCharCode(97 + i)}${i}`;
    await client.send(
      new CreateModelCommand({
        ModelName,
        ExecutionRoleArn: 'arn:aws:iam::123456789012:role/model',
        PrimaryContainer: { Image: 'image:1', Environment: { A: 'b' } },
        Tags: [{ Key: 'n', Value: String(i) }],
      }),
    );
  }
  return { ...world, client };
}

describe('models', () => {
  it('are described as they were made', async () => {
    const { client } = await worldOfModels(1);
    const { $metadata: _, ...model } = await client.send(
      new DescribeModelCommand({ ModelName: 'a0' }),
    );
    expect(model).toEqual({
      ModelName: 'a0',
      ModelArn: expect.stringMatching(`^${PREFIX}.*:model/a0$`),
      ExecutionRoleArn: 'arn:aws:iam::123456789012:role/model',
      PrimaryContainer: { Image: 'image:1', Environment: { A: 'b' } },
      CreationTime: at(0),
      EnableNetworkIsolation: false,
    });
  });

  it.each([
    ['newest first', {}, ['c2', 'b1', 'a0']],
    ['oldest first', { SortOrder: 'Ascending' }, ['a0', 'b1', 'c2']],
    ['by name', { SortBy: 'Name', SortOrder: 'Ascending' }, ['a0', 'b1', 'c2']],
    ['by a part of the name, in any case', { NameContains: 'B' }, ['b1']],
    ['made before', { CreationTimeBefore: at(1) }, ['a0']],
    ['made after', { CreationTimeAfter: at(1) }, ['c2']],
  ] as const)('are listed %s', async (_label, input, expected) => {
    const { client } = await worldOfModels(3);
    const { Models } = await client.send(new ListModelsCommand(input));
    expect(Models?.map(({ ModelName }) => ModelName)).toEqual(expected);
  });

  it.each([{ SortBy: '__proto__' }, { SortOrder: 'Up' }])('are not listed by %o', async (input) => {
    const { client } = await worldOfModels(1);
    const listing = client.send(new ListModelsCommand(input as object));
    expect(await refusal(listing)).toMatch(/^ValidationException: .*'sort(By|Order)'.* enum value/);
  });

  it('are listed in pages', async () => {
    const { client } = await worldOfModels(3);
    const first = await client.send(new ListModelsCommand({ MaxResults: 2 }));
    const second = await client.send(
      new ListModelsCommand({ MaxResults: 2, NextToken: first.NextToken }),
    );
    const names = [first, second].map(({ Models }) => Models?.map(({ ModelName }) => ModelName));
    expect(names).toEqual([['c2', 'b1'], ['a0']]);
    expect(second.NextToken).toBeUndefined();
  });

  it('are gone with their tags once they are deleted, and can be made anew', async () => {
    const { client } = await worldOfModels(1);
    const { ModelArn } = await client.send(new DescribeModelCommand({ ModelName: 'a0' }));
    await client.send(new DeleteModelCommand({ ModelName: 'a0' }));
    const again = new DescribeModelCommand({ ModelName: 'a0' });
    expect(await refusal(client.send(again))).toBe(
      `ValidationException: Could not find model "${ModelArn}".`,
    );
    expect(await refusal(client.send(new DeleteModelCommand({ ModelName: 'a0' })))).toMatch(
      /^ValidationException: Could not find model/,
    );
    await client.send(new CreateModelCommand({ ModelName: 'a0' }));
    const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: ModelArn }));
    expect(Tags).toEqual([]);
  });
});

describe('endpoint configurations', () => {
  it('are described as they were made, and what they capture with the endpoint', async () => {
    const { client, clock } = await worldOfModels(1);
    const capture = {
      EnableCapture: true,
      InitialSamplingPercentage: 10,
      DestinationS3Uri: 's3://captured/requests',
      CaptureOptions: [{ CaptureMode: 'Input' as const }],
      KmsKeyId: 'alias/capture',
    };
    const made = {
      EndpointConfigName: 'one',
      ProductionVariants: [
        {
          VariantName: 'main',
          ModelName: 'a0',
          InstanceType: 'ml.m5.large' as const,
          InitialInstanceCount: 1,
        },
      ],
      KmsKeyId: 'alias/volumes',
      DataCaptureConfig: capture,
      VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
      EnableNetworkIsolation: true,
    };
    await client.send(new CreateEndpointConfigCommand(made));
    expect(
      await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'one' })),
    ).toMatchObject(made);
    await client.send(
      new CreateEndpointCommand({ EndpointName: 'chat', EndpointConfigName: 'one' }),
    );
    await clock.runUntil(START_MS + 3_600_000);
    const { DataCaptureConfig } = await client.send(
      new DescribeEndpointCommand({ EndpointName: 'chat' }),
    );
    expect(DataCaptureConfig).toEqual({
      EnableCapture: true,
      CaptureStatus: 'Started',
      CurrentSamplingPercentage: 10,
      DestinationS3Uri: 's3://captured/requests',
      KmsKeyId: 'alias/capture',
    });
  });

  it('are listed and deleted', async () => {
    const { client } = await worldOfModels(1);
    for (const EndpointConfigName of ['first', 'second']) {
      await client.send(
        new CreateEndpointConfigCommand({
          EndpointConfigName,
          ProductionVariants: [
            {
              VariantName: 'main',
              ModelName: 'a0',
              InstanceType: 'ml.m5.large',
              InitialInstanceCount: 1,
            },
          ],
        }),
      );
    }
    const list = async () =>
      (await client.send(new ListEndpointConfigsCommand({ SortBy: 'Name' }))).EndpointConfigs;
    expect(await list()).toMatchObject([
      { EndpointConfigName: 'second', CreationTime: at(0) },
      { EndpointConfigName: 'first', EndpointConfigArn: expect.stringMatching(`^${PREFIX}`) },
    ]);
    await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'second' }));
    expect((await list())?.map(({ EndpointConfigName }) => EndpointConfigName)).toEqual(['first']);
    const gone = new DescribeEndpointConfigCommand({ EndpointConfigName: 'second' });
    expect(await refusal(client.send(gone))).toMatch(
      /^ValidationException: Could not find endpoint configuration/,
    );
  });
});
