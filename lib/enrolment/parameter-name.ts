import { isResourceName, type ScalableTarget, variantTarget } from '../target.ts';

/** Parameters of targets are named `<prefix><endpoint>/<variant>`. */
export const TARGET_PARAMETER_PREFIX = '/fast-scaler/targets/';

/** The target that a parameter's name stands for; undefined for any other parameter. */
export function parameterTarget(name: string): ScalableTarget | undefined {
  if (!name.startsWith(TARGET_PARAMETER_PREFIX)) return undefined;
  const [endpointName = '', variantName = '', ...rest] = name
    .slice(TARGET_PARAMETER_PREFIX.length)
    .split('/');
  const isTarget = isResourceName(endpointName) && isResourceName(variantName) && rest.length === 0;
  return isTarget ? variantTarget(endpointName, variantName) : undefined;
}

/** The name of the parameter that enrols `target`. */
export function targetParameterName({ endpointName, variantName }: ScalableTarget): string {
  return `${TARGET_PARAMETER_PREFIX}${endpointName}/${variantName}`;
}
