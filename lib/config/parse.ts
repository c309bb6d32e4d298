import * as z from 'zod/mini';
import { describeIssues, type Issue } from '../complaints.ts';
import {
  type AccountSettings,
  accountSettingsSchema,
  type TargetSettings,
  tagModeSchema,
  targetSettingsSchema,
} from './schema.ts';

/** Text that is not a valid configuration; the message lists every fault at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** The faults of a text one by one; empty where the message says it all. */
  readonly issues: readonly Issue[];
  /** The settings of a text that have no fault, so that what they come to with others can be looked at. */
  readonly valid: TargetSettings;

  constructor(
    message: string,
    issues: readonly Issue[] = [],
    { valid = {}, ...options }: ErrorOptions & { valid?: TargetSettings } = {},
  ) {
    super(message, options);
    this.issues = issues;
    this.valid = valid;
  }
}

/**
 * Reads the JSON text of a target's parameter.
 * @param source where the text came from, for the error
 * @throws {ConfigError}
 */
export function parseTargetSettings(text: string, source: string): TargetSettings {
  return parse(targetSettingsSchema, text, source);
}

/**
 * Reads the JSON text of the account's parameter.
 * @throws {ConfigError}
 */
export function parseAccountSettings(text: string, source: string): AccountSettings {
  return parse(accountSettingsSchema, text, source);
}

/**
 * Reads the value of the tag on an endpoint: the mode of all its variants.
 * @throws {ConfigError}
 */
export function parseTag(value: string, source: string): TargetSettings {
  const mode = z.safeParse(tagModeSchema, value);
  if (mode.success) return { mode: mode.data };
  throw new ConfigError(`${source} is "${value}": expected "act" or "observe"`);
}

/** Whether {@link parseTag} takes the value. */
export function isValidTag(value: string): boolean {
  return z.safeParse(tagModeSchema, value).success;
}

/** Any of the schemas of a parameter: what is a target's is also the account's. */
type SettingsSchema = typeof targetSettingsSchema | typeof accountSettingsSchema;

function parse(schema: SettingsSchema, text: string, source: string): AccountSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const message = `not JSON: ${(cause as Error).message}`;
    throw new ConfigError(`${source} is ${message}`, [{ path: [], message }], { cause });
  }
  const result = z.safeParse(schema, value);
  if (!result.success) {
    const issues = result.error.issues.flatMap(innermost);
    throw new ConfigError(
      `${source} is not a valid configuration:\n${describeIssues(issues)}`,
      issues,
      { valid: validPart(schema, value, issues) },
    );
  }
  return result.data;
}

function validPart(
  schema: SettingsSchema,
  value: unknown,
  issues: readonly Issue[],
): TargetSettings {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  const faulty = new Set(issues.map(({ path }) => path[0]));
  const isKept = ([key]: [string, unknown]) => Object.hasOwn(schema.shape, key) && !faulty.has(key);
  return z.parse(schema, Object.fromEntries(Object.entries(value).filter(isKept)));
}

/**
 * A value of several forms is complained of as a whole ("expected a, b or c"), unless it clearly was
 * meant to be one of them: then what is wrong inside it is told.
 */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((form) =>
    form.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return meant?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}
