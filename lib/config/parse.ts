import * as z from 'zod/mini';
import { describeIssues } from '../complaints.ts';
import { type TargetConfig, targetConfigSchema } from './schema.ts';

/** A parameter's text that is not a valid configuration; the message lists every fault at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the JSON text of a target's parameter.
 * @param source where the text came from, for the error
 * @throws {ConfigError}
 */
export function parseTargetConfig(text: string, source: string): TargetConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${source} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const result = z.safeParse(targetConfigSchema, value);
  if (!result.success) {
    throw new ConfigError(
      `${source} is not a valid configuration:\n${describeIssues(result.error.issues)}`,
    );
  }
  return result.data;
}
