import type { StoredTarget } from '../aws/state-store.ts';
import { ConfigError } from '../config/parse.ts';
import { type ConfigInputs, type ResolvedConfig, resolve } from '../config/resolve.ts';
import type { TargetConfig } from '../config/schema.ts';
import type { Mode } from '../control/types.ts';
import { withLeadTimePrior } from '../enrolment/lead-time-prior.ts';
import { DEFAULTS_PARAMETER, inputNames, TAG_KEY } from '../enrolment/parameter-name.ts';
import type { ScalableTarget } from '../target.ts';
import { isDenied } from './attempts.ts';
import { instanceTypes } from './instance-types.ts';
import type { OperatorRuntime } from './runtime.ts';

/** What a target goes by, or would if it were enrolled by a parameter. */
export interface PresentSettings {
  readonly config: TargetConfig;
  /** What a parameter must say beside its changes to leave the mode as it is: one of its own ends a discovery. */
  readonly kept: { readonly mode?: 'observe' };
  /** The mode that a parameter enrols it in; `refused`: none is taken, something in it or beside it is not valid. */
  readonly enrolsIn: Mode | 'refused' | null;
}

/** @param parameter the target's own as it stands */
export async function presentSettings(
  runtime: OperatorRuntime,
  target: ScalableTarget,
  stored: StoredTarget | undefined,
  parameter: string | undefined,
  endpointConfigName: string,
): Promise<PresentSettings> {
  if (stored) {
    const { config, sources } = stored.enrolment;
    const isDiscovered = sources.mode === 'discover' && parameter === undefined;
    return { config, kept: isDiscovered ? { mode: 'observe' } : {}, enrolsIn: null };
  }
  const { endpointName, variantName } = target;
  const [defaults, tag, types] = await Promise.all([
    runtime.parameters.read(DEFAULTS_PARAMETER),
    unlessDenied(runtime.tags.find(endpointName, TAG_KEY)),
    unlessDenied(instanceTypes(runtime.variantInstances, endpointConfigName)),
  ]);
  const inputs = { defaults, tag, target: changedParameter(parameter, {}) };
  const resolved = resolvedFrom(target, inputs);
  const { config } = withLeadTimePrior(
    resolved ?? validPart(target, inputs),
    types?.get(variantName),
  );
  return { config, kept: {}, enrolsIn: resolved ? config.mode : 'refused' };
}

/** Of inputs that are not valid together: without the parameter, the tag, and at last the account's defaults. */
function validPart(target: ScalableTarget, { defaults, tag }: ConfigInputs): ResolvedConfig {
  const empty = { target: '{}' };
  return (
    resolvedFrom(target, { ...empty, defaults, tag }) ??
    resolvedFrom(target, { ...empty, defaults }) ??
    resolve(empty, inputNames(target))
  );
}

/** Null where they are not valid. */
function resolvedFrom(target: ScalableTarget, inputs: ConfigInputs): ResolvedConfig | null {
  try {
    return resolve(inputs, inputNames(target));
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

async function unlessDenied<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/**
 * A parameter that is ready to put: the one that stands, with the changes.
 * A parameter that is not valid JSON stands for none: it was not taken either.
 */
export function changedParameter(
  parameter: string | undefined,
  changes: Readonly<Record<string, unknown>>,
): string {
  let standing: unknown = {};
  try {
    standing = JSON.parse(parameter ?? '{}');
  } catch {
    // Left out, see above.
  }
  const isObject = standing !== null && typeof standing === 'object' && !Array.isArray(standing);
  const kept = isObject ? (standing as Readonly<Record<string, unknown>>) : {};
  return JSON.stringify({ ...kept, ...changes });
}
