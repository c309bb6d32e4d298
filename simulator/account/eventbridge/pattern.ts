import { contentFilter, invalidPattern, isObject, type LeafMatcher } from './matchers.ts';

/** An event pattern as EventBridge takes it, already parsed from JSON. */
export type EventPattern = { readonly [field: string]: unknown };

type Test = (node: unknown) => boolean;

/** Words that make an `$or` array a list of content filters, not of alternatives. */
const RESERVED_IN_OR = new Set([
  'prefix',
  'suffix',
  'wildcard',
  'anything-but',
  'exists',
  'numeric',
  'cidr',
  'equals-ignore-case',
]);

/**
 * Whether an event matches an EventBridge event pattern. Throws `InvalidEventPatternException`
 * for a pattern that EventBridge would refuse, and for `cidr`, which is not served here.
 */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return compilePattern(pattern)(event);
}

/** Checks a pattern once and returns its test. Throws `InvalidEventPatternException`. */
export function compilePattern(pattern: EventPattern): (event: unknown) => boolean {
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object');
  if (Object.keys(pattern).length === 0) throw invalidPattern('Empty objects are not allowed');
  return node(pattern);
}

/** All fields of a pattern object must match; of an array of objects, one element must match all. */
function node(pattern: EventPattern): Test {
  const tests = Object.entries(pattern).map(([field, expected]) => {
    if (field === '$or' && isAlternatives(expected)) {
      const alternatives = expected.map(node);
      return (object: Record<string, unknown>) => alternatives.some((test) => test(object));
    }
    const test = fieldTest(field, expected);
    return (object: Record<string, unknown>) => test(object[field]);
  });
  return (value) => elements(value).some((object) => tests.every((test) => test(object)));
}

function fieldTest(field: string, expected: unknown): Test {
  if (Array.isArray(expected)) return leafTest(field, expected);
  if (!isObject(expected)) throw invalidPattern(`"${field}" must be an object or an array`);
  if (Object.keys(expected).length === 0) throw invalidPattern('Empty objects are not allowed');
  return node(expected);
}

function leafTest(field: string, expected: readonly unknown[]): Test {
  if (expected.length === 0) throw invalidPattern(`Empty arrays are not allowed ("${field}")`);
  const tests = expected.map((entry): ((leaves: readonly unknown[]) => boolean) => {
    if (Array.isArray(entry)) throw invalidPattern(`"${field}": an array within an array`);
    if (!isObject(entry)) return (leaves) => leaves.includes(entry);
    const [operator, operand] = Object.entries(entry)[0] ?? [''];
    if (Object.keys(entry).length !== 1) {
      throw invalidPattern(`"${field}": only one key allowed in match expression`);
    }
    if (operator === 'exists') {
      if (typeof operand !== 'boolean') throw invalidPattern('exists must be true or false');
      return (leaves) => leaves.length > 0 === operand;
    }
    const matcher: LeafMatcher = contentFilter(operator, operand);
    return (leaves) => leaves.some(matcher);
  });
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

/** `$or` is an operator only over two or more objects of plain fields; else it names a field. */
function isAlternatives(expected: unknown): expected is EventPattern[] {
  return (
    Array.isArray(expected) &&
    expected.length > 1 &&
    expected.every(
      (entry) => isObject(entry) && !Object.keys(entry).some((key) => RESERVED_IN_OR.has(key)),
    )
  );
}

/** The objects under a node; none counts as one empty object, in which every field is absent. */
function elements(value: unknown): Record<string, unknown>[] {
  const objects = [value].flat(Number.POSITIVE_INFINITY).filter(isObject);
  return objects.length > 0 ? objects : [{}];
}

/** The scalars of a field. An object has none: EventBridge looks at leaves only. */
function leavesOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return isObject(value) ? [] : [value];
  return value.flat(Number.POSITIVE_INFINITY).filter((leaf) => !isObject(leaf));
}
