import { DEFAULTS } from './defaults.ts';
import { ConfigError, parseAccountSettings, parseTag, parseTargetSettings } from './parse.ts';
import type { AccountSettings, TargetConfig, TargetSettings } from './schema.ts';

/** Where a value was set, weakest first. `discover` stands for the account's wish to see everything. */
export type ConfigSource = 'built-in' | 'defaults' | 'discover' | 'tag' | 'target';

/** Where each value of a configuration was set. */
export type Sources = Readonly<Record<keyof TargetConfig, ConfigSource>>;

/** All that decides a target's configuration, as it was read. */
export interface ConfigInputs {
  /** Text of the account's parameter, where there is one. */
  readonly defaults?: string | undefined;
  /** Value of the tag on the endpoint. */
  readonly tag?: string | undefined;
  /** Text of the target's own parameter. */
  readonly target?: string | undefined;
}

/** A configuration with the source of every value. */
export interface ResolvedConfig {
  readonly config: TargetConfig;
  readonly sources: Sources;
}

/** Names of the inputs, for complaints. */
export interface InputNames {
  readonly defaults: string;
  readonly tag: string;
  readonly target: string;
}

/**
 * Resolves a target's configuration: defaults ← account ← tag ← target. A target that neither tag
 * nor parameter enrols was discovered: it is observed, whatever the account's mode.
 * @throws {ConfigError} with the faults of all inputs at once
 */
export function resolve(inputs: ConfigInputs, names: InputNames): ResolvedConfig {
  const complaints: string[] = [];
  const attempt = (read: () => TargetSettings): TargetSettings => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complaints.push(error.message);
      return error.valid;
    }
  };
  const { defaults, tag, target } = inputs;
  const account = attempt(() => readDefaults(defaults, names.defaults).settings);
  const layers: [ConfigSource, TargetSettings][] = [['defaults', account]];
  if (tag !== undefined) layers.push(['tag', attempt(() => parseTag(tag, names.tag))]);
  if (target !== undefined) {
    layers.push(['target', attempt(() => parseTargetSettings(target, names.target))]);
  }
  const isDiscovered = tag === undefined && target === undefined;
  if (isDiscovered && account.mode !== 'paused') {
    layers.push(['discover', { mode: 'observe' }]);
  }
  const resolved = overlay(layers);
  const { minCapacity, maxCapacity } = resolved.config;
  if (minCapacity !== null && maxCapacity !== null && minCapacity > maxCapacity) {
    const { minCapacity: min, maxCapacity: max } = resolved.sources;
    complaints.push(
      `minCapacity ${minCapacity} (from ${min}) is above maxCapacity ${maxCapacity} (from ${max})`,
    );
  }
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
  return resolved;
}

/** The account's parameter taken apart. */
export interface AccountDefaults {
  readonly settings: TargetSettings;
  readonly discover: boolean;
  /** Of all enrolled targets together; null: no budget. */
  readonly maxInstanceHoursPerDay: number | null;
}

/**
 * Reads the account's parameter apart into what concerns targets and what concerns the account.
 * @throws {ConfigError}
 */
export function readDefaults(text: string | undefined, name: string): AccountDefaults {
  if (text === undefined) return { settings: {}, discover: false, maxInstanceHoursPerDay: null };
  const {
    discover = false,
    accountMaxInstanceHoursPerDay: maxInstanceHoursPerDay = null,
    ...settings
  }: AccountSettings = parseAccountSettings(text, name);
  return { settings, discover, maxInstanceHoursPerDay };
}

function overlay(layers: readonly [ConfigSource, TargetSettings][]): ResolvedConfig {
  const config: Record<string, unknown> = { ...DEFAULTS };
  const sources: Record<string, ConfigSource> = {};
  for (const key of Object.keys(DEFAULTS)) sources[key] = 'built-in';
  for (const [source, settings] of layers) {
    for (const [key, value] of Object.entries(settings)) {
      if (value === undefined) continue;
      config[key] = value;
      sources[key] = source;
    }
  }
  return { config: config as TargetConfig, sources: sources as Sources };
}
