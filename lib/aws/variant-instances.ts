import { DescribeEndpointConfigCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';

/** Reads on which instances the variants of an endpoint configuration run. */
export interface VariantInstances {
  /** Instance type by variant name; a variant without one (serverless, several types) is absent. */
  types(endpointConfigName: string): Promise<ReadonlyMap<string, string>>;
}

export function sageMakerVariantInstances(client: SageMakerClient): VariantInstances {
  return {
    async types(EndpointConfigName) {
      const { ProductionVariants = [] } = await client.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName }),
      );
      return new Map(
        ProductionVariants.flatMap(({ VariantName, InstanceType }) =>
          VariantName && InstanceType ? [[VariantName, InstanceType] as const] : [],
        ),
      );
    },
  };
}
