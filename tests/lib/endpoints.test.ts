import type { DescribeEndpointOutput, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { expect, it } from 'vitest';
import { sageMakerEndpoints } from '../../lib/aws/endpoints.ts';

/** An endpoint as SageMaker describes it. */
const described = (output: Partial<DescribeEndpointOutput>) =>
  sageMakerEndpoints({ send: async () => output } as unknown as SageMakerClient).describe(
    'checkout',
  );

it('tells which variants SageMaker itself scales, and which have no instances', async () => {
  const limits = { MinInstanceCount: 1, MaxInstanceCount: 4 };
  const reading = await described({
    EndpointStatus: 'InService',
    ProductionVariants: [
      { VariantName: 'plain', CurrentInstanceCount: 2, DesiredInstanceCount: 3 },
      {
        VariantName: 'serverless',
        CurrentServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 5 },
      },
      { VariantName: 'managed', ManagedInstanceScaling: { Status: 'ENABLED', ...limits } },
      { VariantName: 'left alone', ManagedInstanceScaling: { Status: 'DISABLED', ...limits } },
    ],
  });
  expect(reading?.variants.get('plain')).toEqual({ inService: 2, desired: 3 });
  expect([...(reading?.managed ?? [])]).toEqual([
    ['serverless', 'serverless'],
    ['managed', 'instances'],
  ]);
  expect(reading?.isAsynchronous).toBe(false);
});

it('tells an asynchronous endpoint', async () => {
  const AsyncInferenceConfig = { OutputConfig: { S3OutputPath: 's3://out' } };
  expect((await described({ AsyncInferenceConfig }))?.isAsynchronous).toBe(true);
});
