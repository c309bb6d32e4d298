import type { InputNames } from '../config/resolve.ts';
import { isResourceName, type ScalableTarget, variantTarget } from '../target.ts';

/** Every parameter of the scaler lies under this path. */
export const PARAMETER_PATH = '/fast-scaler/';

/** The parameter with the settings of every target. */
export const DEFAULTS_PARAMETER = `${PARAMETER_PATH}defaults`;

/** The tag that enrols an endpoint: its registered variants, or all where none is. */
export const TAG_KEY = 'fast-scaler';

/** Parameters of targets are named `<prefix><endpoint>/<variant>`. */
const TARGET_PARAMETER_PREFIX = `${PARAMETER_PATH}targets/`;

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

/** Names of everything that decides the configuration of `target`, for complaints. */
export function inputNames(target: ScalableTarget): InputNames {
  return {
    defaults: DEFAULTS_PARAMETER,
    tag: `The tag ${TAG_KEY} of endpoint ${target.endpointName}`,
    target: targetParameterName(target),
  };
}
