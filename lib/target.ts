import { isResourceName } from '../client/resource-name.ts';

/** The dimension of a production variant's instance count. */
export const VARIANT_DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

/** The scalable dimensions that this project scales, in the words of Application Auto Scaling. */
export type ScalableDimension =
  | typeof VARIANT_DIMENSION
  | 'sagemaker:inference-component:DesiredCopyCount';

/**
 * A scalable target: what Application Auto Scaling moves. Several targets can share one endpoint,
 * and the endpoint, not the target, is what SageMaker locks while a change is under way.
 */
export interface ScalableTarget {
  readonly resourceId: string;
  readonly scalableDimension: ScalableDimension;
  readonly endpointName: string;
  /** Production variant; an inference component is placed on one too. */
  readonly variantName: string;
}

export { isResourceName };

/**
 * The scalable target of a production variant's instance count.
 * @throws {RangeError} when a name is not one that SageMaker allows
 */
export function variantTarget(endpointName: string, variantName: string): ScalableTarget {
  for (const [what, name] of [
    ['endpoint', endpointName],
    ['variant', variantName],
  ] as const) {
    if (!isResourceName(name)) {
      throw new RangeError(
        `"${name}" is not a SageMaker ${what} name: 1 to 63 letters, digits and inner hyphens.`,
      );
    }
  }
  return {
    resourceId: `endpoint/${endpointName}/variant/${variantName}`,
    scalableDimension: VARIANT_DIMENSION,
    endpointName,
    variantName,
  };
}

/** `<endpoint>/<variant>`, as tables and sentences name a target. */
export function shortName({ endpointName, variantName }: ScalableTarget): string {
  return `${endpointName}/${variantName}`;
}

/** Reads `endpoint/<name>/variant/<name>`; undefined for anything else. */
export function parseResourceId(resourceId: string): ScalableTarget | undefined {
  const [kind, endpointName = '', variant, variantName = '', ...rest] = resourceId.split('/');
  const isVariant = kind === 'endpoint' && variant === 'variant' && rest.length === 0;
  return isVariant && isResourceName(endpointName) && isResourceName(variantName)
    ? variantTarget(endpointName, variantName)
    : undefined;
}
