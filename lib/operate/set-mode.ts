import { ConfigError, parseTargetSettings } from '../config/parse.ts';
import { type ConfigInputs, readDefaults, resolve } from '../config/resolve.ts';
import { type Bounds, sameBounds } from '../control/bounds.ts';
import type { Mode } from '../control/types.ts';
import { highAlarmName } from '../enrolment/alarm-specs.ts';
import {
  DEFAULTS_PARAMETER,
  inputNames,
  targetParameterName,
} from '../enrolment/parameter-name.ts';
import { type ScalableTarget, shortName } from '../target.ts';
import { areDefaultsValid } from './config-check.ts';
import { presentTag } from './present-tag.ts';
import type { OperatorRuntime } from './runtime.ts';

/** A mode that could not be set; nothing was written. */
export class ModeError extends Error {
  override readonly name = 'ModeError';
}

/** What became of a parameter. */
export interface ModeChange {
  readonly target: string;
  readonly parameter: string;
  /** Text before; null: there was no parameter. */
  readonly previous: string | null;
  /** Text now; null: the parameter was deleted. */
  readonly written: string | null;
  /** False when everything stood so already. */
  readonly changed: boolean;
  /** Mode that follows from all that is set. */
  readonly mode: Mode;
  /** What happens next, in sentences. */
  readonly effects: readonly string[];
}

interface Standing {
  readonly name: string;
  readonly parameter: Awaited<ReturnType<OperatorRuntime['parameterWriter']['read']>>;
  readonly inputs: ConfigInputs;
}

/** How many old versions are searched for the mode before the pause. */
const VERSIONS_BACK = 20;

/**
 * Writes `"mode": "paused"` into a target's parameter and keeps everything else there.
 * @throws {ModeError}
 */
export async function pause(runtime: OperatorRuntime, target: ScalableTarget): Promise<ModeChange> {
  const standing = await read(runtime, target);
  if (!(await isEnrolled(runtime, target, standing))) {
    throw new ModeError(
      `${shortName(target)} is not enrolled: there is nothing to pause, and a parameter would enrol it.`,
    );
  }
  try {
    return await write(runtime, target, standing, withMode(standing, 'paused'));
  } catch (error) {
    if (!(error instanceof ModeError)) throw error;
    const { message } = error;
    throw new ModeError(
      `${message}\nUntil then an alarm mute rule in CloudWatch pauses it, on the alarm ${highAlarmName(target)} (docs/configuration.md).`,
      { cause: error },
    );
  }
}

/**
 * Gives a target back the mode that it had before it was paused, or the one named.
 * @throws {ModeError}
 */
export async function resume(
  runtime: OperatorRuntime,
  target: ScalableTarget,
  mode?: Exclude<Mode, 'paused'>,
): Promise<ModeChange> {
  const standing = await read(runtime, target);
  const { parameter, name } = standing;
  if (!parameter && !(mode && (await isEnrolled(runtime, target, standing)))) {
    throw new ModeError(`There is no parameter ${name}, so the target is not paused by one.`);
  }
  if (mode || !parameter) return write(runtime, target, standing, withMode(standing, mode));
  if (settings(standing).mode !== 'paused') {
    const change = await write(runtime, target, standing, parameter.value);
    if (change.mode !== 'paused') return change;
    throw new ModeError(
      `It is ${DEFAULTS_PARAMETER} that pauses it. Change that, or name the mode for this target: --mode act or --mode observe.`,
    );
  }
  const before = await beforeThePause(runtime, standing);
  if (typeof before === 'object') {
    return write(runtime, target, standing, withMode(standing, before.mode));
  }
  const hasMore = Object.keys(settings(standing)).length > 1;
  if (before === 'no-parameter' && !hasMore && isEnrolledOtherwise(standing.inputs)) {
    return write(runtime, target, standing, null);
  }
  throw new ModeError(
    `No earlier version of ${name} tells the mode before the pause. Name it: --mode act or --mode observe.`,
  );
}

async function read(runtime: OperatorRuntime, target: ScalableTarget): Promise<Standing> {
  const name = targetParameterName(target);
  const [parameter, defaults, { entry }] = await Promise.all([
    runtime.parameterWriter.read(name),
    runtime.parameters.read(DEFAULTS_PARAMETER),
    runtime.enrolments.entry(target.endpointName),
  ]);
  const tag = await presentTag(runtime, target, entry.tag);
  return { name, parameter, inputs: { defaults, tag, target: parameter?.value } };
}

async function isEnrolled(
  { table }: OperatorRuntime,
  target: ScalableTarget,
  { parameter, inputs }: Standing,
): Promise<boolean> {
  if (parameter || inputs.tag !== undefined) return true;
  const { record } = await table.endpoint(target.endpointName);
  return record.targets.some((each) => each.target.resourceId === target.resourceId);
}

function settings({ name, parameter }: Standing): Record<string, unknown> {
  const text = parameter?.value ?? '{}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModeError(
      `${name} is not JSON (${(cause as Error).message}) and was left as it is; mend it first:\n${text}`,
      { cause },
    );
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ModeError(
      `${name} is not a JSON object and was left as it is; mend it first:\n${text}`,
    );
  }
  return value as Record<string, unknown>;
}

/** The parameter's text with another mode, or without one; its other keys and their order stay. */
function withMode(standing: Standing, mode: Mode | undefined): string {
  const changed = { ...settings(standing), mode };
  const indent = standing.parameter?.value.includes('\n') ? 2 : 0;
  return JSON.stringify(changed, null, indent);
}

/** The mode in the newest valid version that was not paused; `no-parameter`: there is none. */
async function beforeThePause(
  { parameterWriter }: OperatorRuntime,
  { name, parameter }: Standing,
): Promise<{ readonly mode: Mode | undefined } | 'no-parameter' | 'unknown'> {
  const newest = parameter?.version ?? 0;
  const oldest = Math.max(1, newest - VERSIONS_BACK);
  for (let version = newest - 1; version >= oldest; version -= 1) {
    const old = await parameterWriter.read(name, version);
    const mode = old ? modeIn(old.value, name) : 'paused';
    if (mode !== 'paused') return { mode };
  }
  return oldest === 1 ? 'no-parameter' : 'unknown';
}

/** A version that was not valid was never in force, and says nothing. */
function modeIn(text: string, name: string): Mode | undefined {
  try {
    return parseTargetSettings(text, name).mode;
  } catch (error) {
    if (error instanceof ConfigError) return 'paused';
    throw error;
  }
}

/** Defaults that are not valid may have discovered it; what stands beside them is not written anyway. */
function isEnrolledOtherwise({ tag, defaults }: ConfigInputs): boolean {
  if (tag !== undefined || !areDefaultsValid(defaults)) return true;
  return readDefaults(defaults, DEFAULTS_PARAMETER).discover;
}

async function write(
  runtime: OperatorRuntime,
  target: ScalableTarget,
  { name, parameter, inputs }: Standing,
  text: string | null,
): Promise<ModeChange> {
  const mode = modeOf(target, { ...inputs, target: text ?? undefined });
  const changed = text !== (parameter?.value ?? null);
  const effects = changed
    ? await effectsOf(runtime, target, mode)
    : [`Its mode is ${mode} already; nothing was written.`];
  if (changed && text === null) await runtime.parameterWriter.delete(name);
  else if (changed && text !== null) await runtime.parameterWriter.put(name, text, parameter);
  return {
    target: shortName(target),
    parameter: name,
    previous: parameter?.value ?? null,
    written: text,
    changed,
    mode,
    effects,
  };
}

/** A mode in a configuration that is not valid would not be taken. */
function modeOf(target: ScalableTarget, inputs: ConfigInputs): Mode {
  try {
    return resolve(inputs, inputNames(target)).config.mode;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ModeError(
      `The configuration is not valid, so that a change of the mode would not be taken. Nothing was written.\n${error.message}\nMend it first: fast-scaler config check ${toCheck(target, inputs)}`,
      { cause: error },
    );
  }
}

/** Where to look for the fault: the account's defaults have a check of their own. */
function toCheck(target: ScalableTarget, { defaults }: ConfigInputs): string {
  return areDefaultsValid(defaults) ? shortName(target) : DEFAULTS_PARAMETER;
}

async function effectsOf(
  { table, scalableTargets }: OperatorRuntime,
  target: ScalableTarget,
  mode: Mode,
): Promise<string[]> {
  const [{ record }, all] = await Promise.all([
    table.endpoint(target.endpointName),
    scalableTargets.describe([target]),
  ]);
  const stored = record.targets.find((each) => each.target.resourceId === target.resourceId);
  const bounds = all.get(target.resourceId)?.bounds;
  const { baseline } = stored?.state ?? {};
  const resumes = `fast-scaler resume ${shortName(target)}`;
  switch (mode) {
    case 'act':
      return [
        bounds
          ? 'Within seconds the scaler looks at the load again and moves Min and Max by it.'
          : UNREGISTERED,
      ];
    case 'observe':
      return [
        ...givenBack(bounds, baseline),
        'The scaler looks, decides and records, and touches nothing.',
      ];
    default:
      return [
        ...givenBack(bounds, baseline),
        'From then on the scaler changes nothing. Its alarm and what it learned stay; scaling policies go on as they are.',
        `To go on: ${resumes}`,
      ];
  }
}

const UNREGISTERED =
  'There is no scalable target for it: it counts once the endpoint is there and one is registered.';

function givenBack(bounds: Bounds | undefined, baseline: Bounds | null | undefined): string[] {
  if (!bounds) return [UNREGISTERED];
  const owner = baseline ?? bounds;
  return [
    sameBounds(bounds, owner)
      ? `Min ${bounds.min} and Max ${bounds.max} are yours already and stay.`
      : `Within seconds your Min ${owner.min} and Max ${owner.max} come back; Min ${bounds.min} and Max ${bounds.max} stand now.`,
  ];
}
