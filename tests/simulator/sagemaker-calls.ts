import {
  CreateEndpointConfigCommand,
  DescribeEndpointCommand,
  type ProductionVariant,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { ENDPOINT_ARN, type World } from './sagemaker-world.ts';

export const IN_PROGRESS = `ValidationException: Cannot update in-progress endpoint "${ENDPOINT_ARN}".`;

export const describeChat = async ({ sageMakerClient }: World) => {
  const { $metadata: _, ...output } = await sageMakerClient.send(
    new DescribeEndpointCommand({ EndpointName: 'Chat' }),
  );
  return output;
};

export const setCapacity = (world: World, count: number, variant = 'main') =>
  world.sageMakerClient.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'Chat',
      DesiredWeightsAndCapacities: [{ VariantName: variant, DesiredInstanceCount: count }],
    }),
  );

export const variant = (
  name: string,
  changes: Partial<ProductionVariant> = {},
): ProductionVariant => ({
  VariantName: name,
  ModelName: 'llm',
  InstanceType: 'ml.g5.xlarge',
  InitialInstanceCount: 1,
  ...changes,
});

export const createConfig = (world: World, name: string, ...variants: ProductionVariant[]) =>
  world.sageMakerClient.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: variants }),
  );
