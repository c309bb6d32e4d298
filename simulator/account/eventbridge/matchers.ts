import { AwsError } from '../service.ts';

/** Decides on one leaf of an event: a string, number, boolean or null. */
export type LeafMatcher = (leaf: unknown) => boolean;

/** EventBridge compares numbers only within five thousand million of zero. */
const NUMERIC_LIMIT = 5e9;

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** A refusal of a pattern, worded as EventBridge does. */
export function invalidPattern(reason: string): AwsError {
  return new AwsError(
    'InvalidEventPatternException',
    `Event pattern is not valid. Reason: ${reason}`,
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The matcher of a content filter such as `{ prefix: 'a' }`; `exists` is the caller's. */
export function contentFilter(operator: string, operand: unknown): LeafMatcher {
  switch (operator) {
    case 'prefix':
      return affix(operator, operand, (text, part) => text.startsWith(part));
    case 'suffix':
      return affix(operator, operand, (text, part) => text.endsWith(part));
    case 'equals-ignore-case': {
      const lower = string(operator, operand).toLowerCase();
      return onText((text) => text.toLowerCase() === lower);
    }
    case 'wildcard': {
      const expression = wildcard(string(operator, operand));
      return onText((text) => expression.test(text));
    }
    case 'numeric':
      return numeric(operand);
    case 'anything-but':
      return anythingBut(operand);
    default:
      throw invalidPattern(`Unrecognized match type ${operator}`);
  }
}

function affix(
  operator: string,
  operand: unknown,
  test: (text: string, part: string) => boolean,
): LeafMatcher {
  if (isObject(operand)) {
    const part = string(operator, onlyEntry(operand, 'equals-ignore-case')).toLowerCase();
    return onText((text) => test(text.toLowerCase(), part));
  }
  const part = string(operator, operand);
  return onText((text) => test(text, part));
}

/** Matches any leaf that none of the excluded values or filters matches. */
function anythingBut(operand: unknown): LeafMatcher {
  const excluded = isObject(operand) ? excludedByFilter(operand) : excludedValues(operand);
  return (leaf) => !excluded.some((matches) => matches(leaf));
}

function excludedByFilter(operand: Record<string, unknown>): LeafMatcher[] {
  const [operator, parts] = Object.entries(operand)[0] ?? [''];
  const allowed = ['prefix', 'suffix', 'wildcard', 'equals-ignore-case'];
  if (Object.keys(operand).length !== 1 || !allowed.includes(operator)) {
    throw invalidPattern(`anything-but takes one of ${allowed.join(', ')}`);
  }
  return nonEmptyList(operator, parts).map((part) => contentFilter(operator, part));
}

function excludedValues(operand: unknown): LeafMatcher[] {
  const values = nonEmptyList('anything-but', operand);
  const kind = typeof values[0];
  if (!['string', 'number'].includes(kind) || values.some((value) => typeof value !== kind)) {
    throw invalidPattern('Inside anything-but list, either all values are numbers or all strings');
  }
  return values.map((value) => (leaf: unknown) => leaf === value);
}

function nonEmptyList(operator: string, operand: unknown): unknown[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw invalidPattern(`Empty arrays are not allowed in ${operator}`);
  return list;
}

function numeric(operand: unknown): LeafMatcher {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw invalidPattern('numeric takes one comparison, or a lower and an upper bound');
  }
  const comparisons = [operand.slice(0, 2), operand.slice(2)].filter((pair) => pair.length === 2);
  for (const [operator, bound] of comparisons) {
    if (!Object.hasOwn(COMPARE, operator)) {
      throw invalidPattern(`Unrecognized numeric range operator: ${operator}`);
    }
    if (typeof bound !== 'number' || Math.abs(bound) > NUMERIC_LIMIT) {
      throw invalidPattern('Value of a numeric comparison must be a number within ±5e9');
    }
  }
  if (comparisons.length === 2) {
    const [[lower, from], [upper, to]] = comparisons as [[string, number], [string, number]];
    if (!lower.startsWith('>') || !upper.startsWith('<')) {
      throw invalidPattern(
        'A numeric range needs a lower bound (>, >=) first, then an upper (<, <=)',
      );
    }
    if (from >= to) throw invalidPattern('Bottom must be less than top');
  }
  return (leaf) =>
    typeof leaf === 'number' &&
    comparisons.every(([operator, bound]) => COMPARE[operator]?.(leaf, bound));
}

/** `*` stands for any run of characters; a backslash escapes `*` and itself, nothing else. */
function wildcard(pattern: string): RegExp {
  const tokens = pattern.match(/\\.?|\*+|[^\\*]+/gs) ?? [];
  const source = tokens.map((token) => {
    if (token === '*') return '.*';
    if (token.startsWith('*')) {
      throw invalidPattern('Consecutive wildcard characters are not allowed');
    }
    if (token.startsWith('\\')) {
      if (token !== '\\*' && token !== '\\\\') {
        throw invalidPattern('Only * and \\ may follow a backslash in a wildcard');
      }
      return token;
    }
    return token.replace(/[.+?^${}()|[\]]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function onText(test: (text: string) => boolean): LeafMatcher {
  return (leaf) => typeof leaf === 'string' && test(leaf);
}

function string(operator: string, operand: unknown): string {
  if (typeof operand !== 'string')
    throw invalidPattern(`${operator} match pattern must be a string`);
  return operand;
}

function onlyEntry(operand: Record<string, unknown>, key: string): unknown {
  if (Object.keys(operand).length !== 1 || !Object.hasOwn(operand, key)) {
    throw invalidPattern(`Expected { "${key}": … }, found ${JSON.stringify(operand)}`);
  }
  return operand[key];
}
