import type { VariantInstances } from '../aws/variant-instances.ts';

/**
 * Instance types by variant; none where the owner has deleted the endpoint configuration, as the service goes
 * without them as well.
 */
export async function instanceTypes(
  variantInstances: VariantInstances,
  endpointConfigName: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await variantInstances.types(endpointConfigName);
  } catch (error) {
    if ((error as Error).name === 'ValidationException') return new Map();
    throw error;
  }
}
