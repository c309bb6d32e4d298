import { type ResolvedConfig, resolve } from '../config/resolve.ts';
import { inputNames } from '../enrolment/parameter-name.ts';
import { areDefaultsValid } from './config-check.ts';
import type { TargetFacts } from './target-facts.ts';

/** What a target's configuration follows from. */
export type ConfiguredBy = Pick<
  TargetFacts,
  'target' | 'enrolledBy' | 'inputs' | 'stored' | 'unknown'
>;

/**
 * A target's configuration; of one that is not enrolled, what an empty parameter would make of it. While the
 * account's defaults are not valid, what is in force so far; null where nothing is.
 * @throws {ConfigError} with the faults of all inputs at once
 */
export function configurationOf(facts: ConfiguredBy): ResolvedConfig | null {
  const { target, enrolledBy, inputs, stored, unknown } = facts;
  if (unknown.has('config') && stored) return stored.enrolment;
  const isWhole = areDefaultsValid(inputs.defaults);
  const own = enrolledBy ? inputs : { target: '{}' };
  const resolved = resolve(
    { ...own, defaults: isWhole ? inputs.defaults : undefined },
    inputNames(target),
  );
  if (isWhole || !enrolledBy) return resolved;
  return stored?.enrolment ?? null;
}
