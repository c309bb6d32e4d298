import {
  isResourceName,
  parseResourceId,
  type ScalableTarget,
  shortName,
  variantTarget,
} from '../target.ts';

/** What a user calls a target: an endpoint alone, or one of its variants. */
export interface NamedTarget {
  readonly endpointName: string;
  readonly variantName: string | undefined;
}

/** A name that names no target, or more than one; the message says what would. */
export class TargetNameError extends Error {
  override readonly name = 'TargetNameError';
}

/**
 * Reads `<endpoint>`, `<endpoint>/<variant>` or `endpoint/<endpoint>/variant/<variant>`.
 * @throws {TargetNameError}
 */
export function parseTargetName(text: string): NamedTarget {
  const resource = parseResourceId(text);
  if (resource) return resource;
  const [endpointName = '', variantName, ...rest] = text.split('/');
  const isName =
    rest.length === 0 &&
    isResourceName(endpointName) &&
    (variantName === undefined || isResourceName(variantName));
  if (isName) return { endpointName, variantName };
  throw new TargetNameError(
    `"${text}" names no target: expected <endpoint>, <endpoint>/<variant> or endpoint/<endpoint>/variant/<variant>.`,
  );
}

/**
 * The one target meant.
 * @param known targets of the endpoint that may be meant
 * @throws {TargetNameError}
 */
export function chooseTarget(
  { endpointName, variantName }: NamedTarget,
  known: readonly ScalableTarget[],
): ScalableTarget {
  if (variantName !== undefined) return variantTarget(endpointName, variantName);
  const [only, ...others] = known;
  if (only && others.length === 0) return only;
  if (!only) {
    throw new TargetNameError(
      `No variant of ${endpointName} is enrolled. "fast-scaler doctor ${endpointName}" says why and what to do.`,
    );
  }
  const names = known.map(shortName).join(', ');
  throw new TargetNameError(`${endpointName} has several variants; name one of ${names}.`);
}
